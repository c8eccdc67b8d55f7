// SPDX-License-Identifier: LGPL-2.1-or-later
#include "luks1/keyslot.h"

#include <memory>

#include "base/i18n.h"
#include "base/strprintf.h"
#include "base/working.h"
#include "crypto/af_splitter.h"
#include "crypto/cipher.h"
#include "crypto/kdf.h"
#include "formats/null_cipher.h"
#include "luks1/digest.h"

namespace latchkey::luks1 {
namespace {

std::string place(int number) {
    return strprintf("keyslot %d", number);
}

// Returns the cipher, if policy allows it for a keyslot with this passphrase.
Result<model::CipherSpec> keyslot_cipher(const Context& context, const Header& header,
                                         const std::string& place, bool empty_passphrase) {
    LK_ASSIGN(auto spec, cipher_spec(header));
    if (spec.is_null())
        LK_TRY(formats::check_null_keyslot(context.policy, place, spec.text, empty_passphrase));
    return spec;
}

model::KdfParams kdf_of(const Header& header, const Keyslot& keyslot) {
    return {
        .type = std::string(model::kPbkdf2), .hash = header.hash, .iterations = keyslot.iterations};
}

// Sectors of the area are numbered from its beginning, wherever it is.
Result<std::unique_ptr<crypto::SectorCipher>> area_cipher(const model::CipherSpec& spec,
                                                          const KeyslotKey& key) {
    return crypto::make_sector_cipher(spec, key.bytes());
}

}  // namespace

// Turns the error for a bad specification into an error of the header.
Result<model::CipherSpec> cipher_spec(const Header& header) {
    auto spec = model::parse_cipher_spec(header.cipher());
    if (!spec) spec.error().code = Errc::MissingCipher;
    return spec;
}

Result<void> check_cipher(const Context& context, const Header& header) {
    LK_ASSIGN(const auto spec, keyslot_cipher(context, header, "header", true));
    auto checked = crypto::check_cipher(spec, header.key_bytes);
    if (!checked && checked.error().code == Errc::InvalidArgument)
        checked.error().code = Errc::CorruptHeader;
    return checked;
}

std::vector<crypto::DeriveAhead::Wanted> wanted_keys(const Context& context, const Header& header,
                                                     const std::vector<int>& keyslots) {
    std::vector<crypto::DeriveAhead::Wanted> wanted;
    for (const int number : keyslots) {
        const Keyslot& keyslot = header.keyslot(number);
        if (!keyslot.enabled() || keyslot.iterations == 0 ||
            keyslot.iterations > context.policy.kdf.max_iterations)
            continue;
        wanted.push_back({number, kdf_of(header, keyslot), keyslot.salt, header.key_bytes});
    }
    return wanted;
}

Result<VolumeKey> open_keyslot(const Context& context, const io::BlockDevice& device,
                               const Header& header, int number, const Passphrase& passphrase,
                               crypto::DeriveAhead& keys) {
    const Keyslot& keyslot = header.keyslot(number);
    LK_ASSIGN(const auto spec,
              keyslot_cipher(context, header, place(number), passphrase.size() == 0));
    if (keyslot.iterations == 0) return no_iterations_error(number);
    LK_TRY(crypto::check_iterations(keyslot.iterations, context.policy.kdf, place(number).c_str()));

    SecretBuffer material(header.area_bytes());
    auto read =
        device.read(std::uint64_t{keyslot.area_offset_sectors} * io::kSectorSize, material.bytes());
    if (!read) return std::move(read).error().within(place(number));
    const Working working(context, N_("deriving the key of keyslot %d"), number);
    LK_ASSIGN(SecretBuffer derived, keys.derive_for(number));
    LK_ASSIGN(const auto cipher, area_cipher(spec, KeyslotKey(std::move(derived))));
    LK_TRY(cipher->decrypt(0, material.bytes()));
    LK_ASSIGN(SecretBuffer merged,
              crypto::af_merge(material.bytes(), header.key_bytes, header.hash, header.stripes));
    return verify_key(context, header, CandidateKey(std::move(merged)));
}

Result<SealedKeyslot> seal_keyslot(Context& context, const Header& header, int number,
                                   const VolumeKey& key, const Passphrase& passphrase,
                                   std::uint32_t iterations) {
    if (header.stripes != crypto::kAfStripes)
        return fail(Errc::NotSupported,
                    "the keyslots of this header have %u AF stripes, not %u: they are read, but no "
                    "keyslot is added or changed",
                    header.stripes, crypto::kAfStripes);
    LK_ASSIGN(const auto spec, keyslot_cipher(context, header, place(number), true));
    if (spec.is_null() && passphrase.size() != 0)
        return fail(Errc::InvalidArgument,
                    "a keyslot of %s takes the empty passphrase only, not one of %zu bytes",
                    spec.text.c_str(), passphrase.size());
    SealedKeyslot sealed{
        {kStateEnabled, iterations, {}, header.keyslot(number).area_offset_sectors}, {}};
    LK_TRY(context.random->fill(sealed.record.salt));
    const Working working(context, N_("deriving the key of the new keyslot"));
    LK_ASSIGN(SecretBuffer derived,
              crypto::derive(kdf_of(header, sealed.record), passphrase.bytes(), sealed.record.salt,
                             header.key_bytes, context.cancelled()));
    LK_ASSIGN(const auto cipher, area_cipher(spec, KeyslotKey(std::move(derived))));
    LK_ASSIGN(SecretBuffer material, crypto::af_split(key.bytes(), header.hash, *context.random));
    LK_TRY(cipher->encrypt(0, material.bytes()));
    sealed.area.assign(material.bytes().begin(), material.bytes().end());
    return sealed;
}

}  // namespace latchkey::luks1
