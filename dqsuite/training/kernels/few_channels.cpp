// A 3 x 3 convolution of few channels, as the first of a network is, forward and backward to its weights, on one thread
// of a CPU.
//
// The lanes of a vector are outputs. A row of outputs is a product of matrices: of the inputs under the kernel at each
// place of the row, which are copied out, and the weights.

#include <vector>

#include "convolution.hpp"
#include "products.hpp"

namespace {

// The inputs under the kernel, for a row of outputs: [column][kernel row][kernel column][channel], 0 beyond the image.
class Patches {
   public:
    explicit Patches(const Convolution &shape)
        : shape(shape), line(Offset(shape.width + 2 * shape.padding) * shape.channels),
          image((shape.height + 2 * shape.padding) * line), values(shape.columns() * size()) {}

    int size() const { return 9 * shape.channels; }

    void take(const float *x) {
        const Offset row = Offset(shape.width) * shape.channels;
        for (int i = 0; i < shape.height; i++)
            std::copy_n(x + i * row, row, &image[(i + shape.padding) * line + shape.padding * shape.channels]);
    }

    const float *of(int row) {
        const int part = 3 * shape.channels;
        float *to = values.data();
        for (int j = 0; j < shape.columns(); j++)
            for (int k = 0; k < 3; k++)
                for (int l = 0; l < part; l++) *to++ = image[(row + k) * line + Offset(j) * shape.channels + l];
        return values.data();
    }

   private:
    const Convolution &shape;
    const Offset line;
    std::vector<float> image;  // with its padding
    std::vector<float> values;
};

}  // namespace

extern "C" {

// x [images][height][width][channels], weights [3][3][channels][outputs], bias [outputs]
// -> y [images][rows][columns][outputs]
void few_channels_forward(const Convolution *const shape, const float *x, const float *weights, const float *bias,
                          float *y) {
    const int outputs = shape->outputs;
    const Offset row = Offset(shape->columns()) * outputs;
    Patches patches(*shape);
    for (int image = 0; image < shape->images; image++, x += Offset(shape->height) * shape->width * shape->channels) {
        patches.take(x);
        for (int i = 0; i < shape->rows(); i++, y += row) {
            for (Offset at = 0; at < row; at += outputs) std::copy_n(bias, outputs, y + at);
            multiply<false>({patches.of(i), weights, shape->columns(), patches.size(), outputs, y, true});
            for (Offset at = 0; at < row; at += WIDTH) store(y + at, shape->end(load(y + at)));
        }
    }
}

// -> dweights [3][3][channels][outputs] and dbias [outputs]
void few_channels_backward(const Convolution *const shape, const float *x, const float *y, const float *dy,
                           float *dweights, float *dbias) {
    const int outputs = shape->outputs;
    const Offset row = Offset(shape->columns()) * outputs;
    Patches patches(*shape);
    std::vector<float> gradients(row);
    std::fill_n(dweights, Offset(patches.size()) * outputs, 0.0f);
    std::fill_n(dbias, outputs, 0.0f);
    for (int image = 0; image < shape->images; image++, x += Offset(shape->height) * shape->width * shape->channels) {
        patches.take(x);
        for (int i = 0; i < shape->rows(); i++, y += row, dy += row) {
            for (int o = 0; o < outputs; o += WIDTH) {
                Vector sum = load(dbias + o);
                for (Offset at = o; at < row; at += outputs) {
                    const Vector gradient = shape->begin(y + at, load(dy + at));
                    store(&gradients[at], gradient);
                    sum += gradient;
                }
                store(dbias + o, sum);
            }
            multiply<true>({patches.of(i), gradients.data(), patches.size(), shape->columns(), outputs, dweights, true});
        }
    }
}
}
