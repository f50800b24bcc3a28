// Vectors of the registers that the processor has, in the vector extension that GCC and Clang share.

#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#if defined(__AVX512F__)
constexpr int WIDTH = 16;  // floats of a register
#elif defined(__AVX__)
constexpr int WIDTH = 8;
#else
constexpr int WIDTH = 4;
#endif

typedef float Vector __attribute__((vector_size(4 * WIDTH), aligned(4), may_alias));
typedef std::int32_t Integers __attribute__((vector_size(4 * WIDTH), aligned(4), may_alias));
using Offset = std::ptrdiff_t;

inline Vector load(const float *at) { return *reinterpret_cast<const Vector *>(at); }
inline void store(float *at, Vector values) { *reinterpret_cast<Vector *>(at) = values; }

constexpr int MOST_ROWS = 6;  // of a tile of sums two registers wide: with two inputs and a factor they fill 16

// Calls f(first row, rows) for tiles of nearly equal size.
template <typename F>
void tiles(int rows, F f) {
    const int count = (rows + MOST_ROWS - 1) / MOST_ROWS;
    for (int tile = 0, first = 0; tile < count; tile++) {
        const int size = rows / count + (tile < rows % count);
        f(first, size);
        first += size;
    }
}
