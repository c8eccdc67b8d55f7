// SPDX-License-Identifier: GPL-2.0-or-later
// If the kernel offers its ciphers to programs (as in the kernel lab), they agree with dm-crypt; otherwise the
// refusal says what was requested from the kernel.
#include "crypto/kernel_cipher.h"

#include <gtest/gtest.h>

#include "base/hex.h"
#include "crypto/hash.h"

namespace latchkey::crypto {
namespace {

constexpr std::uint64_t kFirstSector = 5;

// Three sectors of 512 bytes, with increasing bytes, from dm-crypt of Linux 6.1 with the key 00 01 02 ...
struct DmCryptSample {
    const char* name;
    const char* spec;
    std::size_t key_bytes;
    const char* kernel_name;
    const char* ciphertext_sha256;
};

Bytes counting(std::size_t length) {
    Bytes bytes(length);
    for (std::size_t i = 0; i < length; ++i) bytes[i] = static_cast<std::byte>(i);
    return bytes;
}

class KernelCipherSample : public testing::TestWithParam<DmCryptSample> {};

TEST_P(KernelCipherSample, AgreesWithDmCryptOrNamesWhatIsMissing) {
    const DmCryptSample& sample = GetParam();
    const auto spec = model::parse_cipher_spec(sample.spec);
    ASSERT_TRUE(spec) << spec.error().message;
    EXPECT_TRUE(is_kernel_cipher(*spec));
    const auto cipher = make_sector_cipher(*spec, counting(sample.key_bytes));
    EXPECT_EQ(check_cipher(*spec, sample.key_bytes).has_value(), cipher.has_value());
    if (!cipher) {
        EXPECT_EQ(cipher.error().code, Errc::MissingCipher);
        const std::string start =
            std::string("cipher '") + sample.spec +
            "' is not available in userspace, and the kernel does not offer '" +
            sample.kernel_name + "': ";
        EXPECT_EQ(cipher.error().message.substr(0, start.size()), start);
        return;
    }
    const Bytes plaintext = counting(3 * 512);
    Bytes bytes = plaintext;
    ASSERT_TRUE((*cipher)->encrypt(kFirstSector, bytes));
    EXPECT_EQ(to_hex(*digest("sha256", bytes)), sample.ciphertext_sha256);
    ASSERT_TRUE((*cipher)->decrypt(kFirstSector, bytes));
    EXPECT_EQ(bytes, plaintext);
    EXPECT_FALSE((*cipher)->encrypt(kFirstSector, MutableByteView(bytes).first(100)));
}

INSTANTIATE_TEST_SUITE_P(
    All, KernelCipherSample,
    testing::Values(
        DmCryptSample{"Adiantum", "xchacha12,aes-adiantum-plain64", 32, "adiantum(xchacha12,aes)",
                      "cb21abf66831921a5cfe6c94e45b20bfa42e331ec27c85ecec68beee649c0107"},
        DmCryptSample{"Cast6Xts", "cast6-xts-plain64", 32, "xts(cast6)",
                      "b0c58ff57821bb15a4af4cb75a60a02b1f51db35f845e3f5d6c8da648da36867"},
        DmCryptSample{"AnubisEssiv", "anubis-cbc-essiv:sha256", 32, "essiv(cbc(anubis),sha256)",
                      "de76a5681248cce3ad060e5d778d78fd6a667db710b969515e15286cebfae511"},
        DmCryptSample{"KhazadBenbi", "khazad-cbc-benbi", 16, "cbc(khazad)",
                      "53c1226fb057b7b95791926540b3f54545bb0e55f05d10a835280d3d49b67fde"}),
    [](const auto& test) { return test.param.name; });

TEST(KernelCipher, LeavesToLibgcryptWhatItHas) {
    for (const char* text : {"aes-xts-plain64", "serpent-cbc-essiv:sha256", "aes-xts-random",
                             "xchacha12,aes-adiantum-eboiv", "aes:64-cbc-lmk"}) {
        const auto spec = model::parse_cipher_spec(text);
        ASSERT_TRUE(spec) << text;
        EXPECT_FALSE(is_kernel_cipher(*spec)) << text;
    }
}

TEST(KernelCipher, RefusesKeysThatTheCipherDoesNotTake) {
    const auto spec = model::parse_cipher_spec("xchacha12,aes-adiantum-plain64");
    const auto cipher = make_sector_cipher(*spec, counting(31));
    ASSERT_FALSE(cipher);
    if (cipher.error().code == Errc::InvalidArgument) {
        EXPECT_EQ(
            cipher.error().message,
            "cipher 'xchacha12,aes-adiantum-plain64' has no keys of 31 bytes: Invalid argument");
    }
}

}  // namespace
}  // namespace latchkey::crypto
