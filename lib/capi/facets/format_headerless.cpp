// SPDX-License-Identifier: LGPL-2.1-or-later
// crypt_format() of types without a header: sets their parameters.
#include <bit>

#include "base/i18n.h"
#include "capi/facets/format_order.h"
#include "capi/facets/loopaes.h"
#include "capi/facets/plain.h"
#include "capi/guard.h"

namespace latchkey::capi {
namespace {

constexpr std::uint32_t kSmallestSector = 512;  // bytes
constexpr std::uint32_t kLargestSector = 4096;  // bytes

}  // namespace

Result<void> check_sector_size(std::uint32_t bytes) {
    if (bytes >= kSmallestSector && bytes <= kLargestSector && std::has_single_bit(bytes))
        return {};
    return error_saying(EINVAL, "Unsupported encryption sector size.");
}

Result<void> check_headerless(const FormatOrder& order) {
    if (order.key_bytes > plain::kMaxKeyBytes) {
        return error_saying(EINVAL, "Invalid key size.");
    }
    if (order.uuid != nullptr) {
        return error_saying(EINVAL, "UUID is not supported for this crypt type.");
    }
    return {};
}

Result<void> format_plain(crypt_device& cd, const FormatOrder& order) {
    const auto* wish = static_cast<const crypt_params_plain*>(order.params);
    if (order.cipher == nullptr || order.mode == nullptr) {
        return error_saying(EINVAL, "Invalid plain crypt parameters.");
    }
    if (is_detached(cd)) {
        return error_saying(EINVAL,
                            "Detached metadata device is not supported for this crypt type.");
    }
    LK_TRY(check_headerless(order));
    plain::Params params;
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
        LK_ASSIGN(SecretBuffer key, secret_of(order.key, order.key_bytes));
        LK_ASSIGN(cd.key, plain::key_from_file(params, std::move(key)));
    }
    cd.facet = std::make_unique<PlainFacet>(std::move(params));
    return {};
}

Result<void> format_loopaes(crypt_device& cd, const FormatOrder& order) {
    const auto* wish = static_cast<const crypt_params_loopaes*>(order.params);
    LK_TRY(check_headerless(order));
    loopaes::Params params;
    if (order.cipher != nullptr) params.cipher = order.cipher;
    params.key_bytes = static_cast<std::uint32_t>(order.key_bytes);
    if (wish != nullptr) {
        if (wish->hash != nullptr) params.hash = wish->hash;
        params.offset_sectors = wish->offset;
        params.skip_sectors = wish->skip;
    }
    cd.facet = std::make_unique<LoopaesFacet>(std::move(params));
    return {};
}

}  // namespace latchkey::capi
