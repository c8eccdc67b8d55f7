// SPDX-License-Identifier: LGPL-2.1-or-later
#include "luks1/digest.h"

#include <algorithm>

#include "base/i18n.h"
#include "base/working.h"
#include "crypto/kdf.h"

namespace latchkey::luks1 {

Result<void> check_digest_cost(const Context& context, const Header& header) {
    if (header.digest_iterations == 0)
        return fail(Errc::CorruptHeader, "volume key digest: iterations 0 < 1");
    return crypto::check_iterations(header.digest_iterations, context.policy.kdf,
                                    "volume key digest");
}

Result<std::array<std::byte, kDigestBytes>> digest_of(const Context& context, const Header& header,
                                                      ByteView key) {
    LK_TRY(check_digest_cost(context, header));
    const model::KdfParams kdf{.type = std::string(model::kPbkdf2),
                               .hash = header.hash,
                               .iterations = header.digest_iterations};
    const Working working(context, N_("computing the digest of the volume key"));
    LK_ASSIGN(const SecretBuffer derived,
              crypto::derive(kdf, key, header.digest_salt, kDigestBytes, context.cancelled()));
    std::array<std::byte, kDigestBytes> digest{};
    std::copy_n(derived.bytes().begin(), kDigestBytes, digest.begin());
    return digest;
}

Result<VolumeKey> verify_key(const Context& context, const Header& header, CandidateKey candidate) {
    if (candidate.size() != header.key_bytes)
        return fail(Errc::WrongPassphrase, "key of %zu bytes, the volume's has %u",
                    candidate.size(), header.key_bytes);
    LK_ASSIGN(const auto digest, digest_of(context, header, candidate.bytes()));
    if (!equal_in_constant_time(digest, header.digest))
        return fail(Errc::WrongPassphrase, "the key is not this volume's: its digest differs");
    return VolumeKey(Vouched::ByDigest, std::move(candidate).release());
}

}  // namespace latchkey::luks1
