// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/cipher_spec.h"

#include <gtest/gtest.h>

namespace latchkey::model {
namespace {

struct Known {
    const char* text;
    const char* cipher;
    const char* mode;
    const char* iv;
    const char* iv_option = "";
    std::uint32_t key_count = 1;
    const char* kernel_name = "";
};

void PrintTo(const Known& known, std::ostream* out) {
    *out << known.text;
}

class KnownSpec : public testing::TestWithParam<Known> {};

TEST_P(KnownSpec, IsTakenApart) {
    const auto spec = parse_cipher_spec(GetParam().text);
    ASSERT_TRUE(spec) << spec.error().message;
    EXPECT_EQ(spec->text, GetParam().text);
    EXPECT_EQ(spec->cipher, GetParam().cipher);
    EXPECT_EQ(spec->mode, GetParam().mode);
    EXPECT_EQ(spec->iv, GetParam().iv);
    EXPECT_EQ(spec->iv_option, GetParam().iv_option);
    EXPECT_EQ(spec->key_count, GetParam().key_count);
    EXPECT_EQ(spec->kernel_name, GetParam().kernel_name);
    EXPECT_EQ(spec->is_null(), std::string_view(GetParam().cipher) == "cipher_null");
}

INSTANTIATE_TEST_SUITE_P(
    Field, KnownSpec,
    testing::Values(
        Known{"aes-xts-plain64", "aes", "xts", "plain64"},
        Known{"aes-cbc-essiv:sha256", "aes", "cbc", "essiv", "sha256"},
        Known{"aes-cbc-plain", "aes", "cbc", "plain"},
        Known{"aes-plain", "aes", "cbc", "plain"},  // the oldest notation
        Known{"aes-ecb", "aes", "ecb", ""},
        Known{"aes-ecb-plain64", "aes", "ecb", "plain64"},  // qemu
        Known{"aes-ctr-plain64", "aes", "ctr", "plain64"},
        Known{"cast5-cbc-plain64", "cast5", "cbc", "plain64"},
        Known{"cast6-xts-plain64", "cast6", "xts", "plain64"},
        Known{"aes-lrw-benbi", "aes", "lrw", "benbi"}, Known{"aes-cbc-null", "aes", "cbc", "null"},
        Known{"aes-cbc-eboiv", "aes", "cbc", "eboiv"},
        Known{"aes-cbc-elephant", "aes", "cbc", "elephant"},
        Known{"aes:64-cbc-lmk", "aes", "cbc", "lmk", "", 64},
        Known{"aes-cbc-tcw", "aes", "cbc", "tcw"}, Known{"aes-xts-random", "aes", "xts", "random"},
        Known{"aes-gcm-random", "aes", "gcm", "random"},
        Known{"aes-ccm-random", "aes", "ccm", "random"},
        Known{"chacha20-random", "chacha20", "", "random"},
        Known{"aegis128-random", "aegis128", "", "random"},
        Known{"xchacha12,aes-adiantum-plain64", "xchacha12,aes", "adiantum", "plain64"},
        Known{"xchacha20,aes-adiantum-plain64", "xchacha20,aes", "adiantum", "plain64"},
        Known{"cipher_null-ecb", "cipher_null", "ecb", ""},
        Known{"cipher_null-cbc-plain", "cipher_null", "cbc", "plain"},
        Known{"paes-xts-plain64", "paes", "xts", "plain64"},
        Known{"capi:xts(aes)-plain64", "aes", "xts", "plain64", "", 1, "xts(aes)"},
        Known{"capi:cbc(aes)-essiv:sha256", "aes", "cbc", "essiv", "sha256", 1, "cbc(aes)"},
        Known{"capi:ecb(aes)", "aes", "ecb", "", "", 1, "ecb(aes)"},
        Known{"capi:adiantum(xchacha12,aes)-plain64", "xchacha12,aes", "adiantum", "plain64", "", 1,
              "adiantum(xchacha12,aes)"},
        Known{"capi:essiv(cbc(aes),sha256)-plain64", "aes", "essiv", "plain64", "", 1,
              "essiv(cbc(aes),sha256)"},
        Known{"capi:authenc(hmac(sha256),xts(aes))-random", "aes", "authenc", "random", "", 1,
              "authenc(hmac(sha256),xts(aes))"},
        Known{"capi:rfc7539(chacha20,poly1305)-random", "chacha20", "", "random", "", 1,
              "rfc7539(chacha20,poly1305)"},
        Known{"capi:aegis128-random", "aegis128", "", "random", "", 1, "aegis128"}));

struct Refusal {
    const char* text;
    const char* message;
};

void PrintTo(const Refusal& refusal, std::ostream* out) {
    *out << (*refusal.text == '\0' ? "nothing" : refusal.text);
}

class RefusedSpec : public testing::TestWithParam<Refusal> {};

TEST_P(RefusedSpec, SaysWhichPart) {
    const auto spec = parse_cipher_spec(GetParam().text);
    ASSERT_FALSE(spec);
    EXPECT_EQ(spec.error().code, Errc::InvalidArgument);
    EXPECT_EQ(spec.error().message, GetParam().message);
}

INSTANTIATE_TEST_SUITE_P(
    All, RefusedSpec,
    testing::Values(
        Refusal{"", "cipher '' has no mode"}, Refusal{"aes", "cipher 'aes' has no mode"},
        Refusal{"-", "cipher '-': unknown cipher ''"},
        Refusal{"aes-", "cipher 'aes-': unknown mode ''"},
        Refusal{"aes-xts", "cipher 'aes-xts' has no IV"},
        Refusal{"aes-xts-", "cipher 'aes-xts-': unknown IV ''"},
        Refusal{"aes-xts-plain65", "cipher 'aes-xts-plain65': unknown IV 'plain65'"},
        Refusal{"aes-xts-plain64-x", "cipher 'aes-xts-plain64-x': unknown IV 'plain64-x'"},
        Refusal{"aes-plain64", "cipher 'aes-plain64': unknown mode 'plain64'"},
        Refusal{"AES-xts-plain64", "cipher 'AES-xts-plain64': unknown cipher 'AES'"},
        Refusal{"des4-cbc-plain", "cipher 'des4-cbc-plain': unknown cipher 'des4'"},
        Refusal{"aes-cfx-plain64", "cipher 'aes-cfx-plain64': unknown mode 'cfx'"},
        Refusal{"aes-cbc-essiv", "cipher 'aes-cbc-essiv': IV 'essiv' needs a hash"},
        Refusal{"aes-cbc-essiv:", "cipher 'aes-cbc-essiv:': unknown ESSIV hash ''"},
        Refusal{"aes-cbc-essiv:crc32", "cipher 'aes-cbc-essiv:crc32': unknown ESSIV hash 'crc32'"},
        Refusal{"aes-cbc-plain64:sha256",
                "cipher 'aes-cbc-plain64:sha256': IV 'plain64' takes no option"},
        Refusal{"aes:3-cbc-lmk",
                "cipher 'aes:3-cbc-lmk': key count '3' is not a power of two up to 64"},
        Refusal{"aes:-cbc-lmk",
                "cipher 'aes:-cbc-lmk': key count '' is not a power of two up to 64"},
        Refusal{"aes:0-cbc-lmk",
                "cipher 'aes:0-cbc-lmk': key count '0' is not a power of two up to 64"},
        Refusal{"aes:128-cbc-lmk",
                "cipher 'aes:128-cbc-lmk': key count '128' is not a power of two up to 64"},
        Refusal{"aes:064-cbc-lmk",
                "cipher 'aes:064-cbc-lmk': key count '064' is not a power of two up to 64"},
        Refusal{"aes:64-xts-plain64", "cipher 'aes:64-xts-plain64': 64 keys need IV lmk"},
        Refusal{"chacha20-plain99", "cipher 'chacha20-plain99': unknown IV 'plain99'"},
        // A header must not choose a driver, or a wrapper around one.
        Refusal{"capi:xts-aes-aesni-plain64",
                "cipher 'capi:xts-aes-aesni-plain64': unknown kernel cipher 'xts'"},
        Refusal{"capi:cryptd(xts(aes))-plain64",
                "cipher 'capi:cryptd(xts(aes))-plain64': unknown kernel cipher 'cryptd(xts(aes))'"},
        Refusal{"capi:pcrypt(rfc4106(gcm(aes)))-random",
                "cipher 'capi:pcrypt(rfc4106(gcm(aes)))-random': unknown kernel cipher "
                "'pcrypt(rfc4106(gcm(aes)))'"},
        Refusal{"capi:xts(xts(aes))-plain64",
                "cipher 'capi:xts(xts(aes))-plain64': unknown kernel cipher 'xts(xts(aes))'"},
        Refusal{"capi:authenc(hmac(sha256),authenc(hmac(sha256),xts(aes)))-random",
                "cipher 'capi:authenc(hmac(sha256),authenc(hmac(sha256),xts(aes)))-random': "
                "unknown kernel cipher "
                "'authenc(hmac(sha256),authenc(hmac(sha256),xts(aes)))'"},
        Refusal{"capi:xts(aes)", "cipher 'capi:xts(aes)' has no IV"},
        Refusal{"capi:xts(aes)-", "cipher 'capi:xts(aes)-': unknown IV ''"},
        Refusal{"capi:xts(aes)x-plain64",
                "cipher 'capi:xts(aes)x-plain64': unknown kernel cipher 'xts(aes)x'"},
        Refusal{"capi:", "cipher 'capi:': unknown kernel cipher ''"},
        Refusal{"capi:)(-null", "cipher 'capi:)(-null': unknown kernel cipher ')('"}));

TEST(ExpandCipher, AsPeopleWriteThem) {
    EXPECT_EQ(expand_cipher("aes"), "aes-cbc-plain");
    EXPECT_EQ(expand_cipher("serpent-plain"), "serpent-cbc-plain");
    EXPECT_EQ(expand_cipher("null"), "cipher_null-ecb");
    EXPECT_EQ(expand_cipher("cipher_null"), "cipher_null-ecb");
    for (const char* full :
         {"aes-xts-plain64", "aes-ecb", "aes-plain64", "capi:xts(aes)-plain64", "capi:aegis128"})
        EXPECT_EQ(expand_cipher(full), full);
}

TEST(CipherParts, SplitAtTheFirstDash) {
    EXPECT_EQ(cipher_name_part("aes-cbc-essiv:sha256"), "aes");
    EXPECT_EQ(cipher_mode_part("aes-cbc-essiv:sha256"), "cbc-essiv:sha256");
    EXPECT_EQ(cipher_name_part("aes"), "aes");
    EXPECT_EQ(cipher_mode_part("aes"), "");
    EXPECT_EQ(cipher_mode_part("aes-"), "");
}

TEST(CipherSpec, TheNullCipherIsKnownInAnyNotation) {
    for (const char* text :
         {"cipher_null-ecb", "cipher_null", "null", "NULL", "capi:ecb(cipher_null)",
          "capi:authenc(hmac(sha256),cbc(cipher_null))-plain64", "CIPHER_NULL-ECB",
          "cipher_null-cbc-essiv:sha256", "capi:cipher_null-generic"})
        EXPECT_TRUE(names_null_cipher(text)) << text;
    for (const char* text : {"aes-cbc-null", "aes-xts-plain64", "", "capi:xts(aes)-plain64"})
        EXPECT_FALSE(names_null_cipher(text)) << text;
    for (const char* text : {"cipher_null-ecb", "capi:ecb(cipher_null)",
                             "capi:authenc(hmac(sha256),cbc(cipher_null))-plain64"}) {
        const auto spec = parse_cipher_spec(text);
        ASSERT_TRUE(spec) << text;
        EXPECT_TRUE(spec->is_null()) << text;
    }
}

// A user wrote it for the kernel: we check its form, but not its names.
TEST(CipherForKernel, MayHaveAnyName) {
    for (const char* text : {"arc4-ecb", "foo-cfb-plain", "aes-xyz-plain64", "aes-cbc-essiv:tgr"})
        EXPECT_TRUE(parse_cipher_for_kernel(text)) << text;
    EXPECT_EQ(parse_cipher_for_kernel("aes-xts").error().message, "cipher 'aes-xts' has no IV");
    EXPECT_EQ(parse_cipher_for_kernel("foo-cbc-plain65").error().message,
              "cipher 'foo-cbc-plain65': unknown IV 'plain65'");
    EXPECT_EQ(parse_cipher_for_kernel("-cbc-plain").error().message,
              "cipher '-cbc-plain': unknown cipher ''");
}

}  // namespace
}  // namespace latchkey::model
