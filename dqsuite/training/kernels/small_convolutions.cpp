// A convolution with few channels, its activation and its pooling, forward and backward, on one thread of a CPU.
//
// Libraries put the channels of an image into the lanes of a vector; 3, 6 or 16 of them fill these badly. Here the
// lanes are images: a block is LANES images, [channel][row][column][lane], so every operation is full vectors without
// a shuffle, whatever the channels, the kernel and the padding. A tensor is [block][channel][row][column][lane].

#include <vector>

#include "products.hpp"

namespace {

constexpr int LANES = 2 * WIDTH;  // two registers share each weight that is loaded
constexpr int MOST_FILTERS = MOST_SUMS / 2;  // of a tile of outputs
constexpr int MOST_TAPS = 5;      // of a tile of weights: its 2 * 5 sums, two gradients and an input fill 16

// What is fixed by the images and the weights of a layer.
struct Layer {
    int channels, height, width;  // of its input
    int outputs, kernel, padding;
    int pooling;  // of Pooling

    int rows() const { return height + 2 * padding - kernel + 1; }  // of the convolution
    int columns() const { return width + 2 * padding - kernel + 1; }
    Offset weights() const { return Offset(outputs) * channels * kernel * kernel; }
    Offset input() const { return Offset(channels) * height * width * LANES; }      // floats of a block
    Offset plane() const { return Offset(rows()) * columns() * LANES; }             // of one output before pooling
    Offset pooled() const { return Offset(rows() / 2) * (columns() / 2) * LANES; }  // and after it

    // The convolution that takes gradients of the output back to the input.
    Layer transposed() const {
        return {outputs, rows(), columns(), channels, kernel, kernel - 1 - padding, pooling};
    }
};

enum Pooling { RELU_MAX = 0, TANH_AVERAGE = 1 };  // over 2 x 2; the order is that of small_convolutions.py

// Correlates one block with `size` of the filters, [channel][row][column][output], from their bias.
template <int size>
void correlate(const Layer &layer, const float *x, const float *filters, const float *bias, float *y) {
    const int rows = layer.rows(), columns = layer.columns(), kernel = layer.kernel, padding = layer.padding;
    for (int i = 0; i < rows; i++) {
        const int top = std::max(0, padding - i), bottom = std::min(kernel, layer.height + padding - i);
        for (int j = 0; j < columns; j++) {
            const int left = std::max(0, padding - j), right = std::min(kernel, layer.width + padding - j);
            Vector sums[size][2];
            for (int o = 0; o < size; o++) sums[o][0] = sums[o][1] = Vector{} + bias[o];
            for (int c = 0; c < layer.channels; c++)
                for (int k = top; k < bottom; k++) {
                    const float *row =
                        x + (Offset(c * layer.height + i + k - padding) * layer.width + j - padding) * LANES;
                    const float *weights = filters + Offset(c * kernel + k) * kernel * size;
                    for (int l = left; l < right; l++) {
                        const Vector one = load(row + l * LANES), two = load(row + l * LANES + WIDTH);
#pragma GCC unroll 6
                        for (int o = 0; o < size; o++) {
                            sums[o][0] += one * weights[l * size + o];
                            sums[o][1] += two * weights[l * size + o];
                        }
                    }
                }
            for (int o = 0; o < size; o++) {
                float *at = y + o * layer.plane() + (Offset(i) * columns + j) * LANES;
                store(at, sums[o][0]);
                store(at + WIDTH, sums[o][1]);
            }
        }
    }
}

// Filters in the order that `correlate` reads them, tile after tile. `at(output, channel, tap)` is a weight.
template <typename F>
std::vector<float> packed(const Layer &layer, F at) {
    std::vector<float> filters;
    filters.reserve(layer.weights());
    tiles<MOST_FILTERS>(layer.outputs, [&](int first, int size) {
        for (int c = 0; c < layer.channels; c++)
            for (int tap = 0; tap < layer.kernel * layer.kernel; tap++)
                for (int o = first; o < first + size; o++) filters.push_back(at(o, c, tap));
    });
    return filters;
}

// Convolves one block with all filters.
void convolve(const Layer &layer, const float *x, const float *filters, const float *bias, float *y) {
    tiles<MOST_FILTERS>(layer.outputs, [&](int first, int size) {
        const float *own = filters + Offset(first) * layer.channels * layer.kernel * layer.kernel;
        float *to = y + first * layer.plane();
        switch (size) {
            case 1: return correlate<1>(layer, x, own, bias + first, to);
            case 2: return correlate<2>(layer, x, own, bias + first, to);
            case 3: return correlate<3>(layer, x, own, bias + first, to);
            case 4: return correlate<4>(layer, x, own, bias + first, to);
            case 5: return correlate<5>(layer, x, own, bias + first, to);
            case 6: return correlate<6>(layer, x, own, bias + first, to);
        }
    });
}

// Adds, along `count` vectors of a row, the products of the gradients of `outs` outputs, `plane` floats apart, with
// the inputs under `taps` neighbouring weights. The sums of an output's weights are `filter` floats from the next's.
template <int outs, int taps>
void products(const float *x, const float *dy, Offset plane, int count, float *sums, Offset filter) {
    Vector total[outs][taps];
    for (int o = 0; o < outs; o++)
        for (int l = 0; l < taps; l++) total[o][l] = load(sums + o * filter + l * WIDTH);
    for (Offset n = 0; n < Offset(count) * WIDTH; n += WIDTH) {
        Vector gradient[outs];
        for (int o = 0; o < outs; o++) gradient[o] = load(dy + o * plane + n);
#pragma GCC unroll 5
        for (int l = 0; l < taps; l++) {
            const Vector input = load(x + l * LANES + n);
            for (int o = 0; o < outs; o++) total[o][l] += gradient[o] * input;
        }
    }
    for (int o = 0; o < outs; o++)
        for (int l = 0; l < taps; l++) store(sums + o * filter + l * WIDTH, total[o][l]);
}

template <int outs>
void products(int taps, const float *x, const float *dy, Offset plane, int count, float *sums, Offset filter) {
    switch (taps) {
        case 1: return products<outs, 1>(x, dy, plane, count, sums, filter);
        case 2: return products<outs, 2>(x, dy, plane, count, sums, filter);
        case 3: return products<outs, 3>(x, dy, plane, count, sums, filter);
        case 4: return products<outs, 4>(x, dy, plane, count, sums, filter);
        case 5: return products<outs, 5>(x, dy, plane, count, sums, filter);
    }
}

// Adds the gradient of the weights to `sums`, [output][channel][row][column][WIDTH], each to be summed over WIDTH.
void add_weight_gradient(const Layer &layer, const float *x, const float *dy, float *sums) {
    const int columns = layer.columns(), kernel = layer.kernel, padding = layer.padding;
    const Offset filter = Offset(layer.channels) * kernel * kernel * WIDTH;
    // from `inner` to `outer` all weights of a row meet the image; beyond, each has columns of its own
    const int inner = std::min(columns, padding);
    const int outer = std::max(inner, std::min(columns, layer.width + padding - kernel + 1));
    for (int i = 0; i < layer.rows(); i++)
        for (int c = 0; c < layer.channels; c++)
            for (int k = std::max(0, padding - i); k < std::min(kernel, layer.height + padding - i); k++)
                for (int o = 0; o < layer.outputs; o += 2) {
                    const auto add = [&](int l, int taps, int from, int to) {
                        if (from >= to) return;
                        const Offset row = Offset(c * layer.height + i + k - padding) * layer.width;
                        const float *input = x + (row + from + l - padding) * LANES;
                        const float *gradient = dy + o * layer.plane() + (Offset(i) * columns + from) * LANES;
                        float *own = sums + o * filter + Offset((c * kernel + k) * kernel + l) * WIDTH;
                        const int count = (to - from) * (LANES / WIDTH);
                        if (o + 1 < layer.outputs)
                            products<2>(taps, input, gradient, layer.plane(), count, own, filter);
                        else
                            products<1>(taps, input, gradient, layer.plane(), count, own, filter);
                    };
                    for (int l = 0; l < kernel; l += MOST_TAPS) add(l, std::min(MOST_TAPS, kernel - l), inner, outer);
                    for (int l = 0; padding && l < kernel; l++) {
                        const int end = std::min(columns, layer.width + padding - l);  // which a narrow image has early
                        add(l, 1, std::max(0, padding - l), std::min(inner, end));
                        add(l, 1, outer, end);
                    }
                }
}

// The four values under pooled position (i, j), in the order of their rows.
Offset corner(int i, int j, int quarter, int columns) {
    return (Offset(2 * i + quarter / 2) * columns + 2 * j + quarter % 2) * LANES;
}

// Rectifies and pools a plane, and tells which of the four each is.
void relu_max(const Layer &layer, const float *y, float *out, float *which) {
    const int columns = layer.columns();
    for (int i = 0; i < layer.rows() / 2; i++)
        for (int j = 0; j < columns / 2; j++, out += LANES, which += LANES)
            for (int n = 0; n < LANES; n += WIDTH) {
                Largest largest;
                for (int quarter = 0; quarter < 4; quarter++)
                    largest.take(load(y + corner(i, j, quarter, columns) + n), quarter);
                store(out + n, largest.value);
                store(which + n, reinterpret_cast<Vector>(largest.which));
            }
}

void relu_max_back(const Layer &layer, const float *gradient, const float *which, float *dy) {
    const int columns = layer.columns();
    for (int i = 0; i < layer.rows() / 2; i++)
        for (int j = 0; j < columns / 2; j++, gradient += LANES, which += LANES)
            for (int n = 0; n < LANES; n += WIDTH) {
                const Integers at = reinterpret_cast<Integers>(load(which + n));
                for (int quarter = 0; quarter < 4; quarter++)
                    store(dy + corner(i, j, quarter, columns) + n, at == quarter ? load(gradient + n) : Vector{});
            }
}

Vector tanh_of(Vector x) {
    const Vector small = exp_of(-2.0f * (x < 0.0f ? -x : x));
    const Vector found = (1.0f - small) / (1.0f + small);
    return x < 0.0f ? -found : found;
}

// Squashes and averages a plane, and keeps what was squashed.
void tanh_average(const Layer &layer, const float *y, float *out, float *squashed) {
    for (Offset n = 0; n < layer.plane(); n += WIDTH) store(squashed + n, tanh_of(load(y + n)));
    const int columns = layer.columns();
    for (int i = 0; i < layer.rows() / 2; i++)
        for (int j = 0; j < columns / 2; j++, out += LANES)
            for (int n = 0; n < LANES; n += WIDTH) {
                Vector sum{};
                for (int quarter = 0; quarter < 4; quarter++) sum += load(squashed + corner(i, j, quarter, columns) + n);
                store(out + n, sum * 0.25f);
            }
}

void tanh_average_back(const Layer &layer, const float *gradient, const float *squashed, float *dy) {
    const int columns = layer.columns();
    for (int i = 0; i < layer.rows() / 2; i++)
        for (int j = 0; j < columns / 2; j++, gradient += LANES)
            for (int n = 0; n < LANES; n += WIDTH)
                for (int quarter = 0; quarter < 4; quarter++) {
                    const Offset at = corner(i, j, quarter, columns) + n;
                    const Vector value = load(squashed + at);
                    store(dy + at, load(gradient + n) * 0.25f * (1.0f - value * value));
                }
}

Offset kept(const Layer &layer) { return layer.pooling == RELU_MAX ? layer.pooled() : layer.plane(); }

}  // namespace

extern "C" {

int lanes() { return LANES; }

// images [count][height * width][channels] -> blocks, the last filled up with 0
void to_blocks(const float *images, int count, int pixels, int channels, float *out) {
    const Offset image = Offset(pixels) * channels;
    for (int first = 0; first < count; first += LANES, images += LANES * image)
        for (int p = 0; p < pixels; p++)
            for (int c = 0; c < channels; c++)
                for (int n = 0; n < LANES; n++)
                    out[(Offset(first / LANES * channels + c) * pixels + p) * LANES + n] =
                        first + n < count ? images[n * image + Offset(p) * channels + c] : 0.0f;
}

// How many floats of each block and output `forward` keeps for `backward`.
Offset kept_floats(const Layer *layer) { return kept(*layer); }

// x [blocks][channels][height][width], weights [outputs][channels][kernel][kernel], bias [outputs]
// -> out [blocks][outputs][rows / 2][columns / 2] and what backward needs
void forward(const Layer *const layer, int blocks, const float *x, const float *weights, const float *bias, float *out,
             float *keep) {
    const int taps = layer->kernel * layer->kernel;
    const auto filters = packed(
        *layer, [&](int o, int c, int tap) { return weights[(Offset(o) * layer->channels + c) * taps + tap]; });
    std::vector<float> y(layer->outputs * layer->plane());
    for (int block = 0; block < blocks; block++, x += layer->input()) {
        convolve(*layer, x, filters.data(), bias, y.data());
        for (int o = 0; o < layer->outputs; o++, out += layer->pooled(), keep += kept(*layer))
            (layer->pooling == RELU_MAX ? relu_max : tanh_average)(*layer, y.data() + o * layer->plane(), out, keep);
    }
}

// Gradients of the loss by out -> by x (unless dx is null), by the weights and by the bias; nothing is added up.
void backward(const Layer *const layer, int blocks, const float *x, const float *weights, const float *gradient,
              const float *keep, float *dx, float *dweights, float *dbias) {
    const int taps = layer->kernel * layer->kernel;
    const Layer transposed = layer->transposed();
    const auto filters = packed(transposed, [&](int c, int o, int tap) {
        return weights[(Offset(o) * layer->channels + c) * taps + taps - 1 - tap];
    });
    const std::vector<float> no_bias(layer->channels);
    std::vector<float> dy(layer->outputs * layer->plane());  // 0 where pooling left an odd row or column out
    std::vector<float> sums(layer->weights() * WIDTH);
    std::fill(dbias, dbias + layer->outputs, 0.0f);
    for (int block = 0; block < blocks; block++, x += layer->input()) {
        for (int o = 0; o < layer->outputs; o++, gradient += layer->pooled(), keep += kept(*layer)) {
            float *own = dy.data() + o * layer->plane();
            (layer->pooling == RELU_MAX ? relu_max_back : tanh_average_back)(*layer, gradient, keep, own);
            Vector sum{};
            for (Offset n = 0; n < layer->plane(); n += WIDTH) sum += load(own + n);
            for (int n = 0; n < WIDTH; n++) dbias[o] += sum[n];
        }
        add_weight_gradient(*layer, x, dy.data(), sums.data());
        if (dx) {
            convolve(transposed, dy.data(), filters.data(), no_bias.data(), dx);
            dx += layer->input();
        }
    }
    for (Offset weight = 0; weight < layer->weights(); weight++) {
        dweights[weight] = 0.0f;
        for (int n = 0; n < WIDTH; n++) dweights[weight] += sums[weight * WIDTH + n];
    }
}
}
