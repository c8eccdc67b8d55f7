// SPDX-License-Identifier: GPL-2.0-or-later
// Random sources that repeat themselves.
#pragma once

#include <cstdint>

#include "base/bytes.h"
#include "latchkey/context.h"

namespace latchkey::test {

// Returns 00 01 02 ..., and 00 again after ff.
inline Bytes ramp(std::size_t length) {
    Bytes bytes(length);
    for (std::size_t i = 0; i < length; ++i) bytes[i] = static_cast<std::byte>(i);
    return bytes;
}

inline Bytes filled(std::size_t size, int value) {
    return Bytes(size, static_cast<std::byte>(value));
}

// The source of the known answers of the AF splitter: byte i of every request is i mod 256.
class RampRandom final : public RandomSource {
  public:
    Result<void> fill(std::span<std::byte> into) override {
        for (std::size_t i = 0; i < into.size(); ++i) into[i] = static_cast<std::byte>(i);
        return {};
    }
};

// Gives the same sequence for the same seed: SplitMix64.
class SeededRandom final : public RandomSource {
  public:
    explicit SeededRandom(std::uint64_t seed) : state_(seed) {}
    Result<void> fill(std::span<std::byte> into) override {
        std::uint64_t word = 0;
        for (std::size_t i = 0; i < into.size(); ++i) {
            if (i % 8 == 0) word = next();
            into[i] = static_cast<std::byte>(word >> (8 * (i % 8)));
        }
        return {};
    }
    std::uint64_t next() {
        std::uint64_t mixed = state_ += 0x9e3779b97f4a7c15U;
        mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9U;
        mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebU;
        return mixed ^ (mixed >> 31);
    }
    std::uint64_t below(std::uint64_t limit) { return next() % limit; }

  private:
    std::uint64_t state_;
};

inline Bytes random_bytes(SeededRandom& random, std::size_t size) {
    Bytes bytes(size);
    for (std::byte& byte : bytes) byte = static_cast<std::byte>(random.next());
    return bytes;
}

}  // namespace latchkey::test
