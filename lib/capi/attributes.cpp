// SPDX-License-Identifier: LGPL-2.1-or-later
// Properties of a loaded or formatted volume.  Nothing here reads a device.
#include "capi/guard.h"
#include "latchkey/sectors.h"
#include "model/cipher_spec.h"

using namespace latchkey::capi;
using latchkey::kSectorSize;

namespace latchkey::capi {
namespace {

DataFacts facts_of(const crypt_device& cd) {
    return cd.facet == nullptr ? DataFacts() : cd.facet->data();
}

// Returns nullptr for an empty text.
const char* text_or_null(crypt_device& cd, std::string_view call, std::string_view text) {
    return text.empty() ? nullptr : hand_out(cd, call, std::string(text));
}

const char* null_text() {
    return nullptr;
}

}  // namespace
}  // namespace latchkey::capi

const char* crypt_get_cipher(crypt_device* cd) {
    if (cd == nullptr) return nullptr;
    return guarded_or(cd, null_text(), [&] {
        return text_or_null(*cd, "cipher", latchkey::model::cipher_name_part(facts_of(*cd).cipher));
    });
}

const char* crypt_get_cipher_mode(crypt_device* cd) {
    if (cd == nullptr) return nullptr;
    return guarded_or(cd, null_text(), [&] {
        return text_or_null(*cd, "mode", latchkey::model::cipher_mode_part(facts_of(*cd).cipher));
    });
}

const char* crypt_get_uuid(crypt_device* cd) {
    if (cd == nullptr || luks_of(*cd) == nullptr) return nullptr;
    return guarded_or(cd, null_text(), [&] {
        return text_or_null(*cd, "uuid", luks_of(*cd)->volume().info().uuid);
    });
}

const char* crypt_get_device_name(crypt_device* cd) {
    if (cd == nullptr || data_path(*cd).empty()) return nullptr;
    return data_path(*cd).c_str();
}

const char* crypt_get_metadata_device_name(crypt_device* cd) {
    if (cd == nullptr || !is_detached(*cd)) return nullptr;
    // A mapping reveals only the data device, unless the caller named the header.
    if (!cd->active_name.empty() && !is_detached(*cd)) return nullptr;
    return cd->header_path.c_str();
}

const char* crypt_get_label(crypt_device* cd) {
    if (cd == nullptr || luks2_of(*cd) == nullptr) return nullptr;
    return guarded_or(cd, null_text(),
                      [&] { return hand_out(*cd, "label", luks2_of(*cd)->volume().info().label); });
}

const char* crypt_get_subsystem(crypt_device* cd) {
    if (cd == nullptr || luks2_of(*cd) == nullptr) return nullptr;
    return guarded_or(cd, null_text(), [&] {
        return hand_out(*cd, "subsystem", luks2_of(*cd)->volume().info().subsystem);
    });
}

uint64_t crypt_get_data_offset(crypt_device* cd) {
    if (cd == nullptr) return 0;
    return guarded_or(cd, std::uint64_t{0}, [&]() -> std::uint64_t {
        return cd->facet == nullptr ? cd->data_offset_sectors.value_or(0)
                                    : facts_of(*cd).offset_sectors;
    });
}

uint64_t crypt_get_iv_offset(crypt_device* cd) {
    if (cd == nullptr) return 0;
    return guarded_or(cd, std::uint64_t{0}, [&] { return facts_of(*cd).iv_offset_sectors; });
}

int crypt_get_volume_key_size(crypt_device* cd) {
    if (cd == nullptr) return 0;
    return guarded_or(cd, 0, [&]() -> int {
        const std::uint32_t known = facts_of(*cd).key_bytes;
        if (known != 0 || luks_of(*cd) == nullptr) return static_cast<int>(known);
        return cd->key ? static_cast<int>(cd->key->size()) : 0;
    });
}

int crypt_get_old_volume_key_size(crypt_device* cd) {
    if (cd == nullptr) return 0;
    return guarded_or(cd, 0, [&]() -> int {
        const LuksFacet* luks = luks_of(*cd);
        return luks != nullptr ? static_cast<int>(luks->volume().info().old_key_bytes) : 0;
    });
}

int crypt_get_sector_size(crypt_device* cd) {
    if (cd == nullptr) return static_cast<int>(kSectorSize);
    return guarded_or(cd, static_cast<int>(kSectorSize),
                      [&]() -> int { return static_cast<int>(facts_of(*cd).sector_bytes); });
}

int crypt_header_is_detached(crypt_device* cd) {
    return guarded_with(cd, [](crypt_device& self) -> latchkey::Result<int> {
        if (!type_of(self).empty() && luks_of(self) == nullptr) return silent(EINVAL);
        return is_detached(self) ? 1 : 0;
    });
}

int crypt_get_verity_info(crypt_device*, struct crypt_params_verity*) {
    return -EINVAL;  // contexts never have that type here
}

int crypt_get_integrity_info(crypt_device* cd, struct crypt_params_integrity* ip) {
    return guarded_with(cd, [&](crypt_device& self) -> latchkey::Result<int> {
        if (ip == nullptr) return silent(EINVAL);
        if (luks2_of(self) == nullptr) return silent(ENOTSUP);
        *ip = {};
        ip->sector_size = facts_of(self).sector_bytes;
        return 0;
    });
}

const char* crypt_get_dir(void) {
    return "/dev/mapper";
}
