// SPDX-License-Identifier: LGPL-2.1-or-later
// Adds, changes and removes keyslots.
#include "base/i18n.h"
#include "capi/guard.h"
#include "capi/keyslot_context.h"
#include "capi/opening.h"
#include "capi/pbkdf.h"
#include "formats/keyslot_refusal.h"
#include "latchkey/peer.h"

using namespace latchkey::capi;
using latchkey::Errc;
using latchkey::fail;
using latchkey::KeyBinding;
using latchkey::KeyRole;
using latchkey::KeyslotInfo;
using latchkey::Passphrase;
using latchkey::Result;
using latchkey::SecretBuffer;
using latchkey::UnlockedVolume;
using latchkey::Volume;

namespace {

constexpr int kMostKeyslots = 32;  // maximum of all types

Result<void> check_free(const crypt_device& cd, int keyslot) {
    LK_ASSIGN(const Volume* volume, loaded_volume(cd));
    return volume->check_free_keyslot(keyslot == CRYPT_ANY_SLOT ? std::optional<int>() : keyslot);
}

bool has_bound_keyslot(const crypt_device& cd) {
    for (const KeyslotInfo& slot : luks_of(cd)->volume().keyslots())
        if (!slot.unbound && slot.usable) return true;
    return false;
}

// Returns the key that the context keeps since the volume was formatted.
Result<UnlockedVolume> held_volume_key(crypt_device& cd) {
    if (!cd.key)
        return fail_saying(Errc::InvalidArgument,
                           "Cannot add key slot, all slots disabled and no volume key provided.");
    LK_ASSIGN(const Volume* volume, loaded_volume(cd));
    LK_ASSIGN(
        auto key,
        volume->verify(cd.context, latchkey::CandidateKey(SecretBuffer::copy_of(cd.key->bytes()))));
    return UnlockedVolume{.key = std::move(key)};
}

// The token that protects the new keyslot with its secret, and opens it later.
using Token = std::optional<latchkey::KeyslotToken>;

latchkey::NewKeyslot new_keyslot_of(const crypt_device& cd, int keyslot, const Token& token) {
    latchkey::NewKeyslot wish = new_keyslot(cd, keyslot);
    wish.token = token;
    return wish;
}

Token token_of(const crypt_keyslot_context& kc) {
    const auto* tokens = std::get_if<latchkey::keys::Token>(&kc.source.from);
    if (tokens == nullptr || !tokens->number) return {};
    return latchkey::KeyslotToken{.number = tokens->number};
}

Result<int> add_bound(crypt_device& cd, int keyslot, const latchkey::VolumeKey& key,
                      const Passphrase& passphrase, const Token& token = {}) {
    return change_volume(cd, [&](Volume& volume) {
        return volume.add_keyslot(cd.context, key, passphrase, new_keyslot_of(cd, keyslot, token));
    });
}

// Calls `existing` only if a keyslot can be opened with its result.
template <typename Existing>
Result<int> add_with(crypt_device& cd, int keyslot, Existing existing, const Passphrase& fresh) {
    LK_TRY(loaded_volume(cd));
    LK_TRY(check_free(cd, keyslot));
    if (!has_bound_keyslot(cd)) {
        LK_ASSIGN(const UnlockedVolume held, held_volume_key(cd));
        return add_bound(cd, keyslot, held.key, fresh);
    }
    LK_ASSIGN(const UnlockedVolume opened, existing());
    return add_bound(cd, keyslot, opened.key, fresh);
}

Result<int> add_as(crypt_device& cd, int keyslot, SecretBuffer key, const Passphrase& passphrase,
                   const KeyBinding& binding, const Token& token) {
    LK_TRY(check_free(cd, keyslot));
    return change_volume(cd, [&](Volume& volume) {
        return volume.add_keyslot_as(cd.context, std::move(key), passphrase,
                                     new_keyslot_of(cd, keyslot, token), binding);
    });
}

// Makes the unbound keyslot's key the volume key.
Result<int> promote(crypt_device& cd, int keyslot, const Passphrase& passphrase,
                    const Token& token) {
    LK_ASSIGN(const UnlockedVolume opened,
              open_keyslot(cd, keyslot, passphrase, AnyKeyslot::WithUnbound));
    if (!opened.unbound) return silent(EINVAL);
    return change_volume(cd, [&](Volume& volume) -> Result<int> {
        LK_TRY(volume.make_volume_key(cd.context, opened, token));
        return opened.keyslot;
    });
}

Result<SecretBuffer> random_key(crypt_device& cd, std::size_t bytes) {
    if (bytes == 0 || bytes > Volume::kMaxKeyBytes)
        return fail(Errc::InvalidArgument, "key size of %zu bytes is not in 1 to %u", bytes,
                    Volume::kMaxKeyBytes);
    SecretBuffer made(bytes);
    LK_TRY(cd.context.random->fill(made.bytes()));
    return made;
}

constexpr std::uint32_t kKeyFlags =
    CRYPT_VOLUME_KEY_NO_SEGMENT | CRYPT_VOLUME_KEY_SET | CRYPT_VOLUME_KEY_DIGEST_REUSE;

bool impossible(std::uint32_t flags) {
    return (flags & ~kKeyFlags) != 0 ||
           ((flags & CRYPT_VOLUME_KEY_NO_SEGMENT) != 0 && (flags & CRYPT_VOLUME_KEY_SET) != 0);
}

KeyBinding binding_of(std::uint32_t flags) {
    KeyBinding binding;
    if ((flags & CRYPT_VOLUME_KEY_SET) != 0)
        binding.role = KeyRole::NewVolume;
    else if ((flags & CRYPT_VOLUME_KEY_NO_SEGMENT) != 0)
        binding.role = KeyRole::Unbound;
    binding.reuse_digest = (flags & CRYPT_VOLUME_KEY_DIGEST_REUSE) != 0;
    return binding;
}

Result<int> add_by_key(crypt_device& cd, int keyslot, const char* key, std::size_t key_bytes,
                       const Passphrase& passphrase, std::uint32_t flags, const Token& token = {}) {
    LK_TRY(loaded_luks2(cd));
    if (impossible(flags)) return silent(EINVAL);
    if ((flags & CRYPT_VOLUME_KEY_SET) != 0 && key == nullptr &&
        crypt_keyslot_status(&cd, keyslot) == CRYPT_SLOT_UNBOUND)
        return promote(cd, keyslot, passphrase, token);
    SecretBuffer secret;
    if (key != nullptr) {
        LK_ASSIGN(secret, secret_of(key, key_bytes));
    } else if ((flags & CRYPT_VOLUME_KEY_NO_SEGMENT) != 0) {
        if (key_bytes == 0) return silent(EINVAL);
        LK_ASSIGN(secret, random_key(cd, key_bytes));
    } else if (cd.key) {
        secret = SecretBuffer::copy_of(cd.key->bytes());
    } else {
        return silent(EINVAL);
    }
    auto added = add_as(cd, keyslot, std::move(secret), passphrase, binding_of(flags), token);
    // If no digest can be reused, the errno is "not found" instead of "wrong".
    if (!added && added.error().code == Errc::WrongPassphrase &&
        (flags & CRYPT_VOLUME_KEY_DIGEST_REUSE) != 0)
        return latchkey::formats::as_key_mismatch(std::move(added).error()).with_errno(ENOENT);
    if (!added) return latchkey::formats::as_key_mismatch(std::move(added).error());
    return added;
}

// Checks that a keyslot may move to `number`.  An active keyslot there would be lost; the peer does this to LUKS2
// keyslots.
Result<void> check_free_to_move(crypt_device& cd, int number) {
    if (crypt_keyslot_status(&cd, number) == CRYPT_SLOT_INACTIVE) return {};
    latchkey::Error error = error_saying(EINVAL, "Key slot %d active, purge first.", number);
    error.sentence += "\n" + std::string(latchkey::translate(N_("Failed to swap new key slot.")));
    return error;
}

// Moves the opened keyslot to another number and gives it the new passphrase.
Result<int> move_keyslot(crypt_device& cd, const UnlockedVolume& opened, int number,
                         const Passphrase& fresh) {
    LK_TRY(check_free_to_move(cd, number));
    return change_volume(cd, [&](Volume& volume) {
        return volume.move_keyslot(cd.context, opened, number, fresh, new_keyslot(cd, number));
    });
}

Result<int> change(crypt_device& cd, int old_number, int new_number, const Passphrase& old_secret,
                   const Passphrase& fresh) {
    LK_TRY(loaded_volume(cd));
    LK_ASSIGN(const UnlockedVolume opened,
              open_keyslot(cd, old_number, old_secret, AnyKeyslot::WithUnbound));
    if (new_number != CRYPT_ANY_SLOT && new_number != opened.keyslot)
        return move_keyslot(cd, opened, new_number, fresh);
    return change_volume(cd, [&](Volume& volume) {
        // If no number was given, LUKS1 writes the new keyslot elsewhere before the old one is removed.
        const bool anywhere = old_number == CRYPT_ANY_SLOT && new_number == CRYPT_ANY_SLOT;
        return volume.change_keyslot(cd.context, opened, fresh,
                                     new_keyslot(cd, anywhere ? CRYPT_ANY_SLOT : opened.keyslot));
    });
}

}  // namespace

int crypt_keyslot_add_by_passphrase(crypt_device* cd, int keyslot, const char* passphrase,
                                    size_t passphrase_size, const char* new_passphrase,
                                    size_t new_passphrase_size) {
    if (passphrase == nullptr || new_passphrase == nullptr) return -EINVAL;
    return guarded_with(cd, [&](crypt_device& self) -> Result<int> {
        LK_ASSIGN(const Passphrase fresh, passphrase_of(new_passphrase, new_passphrase_size));
        return add_with(
            self, keyslot,
            [&]() -> Result<UnlockedVolume> {
                LK_ASSIGN(const Passphrase known, passphrase_of(passphrase, passphrase_size));
                return open_keyslot(self, CRYPT_ANY_SLOT, known, AnyKeyslot::OfTheData);
            },
            fresh);
    });
}

int crypt_keyslot_change_by_passphrase(crypt_device* cd, int keyslot_old, int keyslot_new,
                                       const char* passphrase, size_t passphrase_size,
                                       const char* new_passphrase, size_t new_passphrase_size) {
    if (passphrase == nullptr || new_passphrase == nullptr) return -EINVAL;
    return guarded_with(cd, [&](crypt_device& self) -> Result<int> {
        LK_ASSIGN(const Passphrase known, passphrase_of(passphrase, passphrase_size));
        LK_ASSIGN(const Passphrase fresh, passphrase_of(new_passphrase, new_passphrase_size));
        return change(self, keyslot_old, keyslot_new, known, fresh);
    });
}

int crypt_keyslot_add_by_keyfile_device_offset(crypt_device* cd, int keyslot, const char* keyfile,
                                               size_t keyfile_size, uint64_t keyfile_offset,
                                               const char* new_keyfile, size_t new_keyfile_size,
                                               uint64_t new_keyfile_offset) {
    if (keyfile == nullptr || new_keyfile == nullptr) return -EINVAL;
    return guarded_with(cd, [&](crypt_device& self) -> Result<int> {
        LK_ASSIGN(
            const Passphrase fresh,
            passphrase_from(self, by_keyfile(new_keyfile, new_keyfile_offset, new_keyfile_size)));
        return add_with(
            self, keyslot,
            [&]() -> Result<UnlockedVolume> {
                crypt_keyslot_context known = by_keyfile(keyfile, keyfile_offset, keyfile_size);
                return open_by_context(self, CRYPT_ANY_SLOT, known, AnyKeyslot::OfTheData);
            },
            fresh);
    });
}

int crypt_keyslot_add_by_keyfile_offset(crypt_device* cd, int keyslot, const char* keyfile,
                                        size_t keyfile_size, size_t keyfile_offset,
                                        const char* new_keyfile, size_t new_keyfile_size,
                                        size_t new_keyfile_offset) {
    return crypt_keyslot_add_by_keyfile_device_offset(cd, keyslot, keyfile, keyfile_size,
                                                      keyfile_offset, new_keyfile, new_keyfile_size,
                                                      new_keyfile_offset);
}

int crypt_keyslot_add_by_keyfile(crypt_device* cd, int keyslot, const char* keyfile,
                                 size_t keyfile_size, const char* new_keyfile,
                                 size_t new_keyfile_size) {
    return crypt_keyslot_add_by_keyfile_device_offset(cd, keyslot, keyfile, keyfile_size, 0,
                                                      new_keyfile, new_keyfile_size, 0);
}

int crypt_keyslot_add_by_volume_key(crypt_device* cd, int keyslot, const char* volume_key,
                                    size_t volume_key_size, const char* passphrase,
                                    size_t passphrase_size) {
    if (passphrase == nullptr) return -EINVAL;
    return guarded_with(cd, [&](crypt_device& self) -> Result<int> {
        LK_ASSIGN(const Volume* volume, loaded_volume(self));
        LK_ASSIGN(const Passphrase fresh, passphrase_of(passphrase, passphrase_size));
        if (volume_key == nullptr && !self.key && has_bound_keyslot(self)) return silent(ENOENT);
        if (volume_key == nullptr && !self.key) {
            return error_saying(
                EINVAL, "Cannot add key slot, all slots disabled and no volume key provided.");
        }
        LK_TRY(check_free(self, keyslot));
        SecretBuffer bytes;
        if (volume_key == nullptr) {
            bytes = SecretBuffer::copy_of(self.key->bytes());
        } else {
            LK_ASSIGN(bytes, secret_of(volume_key, volume_key_size));
        }
        const auto key = volume->verify(self.context, latchkey::CandidateKey(std::move(bytes)));
        if (!key) return key.error();
        return add_bound(self, keyslot, *key, fresh);
    });
}

int crypt_keyslot_add_by_key(crypt_device* cd, int keyslot, const char* volume_key,
                             size_t volume_key_size, const char* passphrase, size_t passphrase_size,
                             uint32_t flags) {
    if (passphrase == nullptr) return -EINVAL;
    if (cd != nullptr && flags == 0)
        return crypt_keyslot_add_by_volume_key(cd, keyslot, volume_key, volume_key_size, passphrase,
                                               passphrase_size);
    return guarded_with(cd, [&](crypt_device& self) -> Result<int> {
        LK_ASSIGN(const Passphrase fresh, passphrase_of(passphrase, passphrase_size));
        return add_by_key(self, keyslot, volume_key, volume_key_size, fresh, flags);
    });
}

int crypt_keyslot_add_by_keyslot_context(crypt_device* cd, int keyslot_existing,
                                         crypt_keyslot_context* kc, int keyslot_new,
                                         crypt_keyslot_context* new_kc, uint32_t flags) {
    if (kc == nullptr || new_kc == nullptr) return -EINVAL;
    return guarded_with(cd, [&](crypt_device& self) -> Result<int> {
        LK_TRY(loaded_volume(self));
        if (impossible(flags) || (flags != 0 && luks2_of(self) == nullptr)) return silent(EINVAL);
        // A volume key cannot protect a keyslot.
        if (new_kc->source.is == latchkey::KeyIs::VolumeKey) return silent(EINVAL);
        LK_ASSIGN(const Passphrase fresh, passphrase_of_any(self, *new_kc));
        if (kc->type == CRYPT_KC_TYPE_KEY && flags != 0) {
            const auto key = std::get<latchkey::keys::Given>(kc->source.from).bytes.bytes();
            return add_by_key(self, keyslot_new,
                              key.empty() ? nullptr : reinterpret_cast<const char*>(key.data()),
                              kc->key_bytes, fresh, flags, token_of(*new_kc));
        }
        auto opened = open_by_context(self, keyslot_existing, *kc,
                                      flags == 0 ? AnyKeyslot::OfTheData : AnyKeyslot::WithUnbound);
        if (!opened) return std::move(opened).error();
        if (flags != 0)
            return add_as(self, keyslot_new, SecretBuffer::copy_of(opened->key.bytes()), fresh,
                          binding_of(flags), token_of(*new_kc));
        LK_TRY(check_free(self, keyslot_new));
        return add_bound(self, keyslot_new, opened->key, fresh, token_of(*new_kc));
    });
}

int crypt_keyslot_destroy(crypt_device* cd, int keyslot) {
    return guarded_with(cd, [&](crypt_device& self) -> Result<int> {
        LK_TRY(loaded_volume(self));
        switch (crypt_keyslot_status(&self, keyslot)) {
            case CRYPT_SLOT_INVALID:
                return told_by(
                    fail(Errc::InvalidArgument, "keyslot %d is not in the header", keyslot)
                        .because(latchkey::Condition::KeyslotOutOfRange, {}, keyslot),
                    latchkey::Call::RemoveKeyslot);
            case CRYPT_SLOT_INACTIVE: return luks_of(self)->nothing_to_remove(keyslot);
            default: break;
        }
        return change_volume(self, [&](Volume& volume) -> Result<int> {
            LK_TRY(volume.kill_keyslot(self.context, keyslot));
            return 0;
        });
    });
}

int crypt_keyslot_set_priority(crypt_device* cd, int keyslot, crypt_keyslot_priority priority) {
    return guarded_with(cd, [&](crypt_device& self) -> Result<int> {
        if (priority == CRYPT_SLOT_PRIORITY_INVALID || keyslot < 0 || keyslot >= kMostKeyslots)
            return silent(EINVAL);
        LK_TRY(loaded_luks2(self));
        if (priority != CRYPT_SLOT_PRIORITY_IGNORE && priority != CRYPT_SLOT_PRIORITY_NORMAL &&
            priority != CRYPT_SLOT_PRIORITY_PREFER)
            return silent(EINVAL);
        if (crypt_keyslot_get_priority(&self, keyslot) == CRYPT_SLOT_PRIORITY_INVALID)
            return silent(EINVAL);
        return change_volume(self, [&](Volume& volume) -> Result<int> {
            LK_TRY(volume.set_priority(self.context, keyslot,
                                       static_cast<latchkey::Priority>(priority)));
            return 0;
        });
    });
}

int crypt_keyslot_set_encryption(crypt_device* cd, const char* cipher, size_t key_size) {
    return guarded_with(cd, [&](crypt_device& self) -> Result<int> {
        if (cipher == nullptr || key_size == 0) return silent(EINVAL);
        LK_TRY(set_area_cipher(self, cipher, key_size));
        return 0;
    });
}
