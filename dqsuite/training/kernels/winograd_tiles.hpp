// The transforms of Winograd's F(4 x 4, 3 x 3) and the tiles of an image that they are done on, see winograd.cpp.

#pragma once

#include <algorithm>

#include "vectors.hpp"

constexpr int OUT = 4, IN = 6, POINTS = IN * IN;

// The one-dimensional transforms of vectors `step` floats apart to others `next` floats apart.

INLINE void b_transposed(const float *from, Offset step, float *to, Offset next) {
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

INLINE void b(const float *from, Offset step, float *to, Offset next) {
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

INLINE void a_transposed(const float *from, Offset step, float *to, Offset next) {
    Vector x[IN];
    for (int i = 0; i < IN; i++) x[i] = load(from + i * step);
    const Vector a = x[1] + x[2], b = x[1] - x[2];
    const Vector c = x[3] + x[4], d = x[3] - x[4];
    store(to, x[0] + a + c);
    store(to + next, b + 2.0f * d);
    store(to + 2 * next, a + 4.0f * c);
    store(to + 3 * next, b + 8.0f * d + x[5]);
}

INLINE void a(const float *from, Offset step, float *to, Offset next) {
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

INLINE void g(const float *from, Offset step, float *to, Offset next) {
    const Vector x = load(from), y = load(from + step), z = load(from + 2 * step);
    const Vector a = (x + z) * (-1.0f / 6), b = y * (1.0f / 6), c = x * (1.0f / 24) + z * (1.0f / 6), d = y * (1.0f / 12);
    store(to, x * 0.25f);
    store(to + next, a - b);
    store(to + 2 * next, a + b);
    store(to + 3 * next, c + d);
    store(to + 4 * next, c - d);
    store(to + 5 * next, z);
}

INLINE void g_transposed(const float *from, Offset step, float *to, Offset next) {
    Vector x[IN];
    for (int i = 0; i < IN; i++) x[i] = load(from + i * step);
    const Vector a = (x[1] + x[2]) * (-1.0f / 6), b = x[3] + x[4];
    store(to, x[0] * 0.25f + a + b * (1.0f / 24));
    store(to + next, (x[2] - x[1]) * (1.0f / 6) + (x[3] - x[4]) * (1.0f / 12));
    store(to + 2 * next, a + b * (1.0f / 6) + x[5]);
}

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
