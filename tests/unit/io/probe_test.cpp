// SPDX-License-Identifier: GPL-2.0-or-later
#include "io/probe.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "io/file_device.h"
#include "io/mem_device.h"
#include "io/overlay_device.h"
#include "support/corpus.h"
#include "support/loop_device.h"
#include "support/temp_dir.h"

namespace latchkey {

static void PrintTo(const Signature& signature, std::ostream* stream) {
    *stream << signature.name << " (" << signature.kind << ")";
}
static bool operator==(const Signature& a, const Signature& b) {
    return a.name == b.name && a.kind == b.kind;
}

namespace io {
namespace {

using test::TempDir;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::size_t kSize = 8 << 20;

void put(Bytes& bytes, std::size_t offset, std::string_view text) {
    std::memcpy(bytes.data() + offset, text.data(), text.size());
}

// Returns an MS-DOS partition table with one Linux partition.
Bytes with_dos_table() {
    Bytes bytes(kSize);
    put(bytes, 446,
        std::string_view("\x00\x00\x00\x00\x83\x00\x00\x00\x01\x00\x00\x00\x00\x10\x00\x00", 16));
    put(bytes, 510, "\x55\xaa");
    return bytes;
}
// Adds Linux swap, whose magic is at the end of the first page.
void add_swap(Bytes& bytes) {
    put(bytes, 1024, std::string_view("\x01\x00\x00\x00\xff\x07\x00\x00", 8));
    put(bytes, 4086, "SWAPSPACE2");
}

std::vector<Signature> signatures(const BlockDevice& device) {
    const auto found = find_signatures(device);
    EXPECT_TRUE(found) << found.error().message;
    std::vector<Signature> list;
    for (const FoundSignature& one : *found) list.push_back(one.signature);
    return list;
}

std::shared_ptr<BlockDevice> opened(const std::string& path, Access access = Access::ReadWrite) {
    auto device = open_file_device(path, access);
    EXPECT_TRUE(device) << device.error().message;
    return device ? *device : nullptr;
}

TEST(Probe, SeesNothingOnAnEmptyDevice) {
    const TempDir dir;
    EXPECT_THAT(signatures(*opened(dir.sparse_file("disk", kSize))), IsEmpty());
    EXPECT_THAT(signatures(*opened(dir.file("nothing", ""))), IsEmpty());
    EXPECT_THAT(signatures(MemDevice(with_dos_table())), IsEmpty()) << "libblkid needs a file";
}

TEST(Probe, ListsEverySignature) {
    const TempDir dir;
    Bytes bytes = with_dos_table();
    EXPECT_THAT(signatures(*opened(dir.file("disk", bytes))),
                ElementsAre(Signature{"dos", "partition"}));
    add_swap(bytes);
    EXPECT_THAT(signatures(*opened(dir.file("disk", bytes))),
                testing::UnorderedElementsAre(Signature{"swap", "superblock"},
                                              Signature{"dos", "partition"}));
}

TEST(Probe, ListsLuksItself) {
    LATCHKEY_CORPUS_OR_SKIP(corpus);
    const TempDir dir;
    for (const char* id : {"luks1-align-1", "luks2-argon2i-m32-t4-p1"}) {
        const std::string path = dir.file(id, corpus.load(corpus.entry(id)));
        EXPECT_THAT(signatures(*opened(path)), Contains(Signature{"crypto_LUKS", "superblock"}))
            << id;
    }
}

TEST(Probe, WipesEverySignature) {
    const TempDir dir;
    Bytes bytes = with_dos_table();
    add_swap(bytes);
    const std::string path = dir.file("disk", bytes);
    {
        const auto device = opened(path);
        ASSERT_TRUE(wipe_signatures(*device));
        EXPECT_THAT(signatures(*device), IsEmpty());
    }
    Bytes expected = bytes;
    std::fill_n(expected.begin() + 510, 2, std::byte{0});
    std::fill_n(expected.begin() + 4086, 10, std::byte{0});
    EXPECT_TRUE(test::read_file(path) == expected) << "only the magic bytes may change";
}

// The second header of LUKS2 is a signature too.
TEST(Probe, WipesBothHeadersOfLuks2) {
    LATCHKEY_CORPUS_OR_SKIP(corpus);
    const TempDir dir;
    const std::string path =
        dir.file("luks2", corpus.load(corpus.entry("luks2-argon2i-m32-t4-p1")));
    const auto device = opened(path);
    ASSERT_TRUE(wipe_signatures(*device));
    Bytes magic(6);
    for (const std::uint64_t offset : {0U, 16384U}) {
        ASSERT_TRUE(device->read(offset, magic));
        EXPECT_EQ(magic, Bytes(6)) << offset;
    }
}

TEST(Probe, WipesInAnOverlayWithoutTouchingTheDisk) {
    const TempDir dir;
    const std::string path = dir.file("disk", with_dos_table());
    OverlayDevice overlay(opened(path, Access::ReadOnly));
    EXPECT_THAT(signatures(overlay), ElementsAre(Signature{"dos", "partition"}));
    ASSERT_TRUE(wipe_signatures(overlay));
    EXPECT_THAT(overlay.changed_ranges(), ElementsAre(ByteRange{510, 2}));
    EXPECT_TRUE(test::read_file(path) == with_dos_table());
}

TEST(Probe, LooksAtABlockDeviceThatIsOpenedExclusively) {
    const TempDir dir;
    LATCHKEY_LOOP_OR_SKIP(loop, dir.file("disk", with_dos_table()), {"--sector-size=4096"});
    const auto device = opened(loop.path(), Access::Exclusive);
    EXPECT_THAT(signatures(*device), Contains(Signature{"dos", "partition"}));
    ASSERT_TRUE(wipe_signatures(*device));
    EXPECT_THAT(signatures(*device), IsEmpty());
}

}  // namespace
}  // namespace io
}  // namespace latchkey
