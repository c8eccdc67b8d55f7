// SPDX-License-Identifier: LGPL-2.1-or-later
#include "crypto/af_splitter.h"

#include <algorithm>
#include <cstring>

#include "base/endian.h"
#include "crypto/hash.h"

namespace latchkey::crypto {
namespace {

void xor_into(MutableByteView target, ByteView other) {
    for (std::size_t i = 0; i < target.size(); ++i) target[i] ^= other[i];
}

// Replaces each chunk of digest length (the last may be shorter) by H(BE32(index) || chunk).
void diffuse(Hash& hash, MutableByteView block) {
    std::uint32_t index = 0;
    for (std::size_t at = 0; at < block.size(); at += hash.length()) {
        const auto chunk = block.subspan(at, std::min(hash.length(), block.size() - at));
        hash.reset();
        // Two separate updates: the emulated bug of old Whirlpool depends on where an update ends.
        hash.update(record_bytes(Be32(index++)));
        hash.update(chunk);
        hash.finish(chunk);
    }
}

Result<std::uint64_t> checked_length(std::size_t key_length, std::uint32_t stripes) {
    if (stripes == 0) return fail(Errc::InvalidArgument, "AF stripes 0 < 1");
    const auto length = checked_multiply(key_length, stripes);
    if (key_length == 0 || !length || *length > SIZE_MAX - 511)
        return fail(Errc::InvalidArgument, "AF key of %zu bytes cannot be split into %u stripes",
                    key_length, stripes);
    return *length;
}

}  // namespace

Result<SecretBuffer> af_split(ByteView key, std::string_view hash, RandomSource& random,
                              std::uint32_t stripes) {
    LK_ASSIGN(const std::uint64_t length, checked_length(key.size(), stripes));
    LK_ASSIGN(Hash state, Hash::create(hash));
    SecretBuffer material(static_cast<std::size_t>(round_up(length, 512)));
    SecretBuffer block(key.size());
    std::size_t at = 0;
    for (std::uint32_t i = 0; i + 1 < stripes; ++i, at += key.size()) {
        const auto stripe = material.bytes().subspan(at, key.size());
        LK_TRY(random.fill(stripe));
        xor_into(block.bytes(), stripe);
        diffuse(state, block.bytes());
    }
    const auto last = material.bytes().subspan(at, key.size());
    std::memcpy(last.data(), key.data(), key.size());
    xor_into(last, block.bytes());
    return material;
}

Result<SecretBuffer> af_merge(ByteView material, std::size_t key_length, std::string_view hash,
                              std::uint32_t stripes) {
    LK_ASSIGN(const std::uint64_t length, checked_length(key_length, stripes));
    if (material.size() < length)
        return fail(Errc::InvalidArgument, "AF material of %zu bytes < %llu", material.size(),
                    static_cast<unsigned long long>(length));
    LK_ASSIGN(Hash state, Hash::create(hash));
    SecretBuffer block(key_length);
    std::size_t at = 0;
    for (std::uint32_t i = 0; i + 1 < stripes; ++i, at += key_length) {
        xor_into(block.bytes(), material.subspan(at, key_length));
        diffuse(state, block.bytes());
    }
    xor_into(block.bytes(), material.subspan(at, key_length));
    return block;
}

}  // namespace latchkey::crypto
