// SPDX-License-Identifier: LGPL-2.1-or-later
#include "luks2/store.h"

#include <algorithm>
#include <cinttypes>
#include <cstddef>
#include <limits>
#include <optional>

#include "base/i18n.h"
#include "base/json.h"
#include "base/strprintf.h"
#include "formats/outcome.h"
#include "luks2/binary_header.h"

namespace latchkey::luks2 {
namespace {

// The content of a place where a copy may be.
struct Copy {
    bool has_magic = false;
    bool newer = false;                       // complete, and of a later version than ours
    std::optional<BinaryHeader> binary = {};  // set if the checksum matches
    std::optional<Metadata> metadata = {};    // set if the JSON is valid too
    std::optional<Error> error = {};          // set if the copy is not good

    [[nodiscard]] CopyState state() const {
        if (metadata) return CopyState::Good;
        return binary ? CopyState::Obsolete : CopyState::Damaged;
    }
};

std::string place_of(std::uint64_t offset) {
    return offset == 0 ? std::string("primary header")
                       : strprintf("secondary header at %" PRIu64, offset);
}

Error too_small(const io::BlockDevice& device, std::uint64_t needed) {
    return fail(Errc::DeviceTooSmall, "%s has %" PRIu64 " bytes, needs %" PRIu64,
                device.name().c_str(), device.size(), needed);
}

BinaryFields fields_of(const BinaryHeader& binary) {
    return {.header_size = binary.header_size,
            .sequence_id = binary.sequence_id,
            .label = binary.label,
            .subsystem = binary.subsystem,
            .uuid = binary.uuid,
            .checksum_algorithm = binary.checksum_algorithm};
}

bool is_unreadable(const Copy& copy) {
    return copy.error && copy.error->code == Errc::Unreadable;
}

// One bad sector of a binary header makes a single read of it fail.  The first sector alone shows whether there is
// such a header at all.
Error without_reading(const io::BlockDevice& device, std::uint64_t offset, Copy& copy,
                      Error error) {
    if (error.code != Errc::Unreadable) return error;
    std::array<std::byte, io::kSectorSize> first{};
    if (device.size() - offset < first.size() || !device.read(offset, first)) return error;
    copy.has_magic = offset == 0 ? has_primary_magic(first) : has_secondary_magic(first);
    auto version = check_version(first, offset);
    if (!version && version.error().code == Errc::NotThisFormat) return std::move(version).error();
    return error;
}

// Returns whether a copy of a later version is complete: its checksum matches, so that the version is not a bit
// error. Reads the device again; uses nothing of the content.
bool is_whole_and_newer(const io::BlockDevice& device, std::uint64_t offset, ByteView binary) {
    const std::size_t place = offsetof(HeaderDisk, version);
    if (binary.size() < kBinaryHeaderBytes || read_record<Be16>(binary, place).value() <= kVersion)
        return false;
    Bytes as_ours(binary.begin(), binary.end());
    write_record(MutableByteView(as_ours), Be16(kVersion), place);
    const auto header = parse_binary_header(as_ours, offset);
    if (!header || header->header_size > device.size() - offset) return false;
    Bytes whole(header->header_size);
    return device.read(offset, whole) && verify_checksum(whole, *header);
}

// Reads every byte only once, so that the checked bytes are the used bytes.
Result<void> read_binary(const io::BlockDevice& device, std::uint64_t offset, Copy& copy,
                         Bytes& bytes) {
    const std::uint64_t available = device.size() > offset ? device.size() - offset : 0;
    bytes.resize(std::min<std::uint64_t>(available, kBinaryHeaderBytes));
    if (auto read = device.read(offset, bytes); !read)
        return without_reading(device, offset, copy, std::move(read).error());
    copy.has_magic = offset == 0 ? has_primary_magic(bytes) : has_secondary_magic(bytes);
    if (copy.has_magic && bytes.size() < kBinaryHeaderBytes)
        return too_small(device, offset + kBinaryHeaderBytes);
    if (copy.has_magic && is_whole_and_newer(device, offset, bytes)) {
        copy.newer = true;
        return fail(Errc::NotSupported, "version %u != %u",
                    unsigned{read_record<Be16>(bytes, offsetof(HeaderDisk, version)).value()},
                    unsigned{kVersion})
            .with_hint(translate(N_("a newer program wrote this header; use that one")));
    }
    LK_ASSIGN(BinaryHeader binary, parse_binary_header(bytes, offset));
    if (binary.header_size > available) return too_small(device, offset + binary.header_size);
    bytes.resize(binary.header_size);
    LK_TRY(device.read(offset + kBinaryHeaderBytes,
                       MutableByteView(bytes).subspan(kBinaryHeaderBytes)));
    LK_TRY(verify_checksum(bytes, binary));
    copy.binary = std::move(binary);
    return {};
}

Copy read_copy(const io::BlockDevice& device, std::uint64_t offset) {
    Copy copy;
    Bytes bytes;
    if (auto binary = read_binary(device, offset, copy, bytes); !binary) {
        copy.error = std::move(binary).error();
        return copy;
    }
    auto metadata =
        Metadata::parse(fields_of(*copy.binary), ByteView(bytes).subspan(kBinaryHeaderBytes));
    if (metadata)
        copy.metadata = std::move(*metadata);
    else
        copy.error = std::move(metadata).error();
    return copy;
}

// If the primary does not give the length, looks for the secondary at every possible place.
Copy find_secondary(const io::BlockDevice& device, std::uint64_t& offset) {
    Copy first_trace;
    for (const std::uint64_t size : kHeaderSizes) {
        Copy copy = read_copy(device, size);
        const bool found = copy.binary.has_value();
        if (found || (copy.has_magic && !first_trace.has_magic)) {
            first_trace = std::move(copy);
            offset = size;
        } else if (is_unreadable(copy) && !first_trace.has_magic && !is_unreadable(first_trace)) {
            first_trace = std::move(copy);  // the content is unknown
            offset = size;
        }
        if (found) break;
    }
    return first_trace;
}

bool is_version_1(const Copy& primary) {
    return primary.has_magic && primary.error && primary.error->code == Errc::NotThisFormat;
}

Error no_good_copy(const io::BlockDevice& device, Copy primary, Copy secondary,
                   std::uint64_t secondary_offset) {
    const bool primary_failed = is_unreadable(primary);
    const bool secondary_failed = is_unreadable(secondary);
    if (!primary.has_magic && !secondary.has_magic && !primary_failed && !secondary_failed)
        return fail(Errc::NotThisFormat, "%s has no LUKS2 header", device.name().c_str());
    std::optional<Error> both;
    if (secondary.has_magic || secondary_failed)
        both = std::move(*secondary.error).within(place_of(secondary_offset));
    if (primary.has_magic || primary_failed) {
        Error error = std::move(*primary.error).within(place_of(0));
        if (both) error.message += "; " + both->message;
        both = std::move(error);
    }
    // An unreadable copy may be intact: the device must not be treated as free.
    if (primary_failed || secondary_failed) both->code = Errc::Unreadable;
    if (both->code == Errc::CorruptHeader)
        both->hint = translate(
            N_("no copy of the header is whole, and nothing mends that. Restore a header backup "
               "with 'luksHeaderRestore'. Until then write nothing: keep an image of the device "
               "as it is (dd, ddrescue), and try everything on a copy of that"));
    return std::move(*both);
}

// Returns the sequence id of the copy at `offset`, from its first sector; nothing if it does not belong to the volume
// with this UUID.
Result<std::optional<std::uint64_t>> sequence_id_at(const io::BlockDevice& device,
                                                    std::uint64_t offset, std::string_view uuid) {
    Bytes bytes(kBinaryHeaderBytes);
    auto read = device.read(offset, MutableByteView(bytes).first(io::kSectorSize));
    if (!read && read.error().code == Errc::Unreadable) return std::move(read).error();
    const bool has_magic = offset == 0 ? has_primary_magic(bytes) : has_secondary_magic(bytes);
    const auto disk = read_record<HeaderDisk>(bytes);
    if (!read || !has_magic || disk.uuid.view() != uuid) return std::optional<std::uint64_t>();
    return std::optional(disk.sequence_id.value());
}

// Checks the copies that were good (those with a known salt) for later writes by others.
Result<void> check_sequence_id(const io::BlockDevice& device, const BinaryFields& known) {
    for (std::size_t index = 0; index < known.salts.size(); ++index) {
        if (!known.salts[index]) continue;
        LK_ASSIGN(const auto on_disk,
                  sequence_id_at(device, index * known.header_size, known.uuid));
        if (on_disk && *on_disk != known.sequence_id)
            return fail(Errc::ConcurrentChange, "sequence id on disk %" PRIu64 " != %" PRIu64,
                        *on_disk, known.sequence_id);
    }
    return {};
}

Result<void> give_salts(Context& context, BinaryFields& binary) {
    for (auto& salt : binary.salts) {
        if (salt) continue;
        HeaderSalt fresh{};
        LK_TRY(context.random->fill(fresh));
        salt = fresh;
    }
    return {};
}

Result<Bytes> serialize(const Metadata& metadata, std::size_t index) {
    const BinaryFields& fields = metadata.binary;
    LK_ASSIGN(const std::string text, metadata.json_text());
    return serialize_copy({.header_size = fields.header_size,
                           .sequence_id = fields.sequence_id,
                           .offset = index == 0 ? 0 : fields.header_size,
                           .label = fields.label,
                           .subsystem = fields.subsystem,
                           .uuid = fields.uuid,
                           .checksum_algorithm = fields.checksum_algorithm,
                           .salt = fields.salts[index].value_or(HeaderSalt{})},
                          text);
}

// Writes a whole copy at once, independent of the old content.  The checksum of an incomplete write does not match.
Result<void> write_copy(io::BlockDevice& device, std::uint64_t offset, ByteView bytes) {
    LK_TRY(device.write(offset, bytes));
    return device.flush();
}

// Reads from the device which header it holds, after a copy of the new header could not be written.
formats::Holds what_holds(const io::BlockDevice& device, const BinaryFields& written,
                          bool first_copy_failed) {
    const auto stored = read_metadata(device);
    if (!stored) return formats::Holds::Neither;
    const BinaryFields& now = stored->metadata.binary;
    if (now.sequence_id == written.sequence_id && now.uuid == written.uuid)
        return first_copy_failed ? formats::Holds::NewUnconfirmed : formats::Holds::New;
    return now.sequence_id + 1 == written.sequence_id ? formats::Holds::Old
                                                      : formats::Holds::Neither;
}

// Returns whether the copies belong to two volumes: they have no digest in common, and no commit of a verb replaces every
// digest.  The UUID does not show it: it can be changed, and chosen for a new volume.
bool of_two_volumes(const Metadata& a, const Metadata& b) {
    const auto same = [](const Digest& x, const Digest& y) {
        return x.salt == y.salt && x.digest == y.digest;
    };
    return std::ranges::none_of(a.digests(), [&](const Digest& digest) {
        return std::ranges::any_of(b.digests(),
                                   [&](const Digest& other) { return same(digest, other); });
    });
}

}  // namespace

bool same_content(const Metadata& a, const Metadata& b) {
    return a.binary.label == b.binary.label && a.binary.subsystem == b.binary.subsystem &&
           a.binary.uuid == b.binary.uuid && a.document() == b.document();
}

bool tell_two_volumes(Context& context, const io::BlockDevice& device,
                      const StoredMetadata& stored) {
    if (stored.two_volumes)
        context.log_once(
            LogLevel::Warning,
            "%s has the headers of two volumes (%s): a format or a restore was cut off, and may "
            "have overwritten keyslots of the header that counts; where none of them opens, do it "
            "again, as a repair keeps that header",
            device.name().c_str(), stored.damage.c_str());
    return stored.two_volumes;
}

Result<StoredMetadata> read_metadata(const io::BlockDevice& device) {
    Copy primary = read_copy(device, 0);
    if (is_version_1(primary)) return std::move(*primary.error);
    std::uint64_t secondary_offset = primary.binary ? primary.binary->header_size : 0;
    Copy secondary = primary.binary ? read_copy(device, secondary_offset)
                                    : find_secondary(device, secondary_offset);
    // Treating a later version as damage would overwrite it.
    if (primary.newer) return std::move(*primary.error).within(place_of(0));
    if (secondary.newer) return std::move(*secondary.error).within(place_of(secondary_offset));
    if (!primary.metadata && !secondary.metadata)
        return no_good_copy(device, std::move(primary), std::move(secondary), secondary_offset);

    std::array states = {primary.state(), secondary.state()};
    std::array errors = {std::move(primary.error), std::move(secondary.error)};
    const bool two_volumes = primary.metadata && secondary.metadata &&
                             of_two_volumes(*primary.metadata, *secondary.metadata);
    if (primary.metadata && secondary.metadata) {
        const std::array ids = {primary.binary->sequence_id, secondary.binary->sequence_id};
        if (ids[0] != ids[1]) {
            const std::size_t older = ids[0] < ids[1] ? 0 : 1;
            states[older] = CopyState::Obsolete;
            errors[older] = fail(Errc::CorruptHeader, "sequence id %" PRIu64 " < %" PRIu64,
                                 ids[older], ids[1 - older]);
        } else if (!same_content(*primary.metadata, *secondary.metadata)) {
            states[1] = CopyState::Obsolete;
            errors[1] = fail(
                Errc::CorruptHeader,
                "metadata is not that of the primary with the same sequence id %" PRIu64, ids[1]);
        }
        for (auto& error : errors)
            if (error && two_volumes) error->message += ", no digest in common";
    }
    const bool use_primary = states[0] == CopyState::Good;
    StoredMetadata stored{
        .metadata = std::move(use_primary ? *primary.metadata : *secondary.metadata),
        .primary = states[0],
        .secondary = states[1],
        .two_volumes = two_volumes};
    if (const auto& error = errors[use_primary ? 1 : 0])
        stored.damage = place_of(use_primary ? secondary_offset : 0) + ": " + error->message;
    auto& salts = stored.metadata.binary.salts;
    if (states[0] == CopyState::Good) salts[0] = primary.binary->salt;
    if (states[1] == CopyState::Good) salts[1] = secondary.binary->salt;

    const std::uint64_t needed = stored.metadata.header_area_bytes();
    if (device.size() < needed) return too_small(device, needed);
    return stored;
}

Result<StoredMetadata> reread_metadata(const io::BlockDevice& device, const Metadata& known) {
    auto stored = read_metadata(device);
    if (!stored && stored.error().code == Errc::NotThisFormat)
        return fail(Errc::ConcurrentChange, "the LUKS2 header of %s is gone",
                    device.name().c_str());
    if (stored) LK_TRY(check_same_volume(device, *stored, known));
    return stored;
}

Result<void> check_same_volume(const io::BlockDevice& device, const StoredMetadata& stored,
                               const Metadata& known) {
    if (stored.metadata.binary.uuid == known.binary.uuid) return {};
    return fail(Errc::ConcurrentChange, "%s is another volume now: UUID %s != %s",
                device.name().c_str(), stored.metadata.binary.uuid.c_str(),
                known.binary.uuid.c_str());
}

Result<PreparedMetadata> prepare_metadata(Context& context, const io::BlockDevice& device,
                                          const Metadata& next) {
    const std::uint64_t id = next.binary.sequence_id;
    LK_TRY(check_sequence_id(device, next.binary));
    if (id == std::numeric_limits<std::uint64_t>::max())
        return fail(Errc::CorruptHeader, "sequence id %" PRIu64 " cannot grow", id);
    // The primary is written first.  But if it is the only good copy, an incomplete write of it would leave no copy.
    PreparedMetadata prepared{.metadata = next,
                              .copies = {},
                              .first = next.binary.salts[0] && !next.binary.salts[1] ? 1U : 0U};
    prepared.metadata.binary.sequence_id = id + 1;
    LK_TRY(give_salts(context, prepared.metadata.binary));
    for (std::size_t index = 0; index < prepared.copies.size(); ++index) {
        LK_ASSIGN(prepared.copies[index], serialize(prepared.metadata, index));
    }
    return prepared;
}

Result<void> write_prepared(io::BlockDevice& device, const PreparedMetadata& prepared) {
    const std::uint64_t header_size = prepared.metadata.binary.header_size;
    for (const std::size_t index : {prepared.first, 1 - prepared.first}) {
        auto written = write_copy(device, index * header_size, prepared.copies[index]);
        if (!written)
            return formats::commit_failed(
                std::move(written).error(),
                what_holds(device, prepared.metadata.binary, index == prepared.first),
                device.name());
    }
    return {};
}

Result<void> write_metadata(Context& context, io::BlockDevice& device, Metadata& next) {
    LK_ASSIGN(PreparedMetadata prepared, prepare_metadata(context, device, next));
    auto written = write_prepared(device, prepared);
    if (!written && written.error().code != Errc::Unfinished) return written;
    next = std::move(prepared.metadata);
    return written;
}

Result<void> recover_copy(Context& context, io::BlockDevice& device, StoredMetadata& stored) {
    LK_TRY(give_salts(context, stored.metadata.binary));  // only damaged or missing copies lack one
    std::size_t index = 0;
    for (CopyState* state : {&stored.primary, &stored.secondary}) {
        if (*state != CopyState::Good) {
            LK_ASSIGN(const Bytes bytes, serialize(stored.metadata, index));
            LK_TRY(write_copy(device, index * stored.metadata.binary.header_size, bytes));
        }
        *state = CopyState::Good;
        ++index;
    }
    stored.damage.clear();
    return {};
}

}  // namespace latchkey::luks2
