// SPDX-License-Identifier: LGPL-2.1-or-later
#include "luks1/store.h"

#include <algorithm>
#include <cstring>

#include "base/strprintf.h"
#include "formats/outcome.h"
#include "io/wipe.h"
#include "luks1/layout.h"

namespace latchkey::luks1 {
namespace {

bool same_volume(const Header& a, const Header& b) {
    return a.uuid == b.uuid && a.digest == b.digest && a.digest_salt == b.digest_salt &&
           a.key_bytes == b.key_bytes && a.payload_offset_sectors == b.payload_offset_sectors &&
           a.cipher() == b.cipher();
}

// Reads the device to find out which header is there after a failed write.  LUKS1 has no checksum, so only a comparison
// of the bytes shows a header that is half old and half new.
formats::Holds what_holds(const io::BlockDevice& device, const Result<Bytes>& before,
                          ByteView written) {
    const auto now = read_first_bytes(device);
    if (now && std::ranges::equal(*now, written)) return formats::Holds::NewUnconfirmed;
    return now && before && *now == *before ? formats::Holds::Old : formats::Holds::Neither;
}

}  // namespace

Result<Bytes> read_first_bytes(const io::BlockDevice& device) {
    Bytes bytes(std::min<std::uint64_t>(device.size(), sizeof(HeaderDisk)));
    const auto read = device.read(0, bytes);
    if (read) return bytes;
    // The first sector alone shows whether there is a LUKS1 header at all.
    Bytes first(std::min<std::uint64_t>(bytes.size(), io::kSectorSize));
    if (read.error().code == Errc::Unreadable && device.read(0, first))
        if (auto header = parse(first); !header && header.error().code == Errc::NotThisFormat)
            return std::move(header).error();
    return read.error();
}

Result<StoredHeader> read_header(const io::BlockDevice& device) {
    LK_ASSIGN(const Bytes bytes, read_first_bytes(device));
    LK_ASSIGN(Header header, parse(bytes));
    LK_TRY(check_device_size(header, device.size()));
    return StoredHeader{read_record<HeaderDisk>(bytes), std::move(header)};
}

Result<void> write_header(io::BlockDevice& device, const Header& header) {
    const HeaderDisk disk = serialize(header);
    LK_TRY(parse(record_bytes(disk)));
    const auto before = read_first_bytes(device);
    auto written = device.write(0, record_bytes(disk));
    if (written) written = device.flush();
    if (written) return {};
    return formats::commit_failed(std::move(written).error(),
                                  what_holds(device, before, record_bytes(disk)), device.name());
}

Result<std::unique_ptr<io::BlockDevice::Lock>> lock_metadata(const Context& context,
                                                             io::BlockDevice& device) {
    if (!context.policy.metadata_locks) return std::unique_ptr<io::BlockDevice::Lock>();
    return device.lock(io::BlockDevice::LockMode::Exclusive, {.cancelled = &context.cancelled()});
}

Result<Change> Change::begin(const Context& context, io::BlockDevice& device,
                             const StoredHeader& loaded) {
    LK_ASSIGN(auto lock, lock_metadata(context, device));
    LK_ASSIGN(StoredHeader now, read_header(device));
    if (std::memcmp(&now.disk, &loaded.disk, sizeof(HeaderDisk)) != 0) {
        if (!same_volume(now.header, loaded.header))
            return fail(Errc::ConcurrentChange,
                        "the header on %s is now that of another volume: UUID %s, was %s",
                        device.name().c_str(), now.header.uuid.c_str(), loaded.header.uuid.c_str());
        context.debug("the header was changed by another program since it was loaded");
    }
    return Change(device, loaded, std::move(now), std::move(lock));
}

Result<void> Change::expect_unchanged(int keyslot) const {
    if (now_.header.keyslot(keyslot) != loaded_.keyslot(keyslot))
        return fail(Errc::ConcurrentChange, "keyslot %d was changed by another program", keyslot);
    return {};
}

Result<void> Change::write_area(int keyslot, ByteView bytes) {
    const std::uint64_t offset =
        std::uint64_t{now_.header.keyslot(keyslot).area_offset_sectors} * io::kSectorSize;
    auto written = device_.write(offset, bytes);
    if (written) written = device_.flush();
    if (!written) return std::move(written).error().within(strprintf("keyslot %d", keyslot));
    return {};
}

Result<void> Change::destroy_area(Context& context, int keyslot) {
    const ByteRange range{
        .offset = std::uint64_t{now_.header.keyslot(keyslot).area_offset_sectors} * io::kSectorSize,
        .length = now_.header.area_bytes()};
    auto wiped = io::destroy(context, device_, range);
    if (!wiped) return std::move(wiped).error().within(strprintf("keyslot %d", keyslot));
    return {};
}

Result<void> Change::commit(const Header& next) {
    auto written = write_header(device_, next);
    if (!written && written.error().code != Errc::Unfinished) return written;
    now_ = {serialize(next), next};
    committed_ = true;
    return written;
}

}  // namespace latchkey::luks1
