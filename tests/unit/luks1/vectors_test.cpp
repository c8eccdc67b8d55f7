// SPDX-License-Identifier: GPL-2.0-or-later
// Whole images, byte for byte: the peer made the vectors with a random source that counts.
#include <gtest/gtest.h>

#include "base/hex.h"
#include "crypto/hash.h"
#include "luks1/digest.h"
#include "luks1_testing.h"

namespace latchkey::luks1 {
namespace {

struct Vector {
    const char* name;
    const char* cipher;
    const char* hash;
    std::uint32_t key_bytes;
    std::uint64_t iterations;
    std::size_t payload_bytes;
    const char* image_sha256;  // of [0, payload)
    const char* digest;
    const char* area_sha256;  // of the encrypted material
    const char* area_begin;
};

constexpr Vector kVectors[] = {
    {"A", "aes-xts-plain64", "sha256", 32, 1000, 2 << 20,
     "d769bb8619cbc1dd102cb3dae21052345e2716e2b4c23d6fb252a4374b0a1003",
     "2983daa90ea33a07f4f730b8a21d8199a50c24dc",
     "1ea1324dad7baad1caf73870bf592740c822c1be3e4d1cf6ac1ed4947003f2a4",
     "e929cb6101fbf5490e2e72b4defd1d8196c1ed45a7795c019c6a491e2bca0afa"},
    {"B", "aes-cbc-essiv:sha256", "sha1", 32, 1000, 2 << 20,
     "5d1d02ecd94748f7ba856f72fdf971968d9d9f5eb8ade5760140a89cdde4feb9",
     "9695beb7d2a0169c106e5749dff77190175ddf4a",
     "71ab415922339610bebe7e4a20312182c057f941ee091a45a717a529d77f8f3f",
     "39c8787895bc3afbe542cf9d6860c1b1ae04dc191f4105cc6c87a8c5b4b1599c"},
    {"C", "aes-cbc-plain", "sha512", 16, 1234, 1 << 20,
     "ecfc0a3f5f0696989194897f7cab645a487ddabc987a96831efc53332b81700f",
     "3a1e7cc7d86698a64ff495913b3c2b69ac688901",
     "b28261c63ab47556ee8ab506958e23d7bbd935941861740705703b091e2a46c7",
     "ed88b336cbcd532bb61517ed82dc46071bafbe42cd850da9f84348ec81687486"},
};

class Luks1Vector : public testing::TestWithParam<Vector> {
  protected:
    void SetUp() override {
        const Vector& v = GetParam();
        context_.random = std::make_shared<test::RampRandom>();
        device_ = std::make_shared<io::MemDevice>(Bytes(v.payload_bytes + 16384));
        FormatParams params{.type = "LUKS1", .cipher = v.cipher, .key_bytes = v.key_bytes};
        params.hash = v.hash;
        params.uuid = "12345678-1234-1234-1234-123456789abc";
        params.kdf.forced_iterations = v.iterations;
        auto created = kFormat.create(context_, device_, nullptr, params, key_);
        ASSERT_TRUE(created) << created.error().message;
        header_ = std::move(*created);
        const auto added = header_->add_keyslot(context_, key_, test::passphrase("pass phrase"),
                                                test::cheap({}, v.iterations));
        ASSERT_TRUE(added) << added.error().message;
        ASSERT_EQ(*added, 0);
    }
    std::string sha256(std::size_t offset, std::size_t length) {
        return to_hex(*crypto::digest("sha256", device_->bytes().subspan(offset, length)));
    }
    std::string hex(std::size_t offset, std::size_t length) {
        return to_hex(device_->bytes().subspan(offset, length));
    }

    Context context_;
    VolumeKey key_ = test::ramp_key(GetParam().key_bytes);
    std::shared_ptr<io::MemDevice> device_;
    std::unique_ptr<formats::LoadedHeader> header_;
};

TEST_P(Luks1Vector, IsWrittenByteForByte) {
    const Vector& v = GetParam();
    EXPECT_EQ(hex(0x70, 20), v.digest);
    EXPECT_EQ(hex(4096, 32), v.area_begin);
    EXPECT_EQ(sha256(4096, std::size_t{v.key_bytes} * 4000), v.area_sha256);
    EXPECT_EQ(sha256(0, v.payload_bytes), v.image_sha256);
}

TEST_P(Luks1Vector, Opens) {
    const auto unlocked =
        header_->unlock(context_, test::passphrase("pass phrase"), UnlockOptions{});
    ASSERT_TRUE(unlocked) << unlocked.error().message;
    EXPECT_EQ(to_hex(unlocked->key.bytes()), to_hex(key_.bytes()));
}

TEST_P(Luks1Vector, AddingAndKillingLeavesTheBytesOfTheReference) {
    ASSERT_TRUE(header_->add_keyslot(context_, key_, test::passphrase("second"), test::cheap()));
    ASSERT_TRUE(header_->kill_keyslot(context_, 0));
    const std::string zeros(72, '0');
    EXPECT_EQ(hex(0xd0, 48), "0000dead" + zeros + "0000000800000fa0");
    const std::string second_offset = GetParam().key_bytes == 16 ? "00000088" : "00000108";
    EXPECT_EQ(hex(0x100, 48),
              "00ac71f3000003e8"
              "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f" +
                  second_offset + "00000fa0");
    // Slot 0's area contains the random source's bytes, from one request.
    EXPECT_EQ(hex(4096, 4), "00010203");
    EXPECT_EQ(sha256(4096, 256 * 200), to_hex(*crypto::digest("sha256", [] {
                  Bytes ramp(256 * 200);
                  for (std::size_t i = 0; i < ramp.size(); ++i) ramp[i] = std::byte(i & 0xff);
                  return ramp;
              }())));
    EXPECT_EQ(test::opens(*header_, "pass phrase").error().code, Errc::WrongPassphrase);
    EXPECT_EQ(*test::opens(*header_, "second"), 1);
}

INSTANTIATE_TEST_SUITE_P(Spec, Luks1Vector, testing::ValuesIn(kVectors),
                         [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace latchkey::luks1
