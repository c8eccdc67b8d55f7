// SPDX-License-Identifier: LGPL-2.1-or-later
// PBKDF2 (RFC 8018 section 5.2).  gcry_kdf_derive() could do it too, but not be interrupted, and the
// loop here takes a tenth less time because it resets one keyed handle.
#include <algorithm>
#include <array>
#include <cstring>

#include "base/endian.h"
#include "base/scope_guard.h"
#include "crypto/gcrypt/algorithms.h"
#include "crypto/gcrypt/kdfs.h"
#include "crypto/gcrypt/library.h"

namespace latchkey::crypto {
namespace {

constexpr std::uint64_t kIterationsBetweenChecks = 1024;  // about a millisecond

// A digest, zero-filled behind its length so that XOR has a fixed number of words.
struct Block {
    std::array<std::uint64_t, kLongestDigest / 8> words{};

    Block() = default;
    Block(const Block&) = default;
    Block& operator=(const Block&) = default;
    ~Block() { wipe_memory(std::as_writable_bytes(std::span(words))); }
    void operator^=(const Block& other) {
        for (std::size_t i = 0; i < words.size(); ++i) words[i] ^= other.words[i];
    }
};

}  // namespace

Result<SecretBuffer> pbkdf2(const model::KdfParams& params, ByteView passphrase, ByteView salt,
                            std::size_t length, const std::atomic<bool>& cancelled) {
    if (params.iterations == 0) return fail(Errc::InvalidArgument, "pbkdf2 iterations 0 < 1");
    LK_ASSIGN(const HashAlgorithm* algorithm, find_hash(params.hash));
    const std::size_t digest_length = gcry_md_get_algo_dlen(algorithm->id);
    if (length / digest_length >= UINT32_MAX)
        return fail(Errc::InvalidArgument, "pbkdf2 cannot make a key of %zu bytes", length);

    gcry_md_hd_t hmac = nullptr;
    if (const auto error = gcry_md_open(&hmac, algorithm->id, algorithm->flags | GCRY_MD_FLAG_HMAC))
        return gcrypt_failure(error, "pbkdf2");
    const ScopeGuard close_hmac([hmac] { gcry_md_close(hmac); });
    // An empty span may have no address, which libgcrypt would take for no key at all.
    const void* key = passphrase.empty() ? "" : static_cast<const void*>(passphrase.data());
    if (const auto error = gcry_md_setkey(hmac, key, passphrase.size()))
        return gcrypt_failure(error, "pbkdf2");

    SecretBuffer derived(length);
    Block step;
    Block sum;
    for (std::size_t at = 0; at < length; at += digest_length) {
        const Be32 index(static_cast<std::uint32_t>(at / digest_length + 1));
        gcry_md_reset(hmac);
        gcry_md_write(hmac, salt.data(), salt.size());
        gcry_md_write(hmac, &index, sizeof index);
        std::memcpy(step.words.data(), gcry_md_read(hmac, 0), digest_length);
        sum = step;
        for (std::uint64_t left = params.iterations - 1; left != 0;) {
            if (cancelled.load(std::memory_order_relaxed))
                return fail(Errc::Interrupted, "interrupted");
            const std::uint64_t batch = std::min(left, kIterationsBetweenChecks);
            for (std::uint64_t i = 0; i < batch; ++i) {
                gcry_md_reset(hmac);
                gcry_md_write(hmac, step.words.data(), digest_length);
                std::memcpy(step.words.data(), gcry_md_read(hmac, 0), digest_length);
                sum ^= step;
            }
            left -= batch;
        }
        std::memcpy(derived.bytes().subspan(at).data(), sum.words.data(),
                    std::min(digest_length, length - at));
    }
    return derived;
}

}  // namespace latchkey::crypto
