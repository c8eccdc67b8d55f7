// SPDX-License-Identifier: LGPL-2.1-or-later
// Checks whether a header backup may replace what is on a device.
#include "base/i18n.h"
#include "base/strprintf.h"
#include "luks1/loaded_header.h"

namespace latchkey::luks1 {
namespace {

constexpr std::uint64_t kMinBackupBytes = 4096;

}  // namespace

Result<std::vector<std::string>> check_restore(Context&, std::shared_ptr<io::BlockDevice> backup,
                                               std::shared_ptr<io::BlockDevice> device) {
    if (backup->size() < kMinBackupBytes)
        return fail(Errc::DeviceTooSmall,
                    "header backup of %llu bytes, a LUKS1 one has at least %llu",
                    static_cast<unsigned long long>(backup->size()),
                    static_cast<unsigned long long>(kMinBackupBytes));
    LK_ASSIGN(const StoredHeader stored, read_header(*backup));
    const Header& saved = stored.header;

    // A truncated file grows when it is written.
    if (!device->topology().regular_file) LK_TRY(check_device_size(saved, device->size()));
    const auto there = read_header(*device);
    if (!there) {
        if (there.error().code == Errc::Unreadable) return there.error();
        return std::vector<std::string>{strprintf(
            translate("%s has no usable LUKS1 header (%s): data that is not encrypted with the key "
                      "of this backup would be lost"),
            device->name().c_str(), there.error().message.c_str())};
    }
    const Header& present = there->header;
    if (saved.payload_offset_sectors != present.payload_offset_sectors)
        return fail(Errc::InvalidArgument, "payload offset %u of the backup != %u on %s",
                    saved.payload_offset_sectors, present.payload_offset_sectors,
                    device->name().c_str());
    if (saved.key_bytes != present.key_bytes)
        return fail(Errc::InvalidArgument, "key bytes %u of the backup != %u on %s",
                    saved.key_bytes, present.key_bytes, device->name().c_str());

    std::vector<std::string> warnings{
        strprintf(translate("all keyslots of the header on %s are replaced by those of the backup"),
                  device->name().c_str())};
    if (saved.uuid != present.uuid)
        warnings.push_back(
            strprintf(translate("UUID %s of the backup is not %s, that of the device"),
                      saved.uuid.c_str(), present.uuid.c_str()));
    // The peer does not check this, but no passphrase at all would decrypt the data then.
    if (saved.digest != present.digest)
        warnings.push_back(
            translate("the backup holds another volume key than the device: the data "
                      "on it would be lost"));
    return warnings;
}

}  // namespace latchkey::luks1
