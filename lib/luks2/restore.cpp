// SPDX-License-Identifier: LGPL-2.1-or-later
// Decides whether a header backup may replace the content of a device.
#include <cinttypes>

#include "base/i18n.h"
#include "base/strprintf.h"
#include "luks2/loaded_header.h"
#include "luks2/requirements.h"

namespace latchkey::luks2 {
namespace {

bool same_key(const Metadata& a, const Metadata& b) {
    const Digest* left = a.digest_of_segment(a.default_segment().number);
    const Digest* right = b.digest_of_segment(b.default_segment().number);
    return left != nullptr && right != nullptr && left->salt == right->salt &&
           left->digest == right->digest;
}

Result<std::vector<std::string>> compare(const Metadata& saved, const Metadata& present,
                                         const std::string& device) {
    if (saved.data_offset() != present.data_offset())
        return fail(Errc::InvalidArgument,
                    "data offset %" PRIu64 " of the backup != %" PRIu64 " on %s",
                    saved.data_offset(), present.data_offset(), device.c_str());
    if (saved.header_area_bytes() != present.header_area_bytes())
        return fail(Errc::InvalidArgument,
                    "header size %" PRIu64 " of the backup != %" PRIu64 " on %s",
                    saved.header_area_bytes(), present.header_area_bytes(), device.c_str());
    std::vector<std::string> warnings{
        strprintf(translate("all keyslots of the header on %s are replaced by those of the backup"),
                  device.c_str())};
    if (saved.binary.uuid != present.binary.uuid)
        warnings.push_back(
            strprintf(translate("UUID %s of the backup is not %s, that of the device"),
                      saved.binary.uuid.c_str(), present.binary.uuid.c_str()));
    // The peer does not check this; but then no passphrase would decrypt the data.
    if (!same_key(saved, present))
        warnings.push_back(
            translate("the backup holds another volume key than the device: the data "
                      "on it would be lost"));
    const Requirements needs = requirements_of(present.config());
    if (needs.has(Requirement::Unknown))
        warnings.push_back(
            translate("the device's header has requirements that are not known here"));
    if (needs.has(Requirement::OnlineReencrypt) || needs.has(Requirement::OfflineReencrypt) ||
        requirements_of(saved.config()).has(Requirement::OnlineReencrypt))
        warnings.push_back(
            translate("a reencryption has not ended: putting a header of another moment "
                      "back would destroy data"));
    return warnings;
}

}  // namespace

Result<std::vector<std::string>> check_restore(Context&, std::shared_ptr<io::BlockDevice> backup,
                                               std::shared_ptr<io::BlockDevice> device) {
    LK_ASSIGN(const StoredMetadata saved, read_metadata(*backup));
    LK_TRY(check_requirements(saved.metadata.config(),
                              Requirement::OnlineReencrypt | Requirement::InlineHwTags));
    const std::uint64_t length = saved.metadata.header_area_bytes();
    if (device->size() < length && !device->topology().regular_file)
        return fail(Errc::DeviceTooSmall, "header backup of %" PRIu64 " bytes, %s has %" PRIu64,
                    length, device->name().c_str(), device->size());
    const auto there = read_metadata(*device);
    if (there) return compare(saved.metadata, there->metadata, device->name());
    if (there.error().code == Errc::Unreadable) return there.error();
    return std::vector<std::string>{strprintf(
        translate("%s has no usable LUKS2 header (%s): data that is not encrypted with the key "
                  "of this backup would be lost"),
        device->name().c_str(), there.error().message.c_str())};
}

}  // namespace latchkey::luks2
