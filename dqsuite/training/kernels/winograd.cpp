// A 3 x 3 convolution by Winograd's F(4 x 4, 3 x 3), forward and backward, on one thread of a CPU: a quarter of the
// multiplications (Lavin and Gray 2016, "Fast algorithms for convolutional neural networks", whose names these are).
//
// Every 4 x 4 outputs are a tile: y = A'[(G w G') (B' x B)]A with x its 6 x 6 inputs. The product in the middle is, at
// each of the 36 points, a product of matrices over the channels. Images are [row][column][channel], the lanes of a
// vector are channels, and their number is a multiple of WIDTH. GwG' is [point][channel][output].

#include <vector>

#include "convolution.hpp"
#include "products.hpp"
#include "winograd_tiles.hpp"

namespace {

constexpr int TILES = 48;  // at a time: their points stay in the cache of a core

// From one point to the next, in floats: not a multiple of a page, or all would fall into the same lines of the cache.
Offset stride(int depth) { return Offset(TILES) * depth + 16; }

int across(const Convolution &shape) { return (shape.columns() + OUT - 1) / OUT; }
int tiles_of_image(const Convolution &shape) { return (shape.rows() + OUT - 1) / OUT * across(shape); }

// `TILES` tiles of a batch, from the first on; there may be fewer.
class Tiles {
   public:
    Tiles(const Convolution &shape, int first) : shape(shape), first(first) {}

    // x -> B'xB, [point][tile][channel]
    void take_inputs(const float *x, float *points) const {
        const Offset next = stride(shape.channels);
        each([&](int tile, Offset image, int row, int column) {
            const Window window = inputs(row, column);
            for (int c = 0; c < shape.channels; c += WIDTH)
                window.read<IN>(x + image * window.rows * window.down() + c, [&](const float *from, Offset down, Offset across) {
                    Square half;
                    float *to = points + Offset(tile) * shape.channels + c;
                    for (int j = 0; j < IN; j++)
                        b_transposed(from + j * across, down, half.values + j * half.across, half.down);
                    for (int i = 0; i < IN; i++)
                        b_transposed(half.values + i * half.down, half.across, to + i * IN * next, next);
                });
        });
    }

    // dy -> the gradients by the convolution g -> A g A', [point][tile][output], and the sums of g, added to dbias
    void take_gradients(const float *dy, const float *y, float *points, float *dbias) const {
        const Offset next = stride(shape.outputs);
        each([&](int tile, Offset image, int row, int column) {
            const Window window = outputs(row, column);
            for (int o = 0; o < shape.outputs; o += WIDTH) {
                const Offset first = image * window.rows * window.down() + o;
                Square whole{}, half;
                Vector sum = load(dbias + o);
                if (shape.ending == RELU_MAX)
                    window.each<OUT / 2>([&](Offset value, Offset at) {
                        const Vector gradient = load(dy + first + at);
                        const Integers which = reinterpret_cast<Integers>(load(y + first + at));
                        for (int quarter = 0; quarter < 4; quarter++)
                            store(whole.values + corner(value, quarter), which == quarter ? gradient : Vector{});
                        sum += which >= 0 ? gradient : Vector{};
                    });
                else
                    window.each<OUT>([&](Offset value, Offset at) {
                        const Vector gradient = shape.begin(y + first + at, load(dy + first + at));
                        store(whole.values + value, gradient);
                        sum += gradient;
                    });
                store(dbias + o, sum);
                float *to = points + Offset(tile) * shape.outputs + o;
                for (int j = 0; j < OUT; j++)
                    a(whole.values + j * whole.across, whole.down, half.values + j * half.across, half.down);
                for (int i = 0; i < IN; i++) a(half.values + i * half.down, half.across, to + i * IN * next, next);
            }
        });
    }

    // A'mA + bias -> y, and where it is pooled which of the four each is
    void give_outputs(const float *points, const float *bias, float *y, float *which) const {
        const Offset next = stride(shape.outputs);
        each([&](int tile, Offset image, int row, int column) {
            const Window window = outputs(row, column);
            for (int o = 0; o < shape.outputs; o += WIDTH) {
                Square half, whole;
                const float *from = points + Offset(tile) * shape.outputs + o;
                const Offset first = image * window.rows * window.down() + o;
                for (int j = 0; j < IN; j++)
                    a_transposed(from + j * next, IN * next, half.values + j * half.across, half.down);
                for (int i = 0; i < OUT; i++)
                    a_transposed(half.values + i * half.down, half.across, whole.values + i * whole.down, whole.across);
                const Vector constant = load(bias + o);
                if (shape.ending == RELU_MAX)
                    window.each<OUT / 2>([&](Offset value, Offset at) {
                        Largest largest;
                        for (int quarter = 0; quarter < 4; quarter++)
                            largest.take(load(whole.values + corner(value, quarter)) + constant, quarter);
                        store(y + first + at, largest.value);
                        store(which + first + at, reinterpret_cast<Vector>(largest.which));
                    });
                else
                    window.each<OUT>([&](Offset value, Offset at) {
                        store(y + first + at, shape.end(load(whole.values + value) + constant));
                    });
            }
        });
    }

    // B m B', added to dx, which is 0 at the start of an image
    void give_gradients(const float *points, float *dx) const {
        const Offset next = stride(shape.channels);
        each([&](int tile, Offset image, int row, int column) {
            const Window window = inputs(row, column);
            const Offset size = window.rows * window.down();
            if (!row && !column) std::fill(dx + image * size, dx + (image + 1) * size, 0.0f);
            for (int c = 0; c < shape.channels; c += WIDTH) {
                Square half, whole;
                const float *from = points + Offset(tile) * shape.channels + c;
                float *to = dx + image * size + c;
                for (int j = 0; j < IN; j++)
                    b(from + j * next, IN * next, half.values + j * half.across, half.down);
                for (int i = 0; i < IN; i++)
                    b(half.values + i * half.down, half.across, whole.values + i * whole.down, whole.across);
                window.each<IN>([&](Offset value, Offset at) {
                    store(to + at, load(to + at) + load(whole.values + value));
                });
            }
        });
    }

   private:
    const Convolution &shape;
    const int first;

    Window inputs(int row, int column) const {
        return {row - shape.padding, column - shape.padding, shape.height, shape.width, shape.channels};
    }

    // The outputs as they are stored.
    Window outputs(int row, int column) const {
        const int pooled = shape.ending == RELU_MAX ? 2 : 1;
        return {row / pooled, column / pooled, shape.rows() / pooled, shape.columns() / pooled, shape.outputs};
    }

    // One of the four values in a square under a pooled one's, in the order of their rows.
    static Offset corner(Offset value, int quarter) {
        return 2 * value + quarter / 2 * Square::down + quarter % 2 * Square::across;
    }

    // Calls f(tile, image, first row of its outputs, first column).
    template <typename F>
    void each(F f) const {
        const int per_image = tiles_of_image(shape);
        for (int tile = 0; tile < TILES && first + tile < shape.images * per_image; tile++) {
            const int place = (first + tile) % per_image;
            f(tile, (first + tile) / per_image, place / across(shape) * OUT, place % across(shape) * OUT);
        }
    }
};

// Calls f(place in [outputs][9][channels], place in [9][channels][outputs]) for every weight.
template <typename F>
void each_weight(const Convolution &shape, F f) {
    for (int tap = 0; tap < 9; tap++)
        for (int first = 0; first < shape.outputs; first += WIDTH)  // so few lines of the cache that they stay in it
            for (int c = 0; c < shape.channels; c++)
                for (int o = first; o < first + WIDTH; o++)
                    f((Offset(o) * 9 + tap) * shape.channels + c, (Offset(tap) * shape.channels + c) * shape.outputs + o);
}

// w [outputs][9][channels] -> GwG' [point][channel][output]
std::vector<float> forward_weights(const Convolution &shape, const float *w) {
    const Offset matrix = Offset(shape.channels) * shape.outputs;
    std::vector<float> turned(9 * matrix), points(POINTS * matrix);
    each_weight(shape, [&](Offset from, Offset to) { turned[to] = w[from]; });
    for (Offset at = 0; at < matrix; at += WIDTH) {
        Square half;
        for (int j = 0; j < 3; j++) g(&turned[j * matrix + at], 3 * matrix, half.values + j * half.across, half.down);
        for (int i = 0; i < IN; i++) g(half.values + i * half.down, half.across, &points[i * IN * matrix + at], matrix);
    }
    return points;
}

// w [outputs][9][channels] -> GwG' [point][output][channel]
std::vector<float> backward_weights(const Convolution &shape, const float *w) {
    const Offset matrix = Offset(shape.channels) * shape.outputs, next = shape.channels;
    std::vector<float> points(POINTS * matrix);
    for (Offset at = 0; at < matrix; at += WIDTH) {
        const float *from = w + at / next * 9 * next + at % next;
        Square half;
        for (int j = 0; j < 3; j++) g(from + j * next, 3 * next, half.values + j * half.across, half.down);
        for (int i = 0; i < IN; i++) g(half.values + i * half.down, half.across, &points[i * IN * matrix + at], matrix);
    }
    return points;
}

// The gradients by GwG' [point][channel][output] -> those by w [outputs][9][channels]
void give_weight_gradients(const Convolution &shape, const float *points, float *dw) {
    const Offset matrix = Offset(shape.channels) * shape.outputs;
    std::vector<float> turned(9 * matrix);
    for (Offset at = 0; at < matrix; at += WIDTH) {
        Square half;
        for (int j = 0; j < IN; j++)
            g_transposed(points + j * matrix + at, IN * matrix, half.values + j * half.across, half.down);
        for (int i = 0; i < 3; i++)
            g_transposed(half.values + i * half.down, half.across, &turned[i * 3 * matrix + at], matrix);
    }
    each_weight(shape, [&](Offset to, Offset from) { dw[to] = turned[from]; });
}

}  // namespace

extern "C" {

int vector_width() { return WIDTH; }

// x [images][height][width][channels], weights [outputs][3][3][channels], bias [outputs]
// -> y [images][rows][columns][outputs], or where it is pooled [rows / 2][columns / 2], and then which of the four
void winograd_forward(const Convolution *const shape, const float *x, const float *weights, const float *bias,
                      float *y, float *which) {
    const int channels = shape->channels, outputs = shape->outputs;
    const auto points = forward_weights(*shape, weights);
    std::vector<float> inputs(POINTS * stride(channels)), products(POINTS * stride(outputs));
    for (int first = 0; first < shape->images * tiles_of_image(*shape); first += TILES) {
        const Tiles tiles(*shape, first);
        const int count = std::min(TILES, shape->images * tiles_of_image(*shape) - first);
        tiles.take_inputs(x, inputs.data());
        for (int p = 0; p < POINTS; p++)
            multiply<false>({inputs.data() + p * stride(channels), points.data() + Offset(p) * channels * outputs,
                             count, channels, outputs, products.data() + p * stride(outputs), false});
        tiles.give_outputs(products.data(), bias, y, which);
    }
}

// y: where it is pooled, which of the four
// -> dx (unless null), dweights [outputs][3][3][channels] and dbias [outputs]
void winograd_backward(const Convolution *const shape, const float *x, const float *weights, const float *y,
                       const float *dy, float *dx, float *dweights, float *dbias) {
    const int channels = shape->channels, outputs = shape->outputs;
    const auto points = backward_weights(*shape, weights);
    std::vector<float> by_points(points.size());  // [point][channel][output]
    std::vector<float> inputs(POINTS * stride(channels)), gradients(POINTS * stride(outputs));
    std::fill_n(dbias, outputs, 0.0f);
    for (int first = 0; first < shape->images * tiles_of_image(*shape); first += TILES) {
        const Tiles tiles(*shape, first);
        const int count = std::min(TILES, shape->images * tiles_of_image(*shape) - first);
        tiles.take_inputs(x, inputs.data());
        tiles.take_gradients(dy, y, gradients.data(), dbias);
        for (int p = 0; p < POINTS; p++) {
            float *input = inputs.data() + p * stride(channels);
            const float *gradient = gradients.data() + p * stride(outputs);
            const Offset matrix = Offset(p) * channels * outputs;
            multiply<true>({input, gradient, channels, count, outputs, by_points.data() + matrix, true});
            if (dx) multiply<false>({gradient, points.data() + matrix, count, outputs, channels, input, false});
        }
        if (dx) tiles.give_gradients(inputs.data(), dx);
    }
    give_weight_gradients(*shape, by_points.data(), dweights);
}
}
