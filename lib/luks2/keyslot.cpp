// SPDX-License-Identifier: LGPL-2.1-or-later
#include "luks2/keyslot.h"

#include <chrono>
#include <cinttypes>
#include <memory>

#include "base/i18n.h"
#include "base/strprintf.h"
#include "base/working.h"
#include "crypto/af_splitter.h"
#include "crypto/cipher.h"
#include "crypto/derive_aside.h"
#include "crypto/hash.h"
#include "crypto/kdf.h"
#include "io/lock.h"
#include "luks2/area_layout.h"

namespace latchkey::luks2 {
namespace {

constexpr std::size_t kKdfSaltLength = 32;  // bytes
constexpr const char* kFallbackCipher = "aes-xts-plain64";
constexpr std::uint32_t kFallbackKeyBytes = 64;

// Returns whether the data's cipher may encrypt a keyslot.  Kernel names (capi:) are drivers that we do not know, and
// the null cipher protects nothing.
bool suits_keyslots(const Segment& segment, std::size_t key_bytes) {
    if (segment.type != "crypt" || segment.has_integrity || !segment.defect.empty()) return false;
    const auto spec = model::parse_cipher_spec(segment.encryption);
    if (!spec || !spec->kernel_name.empty() || spec->is_null()) return false;
    return crypto::check_cipher(*spec, key_bytes).has_value();
}

Result<AreaCipher> requested_cipher(const formats::KeyslotSpec& spec) {
    const std::string text = model::expand_cipher(spec.area_cipher);
    LK_ASSIGN(const model::CipherSpec cipher, model::parse_cipher_spec(text));
    if (!cipher.kernel_name.empty())
        return fail(Errc::InvalidArgument, "keyslot cipher %s names a kernel driver", text.c_str());
    if (cipher.is_null())
        return fail(Errc::InvalidArgument, "keyslot cipher %s protects nothing", text.c_str());
    LK_TRY(crypto::check_cipher(cipher, spec.area_key_bytes));
    return AreaCipher{text, spec.area_key_bytes};
}

// Waits for the turn of this derivation, if the policy allows only one at a time on this machine.
Result<std::unique_ptr<io::BlockDevice::Lock>> wait_for_turn(Context& context,
                                                             const model::KdfParams& kdf) {
    if (!context.policy.kdf.one_at_a_time || kdf.memory_kib == 0) return nullptr;
    constexpr std::chrono::hours kWhole{24};  // other processes' derivations may take minutes each
    auto turn = io::acquire_named_lock("memory-hard-access", "memory-hard access",
                                       {.limit = kWhole, .cancelled = &context.cancelled()});
    if (turn || turn.error().code == Errc::Interrupted) return turn;
    return fail(turn.error().code,
                "failed to acquire global memory-hard access serialization lock: %s",
                turn.error().message.c_str());
}

Result<SecretBuffer> derive_area_key(Context& context, const Keyslot& keyslot,
                                     const Passphrase& passphrase) {
    LK_ASSIGN([[maybe_unused]] const auto turn, wait_for_turn(context, keyslot.kdf));
    LK_TRY(crypto::check_kdf_cost(keyslot.kdf, context.policy.kdf));
    // A derivation that fills no memory (PBKDF2) ends quickly when it is cancelled.
    const auto how = keyslot.kdf.memory_kib == 0 ? &crypto::derive : &crypto::derive_aside;
    return how(keyslot.kdf, passphrase.bytes(), keyslot.kdf_salt, keyslot.area.key_bytes,
               context.cancelled());
}

Result<void> decrypt_area(Context& context, const Keyslot& keyslot, const Passphrase& passphrase,
                          crypto::DeriveAhead& keys, MutableByteView material) {
    LK_ASSIGN(const model::CipherSpec spec, model::parse_cipher_spec(keyslot.area.encryption));
    if (spec.is_null())
        return formats::check_null_keyslot(context.policy, strprintf("keyslot %d", keyslot.number),
                                           spec.text, passphrase.size() == 0);
    LK_TRY(crypto::check_cipher(spec, keyslot.area.key_bytes));
    const Working working(context, N_("deriving the key of keyslot %d"), keyslot.number);
    LK_ASSIGN(const SecretBuffer key, keys.wants(keyslot.number)
                                          ? keys.derive_for(keyslot.number)
                                          : derive_area_key(context, keyslot, passphrase));
    LK_ASSIGN(const auto cipher, crypto::make_sector_cipher(spec, key.bytes()));
    return cipher->decrypt(0, material);
}

}  // namespace

Result<AreaCipher> choose_area_cipher(const Metadata& metadata, std::size_t data_key_bytes,
                                      const formats::KeyslotSpec& spec) {
    if (!spec.area_cipher.empty()) return requested_cipher(spec);
    const Segment& segment = metadata.default_segment();
    if (suits_keyslots(segment, data_key_bytes))
        return AreaCipher{segment.encryption, static_cast<std::uint32_t>(data_key_bytes)};
    return AreaCipher{kFallbackCipher, kFallbackKeyBytes};
}

std::vector<crypto::DeriveAhead::Wanted> wanted_keys(const Context& context,
                                                     const Metadata& metadata,
                                                     const std::vector<int>& keyslots) {
    std::vector<crypto::DeriveAhead::Wanted> wanted;
    for (const int number : keyslots) {
        const Keyslot* keyslot = metadata.keyslot(number);
        if (keyslot == nullptr || !keyslot->is_luks2() || !keyslot->defect.empty()) continue;
        if (keyslot->kdf.type != model::kPbkdf2 ||
            !crypto::check_kdf_cost(keyslot->kdf, context.policy.kdf))
            continue;
        wanted.push_back({number, keyslot->kdf, keyslot->kdf_salt, keyslot->area.key_bytes});
    }
    return wanted;
}

Result<CandidateKey> open_area(Context& context, const io::BlockDevice& device,
                               const Keyslot& keyslot, const Passphrase& passphrase,
                               crypto::DeriveAhead& keys) {
    if (!keyslot.is_luks2())
        return fail(Errc::NoUsableKeyslot, "type %s holds no key", keyslot.type.c_str());
    const model::KdfParams& kdf = keyslot.kdf;
    if (!kdf.type.empty() && kdf.type != model::kPbkdf2 && !kdf.is_argon2())
        return fail(Errc::MissingCipher, "KDF %s is unknown", kdf.type.c_str());
    if (!keyslot.defect.empty()) return fail(Errc::CorruptHeader, "%s", keyslot.defect.c_str());
    // Both sizes come from the header; the area is known to lie in the keyslots area.
    const std::uint64_t length = crypto::af_material_length(keyslot.key_bytes);
    if (keyslot.key_bytes == 0 || length > keyslot.area.size)
        return fail(Errc::CorruptHeader,
                    "area size %" PRIu64 " is too small for a key of %" PRIu32 " bytes",
                    keyslot.area.size, keyslot.key_bytes);
    LK_ASSIGN([[maybe_unused]] const std::size_t hash_length, crypto::hash_length(keyslot.af_hash));
    SecretBuffer material(static_cast<std::size_t>(length));
    LK_TRY(device.read(keyslot.area.offset, material.bytes()));
    LK_TRY(decrypt_area(context, keyslot, passphrase, keys, material.bytes()));
    // The number of stripes in the header is ignored: every program uses 4000.
    LK_ASSIGN(SecretBuffer key,
              crypto::af_merge(material.bytes(), keyslot.key_bytes, keyslot.af_hash));
    return CandidateKey(std::move(key));
}

Result<SealedKeyslot> seal_key(Context& context, ByteView key, const Passphrase& passphrase,
                               const formats::KeyslotSpec& spec, const AreaCipher& cipher) {
    SealedKeyslot sealed;
    Keyslot& keyslot = sealed.keyslot;
    keyslot.type = "luks2";
    keyslot.key_bytes = static_cast<std::uint32_t>(key.size());
    keyslot.area = {.type = "raw",
                    .size = area_size_for_key(keyslot.key_bytes),
                    .encryption = cipher.encryption,
                    .key_bytes = cipher.key_bytes};
    keyslot.kdf = spec.kdf;
    keyslot.af_hash = spec.af_hash.empty() ? kDefaultAfHash : spec.af_hash;
    keyslot.af_stripes = crypto::kAfStripes;
    keyslot.kdf_salt.resize(kKdfSaltLength);
    LK_TRY(context.random->fill(keyslot.kdf_salt));

    const Working working(context, N_("deriving the key of the new keyslot"));
    LK_ASSIGN(const SecretBuffer area_key, derive_area_key(context, keyslot, passphrase));
    LK_ASSIGN(const model::CipherSpec area_spec, model::parse_cipher_spec(cipher.encryption));
    LK_ASSIGN(const auto area_cipher, crypto::make_sector_cipher(area_spec, area_key.bytes()));
    LK_ASSIGN(SecretBuffer material, crypto::af_split(key, keyslot.af_hash, *context.random));
    LK_TRY(area_cipher->encrypt(0, material.bytes()));
    sealed.area.assign(material.bytes().begin(), material.bytes().end());
    return sealed;
}

}  // namespace latchkey::luks2
