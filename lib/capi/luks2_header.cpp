// SPDX-License-Identifier: LGPL-2.1-or-later
#include "capi/luks2_header.h"

#include <cerrno>

namespace latchkey::capi {
namespace {

Result<int> run(crypt_device& cd, const std::string& uuid,
                const std::function<Result<int>(luks2::Header&)>& verb) {
    LK_ASSIGN(const Device device, open_header(cd, Access::ReadWrite));
    LK_ASSIGN(const auto loaded,
              luks2::load_header(cd.context, device.io(), {.data_device = cd.data_path}));
    auto* header = dynamic_cast<luks2::Header*>(loaded.get());
    if (header == nullptr || header->info().uuid != uuid)
        return fail(Errc::ConcurrentChange, "UUID on %s is not %s any more", cd.header_path.c_str(),
                    uuid.c_str());
    return verb(*header);
}

}  // namespace

Result<int> change_luks2(crypt_device& cd, const std::function<Result<int>(luks2::Header&)>& verb) {
    LK_ASSIGN(const Volume* known, loaded_luks2(cd));
    LK_TRY(check_requirements(cd));
    cd.context.policy.metadata_locks = process::metadata_locks();
    auto outcome = run(cd, known->info().uuid, verb);
    const auto read_again = load_volume(cd, "");
    if (outcome && !read_again) return read_again.error();
    return outcome;
}

}  // namespace latchkey::capi
