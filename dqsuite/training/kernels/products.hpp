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
// `transposed` [count][rows]. The columns are a multiple of WIDTH.
struct Product {
    const float *left, *right;
    int rows, count, columns;
    float *c;
    bool add;
};

// A tile of c.
template <int rows, int vectors, bool transposed>
void multiply(const Product &product, const float *left, const float *right, float *c) {
    const Offset next = product.columns, left_next = transposed ? product.rows : product.count;
    Vector sums[rows][vectors];
    for (int r = 0; r < rows; r++)
        for (int v = 0; v < vectors; v++)
            sums[r][v] = product.add ? load(c + r * next + v * WIDTH) : Vector{};
#pragma GCC unroll 4
    for (int k = 0; k < product.count; k++) {
        Vector values[vectors];
        for (int v = 0; v < vectors; v++) values[v] = load(right + v * WIDTH);
        right += next;
#pragma GCC unroll 12
        for (int r = 0; r < rows; r++)
            for (int v = 0; v < vectors; v++) sums[r][v] += values[v] * (transposed ? left[r] : left[r * left_next]);
        left += transposed ? left_next : 1;
    }
    for (int r = 0; r < rows; r++)
        for (int v = 0; v < vectors; v++) store(c + r * next + v * WIDTH, sums[r][v]);
}

template <int vectors, bool transposed, int rows = MOST_SUMS / vectors>
void multiply(int size, const Product &product, const float *left, const float *right, float *c) {
    if (size == rows) return multiply<rows, vectors, transposed>(product, left, right, c);
    if constexpr (rows > 1) multiply<vectors, transposed, rows - 1>(size, product, left, right, c);
}

template <int vectors, bool transposed>
void multiply(const Product &product, int column) {
    tiles<MOST_SUMS / vectors>(product.rows, [&](int first, int size) {
        const float *left = product.left + Offset(first) * (transposed ? 1 : product.count);
        float *c = product.c + Offset(first) * product.columns + column;
        multiply<vectors, transposed>(size, product, left, product.right + column, c);
    });
}

template <bool transposed>
void multiply(const Product &product) {
    int column = 0;
    for (; column + WIDTH < product.columns; column += 2 * WIDTH) multiply<2, transposed>(product, column);
    if (column < product.columns) multiply<1, transposed>(product, column);
}
