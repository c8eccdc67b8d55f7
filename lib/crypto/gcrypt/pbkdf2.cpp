// SPDX-License-Identifier: LGPL-2.1-or-later
// PBKDF2 (RFC 8018 section 5.2).  gcry_kdf_derive() could compute it, too, but cannot be interrupted, and the loop over
// one keyed handle takes a tenth less time.  The kernels take a quarter to a half of that.
#include "crypto/gcrypt/pbkdf2.h"

#include <algorithm>
#include <array>

#include "base/endian.h"
#include "base/scope_guard.h"
#include "crypto/gcrypt/hmac.h"
#include "crypto/gcrypt/kdfs.h"
#include "crypto/gcrypt/kernel_trust.h"
#include "crypto/hash.h"

namespace latchkey::crypto {

void first_step(Hmac& hmac, ByteView salt, std::size_t index, MutableByteView into) {
    const Be32 number(static_cast<std::uint32_t>(index));
    hmac.begin();
    hmac.add(salt);
    hmac.add(record_bytes(number));
    hmac.finish(into);
}

namespace {

constexpr std::uint64_t kIterationsBetweenChecks = 1024;  // about a millisecond

// A digest, padded with zeros so that XOR works on a fixed number of words.
struct Block {
    std::array<std::uint64_t, kLongestDigest / 8> words{};

    Block() = default;
    Block(const Block&) = default;
    Block& operator=(const Block&) = default;
    ~Block() { wipe_memory(std::as_writable_bytes(std::span(words))); }
    MutableByteView first(std::size_t length) {
        return std::as_writable_bytes(std::span(words)).first(length);
    }
    void operator^=(const Block& other) {
        for (std::size_t i = 0; i < words.size(); ++i) words[i] ^= other.words[i];
    }
};

// Fills `into` with T_1, T_2 ...  Returns false if cancelled.
bool derive_by_library(Hmac& hmac, std::uint64_t iterations, std::size_t digest_length,
                       ByteView salt, MutableByteView into, const std::atomic<bool>& cancelled) {
    Block step;
    Block sum;
    const MutableByteView digest = step.first(digest_length);
    for (std::size_t at = 0; at < into.size(); at += digest_length) {
        first_step(hmac, salt, at / digest_length + 1, digest);
        sum = step;
        for (std::uint64_t left = iterations - 1; left != 0;) {
            if (cancelled.load(std::memory_order_relaxed)) return false;
            const std::uint64_t batch = std::min(left, kIterationsBetweenChecks);
            for (std::uint64_t i = 0; i < batch; ++i) {
                hmac.begin();
                hmac.add(digest);
                hmac.finish(digest);
                sum ^= step;
            }
            left -= batch;
        }
        std::ranges::copy(sum.first(std::min(digest_length, into.size() - at)),
                          into.subspan(at).begin());
    }
    return true;
}

// Does the same; `key` is the stream before its first step.
bool derive_by_kernels(Kernels kernels, const kernels::Stream& key, Hmac& hmac,
                       std::uint64_t iterations, std::size_t digest_length, ByteView salt,
                       MutableByteView into, const std::atomic<bool>& cancelled) {
    std::array<kernels::Stream, kernels::kMostStreams> streams;
    Block digest;
    for (std::size_t at = 0; at < into.size();) {
        const std::size_t left = (into.size() - at + digest_length - 1) / digest_length;
        const auto now = std::span(streams).first(std::min(left, streams.size()));
        for (std::size_t i = 0; i < now.size(); ++i) {
            first_step(hmac, salt, at / digest_length + i + 1, digest.first(digest_length));
            now[i] = key;
            now[i].step = words_of(*kernels.front(), digest.first(digest_length));
            now[i].sum = now[i].step;
        }
        if (!advance(kernels, now, iterations - 1, cancelled)) return false;
        for (const kernels::Stream& stream : now) {
            const std::size_t length = std::min(digest_length, into.size() - at);
            write_digest(*kernels.front(), stream.sum, into.subspan(at, length));
            at += length;
        }
    }
    return true;
}

}  // namespace

Result<kernels::Stream> keyed_stream(const kernels::Kernel& kernel, const HashAlgorithm& algorithm,
                                     ByteView key) {
    if (key.size() <= kernel.block_bytes) return begin_stream(kernel, key);
    LK_ASSIGN(Hash hash, Hash::create(algorithm.name));
    Block digest;
    hash.update(key);
    hash.finish(digest.first(hash.length()));
    return begin_stream(kernel, digest.first(hash.length()));
}

Result<SecretBuffer> pbkdf2_by(Kernels kernels, const model::KdfParams& params, ByteView passphrase,
                               ByteView salt, std::size_t length,
                               const std::atomic<bool>& cancelled) {
    if (params.iterations == 0) return fail(Errc::InvalidArgument, "pbkdf2 iterations 0 < 1");
    LK_ASSIGN(const HashAlgorithm* algorithm, find_hash(params.hash));
    const std::size_t digest_length = gcry_md_get_algo_dlen(algorithm->id);
    if (length / digest_length >= UINT32_MAX)
        return fail(Errc::InvalidArgument, "pbkdf2 cannot make a key of %zu bytes", length);

    LK_ASSIGN(Hmac hmac, Hmac::create(*algorithm, passphrase));
    SecretBuffer derived(length);
    bool done = false;
    if (kernels.empty()) {
        done = derive_by_library(hmac, params.iterations, digest_length, salt, derived.bytes(),
                                 cancelled);
    } else {
        LK_ASSIGN(const kernels::Stream key,
                  keyed_stream(*kernels.front(), *algorithm, passphrase));
        done = derive_by_kernels(kernels, key, hmac, params.iterations, digest_length, salt,
                                 derived.bytes(), cancelled);
    }
    if (!done) return fail(Errc::Interrupted, "stopped while a key was derived");
    return derived;
}

Result<SecretBuffer> pbkdf2(const model::KdfParams& params, ByteView passphrase, ByteView salt,
                            std::size_t length, const std::atomic<bool>& cancelled) {
    const auto kernels = trusted_kernels(params.hash);
    return pbkdf2_by(kernels, params, passphrase, salt, length, cancelled);
}

}  // namespace latchkey::crypto
