// Dropout whose draw of an element is a hash of its place: see dqsuite/models/dropout.py.

#include "vectors.hpp"

namespace {

typedef std::uint32_t Bits __attribute__((vector_size(4 * WIDTH), aligned(4), may_alias));

// MurmurHash3's 32-bit finalizer (Appleby's fmix32).
INLINE Bits mixed(Bits bits) {
    bits = (bits ^ bits >> 16) * 0x85EBCA6Bu;
    bits = (bits ^ bits >> 13) * 0xC2B2AE35u;
    return bits ^ bits >> 16;
}

}  // namespace

extern "C" {

// x [images][pixels][channels], the channels a multiple of WIDTH -> y = x / share where the draw is not below the
// threshold, else 0. The places are counted as in [images][channels][pixels].
void dropout(int images, int pixels, int channels, const float *x, std::int32_t key, std::int32_t threshold,
             float share, float *y) {
    Bits lanes;
    for (int n = 0; n < WIDTH; n++) lanes[n] = std::uint32_t(n) * pixels;
    for (int image = 0; image < images; image++)
        for (int pixel = 0; pixel < pixels; pixel++)
            for (int c = 0; c < channels; c += WIDTH, x += WIDTH, y += WIDTH) {
                const std::uint32_t first = (std::uint32_t(image) * channels + c) * pixels + pixel;
                const Bits draws = mixed((lanes + first) ^ std::uint32_t(key));
                store(y, reinterpret_cast<Integers>(draws) >= threshold ? load(x) / share : Vector{});
            }
}
}
