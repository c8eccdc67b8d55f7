// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/i18n.h"
#include "base/strprintf.h"
#include "luks2/loaded_header.h"

namespace latchkey::luks2 {

// The user has agreed to the repair and has seen the other content of the device: signatures do not stop it.
Result<std::vector<std::string>> repair_header(Context& context,
                                               std::shared_ptr<io::BlockDevice> device) {
    LK_ASSIGN(const auto lock, formats::lock_metadata(context, *device));
    LK_ASSIGN(StoredMetadata stored, read_metadata(*device));
    std::vector<std::string> done;
    if (stored.both_good()) return done;
    tell_two_volumes(context, *device, stored);
    if (device->read_only())
        return fail(Errc::AccessDenied, "%s is read only", device->name().c_str());
    done.push_back(
        strprintf(translate(stored.primary != CopyState::Good
                                ? N_("primary header copy rewritten from the other one (%s)")
                                : N_("secondary header copy rewritten from the other one (%s)")),
                  stored.damage.c_str()));
    LK_TRY(recover_copy(context, *device, stored));
    return done;
}

}  // namespace latchkey::luks2
