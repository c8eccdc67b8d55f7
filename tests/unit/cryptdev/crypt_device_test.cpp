// SPDX-License-Identifier: GPL-2.0-or-later
#include "cryptdev/crypt_device.h"

#include <gtest/gtest.h>

#include "cryptdev_testing.h"
#include "model/cipher_spec.h"
#include "support/fault_device.h"
#include "support/recording_device.h"

namespace latchkey::cryptdev {
namespace {

struct CipherCase {
    const char* cipher;
    std::size_t key_bytes;
    std::uint32_t sector_size = 512;
    bool iv_large_sectors = false;
};

std::ostream& operator<<(std::ostream& out, const CipherCase& c) {
    return out << c.cipher << " " << 8 * c.key_bytes << " " << c.sector_size
               << (c.iv_large_sectors ? " large" : "");
}

const CipherCase kCiphers[] = {
    {"aes-xts-plain64", 64},
    {"aes-xts-plain64", 32, 4096},
    {"aes-xts-plain64", 64, 4096, true},
    {"aes-cbc-essiv:sha256", 32},
    {"aes-cbc-essiv:sha256", 32, 2048, true},
    {"aes-cbc-plain", 16},
    {"aes-cbc-plain64", 24, 1024},
    {"aes-cbc-null", 32},
    {"aes-xts-plain64be", 32},
    {"aes-cbc-benbi", 32},
    {"aes-lrw-benbi", 32},
    {"aes-cbc-eboiv", 32, 4096, true},
    {"aes-xts-eboiv", 64},
    {"aes-ctr-plain64", 32},
    {"aes-ecb", 32},
    {"aes:64-cbc-lmk", 64 * 32},
    {"aes:64-cbc-lmk", 65 * 32},
    {"twofish:64-cbc-lmk", 64 * 16},
    {"serpent-xts-plain64", 64},
    {"camellia-cbc-plain64", 32},
    {"blowfish-cbc-plain64", 16},
    {"des3_ede-cbc-plain64", 24},
    {"capi:xts(aes)-plain64", 64},
    {"cipher_null-ecb", 0},
};

class CryptDevices : public testing::TestWithParam<CipherCase> {
  protected:
    static constexpr std::uint64_t kOffset = 24;  // 512-byte sectors
    static constexpr std::uint64_t kIv = 1 << 20;

    static MappingPlan plan() {
        const CipherCase& c = GetParam();
        return plan_of(c.cipher, c.key_bytes,
                       {.iv_offset = kIv,
                        .device_offset = kOffset,
                        .sector_size = c.sector_size,
                        .iv_large_sectors = c.iv_large_sectors});
    }
    // Decrypts the whole device at once with SectorCipher.
    static Bytes decrypted(ByteView disk) {
        const CipherCase& c = GetParam();
        const auto spec = model::parse_cipher_spec(c.cipher);
        const auto cipher = crypto::make_sector_cipher(*spec, key_of(c.key_bytes).bytes(),
                                                       {c.sector_size, c.iv_large_sectors});
        EXPECT_TRUE(cipher) << cipher.error().message;
        Bytes plain(disk.begin() + kOffset * kTestSector, disk.end());
        EXPECT_TRUE((*cipher)->decrypt(kIv, plain));
        return plain;
    }
};

// Reads and writes at any place with any length, compared with a plain array.
TEST_P(CryptDevices, AreAnArray) {
    constexpr std::size_t kBytes = 512 * 1024;  // four chunks
    const auto disk = memory(kBytes + kOffset * kTestSector);
    const auto device = open_over(disk, plan());
    ASSERT_TRUE(device) << device.error().message;
    ASSERT_EQ(device->size(), kBytes);
    Bytes model = decrypted(disk->bytes());
    const Bytes before_data(disk->bytes().begin(), disk->bytes().begin() + kOffset * kTestSector);

    test::SeededRandom random(7);
    for (int i = 0; i < 300; ++i) {
        // Most are small, some cross chunks.
        const std::size_t longest = random.below(8) == 0 ? kBytes : 5000;
        const std::size_t length = random.below(longest);
        const std::size_t offset = random.below(kBytes - length + 1);
        if (random.below(2) == 0) {
            Bytes bytes(length);
            ASSERT_TRUE(device->io()->read(offset, bytes));
            ASSERT_TRUE(
                std::equal(bytes.begin(), bytes.end(), model.begin() + static_cast<long>(offset)))
                << offset << "+" << length;
        } else {
            const Bytes bytes = random_bytes(length, random.next());
            ASSERT_TRUE(device->io()->write(offset, bytes));
            std::copy(bytes.begin(), bytes.end(), model.begin() + static_cast<long>(offset));
        }
    }
    EXPECT_EQ(decrypted(disk->bytes()), model);
    EXPECT_EQ(Bytes(disk->bytes().begin(), disk->bytes().begin() + kOffset * kTestSector),
              before_data);
}

INSTANTIATE_TEST_SUITE_P(All, CryptDevices, testing::ValuesIn(kCiphers));

TEST(CryptDevice, ReadsAcrossSegments) {
    const auto disk = memory(64 * 1024);
    MappingPlan plan = plan_of("aes-xts-plain64", 32, {.length = 24, .device_offset = 64});
    plan.segments.push_back({.start = 24,
                             .length = 40,
                             .cipher = "aes-cbc-essiv:sha256",
                             .iv_offset = 24,
                             .device_offset = 8,
                             .sector_size = 4096});
    const auto device = open_over(disk, plan);
    ASSERT_TRUE(device) << device.error().message;
    EXPECT_EQ(device->size(), 64U * kTestSector);
    EXPECT_EQ(device->io()->topology().logical_block, 4096U);

    const Bytes text = random_bytes(64 * kTestSector - 200, 5);
    ASSERT_TRUE(device->io()->write(100, text));
    Bytes again(text.size());
    ASSERT_TRUE(device->io()->read(100, again));
    EXPECT_EQ(again, text);

    const auto spec = model::parse_cipher_spec("aes-cbc-essiv:sha256");
    const auto second =
        crypto::make_sector_cipher(*spec, key_of(32).bytes(), {.sector_size = 4096});
    Bytes sectors(disk->bytes().begin() + 8 * 512, disk->bytes().begin() + 16 * 512);
    ASSERT_TRUE((*second)->decrypt(24, sectors));
    EXPECT_TRUE(std::equal(sectors.begin(), sectors.end(), text.begin() + 24 * 512 - 100));
}

// One call to the device below for each piece, and only whole sectors.
TEST(CryptDevice, WritesWholeSectors) {
    const auto recorder = std::make_shared<test::RecordingDevice>(memory(1 << 20));
    const auto device = open_over(recorder, plan_of("aes-xts-plain64", 32, {.sector_size = 4096}));
    ASSERT_TRUE(device);
    ASSERT_TRUE(device->io()->write(5000, Bytes(10)));
    ASSERT_TRUE(device->io()->write(CryptDevice::kChunk - 1, Bytes(2)));
    ASSERT_TRUE(device->io()->flush());
    ASSERT_EQ(recorder->trace().size(), 4U);
    const auto write_at = [&](std::size_t i) {
        const auto& write = std::get<test::RecordedWrite>(recorder->trace()[i]);
        return std::pair(write.offset, write.bytes.size());
    };
    EXPECT_EQ(write_at(0), std::pair(std::uint64_t{4096}, std::size_t{4096}));
    EXPECT_EQ(write_at(1), std::pair(CryptDevice::kChunk - std::uint64_t{4096}, std::size_t{4096}));
    EXPECT_EQ(write_at(2), std::pair(std::uint64_t{CryptDevice::kChunk}, std::size_t{4096}));
    EXPECT_TRUE(std::holds_alternative<test::RecordedFlush>(recorder->trace()[3]));
}

TEST(CryptDevice, PassesErrorsOn) {
    const auto faulty = std::make_shared<test::FaultDevice>(memory(1 << 20));
    const auto device = open_over(faulty, plan_of("aes-xts-plain64", 32));
    ASSERT_TRUE(device);
    Bytes bytes(1000);
    for (const Errc code : {Errc::NoSpace, Errc::Io, Errc::AccessDenied}) {
        faulty->faults = {.read = 0, .write = 0, .flush = 0, .code = code};
        const Errc of_reading = code == Errc::Io ? Errc::Unreadable : code;
        const auto read = device->io()->read(0, bytes);
        ASSERT_FALSE(read);
        EXPECT_EQ(read.error().code, of_reading);
        // A partial write fails while reading, a whole one while writing.
        const auto partial = device->io()->write(100, bytes);
        ASSERT_FALSE(partial);
        EXPECT_EQ(partial.error().code, of_reading);
        const auto whole = device->io()->write(1024, Bytes(512));
        ASSERT_FALSE(whole);
        EXPECT_EQ(whole.error().code, code);
        const auto flush = device->io()->flush();
        ASSERT_FALSE(flush);
        EXPECT_EQ(flush.error().code, code);
    }
    // It continues when the device does.
    faulty->faults = {};
    EXPECT_TRUE(device->io()->write(0, bytes));
    EXPECT_TRUE(device->io()->flush());
}

// On request, a punched hole reads as zeros, also around a partial write, and never where something was written.
TEST(CryptDevice, ReadsHolesAsZeros) {
    for (const std::uint32_t sector : {512U, 4096U}) {
        const auto base = memory(1 << 20);
        const MappingPlan plan =
            plan_of("aes-xts-plain64", 64, {.device_offset = 16, .sector_size = sector});
        const auto device = open_over(base, plan, {.holes_read_as_zeros = true});
        ASSERT_TRUE(device) << device.error().message;
        io::BlockDevice& plaintext = *device->io();
        Bytes model(plaintext.size());
        ASSERT_TRUE(plaintext.read(0, model));
        const auto punch = [&](std::size_t first, std::size_t count) {
            ASSERT_TRUE(base->write(16 * 512 + first * sector, Bytes(count * sector)));
            std::fill_n(model.begin() + static_cast<std::ptrdiff_t>(first * sector), count * sector,
                        std::byte{});
        };
        punch(0, 1);
        punch(3, 2);
        punch(30, 40);
        punch(plaintext.size() / sector - 1, 1);
        const auto compare = [&] {
            Bytes found(model.size());
            ASSERT_TRUE(plaintext.read(0, found));
            EXPECT_TRUE(found == model) << sector;
        };
        compare();
        const Bytes bytes = random_bytes(sector + 10, 5);
        ASSERT_TRUE(plaintext.write(40 * sector + 100, bytes));
        std::copy(bytes.begin(), bytes.end(),
                  model.begin() + static_cast<std::ptrdiff_t>(40 * sector + 100));
        compare();
        // Without the request, and with dm-crypt, it reads as what zeros decrypt to.
        const auto plain = open_over(base, plan);
        ASSERT_TRUE(plain);
        Bytes found(sector);
        ASSERT_TRUE(plain->io()->read(0, found));
        EXPECT_NE(found, Bytes(sector));
    }
}

TEST(CryptDevice, KeepsItsBounds) {
    const auto device = open_over(memory(1 << 20), plan_of("aes-xts-plain64", 32));
    ASSERT_TRUE(device);
    Bytes bytes(513);
    const std::string small =
        "device plaintext of <memory> is too small: 513 bytes at offset "
        "1048064 end behind its size of 1048576 bytes";
    EXPECT_EQ(said(device->io()->read((1 << 20) - 512, bytes)), small);
    EXPECT_EQ(said(device->io()->write((1 << 20) - 512, bytes)), small);
    EXPECT_FALSE(device->io()->read(UINT64_MAX - 3, bytes));
    EXPECT_TRUE(device->io()->read(1 << 20, {}));
    EXPECT_TRUE(device->io()->grow(1 << 20));
    EXPECT_EQ(device->io()->grow((1 << 20) + 1).error().code, Errc::DeviceTooSmall);
    EXPECT_FALSE(device->regular_file());
    EXPECT_EQ(device->name(), "plaintext of <memory>");
}

TEST(CryptDevice, ReadOnlyIsReadOnly) {
    const auto disk = memory(1 << 20);
    const Bytes before(disk->bytes().begin(), disk->bytes().end());
    const auto device = open_over(disk, plan_of("aes-xts-plain64", 32), {.read_only = true});
    ASSERT_TRUE(device);
    EXPECT_TRUE(device->read_only());
    const auto write = device->io()->write(0, Bytes(512));
    ASSERT_FALSE(write);
    EXPECT_EQ(write.error().code, Errc::AccessDenied);
    EXPECT_EQ(write.error().message, "device plaintext of <memory> was opened for reading only");
    EXPECT_TRUE(std::equal(before.begin(), before.end(), disk->bytes().begin()));

    const auto faulty = std::make_shared<test::FaultDevice>(disk);
    faulty->faults.read_only = true;
    EXPECT_TRUE(open_over(faulty, plan_of("aes-xts-plain64", 32))->read_only());
}

TEST(CryptDevice, Refuses) {
    Context context;
    const auto message = [&](const MappingPlan& plan, std::size_t key_bytes) {
        const auto device =
            open_crypt_device(context, plan, key_of(key_bytes), Device(memory(1 << 20)));
        return device ? std::string("opened") : device.error().message;
    };
    EXPECT_EQ(message(plan_of("aes-xts-plain64", 32), 64),
              "the key has 64 bytes, the plan wants 32");
    EXPECT_EQ(message(plan_of("aes-xts-plain64", 17), 17),
              "cipher 'aes-xts-plain64' has no keys of 17 bytes");
    EXPECT_EQ(message(plan_of("aes-cbc-tcw", 32), 32),
              "cipher 'aes-cbc-tcw': IV 'tcw' is not available in userspace");
    EXPECT_EQ(message(plan_of("nosuch-cbc-plain", 32), 32), "cipher 'nosuch' is not available");
    EXPECT_EQ(
        message(plan_of("aes-xts-plain64", 32, {.device_offset = 1 << 20}), 32),
        "device <memory> has 2048 sectors, its data begin at sector 1048576: no space is left "
        "for data");
}

TEST(CryptDevice, HasPublicVerbs) {
    const auto device = open_over(memory(1 << 20), plan_of("aes-xts-plain64", 32));
    ASSERT_TRUE(device);
    const Bytes text = random_bytes(777, 3);
    ASSERT_TRUE(write_device(*device, 333, text));
    ASSERT_TRUE(flush_device(*device));
    Bytes again(777);
    ASSERT_TRUE(read_device(*device, 333, again));
    EXPECT_EQ(again, text);
}

}  // namespace
}  // namespace latchkey::cryptdev
