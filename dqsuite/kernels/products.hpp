// Products of matrices whose sums stay in registers, for matrices that are in the cache.

#pragma once

#include "vectors.hpp"

constexpr int MOST_SUMS = 12;  // of a tile, in registers: with two inputs and a factor they fill the 16 of AVX2

// Calls f(first row, rows) for tiles of nearly equal size, of at most `most` rows.
template <int most, typename F>
void tiles(int rows, F f) {
    const int count = (rows + most - 1) / most;
    for (int tile = 0, first = 0; tile < count; tile++) {
        const int size = rows / count + (tile < rows % count);
        f(first, size);
        first += size;
    }
}

// c[rows][columns] = or += left right[count][columns]. The left matrix is [rows][count], or where a product is
// `transposed` [count][rows]; its lines begin `left_next` floats apart, so they may overlap, and those of c `c_next`.
struct Product {
    const float *left;
    Offset left_next;
    const float *right;
    int count, columns;
    float *c;
    Offset c_next;
    bool add;
};

// A tile of c.
template <int rows, int vectors, bool transposed>
void multiply(const Product &product, const float *left, const float *right, float *c) {
    Vector sums[rows][vectors];
    for (int r = 0; r < rows; r++)
        for (int v = 0; v < vectors; v++)
            sums[r][v] = product.add ? load(c + r * product.c_next + v * WIDTH) : Vector{};
    const Offset left_next = product.left_next, right_next = product.columns;
#pragma GCC unroll 4
    for (int k = 0; k < product.count; k++) {
        Vector values[vectors];
        for (int v = 0; v < vectors; v++) values[v] = load(right + v * WIDTH);
        right += right_next;
#pragma GCC unroll 12
        for (int r = 0; r < rows; r++)
            for (int v = 0; v < vectors; v++) sums[r][v] += values[v] * (transposed ? left[r] : left[r * left_next]);
        left += transposed ? left_next : 1;
    }
    for (int r = 0; r < rows; r++)
        for (int v = 0; v < vectors; v++) store(c + r * product.c_next + v * WIDTH, sums[r][v]);
}

template <int vectors, bool transposed, int rows = MOST_SUMS / vectors>
void multiply(int size, const Product &product, const float *left, const float *right, float *c) {
    if (size == rows) return multiply<rows, vectors, transposed>(product, left, right, c);
    if constexpr (rows > 1) multiply<vectors, transposed, rows - 1>(size, product, left, right, c);
}

template <int vectors, bool transposed>
void multiply(int rows, const Product &product, int column) {
    tiles<MOST_SUMS / vectors>(rows, [&](int first, int size) {
        const float *left = product.left + first * (transposed ? 1 : product.left_next);
        float *c = product.c + first * product.c_next + column;
        multiply<vectors, transposed>(size, product, left, product.right + column, c);
    });
}

// The columns of c are a multiple of WIDTH.
template <bool transposed>
void multiply(int rows, const Product &product) {
    int column = 0;
    for (; column + WIDTH < product.columns; column += 2 * WIDTH) multiply<2, transposed>(rows, product, column);
    if (column < product.columns) multiply<1, transposed>(rows, product, column);
}
