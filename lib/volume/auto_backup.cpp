// SPDX-License-Identifier: LGPL-2.1-or-later
#include "volume/auto_backup.h"

#include <algorithm>

#include "base/hex.h"
#include "base/i18n.h"
#include "base/strprintf.h"
#include "base/uuid.h"
#include "crypto/hash.h"
#include "volume/header_area.h"
#include "volume/new_file.h"

namespace latchkey::volume {
namespace {

// More different contents under one name indicate another problem.
constexpr int kMaxSameName = 100;

bool wanted(const Context& context, const Device& device) {
    return !context.policy.backup_directory.empty() && !device.is_shadow();
}

Result<std::string> hash_name(ByteView bytes) {
    LK_ASSIGN(const Bytes digest, crypto::digest("sha256", bytes));
    return to_hex(ByteView(digest).first(8));
}

Result<std::string> backup_name(const HeaderArea& area) {
    const VolumeInfo info = area.header->info();
    // A header's UUID may be any text, and this one becomes part of a path.
    const std::string uuid = parse_uuid(info.uuid).value_or("no-uuid");
    if (info.sequence_id != 0) return uuid + "-" + std::to_string(info.sequence_id);
    LK_ASSIGN(const std::string hash, hash_name(area.bytes));
    return uuid + "-" + hash;
}

bool holds(Context& context, const std::string& path, ByteView bytes) {
    const auto file = Device::open(context, path, Access::ReadOnly);
    if (!file || file->size() != bytes.size()) return false;
    Bytes content(bytes.size());
    return file->io()->read(0, content) && std::ranges::equal(content, bytes);
}

Result<void> keep(Context& context, const std::string& name, ByteView bytes) {
    LK_TRY(make_directory(context.policy.backup_directory));
    // A volume that was restored to an earlier state uses the same sequence numbers again.
    for (int copy = 1; copy <= kMaxSameName; ++copy) {
        const std::string path = context.policy.backup_directory + "/" + name +
                                 (copy == 1 ? "" : "-" + std::to_string(copy)) + ".luks-header";
        if (holds(context, path, bytes)) return {};
        auto written = write_new_file(path, bytes);
        if (written) context.log(LogLevel::Verbose, "header backup written to %s", path.c_str());
        if (written || written.error().code != Errc::Exists) return written;
    }
    return fail(Errc::Exists, "%d different backups %s exist in %s", kMaxSameName, name.c_str(),
                context.policy.backup_directory.c_str());
}

}  // namespace

Result<void> backup_before_change(Context& context, const Device& device,
                                  const formats::LoadedHeader& header) {
    if (!wanted(context, device)) return {};
    LK_ASSIGN(const HeaderArea area, copy_header_area(context, device, header));
    LK_ASSIGN(const std::string name, backup_name(area));
    return keep(context, name, area.bytes);
}

Result<void> backup_unread_before_change(Context& context, const Device& device,
                                         std::uint64_t raw_bytes) {
    if (!wanted(context, device)) return {};
    const auto header = formats::load(context, device.io(), {.tell_damage = false});
    if (header) return backup_before_change(context, device, **header);
    if (header.error().code == Errc::NotThisFormat) return {};
    Bytes bytes(std::min(raw_bytes, device.size()));
    LK_TRY(device.io()->read(0, bytes));
    LK_ASSIGN(const std::string hash, hash_name(bytes));
    return keep(context, "damaged-" + hash, bytes);
}

}  // namespace latchkey::volume
