// SPDX-License-Identifier: LGPL-2.1-or-later
#include <algorithm>

#include "crypto/hash.h"
#include "latchkey/plain.h"
#include "model/cipher_spec.h"
#include "plain/hash_spec.h"

namespace latchkey::plain {
namespace {

// Nothing on disk can verify the key: whatever the user gives for a plain mapping is its key.
VolumeKey whole_key(const Params& params, SecretBuffer key) {
    if (model::names_null_cipher(params.cipher)) key.shrink(0);
    return {Vouched::ByCaller, std::move(key)};
}

Result<void> check_key_bytes(const Params& params) {
    if (params.key_bytes == 0 || params.key_bytes > kMaxKeyBytes)
        return fail(Errc::InvalidArgument, "key of %u bytes: plain mode takes 1 to %u",
                    params.key_bytes, kMaxKeyBytes);
    return {};
}

// Round r hashes 'A' r times and then the passphrase; the last digest is truncated.
Result<void> hash_rounds(const std::string& name, ByteView passphrase, MutableByteView into) {
    constexpr std::byte kRoundMark{'A'};
    LK_ASSIGN(crypto::Hash hash, crypto::Hash::create(name));
    for (std::size_t round = 0; !into.empty(); ++round) {
        hash.reset();
        for (std::size_t i = 0; i < round; ++i) hash.update(ByteView(&kRoundMark, 1));
        hash.update(passphrase);
        hash.finish(into);
        into = into.subspan(std::min(hash.length(), into.size()));
    }
    return {};
}

}  // namespace

Result<void> check_hash(const Params& params) {
    LK_TRY(check_key_bytes(params));
    LK_TRY(parse_hash_spec(params.hash, params.key_bytes));
    return {};
}

Result<VolumeKey> key_from_passphrase(const Params& params, const Passphrase& passphrase) {
    LK_TRY(check_key_bytes(params));
    LK_ASSIGN(const HashSpec spec, parse_hash_spec(params.hash, params.key_bytes));
    SecretBuffer key(params.key_bytes);
    if (passphrase.is_random()) key.set_random();
    const std::size_t hashed = spec.length.value_or(key.size());
    if (!spec.is_plain()) {
        LK_TRY(hash_rounds(spec.name, passphrase.bytes(), key.bytes().first(hashed)));
        return whole_key(params, std::move(key));
    }
    // With a length the passphrase must be at least that long; without one it is padded with zeros.
    if (spec.length && passphrase.size() < hashed)
        return fail(Errc::InvalidArgument, "key processing error (using hash %s)",
                    spec.text.c_str());
    const std::size_t taken = std::min(hashed, passphrase.size());
    std::ranges::copy(passphrase.bytes().first(taken), key.bytes().begin());
    return whole_key(params, std::move(key));
}

Result<VolumeKey> key_from_file(const Params& params, SecretBuffer bytes) {
    LK_TRY(check_key_bytes(params));
    if (bytes.size() < params.key_bytes)
        return fail(Errc::InvalidArgument, "cannot read requested amount of data");
    bytes.shrink(params.key_bytes);
    return whole_key(params, std::move(bytes));
}

}  // namespace latchkey::plain
