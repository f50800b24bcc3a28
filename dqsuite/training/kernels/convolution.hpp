// A 3 x 3 convolution whose images are [row][column][channel], and the layer that follows it.

#pragma once

#include "vectors.hpp"

enum Ending { PLAIN = 0, RELU = 1, ELU = 2, RELU_MAX = 3 };  // the last pools over 2 x 2; as in convolutions.py

struct Convolution {
    int images, height, width, channels;
    int outputs, padding;
    int ending;  // of Ending

    int rows() const { return height + 2 * padding - 2; }
    int columns() const { return width + 2 * padding - 2; }

    // What comes after a value of the convolution, where that is not pooled.
    INLINE Vector end(Vector value) const {
        if (ending == RELU) return rectify(value, value);
        if (ending == ELU) return value <= 0.0f ? exp_of(value) - 1.0f : value;
        return value;
    }

    // The gradient by the convolution from that by y, which `end` returned. Where nothing ended it, y is not read.
    INLINE Vector begin(const float *y, Vector gradient) const {
        if (ending == RELU) return rectify(load(y), gradient);
        if (ending == ELU) return load(y) <= 0.0f ? gradient * (load(y) + 1.0f) : gradient;
        return gradient;
    }
};
