// SPDX-License-Identifier: LGPL-2.1-or-later
// Makes headers on disk, or sets the parameters of a volume without a header.
#include <bit>

#include "base/bytes.h"
#include "base/i18n.h"
#include "base/uuid.h"
#include "capi/context.h"
#include "capi/guard.h"
#include "capi/pbkdf.h"
#include "luks1/layout.h"
#include "model/cipher_spec.h"

using namespace latchkey::capi;
using latchkey::Errc;
using latchkey::fail;
using latchkey::FormatParams;
using latchkey::Result;

namespace {

constexpr std::uint32_t kSmallestSector = 512;  // bytes
constexpr std::uint32_t kLargestSector = 4096;  // bytes
constexpr std::uint64_t kSectorBytes = 512;
constexpr std::uint64_t kDefaultAlignment = 0x100000;   // bytes
constexpr std::uint64_t kDefaultMetadata = 0x4000;      // bytes; LUKS2, one copy
constexpr std::uint64_t kDefaultLuks2Area = 0x1000000;  // bytes; both copies and the keyslots area

// The arguments of crypt_format().
struct Order {
    const char* cipher;
    const char* mode;
    const char* uuid;
    const char* key;
    std::size_t key_bytes;
    const void* params;
    bool small_sectors;  // older version of the call: LUKS2 without a sector size uses 512

    [[nodiscard]] bool names_a_cipher() const {
        return cipher != nullptr && mode != nullptr && key_bytes != 0;
    }
    [[nodiscard]] std::string cipher_text() const {
        return mode == nullptr ? std::string(cipher) : std::string(cipher) + "-" + mode;
    }
};

latchkey::Error lacks(const char* feature) {
    return not_supported("crypt_format", feature);
}

Result<void> check_sector_size(std::uint32_t bytes) {
    if (bytes >= kSmallestSector && bytes <= kLargestSector && std::has_single_bit(bytes))
        return {};
    return error_saying(EINVAL, "Unsupported encryption sector size.");
}

// Sets the data device, if one is given that is not the header's.
Result<void> take_data_device(crypt_device& cd, const char* path) {
    if (path == nullptr || cd.header_path == path) return {};
    LK_TRY(check_device(path));
    cd.data_path = path;
    cd.data_device = {};
    return {};
}

latchkey::KdfRequest kdf_request(const crypt_device& cd) {
    return new_keyslot(cd, CRYPT_ANY_SLOT).kdf;
}

Result<FormatParams> common_params(crypt_device& cd, const Order& order) {
    if (order.key_bytes > latchkey::Volume::kMaxKeyBytes)
        return fail(Errc::InvalidArgument, "key size of %zu bytes is greater than %u",
                    order.key_bytes, latchkey::Volume::kMaxKeyBytes);
    if (order.uuid != nullptr && !latchkey::parse_uuid(order.uuid))
        return fail_saying(Errc::InvalidArgument, "Wrong LUKS UUID format provided.");
    FormatParams params;
    params.type = cd.type;
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

// Returns the data offset that a detached header gets by default.  It equals that of an attached header, so that the
// header can be put before the data later.
std::uint64_t usual_offset_sectors(const FormatParams& params) {
    if (params.type == CRYPT_LUKS1)
        return latchkey::round_up(latchkey::luks1::standard_areas(params.key_bytes).header_sectors,
                                  kDefaultAlignment / kSectorBytes);
    const std::uint64_t metadata =
        params.metadata_size != 0 ? params.metadata_size : kDefaultMetadata;
    const std::uint64_t keyslots =
        params.keyslots_size != 0 ? params.keyslots_size : kDefaultLuks2Area - 2 * metadata;
    return latchkey::round_up(2 * metadata + keyslots, kDefaultAlignment) / kSectorBytes;
}

Result<int> write_header(crypt_device& cd, const Order& order, FormatParams params) {
    if (params.detached && !params.data_offset_sectors && params.alignment_sectors == 0)
        params.data_offset_sectors = usual_offset_sectors(params);
    auto checked = latchkey::Volume::check_format(cd.context, params);
    if (!checked) return std::move(checked).error().with_errno(EINVAL);
    const FormatParams complete = std::move(checked).value();
    latchkey::SecretBuffer key;
    if (order.key != nullptr) {
        LK_ASSIGN(key, secret_of(order.key, order.key_bytes));
    }
    cd.context.policy.metadata_locks = process::metadata_locks();
    LK_ASSIGN(latchkey::Device header, open_header(cd, latchkey::Access::Exclusive));
    std::optional<latchkey::Device> data;
    if (is_detached(cd)) {
        LK_ASSIGN(data, open_data(cd, latchkey::Access::ReadOnly));
    }
    {
        LK_ASSIGN(auto made, latchkey::Volume::format(cd.context, std::move(header), data, complete,
                                                      std::move(key)));
        cd.key = std::move(made.key);
        cd.header_device = made.volume.device().identity();
    }
    // The caller has just chosen the null cipher, so data in clear are allowed.
    if (latchkey::model::names_null_cipher(complete.cipher))
        cd.context.policy.allow_null_data = true;
    LK_TRY(load_volume(cd, complete.type));
    return 0;
}

Result<int> format_luks1(crypt_device& cd, const Order& order) {
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

Result<int> format_luks2(crypt_device& cd, const Order& order) {
    const auto* wish = static_cast<const crypt_params_luks2*>(order.params);
    if (wish != nullptr) {
        if (wish->integrity != nullptr && wish->integrity != std::string_view("none"))
            return lacks("authenticated encryption");
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
    if (params.sector_size == 0 && order.small_sectors) params.sector_size = kSmallestSector;
    params.kdf = kdf_request(cd);
    params.hash = params.kdf.hash;
    return write_header(cd, order, params);
}

// Refuses parameters that a volume without a header cannot have.
Result<void> check_headerless(const Order& order) {
    if (order.key_bytes > latchkey::plain::kMaxKeyBytes) {
        return error_saying(EINVAL, "Invalid key size.");
    }
    if (order.uuid != nullptr) {
        return error_saying(EINVAL, "UUID is not supported for this crypt type.");
    }
    return {};
}

Result<int> format_plain(crypt_device& cd, const Order& order) {
    const auto* wish = static_cast<const crypt_params_plain*>(order.params);
    if (order.cipher == nullptr || order.mode == nullptr) {
        return error_saying(EINVAL, "Invalid plain crypt parameters.");
    }
    if (is_detached(cd)) {
        return error_saying(EINVAL,
                            "Detached metadata device is not supported for this crypt type.");
    }
    LK_TRY(check_headerless(order));
    latchkey::plain::Params params;
    params.cipher = order.cipher_text();
    params.key_bytes = static_cast<std::uint32_t>(order.key_bytes);
    params.hash = wish != nullptr && wish->hash != nullptr ? wish->hash : "plain";
    if (wish != nullptr) {
        params.offset_sectors = wish->offset;
        params.skip_sectors = wish->skip;
        if (wish->size != 0) params.size_sectors = wish->size;
        if (wish->sector_size != 0) params.sector_size = wish->sector_size;
    }
    LK_TRY(check_sector_size(params.sector_size));
    if (order.key != nullptr) {
        LK_ASSIGN(latchkey::SecretBuffer key, secret_of(order.key, order.key_bytes));
        LK_ASSIGN(cd.key, latchkey::plain::key_from_file(params, std::move(key)));
    }
    cd.plain = std::move(params);
    return 0;
}

Result<int> format_loopaes(crypt_device& cd, const Order& order) {
    const auto* wish = static_cast<const crypt_params_loopaes*>(order.params);
    LK_TRY(check_headerless(order));
    latchkey::loopaes::Params params;
    if (order.cipher != nullptr) params.cipher = order.cipher;
    params.key_bytes = static_cast<std::uint32_t>(order.key_bytes);
    if (wish != nullptr) {
        if (wish->hash != nullptr) params.hash = wish->hash;
        params.offset_sectors = wish->offset;
        params.skip_sectors = wish->skip;
    }
    cd.loopaes = std::move(params);
    return 0;
}

Result<int> format(crypt_device& cd, std::string_view type, const Order& order) {
    if (type == CRYPT_LUKS1) return format_luks1(cd, order);
    if (type == CRYPT_LUKS2) return format_luks2(cd, order);
    if (type == CRYPT_PLAIN) return format_plain(cd, order);
    if (type == CRYPT_LOOPAES) return format_loopaes(cd, order);
    if (type == CRYPT_VERITY) return lacks("dm-verity");
    if (type == CRYPT_INTEGRITY) return lacks("dm-integrity");
    return error_saying(EINVAL, "Unknown crypt device type %s requested.",
                        std::string(type).c_str());
}

int run(crypt_device* cd, const char* type, const Order& order) {
    return guarded_with(cd, [&](crypt_device& self) -> Result<int> {
        if (type == nullptr || !self.type.empty()) return silent(EINVAL);
        const std::string data_before = self.data_path;
        auto made = format(self, type, order);
        if (made) {
            self.type = type;
        } else {
            self.data_path = data_before;
            self.data_device = {};
            self.key.reset();
        }
        return made;
    });
}

}  // namespace

extern "C" {

[[gnu::visibility("default")]] int latchkey_crypt_format_2_0(
    crypt_device* cd, const char* type, const char* cipher, const char* cipher_mode,
    const char* uuid, const char* volume_key, size_t volume_key_size, void* params);
[[gnu::visibility("default")]] int latchkey_crypt_format_2_4(
    crypt_device* cd, const char* type, const char* cipher, const char* cipher_mode,
    const char* uuid, const char* volume_key, size_t volume_key_size, void* params);
}

int latchkey_crypt_format_2_0(crypt_device* cd, const char* type, const char* cipher,
                              const char* cipher_mode, const char* uuid, const char* volume_key,
                              size_t volume_key_size, void* params) {
    return run(cd, type, {cipher, cipher_mode, uuid, volume_key, volume_key_size, params, true});
}

int latchkey_crypt_format_2_4(crypt_device* cd, const char* type, const char* cipher,
                              const char* cipher_mode, const char* uuid, const char* volume_key,
                              size_t volume_key_size, void* params) {
    return run(cd, type, {cipher, cipher_mode, uuid, volume_key, volume_key_size, params, false});
}

// Two versions of one symbol (GNU ld; clang 14 has no attribute for this).
__asm__(".symver latchkey_crypt_format_2_0, crypt_format@CRYPTSETUP_2.0");
__asm__(".symver latchkey_crypt_format_2_4, crypt_format@@CRYPTSETUP_2.4");
