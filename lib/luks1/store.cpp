// SPDX-License-Identifier: LGPL-2.1-or-later
#include "luks1/store.h"

#include <algorithm>
#include <cstring>

#include "formats/outcome.h"
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
formats::Holds what_holds(const io::BlockDevice& device, ByteView before, ByteView written) {
    const auto now = read_first_bytes(device);
    if (now && std::ranges::equal(*now, written)) return formats::Holds::NewUnconfirmed;
    return now && std::ranges::equal(*now, before) ? formats::Holds::Old : formats::Holds::Neither;
}

// `before` is what was on the device; empty if that is unknown.
Result<void> write_over(io::BlockDevice& device, ByteView before, ByteView next) {
    auto written = device.write(0, next);
    if (written) written = device.flush();
    if (written) return {};
    return formats::commit_failed(std::move(written).error(), what_holds(device, before, next),
                                  device.name());
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
    return write_over(device, before ? ByteView(*before) : ByteView(), record_bytes(disk));
}

Result<StoredHeader> Store::read_again(const Context& context, const io::BlockDevice& device,
                                       const StoredHeader& known) {
    LK_ASSIGN(StoredHeader now, read_header(device));
    LK_TRY(check_same_volume(context, device, now, known));
    return now;
}

Result<void> Store::check_same_volume(const Context& context, const io::BlockDevice& device,
                                      const StoredHeader& now, const StoredHeader& known) {
    if (std::memcmp(&now.disk, &known.disk, sizeof(HeaderDisk)) == 0) return {};
    if (!same_volume(now.header, known.header))
        return fail(Errc::ConcurrentChange,
                    "the header on %s is now that of another volume: UUID %s, was %s",
                    device.name().c_str(), now.header.uuid.c_str(), known.header.uuid.c_str());
    context.debug("the header was changed by another program since it was loaded");
    return {};
}

Result<void> Store::check_same_keyslot(const Header& known, const Header& now, int number) {
    if (now.keyslot(number) != known.keyslot(number))
        return fail(Errc::ConcurrentChange, "keyslot %d was changed by another program", number);
    return {};
}

Result<StoredHeader> Store::prepare(Context&, const io::BlockDevice&, const Header& next) {
    StoredHeader prepared{serialize(next), next};
    LK_TRY(parse(record_bytes(prepared.disk)));
    return prepared;
}

Result<void> Store::write(Context&, const std::shared_ptr<io::BlockDevice>& device,
                          const StoredHeader& before, const StoredHeader& next) {
    return write_over(*device, record_bytes(before.disk), record_bytes(next.disk));
}

}  // namespace latchkey::luks1
