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

#define INLINE inline __attribute__((always_inline))  // GCC leaves some calls that cost more than what they do

INLINE Vector load(const float *at) { return *reinterpret_cast<const Vector *>(at); }
INLINE void store(float *at, Vector values) { *reinterpret_cast<Vector *>(at) = values; }

// Returns `values` where x is positive or, as in torch, not a number: what has diverged must be seen to.
INLINE Vector rectify(Vector x, Vector values) { return x <= 0.0f ? Vector{} : values; }

// Returns e to the power of x <= 0, as a power of two times the Taylor series of what is left: its error is below 2e-7,
// and what is smaller than 2^-126 is that.
INLINE Vector exp_of(Vector x) {
    const Vector exponent = x < -87.3f ? Vector{} - 126.0f : x * 1.44269504f;
    const Integers whole = __builtin_convertvector(exponent - 0.5f, Integers);  // rounds to zero
    const Vector rest = (exponent - __builtin_convertvector(whole, Vector)) * 0.69314718f;
    Vector power = Vector{} + 1.0f / 720;
    for (float factor : {1.0f / 120, 1.0f / 24, 1.0f / 6, 1.0f / 2, 1.0f, 1.0f}) power = power * rest + factor;
    return power * reinterpret_cast<Vector>((whole + 127) << 23);
}

// The largest of four values and 0, and which of the four it was, or -1. What is not a number stays it.
struct Largest {
    Vector value{};
    Integers which = Integers{} - 1;

    void take(Vector candidate, int quarter) {
        const Integers more = (candidate > value) | (candidate != candidate);
        value = more ? candidate : value;
        which = more ? Integers{} + quarter : which;
    }
};
