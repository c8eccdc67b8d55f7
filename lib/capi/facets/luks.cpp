// SPDX-License-Identifier: LGPL-2.1-or-later
#include "capi/facets/luks.h"

#include <algorithm>

#include "base/scope_guard.h"
#include "capi/activation.h"
#include "capi/guard.h"
#include "formats/keyslot_refusal.h"
#include "latchkey/peer.h"

namespace latchkey::capi {
namespace {

class Luks1Facet final : public LuksFacet {
  public:
    using LuksFacet::LuksFacet;
    [[nodiscard]] const char* type() const override { return CRYPT_LUKS1; }
    [[nodiscard]] bool has_json() const override { return false; }
    [[nodiscard]] crypt_keyslot_info status_of(int number) const override {
        const auto slot = keyslot(number);
        return slot && !slot->usable ? CRYPT_SLOT_INVALID : LuksFacet::status_of(number);
    }
    [[nodiscard]] crypt_keyslot_priority priority_of(int) const override {
        return CRYPT_SLOT_PRIORITY_NORMAL;  // there is no other
    }
    // All keyslots, empty ones too, are for the volume key.
    [[nodiscard]] Result<int> key_bytes_of(int) const override {
        return static_cast<int>(volume().info().key_bytes);
    }
    [[nodiscard]] int errno_without_kdf() const override { return EINVAL; }
    [[nodiscard]] Error nothing_to_remove(int number) const override {
        return told_by(formats::keyslot_empty(number), Call::RemoveKeyslot);
    }
};

class Luks2Facet final : public LuksFacet {
  public:
    using LuksFacet::LuksFacet;
    [[nodiscard]] const char* type() const override { return CRYPT_LUKS2; }
    [[nodiscard]] bool has_json() const override { return true; }
    [[nodiscard]] crypt_keyslot_priority priority_of(int number) const override {
        const auto slot = keyslot(number);
        return slot ? static_cast<crypt_keyslot_priority>(slot->priority)
                    : CRYPT_SLOT_PRIORITY_INVALID;
    }
    [[nodiscard]] Result<int> key_bytes_of(int number) const override {
        const auto slot = keyslot(number);
        if (!slot) return silent(ENOENT);
        return static_cast<int>(slot->key_bytes);
    }
    [[nodiscard]] int errno_without_kdf() const override { return ENOENT; }
    [[nodiscard]] Error nothing_to_remove(int) const override { return silent(ENOENT); }
};

}  // namespace

std::unique_ptr<Facet> make_luks_facet(Volume volume) {
    if (volume.info().type == CRYPT_LUKS2) return std::make_unique<Luks2Facet>(std::move(volume));
    return std::make_unique<Luks1Facet>(std::move(volume));
}

DataFacts LuksFacet::data() const {
    const VolumeInfo info = volume_.info();
    return {.cipher = info.cipher,
            .offset_sectors = info.data_offset / kSectorSize,
            .key_bytes = info.key_bytes,
            .sector_bytes = info.sector_size};
}

bool LuksFacet::has_number(int keyslot) const {
    const auto limit = Volume::max_keyslots(type());
    return limit && keyslot >= 0 && keyslot < *limit;
}

std::optional<KeyslotInfo> LuksFacet::keyslot(int number) const {
    for (KeyslotInfo& slot : volume_.keyslots())
        if (slot.number == number) return std::move(slot);
    return {};
}

crypt_keyslot_info LuksFacet::status_of(int number) const {
    if (!has_number(number)) return CRYPT_SLOT_INVALID;
    const auto slot = keyslot(number);
    if (!slot) return CRYPT_SLOT_INACTIVE;
    if (slot->unbound) return CRYPT_SLOT_UNBOUND;
    const auto slots = volume_.keyslots();
    const auto bound = std::ranges::count(slots, false, &KeyslotInfo::unbound);
    return bound == 1 ? CRYPT_SLOT_ACTIVE_LAST : CRYPT_SLOT_ACTIVE;
}

Result<int> LuksFacet::activate(crypt_device& cd, const Activation& wanted,
                                crypt_keyslot_context& kc) {
    const bool keyring = (wanted.flags & CRYPT_ACTIVATE_KEYRING_KEY) != 0;
    if (keyring && !has_json()) return silent(EINVAL);
    if (wanted.name) {
        LK_ASSIGN(const Device data, open_data(cd, Access::ReadOnly));
        LK_TRY(volume_.check_data_device(data));
    }
    bool& one_at_a_time = cd.context.policy.kdf.one_at_a_time;
    ScopeGuard of_this_call([&] { one_at_a_time = false; });
    one_at_a_time = (wanted.flags & CRYPT_ACTIVATE_SERIALIZE_MEMORY_HARD_PBKDF) != 0;
    const bool with_unbound = (wanted.flags & CRYPT_ACTIVATE_ALLOW_UNBOUND_KEY) != 0;
    LK_ASSIGN(UnlockedVolume unlocked,
              open_volume(cd, wanted.keyslot, kc,
                          with_unbound ? AnyKeyslot::WithUnbound : AnyKeyslot::OfTheData));
    if (wanted.name) {
        LK_ASSIGN(const MappingPlan plan, planned(cd, unlocked));
        LK_TRY(map(cd, wanted, plan, unlocked.keys()));
    }
    if ((wanted.name || keyring) && !unlocked.unbound) cd.mapped_key = std::move(unlocked.key);
    return keyslot_of(unlocked);
}

}  // namespace latchkey::capi
