// SPDX-License-Identifier: GPL-2.0-or-later
// Reads and writes at random places with random lengths, through dm-crypt on one disk and through CryptDevice on
// another.  Both must read the same, and in the end both disks must have the same ciphertext.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/hex.h"
#include "base/secret_text.h"
#include "base/unique_fd.h"
#include "crypto/hash.h"
#include "latchkey/crypt_device.h"
#include "latchkey/mapping.h"
#include "latchkey/plain.h"
#include "support/program.h"
#include "support/random.h"
#include "support/temp_dir.h"

namespace latchkey {
namespace {

constexpr std::uint64_t kSectors = 2048;  // 1 MiB of data
constexpr std::uint64_t kBytes = kSectors * 512;
constexpr int kOperations = 10'000;

struct IoCase {
    const char* cipher;
    std::uint32_t key_bytes;
    std::uint32_t sector_size = 512;
    bool iv_large_sectors = false;
};
std::ostream& operator<<(std::ostream& out, const IoCase& c) {
    return out << c.cipher << " " << 8 * c.key_bytes << " " << c.sector_size
               << (c.iv_large_sectors ? " large" : "");
}

class KernelIo : public testing::TestWithParam<IoCase> {
  protected:
    void SetUp() override {
        const IoCase& c = GetParam();
        params_ = {.cipher = c.cipher,
                   .key_bytes = c.key_bytes,
                   .offset_sectors = 16,
                   .skip_sectors = (std::uint64_t{1} << 32) -
                                   1024,  // plain's counter overflows within the data
                   .sector_size = c.sector_size,
                   .iv_large_sectors = c.iv_large_sectors};
        Bytes start(kBytes + 16 * 512);
        random_.fill(start).value();
        theirs_ = directory_.file("theirs", start);
        ours_ = directory_.file("ours", start);
        const auto made = test::run_program({"losetup", "-f", "--show", theirs_});
        ASSERT_EQ(made.status, 0);
        loop_.assign(reinterpret_cast<const char*>(made.output.data()), made.output.size() - 1);
    }
    void TearDown() override {
        kernel_ = UniqueFd();
        if (mapped_) {
            EXPECT_EQ(test::run_program({"dmsetup", "remove", "--retry", "latchkey-io"}).status, 0);
        }
        if (!loop_.empty()) {
            EXPECT_EQ(test::run_program({"losetup", "-d", loop_}).status, 0);
        }
    }

    // Returns false if this kernel has no such cipher.
    bool map(const VolumeKey& key) {
        const IoCase& c = GetParam();
        std::string table = "0 " + std::to_string(kSectors) + " crypt " + c.cipher + " ";
        table += key.size() == 0 ? "-" : to_hex(key.bytes());
        table += " " + std::to_string(params_.skip_sectors) + " " + loop_ + " 16";
        if (c.sector_size > 512)
            table += c.iv_large_sectors
                         ? " 2 sector_size:" + std::to_string(c.sector_size) + " iv_large_sectors"
                         : " 1 sector_size:" + std::to_string(c.sector_size);
        mapped_ =
            test::run_program({"dmsetup", "create", "latchkey-io", "--table", table}).status == 0;
        if (mapped_) kernel_ = UniqueFd(open("/dev/mapper/latchkey-io", O_RDWR | O_CLOEXEC));
        return mapped_;
    }

    test::TempDir directory_;
    test::SeededRandom random_{2026};
    plain::Params params_;
    std::string theirs_, ours_, loop_;
    bool mapped_ = false;
    UniqueFd kernel_;
};

TEST_P(KernelIo, IsTheSame) {
    SecretBuffer bytes(params_.key_bytes);
    random_.fill(bytes.bytes()).value();
    const std::size_t key_bytes =
        std::string_view(GetParam().cipher) == "cipher_null-ecb" ? 0 : bytes.size();
    bytes.shrink(key_bytes);
    const VolumeKey key(Vouched::ByDigest, std::move(bytes));
    ASSERT_TRUE(map(key)) << "dm-crypt does not take it";
    ASSERT_GE(kernel_.get(), 0);
    Context context;
    const auto data = Device::open(context, ours_, Access::ReadWrite);
    ASSERT_TRUE(data);
    // Does not use plain::plan(), which allows fewer key bytes than 65 keys have.
    MappingPlan plan{.type = "PLAIN"};
    plan.keys = {{.bytes = key_bytes}};
    plan.segments.push_back({.cipher = params_.cipher,
                             .iv_offset = params_.skip_sectors,
                             .device_offset = params_.offset_sectors,
                             .sector_size = params_.sector_size,
                             .iv_large_sectors = params_.iv_large_sectors});
    const auto device = open_crypt_device(context, plan, key, *data);
    ASSERT_TRUE(device) << device.error().message;
    ASSERT_EQ(device->size(), kBytes);

    Bytes buffer(256 * 1024);
    Bytes other(buffer.size());
    for (int i = 0; i < kOperations; ++i) {
        const std::uint64_t longest = random_.below(50) == 0 ? buffer.size() : 3000;
        const std::size_t length = 1 + random_.below(longest);
        const std::uint64_t offset = random_.below(kBytes - length + 1);
        const auto part = MutableByteView(buffer).first(length);
        if (random_.below(2) == 0) {
            std::fill(part.begin(), part.end(), static_cast<std::byte>(random_.next()));
            part[0] = static_cast<std::byte>(i);
            ASSERT_EQ(pwrite(kernel_.get(), part.data(), length, static_cast<off_t>(offset)),
                      static_cast<ssize_t>(length));
            ASSERT_TRUE(write_device(*device, offset, part));
        } else {
            const auto theirs = MutableByteView(other).first(length);
            ASSERT_EQ(pread(kernel_.get(), theirs.data(), length, static_cast<off_t>(offset)),
                      static_cast<ssize_t>(length));
            ASSERT_TRUE(read_device(*device, offset, part));
            ASSERT_TRUE(std::equal(part.begin(), part.end(), theirs.begin()))
                << "operation " << i << ": " << offset << "+" << length;
        }
    }
    ASSERT_EQ(fsync(kernel_.get()), 0);
    ASSERT_TRUE(flush_device(*device));
    EXPECT_EQ(to_hex(*crypto::digest("sha256", test::read_file(theirs_))),
              to_hex(*crypto::digest("sha256", test::read_file(ours_))));
}

// A plan of several layers, mapped by the library: the kernel's devices and the devices in this process have the same
// plaintext, and closing removes them all.
TEST(KernelLayers, AreTheSame) {
    constexpr std::uint64_t kDisk = 512 * 1024;
    const test::TempDir directory;
    test::SeededRandom random(7);
    Bytes start(kDisk);
    random.fill(start).value();
    const std::string image = directory.file("image", start);
    const auto key = [&](std::size_t size) {
        SecretBuffer bytes(size);
        random.fill(bytes.bytes()).value();
        return VolumeKey(Vouched::ByCaller, std::move(bytes));
    };
    const VolumeKey lower = key(64);
    const VolumeKey upper = key(32);
    KeyRing keys(lower);
    keys.add(upper);
    const MappingPlan plan{
        .type = "PLAIN",
        .segments = {{.length = 16, .kind = SegmentKind::Zero},
                     {.start = 16, .cipher = "serpent-xts-plain64", .device_offset = 8, .key = 1}},
        .below = {{.suffix = "_1",
                   .segments = {{.length = 64, .device_offset = 64, .kind = SegmentKind::Linear},
                                {.start = 64, .cipher = "aes-xts-plain64", .device_offset = 200}}}},
        .keys = {{.bytes = 64}, {.bytes = 32}}};
    Context context;
    const auto data = Device::open(context, image, Access::ReadWrite);
    ASSERT_TRUE(data);
    const auto info =
        mapping::activate(context, plan, keys, *data, "layers", {.backend = "kernel"});
    ASSERT_TRUE(info) << info.error().message;
    const auto uuid =
        test::run_program({"dmsetup", "info", "-c", "--noheadings", "-o", "uuid", "layers_1"});
    EXPECT_EQ(as_text(uuid.output), "CRYPT-SUBDEV-layers_1\n");
    const std::uint64_t bytes = info->size_sectors * 512;
    ASSERT_EQ(bytes, kDisk - (200 - 64 + 8 - 16) * 512);

    Bytes written(bytes);
    random.fill(written).value();
    {
        const UniqueFd kernel(open("/dev/mapper/layers", O_RDWR | O_CLOEXEC));
        ASSERT_EQ(pwrite(kernel.get(), written.data(), bytes, 0), static_cast<ssize_t>(bytes));
        ASSERT_EQ(fsync(kernel.get()), 0);
    }
    ASSERT_TRUE(mapping::close(context, "layers"));
    EXPECT_EQ(as_text(test::run_program({"dmsetup", "ls"}).output), "No devices found\n");

    const auto device = open_crypt_device(context, plan, keys, *data);
    ASSERT_TRUE(device) << device.error().message;
    ASSERT_EQ(device->size(), bytes);
    Bytes found(bytes);
    ASSERT_TRUE(read_device(*device, 0, found));
    std::fill(written.begin(), written.begin() + 16 * 512, std::byte{});
    EXPECT_EQ(to_hex(*crypto::digest("sha256", found)), to_hex(*crypto::digest("sha256", written)));
}

const IoCase kCases[] = {
    {"aes-xts-plain64", 64},
    {"aes-xts-plain64", 64, 1024},
    {"aes-xts-plain64", 32, 4096},
    {"aes-xts-plain64", 64, 4096, true},
    {"aes-xts-plain64be", 64, 2048, true},
    {"aes-xts-plain", 32},
    {"aes-cbc-plain", 32},
    {"aes-cbc-plain", 16, 4096, true},
    {"aes-cbc-plain64", 24},
    {"aes-cbc-null", 32},
    {"aes-cbc-benbi", 32},
    {"aes-cbc-essiv:sha256", 32},
    {"aes-cbc-essiv:sha256", 16, 4096},
    {"aes-cbc-essiv:sha256", 16, 2048, true},
    {"aes-cbc-eboiv", 32},
    {"aes-xts-eboiv", 64, 4096, true},
    {"aes-ctr-plain64", 32},
    {"aes-ecb", 32},
    {"aes-lrw-benbi", 32},
    {"aes-lrw-benbi", 48, 4096},
    {"aes:64-cbc-lmk", 64 * 16},
    {"aes:64-cbc-lmk", 65 * 32},
    {"serpent-xts-plain64", 64},
    {"serpent-cbc-plain", 16},
    {"twofish-xts-plain64", 64, 4096},
    {"twofish-cbc-null", 32},
    {"camellia-cbc-essiv:sha256", 32},
    {"blowfish-cbc-plain64", 16},
    {"cast5-cbc-plain64", 16},
    {"des3_ede-cbc-plain64", 24},
    {"capi:xts(aes)-plain64", 64},
    {"cipher_null-ecb", 32},
};
INSTANTIATE_TEST_SUITE_P(All, KernelIo, testing::ValuesIn(kCases));

}  // namespace
}  // namespace latchkey
