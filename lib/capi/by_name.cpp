// SPDX-License-Identifier: LGPL-2.1-or-later
// Makes contexts from active mappings.
#include <memory>

#include "base/i18n.h"
#include "capi/activation.h"
#include "capi/context.h"
#include "capi/facets/plain.h"
#include "capi/guard.h"

using namespace latchkey::capi;
using latchkey::MappingInfo;
using latchkey::Result;

namespace {

// Returns the bytes of one key: loop-AES has 64 keys, and a 65th for the IV in version 3.
std::uint32_t key_bytes_of(const MappingInfo& info) {
    const std::uint32_t all = info.key_bits / 8;
    if (info.type != CRYPT_LOOPAES || info.cipher.find(":64-") == std::string::npos) return all;
    return all % 65 == 0 ? all / 65 : all / 64;
}

// Returns what the table says, for mappings without a header or whose header is not available.
DataFacts table_of(const MappingInfo& info) {
    return {.cipher = info.cipher,
            .offset_sectors = info.offset_sectors,
            .iv_offset_sectors = info.iv_offset_sectors,
            .key_bytes = key_bytes_of(info),
            .sector_bytes = info.sector_size};
}

std::unique_ptr<Facet> facet_without_header(const MappingInfo& info) {
    if (info.type != CRYPT_PLAIN)
        return std::make_unique<TableFacet>(info.type == CRYPT_LOOPAES ? CRYPT_LOOPAES : nullptr,
                                            table_of(info));
    latchkey::plain::Params params;
    params.cipher = info.cipher;
    params.key_bytes = key_bytes_of(info);
    params.offset_sectors = info.offset_sectors;
    params.skip_sectors = info.iv_offset_sectors;
    params.size_sectors = info.size_sectors;
    params.sector_size = info.sector_size;
    params.iv_large_sectors = info.iv_large_sectors;
    return std::make_unique<PlainFacet>(std::move(params));
}

// The header may be elsewhere; then the context has the table's parameters and no type.
void load_header(crypt_device& cd, const MappingInfo& info) {
    const auto loaded = load_volume(cd, info.type);
    if (!loaded) {
        report_quietly(&cd, loaded.error());
    } else if (luks_of(cd)->volume().info().uuid == info.uuid) {
        return;
    } else {
        log_debug(&cd, "# the header on %s is another volume's", cd.header_path.c_str());
    }
    cd.facet = std::make_unique<TableFacet>(nullptr, table_of(info));
}

}  // namespace

int crypt_init_by_name_and_header(crypt_device** cd, const char* name, const char* header_device) {
    if (cd == nullptr || name == nullptr) return -EINVAL;
    return guarded(nullptr, [&]() -> Result<int> {
        auto made = new_device();
        const std::string mapped = latchkey::mapping::name_of(name);
        const auto active = latchkey::mapping::active(made->context, mapped);
        if (!active) {
            // Logs to the process's log, as the peer does, because the caller does not have this context yet.
            return error_saying(ENODEV, "Device %s is not active.", name);
        }
        const MappingInfo& info = *active;
        made->active_name = mapped;
        made->header_path = info.device;
        made->header_device = info.data;
        if (header_device != nullptr) {
            LK_TRY(check_device(header_device));
            made->header_path = header_device;
            made->header_device = {};
            made->data_path = info.device;
            made->data_device = info.data;
        }
        if (info.type == CRYPT_LUKS1 || info.type == CRYPT_LUKS2) {
            load_header(*made, info);
        } else {
            made->facet = facet_without_header(info);
        }
        *cd = made.release();
        return 0;
    });
}

int crypt_init_by_name(crypt_device** cd, const char* name) {
    return crypt_init_by_name_and_header(cd, name, nullptr);
}
