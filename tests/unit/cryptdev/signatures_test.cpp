// SPDX-License-Identifier: GPL-2.0-or-later
#include <gtest/gtest.h>

#include "base/endian.h"
#include "cryptdev_testing.h"
#include "io/probe.h"
#include "support/program.h"
#include "support/temp_dir.h"

namespace latchkey {
namespace {

std::vector<std::string> names_of(const Result<std::vector<Signature>>& found) {
    std::vector<std::string> names;
    if (!found) return {found.error().message};
    for (const Signature& signature : *found) names.push_back(signature.name);
    return names;
}

// A file system in an encrypted volume gives the same signatures as in the clear.
TEST(PlaintextSignatures, AreThoseOfTheFileSystem) {
    const test::TempDir directory;
    const std::string path = directory.sparse_file("image", 32 << 20);
    for (const std::vector<std::string>& make :
         {std::vector<std::string>{"/sbin/mkfs.ext4", "-q", "-F"}, {"/sbin/mkswap", "-q"}}) {
        std::vector<std::string> command = make;
        command.push_back(path);
        ASSERT_EQ(test::run_program(command).status, 0) << make[0];
        const Bytes clear = test::read_file(path);

        const MappingPlan plan = cryptdev::plan_of("aes-xts-plain64", 64, {.device_offset = 4096});
        const auto disk = cryptdev::memory(clear.size() + 4096 * 512);
        const auto device = cryptdev::open_over(disk, plan);
        ASSERT_TRUE(device);
        ASSERT_TRUE(write_device(*device, 0, clear));
        Context context;
        const Bytes before(disk->bytes().begin(), disk->bytes().end());
        const auto names =
            names_of(find_plaintext_signatures(context, plan, cryptdev::key_of(64), Device(disk)));
        const std::vector<std::string> expected = {make[0] == "/sbin/mkswap" ? "swap" : "ext4"};
        EXPECT_EQ(names, expected);
        EXPECT_TRUE(std::equal(before.begin(), before.end(), disk->bytes().begin()));
        // With another key there are no signatures.
        EXPECT_EQ(names_of(find_plaintext_signatures(context, plan, cryptdev::key_of(64, 2),
                                                     Device(disk))),
                  std::vector<std::string>());
        ASSERT_EQ(test::run_program({"/sbin/wipefs", "-qa", path}).status, 0);
    }
}

// In the last sector of the device, where some RAIDs have it.
TEST(PlaintextSignatures, AreSeenAtTheEnd) {
    Bytes disk(std::size_t{64} << 20);
    std::ranges::copy(as_byte_view("$XIDE$"), disk.end() - 512);
    EXPECT_EQ(names_of(find_plaintext_signatures(Device(std::make_shared<io::MemDevice>(disk)))),
              std::vector<std::string>{"lsi_mega_raid_member"});
}

TEST(PlaintextSignatures, OfNothingAreNone) {
    EXPECT_EQ(names_of(find_plaintext_signatures(Device(std::make_shared<io::MemDevice>(Bytes())))),
              std::vector<std::string>());
    EXPECT_EQ(
        names_of(find_plaintext_signatures(Device(std::make_shared<io::MemDevice>(Bytes(100000))))),
        std::vector<std::string>());
}

// The table that identifies NTFS is far beyond the copied bytes.
TEST(PlaintextSignatures, FollowNtfsToItsTable) {
    constexpr std::size_t kTable = std::size_t{12} << 20;
    Bytes disk(std::size_t{32} << 20);
    const MutableByteView view(disk);
    const std::string_view start = "\xeb\x52\x90NTFS    ";
    std::ranges::copy(as_byte_view(start), view.begin());
    write_record(view, Le16(512), 11);
    disk[13] = std::byte{8};  // sectors per cluster
    disk[21] = std::byte{0xf8};
    write_record(view, Le64(disk.size() / 512 - 1), 40);
    write_record(view, Le64(kTable / 4096), 48);
    write_record(view, Le64(2), 56);
    disk[64] = std::byte{0xf6};  // 1 KiB per record
    disk[68] = std::byte{1};
    disk[510] = std::byte{0x55};
    disk[511] = std::byte{0xaa};
    for (std::size_t record = 0; record < 4; ++record)
        std::ranges::copy(as_byte_view("FILE"), view.subspan(kTable + record * 1024).begin());
    const auto found =
        names_of(find_plaintext_signatures(Device(std::make_shared<io::MemDevice>(disk))));
    ASSERT_FALSE(found.empty());
    EXPECT_EQ(found[0], "ntfs");
    // A table beyond the end, or at an address that overflows, is not found.
    for (const std::uint64_t cluster : {std::uint64_t{1} << 30, UINT64_MAX}) {
        write_record(view, Le64(cluster), 48);
        const auto none =
            names_of(find_plaintext_signatures(Device(std::make_shared<io::MemDevice>(disk))));
        EXPECT_EQ(std::count(none.begin(), none.end(), "ntfs"), 0);
    }
}

}  // namespace
}  // namespace latchkey
