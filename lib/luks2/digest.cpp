// SPDX-License-Identifier: LGPL-2.1-or-later
#include "luks2/digest.h"

#include <algorithm>

#include "base/i18n.h"
#include "base/strprintf.h"
#include "base/working.h"
#include "crypto/hash.h"
#include "crypto/kdf.h"

namespace latchkey::luks2 {
namespace {

constexpr std::uint64_t kMinIterations = 1000;
constexpr std::uint64_t kTargetFraction = 8;   // of a second: 125 ms
constexpr std::size_t kDigestSaltLength = 32;  // bytes
constexpr std::size_t kConvertedLength = 20;   // bytes: as in LUKS1, for every hash
constexpr std::size_t kMaxDigestLength = 64;   // bytes

}  // namespace

Result<void> check_digest(Context& context, const Digest& digest, ByteView key) {
    const std::string place = strprintf("digest %d", digest.number);
    if (digest.type != model::kPbkdf2)
        return fail(Errc::MissingCipher, "%s: unknown type %s", place.c_str(), digest.type.c_str());
    if (!digest.defect.empty())
        return fail(Errc::CorruptHeader, "%s: %s", place.c_str(), digest.defect.c_str());
    // The cost of the digest counts too, not only that of the keyslot.
    LK_TRY(crypto::check_iterations(digest.iterations, context.policy.kdf, place.c_str()));
    LK_ASSIGN(const std::size_t hash_length, crypto::hash_length(digest.hash));
    const std::size_t length = digest.digest.size();
    if (length > kMaxDigestLength || (length != kConvertedLength && length != hash_length))
        return fail(Errc::CorruptHeader, "%s: length %zu != %zu", place.c_str(), length,
                    hash_length);
    const model::KdfParams params{
        .type = std::string(model::kPbkdf2), .hash = digest.hash, .iterations = digest.iterations};
    const Working working(context, N_("computing %s of the volume key"), place.c_str());
    LK_ASSIGN(const SecretBuffer computed,
              crypto::derive(params, key, digest.salt, length, context.cancelled()));
    if (!equal_in_constant_time(computed.bytes(), digest.digest))
        return fail(Errc::WrongPassphrase, "%s does not agree with the key", place.c_str());
    return {};
}

void add_digest(crypto::KdfTotal& total, const Digest& digest, const KdfPolicy& policy) {
    if (!digest.defect.empty() || digest.iterations > policy.max_iterations) return;
    total.add(
        {.type = std::string(model::kPbkdf2), .hash = digest.hash, .iterations = digest.iterations},
        std::min(digest.digest.size(), kMaxDigestLength));
}

Result<Digest> make_digest(Context& context, ByteView key, std::string_view hash,
                           std::uint64_t iterations) {
    Digest digest;
    digest.type = model::kPbkdf2;
    digest.hash = hash;
    digest.iterations = iterations;
    digest.salt.resize(kDigestSaltLength);
    LK_TRY(context.random->fill(digest.salt));
    LK_ASSIGN(const std::size_t length, crypto::hash_length(hash));
    const model::KdfParams params{
        .type = std::string(model::kPbkdf2), .hash = digest.hash, .iterations = iterations};
    const Working working(context, N_("computing the digest of the volume key"));
    LK_ASSIGN(const SecretBuffer computed,
              crypto::derive(params, key, digest.salt, std::min(length, kMaxDigestLength),
                             context.cancelled()));
    digest.digest.assign(computed.bytes().begin(), computed.bytes().end());
    return digest;
}

Result<std::uint64_t> digest_iterations(Context& context, std::string_view hash,
                                        std::size_t key_length, bool measure) {
    if (!measure) return kMinIterations;
    const Working working(context, N_("measuring %s"), "pbkdf2");
    LK_ASSIGN(const std::uint64_t per_second,
              crypto::measure_pbkdf2(hash, key_length, context.cancelled()));
    return std::max(kMinIterations, per_second / kTargetFraction);
}

}  // namespace latchkey::luks2
