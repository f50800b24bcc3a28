// BatchNorm, and an addition and a ReLU that may follow it, forward and backward, on one thread of a CPU.
//
// Values are [row][channel] and the lanes of a vector are channels, whose number is a multiple of WIDTH. A row is the
// place of a pixel in the batch.

#include <vector>

#include "vectors.hpp"

namespace {

constexpr int ROWS = 32;  // at a time: their values stay in the nearest cache, and sums of few are exact enough

struct Values {
    int rows, channels;
    int rectified;
};

// Returns, for each channel, two sums over the rows: `terms(first, second, place, channel)` adds those of a vector.
template <typename F>
void sum(const Values &shape, float *first, float *second, F terms) {
    std::fill_n(first, shape.channels, 0.0f);
    std::fill_n(second, shape.channels, 0.0f);
    for (int row = 0; row < shape.rows; row += ROWS)
        for (int c = 0; c < shape.channels; c += WIDTH) {
            Vector one{}, two{};
            for (int r = row; r < std::min(row + ROWS, shape.rows); r++) terms(one, two, Offset(r) * shape.channels + c, c);
            store(first + c, load(first + c) + one);
            store(second + c, load(second + c) + two);
        }
}

// Calls f(place, channel) for every vector.
template <typename F>
void each(const Values &shape, F f) {
    for (int row = 0; row < shape.rows; row++)
        for (int c = 0; c < shape.channels; c += WIDTH) f(Offset(row) * shape.channels + c, c);
}

}  // namespace

extern "C" {

// y = x scale + shift, plus what is added (unless that is null), rectified
void normalise(const Values *const shape, const float *x, const float *scale, const float *shift, const float *added,
               float *y) {
    each(*shape, [&](Offset at, int c) {
        Vector value = load(x + at) * load(scale + c) + load(shift + c);
        if (added) value += load(added + at);
        store(y + at, shape->rectified ? rectify(value, value) : value);
    });
}

// The mean and the variance [channels] of x [rows][channels]
void channel_statistics(const Values *const shape, const float *x, float *mean, float *variance) {
    const std::vector<float> pivot(x, x + shape->channels);  // near the mean, so that no sum is large
    sum(*shape, mean, variance, [&](Vector &total, Vector &squares, Offset at, int c) {
        const Vector value = load(x + at) - load(&pivot[c]);
        total += value;
        squares += value * value;
    });
    for (int c = 0; c < shape->channels; c++) {
        const float distance = mean[c] / shape->rows;
        mean[c] = pivot[c] + distance;
        variance[c] = std::max(0.0f, variance[c] / shape->rows - distance * distance);
    }
}

// The gradients by what `normalise` returned, dy, when scale = weight * inverse, shift = bias - mean * scale
// -> those by x, by what was added (unless null), by the weight and by the bias
void normalise_back(const Values *const shape, const float *x, const float *y, const float *dy, const float *weight,
                    const float *mean, const float *inverse, float *dx, float *dadded, float *dweight, float *dbias) {
    const auto gradient = [&](Offset at) {
        return shape->rectified ? rectify(load(y + at), load(dy + at)) : load(dy + at);
    };
    sum(*shape, dbias, dweight, [&](Vector &total, Vector &product, Offset at, int c) {
        const Vector g = gradient(at);
        if (dadded) store(dadded + at, g);
        total += g;
        product += g * (load(x + at) - load(mean + c));
    });
    // Ioffe and Szegedy 2015: dx = scale (g - mean of g - x^ (mean of g x^)), with x^ = (x - mean) inverse
    std::vector<float> scale(shape->channels), slope(shape->channels), constant(shape->channels);
    for (int c = 0; c < shape->channels; c++) {
        dweight[c] *= inverse[c];
        scale[c] = weight[c] * inverse[c];
        slope[c] = -scale[c] * inverse[c] * dweight[c] / shape->rows;
        constant[c] = -scale[c] * dbias[c] / shape->rows - slope[c] * mean[c];
    }
    each(*shape, [&](Offset at, int c) {
        const Vector g = dadded ? load(dadded + at) : gradient(at);
        store(dx + at, g * load(&scale[c]) + load(x + at) * load(&slope[c]) + load(&constant[c]));
    });
}
}
