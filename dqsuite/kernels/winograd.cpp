// A 3 x 3 convolution by Winograd's F(4 x 4, 3 x 3), forward and backward, on one thread of a CPU: a quarter of the
// multiplications (Lavin and Gray 2016, "Fast algorithms for convolutional neural networks", whose names these are).
//
// Every 4 x 4 outputs are a tile: y = A'[(G w G') (B' x B)]A with x its 6 x 6 inputs. The product in the middle is, at
// each of the 36 points, a product of matrices over the channels. Images are [row][column][channel], the lanes of a
// vector are channels, and their number is a multiple of WIDTH. GwG' is [point][channel][output].

#include <vector>

#include "vectors.hpp"

namespace {

constexpr int OUT = 4, IN = 6, POINTS = IN * IN;
constexpr int TILES = 24;  // at a time: their points stay in the cache of a core

// From one point to the next, in floats: not a multiple of a page, or all would fall into the same lines of the cache.
Offset stride(int depth) { return Offset(TILES) * depth + 16; }

struct Convolution {
    int images, height, width, channels;
    int outputs, padding;
    int rectified;  // 1: negative outputs become 0

    int rows() const { return height + 2 * padding - 2; }
    int columns() const { return width + 2 * padding - 2; }
    int across() const { return (columns() + OUT - 1) / OUT; }
    int tiles_of_image() const { return (rows() + OUT - 1) / OUT * across(); }
};

// The one-dimensional transforms of vectors `step` floats apart to others `next` floats apart.

void b_transposed(const float *from, Offset step, float *to, Offset next) {
    Vector x[IN];
    for (int i = 0; i < IN; i++) x[i] = load(from + i * step);
    const Vector a = x[4] - 4.0f * x[2], b = x[3] - 4.0f * x[1];
    const Vector c = x[4] - x[2], d = 2.0f * (x[3] - x[1]);
    store(to, 4.0f * x[0] - 5.0f * x[2] + x[4]);
    store(to + next, a + b);
    store(to + 2 * next, a - b);
    store(to + 3 * next, c + d);
    store(to + 4 * next, c - d);
    store(to + 5 * next, 4.0f * x[1] - 5.0f * x[3] + x[5]);
}

void b(const float *from, Offset step, float *to, Offset next) {
    Vector x[IN];
    for (int i = 0; i < IN; i++) x[i] = load(from + i * step);
    const Vector a = x[1] + x[2], b = x[1] - x[2];
    const Vector c = x[3] + x[4], d = 2.0f * (x[3] - x[4]);
    store(to, 4.0f * x[0]);
    store(to + next, 4.0f * (x[5] - b) - d);
    store(to + 2 * next, -5.0f * x[0] - 4.0f * a - c);
    store(to + 3 * next, b + d - 5.0f * x[5]);
    store(to + 4 * next, x[0] + a + c);
    store(to + 5 * next, x[5]);
}

void a_transposed(const float *from, Offset step, float *to, Offset next) {
    Vector x[IN];
    for (int i = 0; i < IN; i++) x[i] = load(from + i * step);
    const Vector a = x[1] + x[2], b = x[1] - x[2];
    const Vector c = x[3] + x[4], d = x[3] - x[4];
    store(to, x[0] + a + c);
    store(to + next, b + 2.0f * d);
    store(to + 2 * next, a + 4.0f * c);
    store(to + 3 * next, b + 8.0f * d + x[5]);
}

void a(const float *from, Offset step, float *to, Offset next) {
    Vector x[OUT];
    for (int i = 0; i < OUT; i++) x[i] = load(from + i * step);
    const Vector even = x[0] + x[2], odd = x[1] + x[3];
    const Vector even_twice = x[0] + 4.0f * x[2], odd_twice = 2.0f * x[1] + 8.0f * x[3];
    store(to, x[0]);
    store(to + next, even + odd);
    store(to + 2 * next, even - odd);
    store(to + 3 * next, even_twice + odd_twice);
    store(to + 4 * next, even_twice - odd_twice);
    store(to + 5 * next, x[3]);
}

// Returns `values` where x is positive or, as in torch, not a number: what has diverged must be seen to.
Vector rectify(Vector x, Vector values) { return x <= 0.0f ? Vector{} : values; }

// A square of values on the stack: one of a tile's in between, or one that reaches beyond its image.
struct Square {
    alignas(64) float values[POINTS * WIDTH];
    static constexpr Offset down = IN * WIDTH, across = WIDTH;
};

// The values of a tile in an image [rows][columns][channels], which it may overlap.
struct Window {
    int top, left, rows, columns, channels;

    Offset down() const { return Offset(columns) * channels; }

    template <int size>
    bool inside() const {
        return top >= 0 && left >= 0 && top + size <= rows && left + size <= columns;
    }

    // Calls f(value, offset in the image) for those of size x size values that are in the image.
    template <int size, typename F>
    void each(F f) const {
        for (int i = std::max(0, -top); i < std::min(size, rows - top); i++)
            for (int j = std::max(0, -left); j < std::min(size, columns - left); j++)
                f(i * Square::down + j * Square::across, (top + i) * down() + Offset(left + j) * channels);
    }

    // Calls f(first value, step down, step across) with the size x size values, 0 beyond the image.
    template <int size, typename F>
    void read(const float *image, F f) const {
        if (inside<size>()) return f(image + top * down() + Offset(left) * channels, down(), Offset(channels));
        Square square{};
        each<size>([&](Offset value, Offset at) { store(square.values + value, load(image + at)); });
        f(square.values, Square::down, Square::across);
    }
};

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

    // dy, 0 where a rectified y is 0 -> A dy A', [point][tile][output], and its sums, added to dbias
    void take_gradients(const float *dy, const float *y, float *points, float *dbias) const {
        const Offset next = stride(shape.outputs);
        each([&](int tile, Offset image, int row, int column) {
            const Window window = outputs(row, column);
            for (int o = 0; o < shape.outputs; o += WIDTH) {
                const Offset first = image * window.rows * window.down() + o;
                Square whole{}, half;
                Vector sum = load(dbias + o);
                window.each<OUT>([&](Offset value, Offset at) {
                    Vector gradient = load(dy + first + at);
                    if (shape.rectified) gradient = rectify(load(y + first + at), gradient);
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

    // A'mA + bias -> y
    void give_outputs(const float *points, const float *bias, float *y) const {
        const Offset next = stride(shape.outputs);
        each([&](int tile, Offset image, int row, int column) {
            const Window window = outputs(row, column);
            for (int o = 0; o < shape.outputs; o += WIDTH) {
                Square half, whole;
                const float *from = points + Offset(tile) * shape.outputs + o;
                float *to = y + image * window.rows * window.down() + o;
                for (int j = 0; j < IN; j++)
                    a_transposed(from + j * next, IN * next, half.values + j * half.across, half.down);
                for (int i = 0; i < OUT; i++)
                    a_transposed(half.values + i * half.down, half.across, whole.values + i * whole.down, whole.across);
                const Vector constant = load(bias + o);
                window.each<OUT>([&](Offset value, Offset at) {
                    const Vector found = load(whole.values + value) + constant;
                    store(to + at, shape.rectified ? rectify(found, found) : found);
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

    Window outputs(int row, int column) const { return {row, column, shape.rows(), shape.columns(), shape.outputs}; }

    // Calls f(tile, image, first row of its outputs, first column).
    template <typename F>
    void each(F f) const {
        const int per_image = shape.tiles_of_image();
        for (int tile = 0; tile < TILES && first + tile < shape.images * per_image; tile++) {
            const int place = (first + tile) % per_image;
            f(tile, (first + tile) / per_image, place / shape.across() * OUT, place % shape.across() * OUT);
        }
    }
};

// c[rows][columns] = or += left right[count][columns], for a tile of it two registers wide at most. The left matrix is
// [rows][by], or where it is `transposed` [count][by].
template <int rows, int vectors, bool transposed>
void multiply(const float *left, Offset by, const float *right, int count, int columns, float *c, bool add) {
    Vector sums[rows][vectors];
    for (int r = 0; r < rows; r++)
        for (int v = 0; v < vectors; v++) sums[r][v] = add ? load(c + Offset(r) * columns + v * WIDTH) : Vector{};
#pragma GCC unroll 4
    for (int k = 0; k < count; k++) {
        Vector values[vectors];
        for (int v = 0; v < vectors; v++) values[v] = load(right + v * WIDTH);
        right += columns;
#pragma GCC unroll 6
        for (int r = 0; r < rows; r++)
            for (int v = 0; v < vectors; v++) sums[r][v] += values[v] * (transposed ? left[r] : left[r * by]);
        left += transposed ? by : 1;
    }
    for (int r = 0; r < rows; r++)
        for (int v = 0; v < vectors; v++) store(c + Offset(r) * columns + v * WIDTH, sums[r][v]);
}

template <int vectors, bool transposed>
void multiply(int rows, const float *left, Offset by, const float *right, int count, int columns, float *c, bool add) {
    switch (rows) {
        case 1: return multiply<1, vectors, transposed>(left, by, right, count, columns, c, add);
        case 2: return multiply<2, vectors, transposed>(left, by, right, count, columns, c, add);
        case 3: return multiply<3, vectors, transposed>(left, by, right, count, columns, c, add);
        case 4: return multiply<4, vectors, transposed>(left, by, right, count, columns, c, add);
        case 5: return multiply<5, vectors, transposed>(left, by, right, count, columns, c, add);
        case 6: return multiply<6, vectors, transposed>(left, by, right, count, columns, c, add);
    }
}

template <bool transposed>
void multiply(int rows, const float *left, Offset by, const float *right, int count, int columns, float *c, bool add) {
    for (int column = 0; column < columns; column += 2 * WIDTH)
        tiles(rows, [&](int first, int size) {
            const float *from = left + (transposed ? first : first * by);
            float *to = c + Offset(first) * columns + column;
            if (column + WIDTH < columns)
                multiply<2, transposed>(size, from, by, right + column, count, columns, to, add);
            else
                multiply<1, transposed>(size, from, by, right + column, count, columns, to, add);
        });
}

}  // namespace

extern "C" {

int vector_width() { return WIDTH; }

// x [images][height][width][channels], weights GwG' [36][channels][outputs], bias [outputs]
// -> y [images][rows][columns][outputs]
void winograd_forward(const Convolution *const shape, const float *x, const float *weights, const float *bias,
                      float *y) {
    const int channels = shape->channels, outputs = shape->outputs;
    std::vector<float> inputs(POINTS * stride(channels)), products(POINTS * stride(outputs));
    for (int first = 0; first < shape->images * shape->tiles_of_image(); first += TILES) {
        const Tiles tiles(*shape, first);
        tiles.take_inputs(x, inputs.data());
        for (int p = 0; p < POINTS; p++)
            multiply<false>(TILES, inputs.data() + p * stride(channels), channels,
                            weights + Offset(p) * channels * outputs, channels, outputs,
                            products.data() + p * stride(outputs), false);
        tiles.give_outputs(products.data(), bias, y);
    }
}

// transposed [36][outputs][channels]: the weights again
// -> dx (unless null), and dweights [36][channels][outputs] and dbias [outputs], to both of which it adds
void winograd_backward(const Convolution *const shape, const float *x, const float *transposed, const float *y,
                       const float *dy, float *dx, float *dweights, float *dbias) {
    const int channels = shape->channels, outputs = shape->outputs;
    std::vector<float> inputs(POINTS * stride(channels)), gradients(POINTS * stride(outputs));
    for (int first = 0; first < shape->images * shape->tiles_of_image(); first += TILES) {
        const Tiles tiles(*shape, first);
        const int count = std::min(TILES, shape->images * shape->tiles_of_image() - first);
        tiles.take_inputs(x, inputs.data());
        tiles.take_gradients(dy, y, gradients.data(), dbias);
        for (int p = 0; p < POINTS; p++) {
            float *input = inputs.data() + p * stride(channels);
            const float *gradient = gradients.data() + p * stride(outputs);
            const Offset weights = Offset(p) * channels * outputs;
            multiply<true>(channels, input, channels, gradient, count, outputs, dweights + weights, true);
            if (dx) multiply<false>(TILES, gradient, outputs, transposed + weights, outputs, channels, input, false);
        }
        if (dx) tiles.give_gradients(inputs.data(), dx);
    }
}
}
