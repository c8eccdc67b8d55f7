// SPDX-License-Identifier: LGPL-2.1-or-later
#include "luks2/binary_header.h"

#include <algorithm>
#include <cinttypes>

#include "base/hex.h"
#include "crypto/hash.h"

namespace latchkey::luks2 {
namespace {

bool begins_with(ByteView bytes, const std::array<std::uint8_t, 6>& magic) {
    return bytes.size() >= magic.size() &&
           std::memcmp(bytes.data(), magic.data(), magic.size()) == 0;
}

// Writes `text` into a field of N bytes and keeps the last byte NUL.  A NUL inside would cut the text when it is
// read.
template <std::size_t N>
Result<TextField<N>> text_field(const char* name, std::string_view text) {
    if (text.size() >= N)
        return fail(Errc::InvalidArgument, "%s has %zu bytes, at most %zu fit", name, text.size(),
                    N - 1);
    if (text.find('\0') != text.npos) return fail(Errc::InvalidArgument, "%s has a NUL byte", name);
    return TextField<N>::of(text);
}

Result<Bytes> checksum_of(ByteView copy, std::string_view algorithm) {
    static constexpr std::array<std::byte, kMaxChecksumBytes> kZeros{};
    constexpr std::size_t begin = offsetof(HeaderDisk, checksum);
    LK_ASSIGN(crypto::Hash hash, crypto::Hash::create(algorithm));
    if (hash.length() > kMaxChecksumBytes)
        return fail(Errc::CorruptHeader, "checksum_alg %s has %zu bytes, at most %zu fit",
                    std::string(algorithm).c_str(), hash.length(), kMaxChecksumBytes);
    hash.update(copy.first(begin));
    hash.update(kZeros);
    hash.update(copy.subspan(begin + kMaxChecksumBytes));
    Bytes sum(hash.length());
    hash.finish(sum);
    return sum;
}

}  // namespace

bool has_primary_magic(ByteView bytes) {
    return begins_with(bytes, kPrimaryMagic);
}
bool has_secondary_magic(ByteView bytes) {
    return begins_with(bytes, kSecondaryMagic);
}

Result<void> check_version(ByteView bytes, std::uint64_t offset) {
    const bool primary = offset == 0;
    if (primary ? !has_primary_magic(bytes) : !has_secondary_magic(bytes))
        return fail(Errc::NotThisFormat, "no LUKS2 magic");
    const auto version = read_record<Be16>(bytes, offsetof(HeaderDisk, version)).value();
    if (primary && version == 1)
        return fail(Errc::NotThisFormat, "version 1 != %u", unsigned{kVersion});
    if (version != kVersion)
        return fail(Errc::CorruptHeader, "version %u != %u", unsigned{version}, unsigned{kVersion});
    return {};
}

Result<BinaryHeader> parse_binary_header(ByteView bytes, std::uint64_t offset) {
    const bool primary = offset == 0;
    LK_TRY(check_version(bytes, offset));
    const auto disk = read_record<HeaderDisk>(bytes);
    if (disk.offset.value() != offset)
        return fail(Errc::CorruptHeader, "hdr_offset %" PRIu64 " != %" PRIu64, disk.offset.value(),
                    offset);
    const std::uint64_t size = disk.header_size.value();
    if (std::ranges::find(kHeaderSizes, size) == kHeaderSizes.end())
        return fail(Errc::CorruptHeader, "hdr_size %" PRIu64 " is not 16 KiB * 2^n up to 4 MiB",
                    size);
    if (!primary && size != offset)
        return fail(Errc::CorruptHeader,
                    "hdr_size %" PRIu64 " != %" PRIu64 " (offset of the secondary)", size, offset);
    return BinaryHeader{
        .header_size = size,
        .sequence_id = disk.sequence_id.value(),
        .offset = offset,
        .label = std::string(disk.label.view()),
        .subsystem = std::string(disk.subsystem.view()),
        .uuid = std::string(disk.uuid.view()),
        .checksum_algorithm = std::string(disk.checksum_algorithm.view()),
        .salt = disk.salt,
    };
}

Result<void> verify_checksum(ByteView copy, const BinaryHeader& header) {
    LK_ASSIGN(const Bytes sum, checksum_of(copy, header.checksum_algorithm));
    const auto disk = read_record<HeaderDisk>(copy);
    const ByteView stored = ByteView(disk.checksum).first(sum.size());
    if (!std::ranges::equal(stored, sum))
        return fail(Errc::CorruptHeader, "checksum %s.. != %s..", to_hex(stored.first(4)).c_str(),
                    to_hex(ByteView(sum).first(4)).c_str());
    return {};
}

Result<Bytes> serialize_copy(const BinaryHeader& header, std::string_view json_text) {
    assert(json_text.size() < header.header_size - kBinaryHeaderBytes);
    HeaderDisk disk{};
    disk.magic = header.offset == 0 ? kPrimaryMagic : kSecondaryMagic;
    disk.version = Be16(kVersion);
    disk.header_size = Be64(header.header_size);
    disk.sequence_id = Be64(header.sequence_id);
    LK_ASSIGN(disk.label, text_field<48>("label", header.label));
    LK_ASSIGN(disk.checksum_algorithm,
              text_field<32>("checksum algorithm", header.checksum_algorithm));
    disk.salt = header.salt;
    LK_ASSIGN(disk.uuid, text_field<40>("UUID", header.uuid));
    LK_ASSIGN(disk.subsystem, text_field<48>("subsystem", header.subsystem));
    disk.offset = Be64(header.offset);

    Bytes copy(header.header_size);
    write_record(copy, disk);
    std::ranges::copy(as_byte_view(json_text), copy.begin() + kBinaryHeaderBytes);
    LK_ASSIGN(const Bytes sum, checksum_of(copy, header.checksum_algorithm));
    std::ranges::copy(sum, copy.begin() + offsetof(HeaderDisk, checksum));
    return copy;
}

}  // namespace latchkey::luks2
