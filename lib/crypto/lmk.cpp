// SPDX-License-Identifier: LGPL-2.1-or-later
#include "crypto/lmk.h"

#include <algorithm>
#include <bit>
#include <vector>

#include "base/endian.h"
#include "base/scope_guard.h"
#include "crypto/gcrypt/algorithms.h"
#include "latchkey/secret.h"
#include "latchkey/sectors.h"

namespace latchkey::crypto {
namespace {

constexpr std::size_t kMd5Block = 64;   // bytes
constexpr std::size_t kSeedBytes = 16;  // of the last key; the rest of its field is zeros

// RFC 1321, section 3.4.
constexpr std::array<std::uint32_t, 64> kSines = {
    0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee, 0xf57c0faf, 0x4787c62a, 0xa8304613, 0xfd469501,
    0x698098d8, 0x8b44f7af, 0xffff5bb1, 0x895cd7be, 0x6b901122, 0xfd987193, 0xa679438e, 0x49b40821,
    0xf61e2562, 0xc040b340, 0x265e5a51, 0xe9b6c7aa, 0xd62f105d, 0x02441453, 0xd8a1e681, 0xe7d3fbc8,
    0x21e1cde6, 0xc33707d6, 0xf4d50d87, 0x455a14ed, 0xa9e3e905, 0xfcefa3f8, 0x676f02d9, 0x8d2a4c8a,
    0xfffa3942, 0x8771f681, 0x6d9d6122, 0xfde5380c, 0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70,
    0x289b7ec6, 0xeaa127fa, 0xd4ef3085, 0x04881d05, 0xd9d4d039, 0xe6db99e5, 0x1fa27cf8, 0xc4ac5665,
    0xf4292244, 0x432aff97, 0xab9423a7, 0xfc93a039, 0x655b59c3, 0x8f0ccc92, 0xffeff47d, 0x85845dd1,
    0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1, 0xf7537e82, 0xbd3af235, 0x2ad7d2bb, 0xeb86d391,
};

// One of the four rounds: 16 steps, with the round's `mix` and order of words.
template <int shift0, int shift1, int shift2, int shift3, typename Mix>
void md5_round(std::array<std::uint32_t, 4>& state, const std::array<std::uint32_t, 16>& words,
               std::size_t round, std::size_t first, std::size_t step, Mix mix) {
    auto& [a, b, c, d] = state;
    for (std::size_t i = 0; i < 16; i += 4) {
        const auto addend = [&](std::size_t at) {
            return words[(first + step * at) % 16] + kSines[16 * round + at];
        };
        a = b + std::rotl(a + mix(b, c, d) + addend(i), shift0);
        d = a + std::rotl(d + mix(a, b, c) + addend(i + 1), shift1);
        c = d + std::rotl(c + mix(d, a, b) + addend(i + 2), shift2);
        b = c + std::rotl(b + mix(c, d, a) + addend(i + 3), shift3);
    }
}

void md5_block(std::array<std::uint32_t, 4>& state, ByteView block) {
    using Word = std::uint32_t;
    std::array<Word, 16> words{};
    for (std::size_t i = 0; i < words.size(); ++i)
        words[i] = read_record<Le32>(block, 4 * i).value();
    std::array<Word, 4> next = state;
    md5_round<7, 12, 17, 22>(next, words, 0, 0, 1,
                             [](Word x, Word y, Word z) { return (x & y) | (~x & z); });
    md5_round<5, 9, 14, 20>(next, words, 1, 1, 5,
                            [](Word x, Word y, Word z) { return (x & z) | (y & ~z); });
    md5_round<4, 11, 16, 23>(next, words, 2, 5, 3,
                             [](Word x, Word y, Word z) { return x ^ y ^ z; });
    md5_round<6, 10, 15, 21>(next, words, 3, 0, 7,
                             [](Word x, Word y, Word z) { return y ^ (x | ~z); });
    for (std::size_t i = 0; i < 4; ++i) state[i] += next[i];
}

struct LmkLayout {
    std::size_t key_bytes = 0;  // of each key
    bool seeded = false;
};

// Finds the version of loop-AES by the key length alone, as the kernel does.
Result<LmkLayout> layout_of(const model::CipherSpec& spec, std::size_t key_length) {
    if (spec.mode != "cbc")
        return fail(Errc::MissingCipher, "cipher '%s': IV 'lmk' works only with mode 'cbc'",
                    spec.text.c_str());
    LmkLayout layout;
    layout.seeded = key_length % spec.key_count != 0;
    const std::size_t parts = std::size_t{spec.key_count} + (layout.seeded ? 1 : 0);
    if (key_length == 0 || key_length % parts != 0)
        return fail(Errc::InvalidArgument, "cipher '%s' has no keys of %zu bytes",
                    spec.text.c_str(), key_length);
    layout.key_bytes = key_length / parts;
    if (layout.seeded && layout.key_bytes < kSeedBytes)
        return fail(Errc::InvalidArgument, "cipher '%s' has no keys of %zu bytes",
                    spec.text.c_str(), key_length);
    return layout;
}

// The cipher for one key.  Its IV is zero; the loop-AES IV is XORed into the first block.
model::CipherSpec one_key_spec(const model::CipherSpec& spec) {
    model::CipherSpec one = spec;
    one.iv = "null";
    one.key_count = 1;
    return one;
}

class LmkCipher final : public SectorCipher {
  public:
    LmkCipher(std::vector<std::unique_ptr<SectorCipher>> ciphers, std::size_t block_bytes,
              SecretBuffer seed_state)
        : ciphers_(std::move(ciphers)), block_bytes_(block_bytes), start_(std::move(seed_state)) {}

    Result<void> encrypt(std::uint64_t first_sector, MutableByteView bytes) const override {
        LK_TRY(check(bytes));
        for (; !bytes.empty(); bytes = bytes.subspan(kSectorSize), ++first_sector) {
            const auto sector = bytes.first(kSectorSize);
            xor_iv(first_sector, sector);
            LK_TRY(cipher_of(first_sector).encrypt(first_sector, sector));
        }
        return {};
    }
    Result<void> decrypt(std::uint64_t first_sector, MutableByteView bytes) const override {
        LK_TRY(check(bytes));
        for (; !bytes.empty(); bytes = bytes.subspan(kSectorSize), ++first_sector) {
            const auto sector = bytes.first(kSectorSize);
            LK_TRY(cipher_of(first_sector).decrypt(first_sector, sector));
            xor_iv(first_sector, sector);
        }
        return {};
    }

  private:
    static Result<void> check(ByteView bytes) {
        if (bytes.size() % kSectorSize != 0)
            return fail(Errc::InvalidArgument, "%zu bytes are not a multiple of sector size %u",
                        bytes.size(), static_cast<unsigned>(kSectorSize));
        return {};
    }
    const SectorCipher& cipher_of(std::uint64_t sector) const {
        return *ciphers_[sector % ciphers_.size()];
    }
    // Applies the IV, which changes only the first block.  It depends on everything after the first 16 bytes.
    void xor_iv(std::uint64_t number, MutableByteView sector) const {
        std::array<std::byte, kSectorSize> message;
        const ScopeGuard wipe([&message] { wipe_memory(message); });
        std::copy(sector.begin() + 16, sector.end(), message.begin());
        const auto tail = MutableByteView(message).last(16);
        write_record(tail, Le32(static_cast<std::uint32_t>(number)));
        write_record(tail, Le32((static_cast<std::uint32_t>(number >> 32) & 0xffffff) | 0x80000000),
                     4);
        write_record(tail, Le32(4024), 8);
        write_record(tail, Le32(0), 12);
        Md5State state = read_start();
        state.update(message);
        std::array<std::byte, 16> iv;
        for (std::size_t i = 0; i < 4; ++i)
            write_record(MutableByteView(iv), Le32(state.words[i]), 4 * i);
        for (std::size_t i = 0; i < block_bytes_; ++i) sector[i] ^= iv[i];
    }
    Md5State read_start() const {
        Md5State state;
        for (std::size_t i = 0; i < 4; ++i)
            state.words[i] = read_record<Le32>(start_.bytes(), 4 * i).value();
        return state;
    }

    std::vector<std::unique_ptr<SectorCipher>> ciphers_;
    std::size_t block_bytes_;
    SecretBuffer start_;  // MD5's state after the seed, as words on disk
};

}  // namespace

void Md5State::update(ByteView blocks) {
    for (; !blocks.empty(); blocks = blocks.subspan(kMd5Block))
        md5_block(words, blocks.first(kMd5Block));
}

Result<std::unique_ptr<SectorCipher>> make_lmk_cipher(const model::CipherSpec& spec, ByteView key,
                                                      SectorGeometry geometry) {
    if (geometry.sector_size != kSectorSize)
        return fail(Errc::InvalidArgument, "cipher '%s' has sectors of 512 bytes, not %u",
                    spec.text.c_str(), geometry.sector_size);
    LK_ASSIGN(const LmkLayout layout, layout_of(spec, key.size()));
    const model::CipherSpec one = one_key_spec(spec);
    LK_ASSIGN(const CipherAlgorithm* algorithm, find_cipher(spec.cipher, layout.key_bytes));
    std::vector<std::unique_ptr<SectorCipher>> ciphers;
    for (std::uint32_t i = 0; i < spec.key_count; ++i) {
        LK_ASSIGN(auto cipher,
                  make_sector_cipher(one, key.subspan(i * layout.key_bytes, layout.key_bytes)));
        ciphers.push_back(std::move(cipher));
    }
    Md5State start;
    if (layout.seeded) {
        SecretBuffer seed(kMd5Block);
        std::ranges::copy(key.last(layout.key_bytes).first(kSeedBytes), seed.bytes().begin());
        start.update(seed.bytes());
    }
    SecretBuffer words(16);
    for (std::size_t i = 0; i < 4; ++i) write_record(words.bytes(), Le32(start.words[i]), 4 * i);
    return std::make_unique<LmkCipher>(std::move(ciphers), algorithm->block_bytes,
                                       std::move(words));
}

Result<void> check_lmk(const model::CipherSpec& spec, std::size_t key_length) {
    LK_ASSIGN(const LmkLayout layout, layout_of(spec, key_length));
    return check_cipher(one_key_spec(spec), layout.key_bytes);
}

}  // namespace latchkey::crypto
