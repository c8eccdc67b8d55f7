// SPDX-License-Identifier: LGPL-2.1-or-later
#include "crypto/kernels/blake2b.h"

#include <algorithm>
#include <bit>

#include "crypto/kernels/constants.h"
#include "latchkey/secret.h"

namespace latchkey::crypto::kernels {
namespace {

constexpr std::size_t kBlake2Rounds = 12;

// RFC 7693 section 2.7; rounds 10 and 11 use the first two again.
constexpr std::uint8_t kSchedule[10][16] = {{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
                                            {14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3},
                                            {11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4},
                                            {7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8},
                                            {9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13},
                                            {2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9},
                                            {12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11},
                                            {13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10},
                                            {6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5},
                                            {10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0}};

// The function G of RFC 7693 section 3.1.
void mix(std::uint64_t& a, std::uint64_t& b, std::uint64_t& c, std::uint64_t& d, std::uint64_t x,
         std::uint64_t y) {
    a += b + x;
    d = std::rotr(d ^ a, 32);
    c += d;
    b = std::rotr(b ^ c, 24);
    a += b + y;
    d = std::rotr(d ^ a, 16);
    c += d;
    b = std::rotr(b ^ c, 63);
}

}  // namespace

Blake2b::Blake2b(std::size_t length) : length_(length), state_(kSha512Initial) {
    state_[0] ^= 0x01010000U ^ length;  // the parameter block: no key, fanout 1, depth 1
}

Blake2b::~Blake2b() {
    wipe_memory(std::as_writable_bytes(std::span(state_)));
    wipe_memory(block_);
}

void Blake2b::add(std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
        if (filled_ == block_.size()) compress(false);
        const std::size_t now = std::min(bytes.size(), block_.size() - filled_);
        std::copy_n(bytes.begin(), now, block_.begin() + static_cast<std::ptrdiff_t>(filled_));
        filled_ += now;
        bytes = bytes.subspan(now);
    }
}

void Blake2b::add_number(std::uint32_t number) {
    std::array<std::byte, 4> bytes{};
    for (std::size_t i = 0; i < bytes.size(); ++i)
        bytes[i] = static_cast<std::byte>(number >> (8 * i));
    add(bytes);
}

void Blake2b::finish(std::span<std::byte> into) {
    std::fill(block_.begin() + static_cast<std::ptrdiff_t>(filled_), block_.end(), std::byte{0});
    compress(true);
    for (std::size_t i = 0; i < length_; ++i)
        into[i] = static_cast<std::byte>(state_[i / 8] >> (8 * (i % 8)));
}

void Blake2b::compress(bool last) {
    total_ += filled_;
    filled_ = 0;
    std::array<std::uint64_t, 16> words{};
    for (std::size_t i = 0; i < block_.size(); ++i)
        words[i / 8] |= std::to_integer<std::uint64_t>(block_[i]) << (8 * (i % 8));
    std::array<std::uint64_t, 16> v{};
    std::copy(state_.begin(), state_.end(), v.begin());
    std::copy(kSha512Initial.begin(), kSha512Initial.end(), v.begin() + 8);
    v[12] ^= total_;
    if (last) v[14] = ~v[14];
    for (std::size_t round = 0; round < kBlake2Rounds; ++round) {
        const auto& order = kSchedule[round % 10];
        for (std::size_t i = 0; i < 4; ++i)  // the columns
            mix(v[i], v[4 + i], v[8 + i], v[12 + i], words[order[2 * i]], words[order[2 * i + 1]]);
        for (std::size_t i = 0; i < 4; ++i)  // the diagonals
            mix(v[i], v[4 + (i + 1) % 4], v[8 + (i + 2) % 4], v[12 + (i + 3) % 4],
                words[order[8 + 2 * i]], words[order[9 + 2 * i]]);
    }
    for (std::size_t i = 0; i < state_.size(); ++i) state_[i] ^= v[i] ^ v[i + 8];
    wipe_memory(std::as_writable_bytes(std::span(words)));
    wipe_memory(std::as_writable_bytes(std::span(v)));
}

void argon2_hash(std::span<const std::span<const std::byte>> parts, std::span<std::byte> into) {
    constexpr std::size_t kHalf = Blake2b::kLongest / 2;
    const std::size_t length = std::min(into.size(), Blake2b::kLongest);
    std::array<std::byte, Blake2b::kLongest> digest;
    {
        Blake2b hash(length);
        hash.add_number(static_cast<std::uint32_t>(into.size()));
        for (const auto part : parts) hash.add(part);
        hash.finish(digest);
    }
    // The first half of each digest goes out, and the whole is hashed for the next, as long as more than one is left.
    while (into.size() > Blake2b::kLongest) {
        std::copy_n(digest.begin(), kHalf, into.begin());
        into = into.subspan(kHalf);
        Blake2b hash(std::min(into.size(), Blake2b::kLongest));
        hash.add(digest);
        hash.finish(digest);
    }
    std::copy_n(digest.begin(), into.size(), into.begin());
    wipe_memory(digest);
}

}  // namespace latchkey::crypto::kernels
