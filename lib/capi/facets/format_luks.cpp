// SPDX-License-Identifier: LGPL-2.1-or-later
// crypt_format() of LUKS1 and LUKS2: makes headers on disk.
#include "base/i18n.h"
#include "base/uuid.h"
#include "capi/context.h"
#include "capi/facets/format_order.h"
#include "capi/guard.h"
#include "capi/pbkdf.h"
#include "model/cipher_spec.h"

namespace latchkey::capi {
namespace {

constexpr std::uint32_t kSectorOfOldCalls = 512;  // bytes

// Sets the data device, if one is given that is not the header's.
Result<void> take_data_device(crypt_device& cd, const char* path) {
    if (path == nullptr || cd.header_path == path) return {};
    LK_TRY(check_device(path));
    cd.data_path = path;
    cd.data_device = {};
    return {};
}

KdfRequest kdf_request(const crypt_device& cd) {
    return new_keyslot(cd, CRYPT_ANY_SLOT).kdf;
}

Result<FormatParams> common_params(crypt_device& cd, const FormatOrder& order) {
    if (order.key_bytes > Volume::kMaxKeyBytes)
        return fail(Errc::InvalidArgument, "key size of %zu bytes is greater than %u",
                    order.key_bytes, Volume::kMaxKeyBytes);
    if (order.uuid != nullptr) LK_TRY(checked_uuid(order.uuid));
    FormatParams params;
    params.cipher = order.cipher_text();
    params.key_bytes = static_cast<std::uint32_t>(order.key_bytes);
    if (order.uuid != nullptr) params.uuid = order.uuid;
    params.data_offset_sectors = cd.data_offset_sectors;
    params.detached = is_detached(cd);
    // Callers of the C interface wipe old content themselves if they want to (crypt_wipe, libblkid).
    params.wipe_signatures = false;
    // The caller may put the data elsewhere later (crypt_set_data_device).
    params.header_alone = true;
    return params;
}

Result<void> write_header(crypt_device& cd, const FormatOrder& order, FormatParams params) {
    // A detached header gets the offset of an attached one, so that it can be put before the data later.
    if (params.detached && !params.data_offset_sectors && params.alignment_sectors == 0) {
        LK_ASSIGN(params.data_offset_sectors, Volume::usual_data_offset(params));
    }
    auto checked = Volume::check_format(cd.context, params);
    if (!checked) return std::move(checked).error().with_errno(EINVAL);
    const FormatParams complete = std::move(checked).value();
    SecretBuffer key;
    if (order.key != nullptr) {
        LK_ASSIGN(key, secret_of(order.key, order.key_bytes));
    }
    LK_ASSIGN(Device header, open_header(cd, Access::Exclusive));
    std::optional<Device> data;
    if (is_detached(cd)) {
        LK_ASSIGN(data, open_data(cd, Access::ReadOnly));
    }
    {
        LK_ASSIGN(auto made,
                  Volume::format(cd.context, std::move(header), data, complete, std::move(key)));
        cd.key = std::move(made.key);
        cd.header_device = made.volume.device().identity();
    }
    // The caller has just chosen the null cipher, so data in clear are allowed.
    if (model::names_null_cipher(complete.cipher)) cd.context.policy.allow_null_data = true;
    return load_volume(cd, complete.type);
}

}  // namespace

Result<void> format_luks1(crypt_device& cd, const FormatOrder& order) {
    const auto* wish = static_cast<const crypt_params_luks1*>(order.params);
    if (wish != nullptr) LK_TRY(take_data_device(cd, wish->data_device));
    if (!order.names_a_cipher()) return silent(EINVAL);
    LK_ASSIGN(FormatParams params, common_params(cd, order));
    params.type = CRYPT_LUKS1;
    // If data_device is given, data starts at offset 0.
    if (wish != nullptr && wish->data_device != nullptr && !params.data_offset_sectors &&
        is_detached(cd))
        params.data_offset_sectors = 0;
    if (wish != nullptr) {
        if (wish->hash != nullptr) params.hash = wish->hash;
        params.alignment_sectors = wish->data_alignment;
    }
    if (cd.pbkdf && cd.pbkdf->type != CRYPT_KDF_PBKDF2) {
        // It was set before the type was known; LUKS1's own costs are used.
        log_error(&cd, N_("Requested PBKDF type is not supported for LUKS1."));
        cd.pbkdf.reset();
    }
    params.kdf = kdf_request(cd);
    params.kdf.type = CRYPT_KDF_PBKDF2;
    params.kdf.hash = params.hash;  // LUKS1 uses one hash for everything
    return write_header(cd, order, params);
}

Result<void> format_luks2(crypt_device& cd, const FormatOrder& order) {
    const auto* wish = static_cast<const crypt_params_luks2*>(order.params);
    if (wish != nullptr) {
        if (wish->integrity != nullptr && wish->integrity != std::string_view("none"))
            return not_supported("crypt_format", "authenticated encryption");
        LK_TRY(take_data_device(cd, wish->data_device));
        if (wish->pbkdf != nullptr) LK_TRY(set_pbkdf(cd, wish->pbkdf, CRYPT_LUKS2));
    }
    if (!order.names_a_cipher()) return silent(EINVAL);
    LK_ASSIGN(FormatParams params, common_params(cd, order));
    params.type = CRYPT_LUKS2;
    // If data_device is given, data starts at offset 0.
    if (wish != nullptr && wish->data_device != nullptr && !params.data_offset_sectors &&
        is_detached(cd))
        params.data_offset_sectors = 0;
    params.metadata_size = cd.metadata_bytes;
    params.keyslots_size = cd.keyslots_bytes;
    if (wish != nullptr) {
        params.alignment_sectors = wish->data_alignment;
        params.sector_size = wish->sector_size;
        if (params.sector_size != 0) LK_TRY(check_sector_size(params.sector_size));
        if (wish->label != nullptr) params.label = wish->label;
        if (wish->subsystem != nullptr) params.subsystem = wish->subsystem;
    }
    if (params.sector_size == 0 && order.small_sectors) params.sector_size = kSectorOfOldCalls;
    params.kdf = kdf_request(cd);
    params.hash = params.kdf.hash;
    return write_header(cd, order, params);
}

}  // namespace latchkey::capi
