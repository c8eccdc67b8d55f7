// SPDX-License-Identifier: LGPL-2.1-or-later
// Argon2's block function G (RFC 9106 section 3.5) in plain C++, and the list of all of them.
#include <bit>

#define KERNEL_TARGET
#include "crypto/kernels/argon2_fill.h"
#include "crypto/kernels/argon2_kernels.h"
#include "crypto/kernels/processor.h"

namespace latchkey::crypto::kernels {
namespace {

// GB of section 3.6.
void mix_words(std::uint64_t& a, std::uint64_t& b, std::uint64_t& c, std::uint64_t& d) {
    const auto add = [](std::uint64_t x, std::uint64_t y) {
        return x + y + 2 * (x & UINT32_MAX) * (y & UINT32_MAX);
    };
    a = add(a, b);
    d = std::rotr(d ^ a, 32);
    c = add(c, d);
    b = std::rotr(b ^ c, 24);
    a = add(a, b);
    d = std::rotr(d ^ a, 16);
    c = add(c, d);
    b = std::rotr(b ^ c, 63);
}

class PlainMixer {
  public:
    void begin(const Argon2Block& x, const Argon2Block& y) {
        for (std::size_t i = 0; i < words_.size(); ++i) words_[i] = x.words[i] ^ y.words[i];
        for (std::size_t row = 0; row < 8; ++row) permute(16 * row, 2);
    }
    std::uint64_t first_word() {
        permute(0, 16);
        return words_[0];
    }
    template <bool with_old>
    void finish(const Argon2Block& x, const Argon2Block& y, Argon2Block& into) {
        for (std::size_t column = 1; column < 8; ++column) permute(2 * column, 16);
        for (std::size_t i = 0; i < words_.size(); ++i) {
            const std::uint64_t word = words_[i] ^ x.words[i] ^ y.words[i];
            into.words[i] = with_old ? word ^ into.words[i] : word;
        }
    }

  private:
    // P over eight pairs of words; `step` words lie between one and the next.
    void permute(std::size_t first, std::size_t step) {
        const auto v = [&](std::size_t i) -> std::uint64_t& {
            return words_[first + step * (i / 2) + i % 2];
        };
        for (std::size_t i = 0; i < 4; ++i) mix_words(v(i), v(4 + i), v(8 + i), v(12 + i));
        for (std::size_t i = 0; i < 4; ++i)
            mix_words(v(i), v(4 + (i + 1) % 4), v(8 + (i + 2) % 4), v(12 + (i + 3) % 4));
    }

    std::array<std::uint64_t, 128> words_;
};

void fill_plain(const Argon2Run& run) {
    Argon2Filler<PlainMixer> filler(run);
    filler.fill();
}

constexpr std::array kArgon2Kernels = {
#if defined(__x86_64__)
    Argon2Kernel{"argon2-avx512", &has_avx512, &avx512::fill},
    Argon2Kernel{"argon2-avx2", &has_avx2, &avx2::fill},
#endif
    Argon2Kernel{"argon2-plain", &is_any_processor, &fill_plain},
};
static_assert(kArgon2Kernels.size() <= kMostArgon2Kernels);

}  // namespace

std::span<const Argon2Kernel> all_argon2_kernels() {
    return kArgon2Kernels;
}

}  // namespace latchkey::crypto::kernels
