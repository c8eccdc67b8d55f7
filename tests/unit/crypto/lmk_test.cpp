// SPDX-License-Identifier: GPL-2.0-or-later
#include "crypto/lmk.h"

#include <gtest/gtest.h>

#include "base/endian.h"
#include "base/hex.h"
#include "base/strprintf.h"
#include "crypto/hash.h"
#include "latchkey/loopaes.h"
#include "support/secrets.h"

namespace latchkey::crypto {
namespace {

// Our MD5 equals the library's once the padding is added.
TEST(Md5State, IsMd5) {
    for (const std::size_t length : {64U, 128U, 512U, 576U}) {
        Bytes message(length);
        for (std::size_t i = 0; i < length; ++i) message[i] = static_cast<std::byte>(i * 31);
        const Bytes expected = *digest("md5", message);
        message.resize(length + 64);
        message[length] = std::byte{0x80};
        write_record(MutableByteView(message), Le64(8 * length), length + 56);
        Md5State state;
        state.update(message);
        Bytes actual(16);
        for (std::size_t i = 0; i < 4; ++i)
            write_record(MutableByteView(actual), Le32(state.words[i]), 4 * i);
        EXPECT_EQ(to_hex(actual), to_hex(expected)) << length;
    }
}

SecretBuffer vector_key(int keys) {
    std::string file;
    for (int key = 0; key < keys; ++key) {
        for (int i = 0; i < 10; ++i) file += strprintf("%03d", key);
        file += "abcdefghijklmnopqrstuvwxyz0123\n";
    }
    auto parsed = loopaes::parse_keyfile({}, test::secret(file));
    EXPECT_TRUE(parsed);
    return SecretBuffer::copy_of(parsed->key.bytes());
}

std::unique_ptr<SectorCipher> lmk(const char* text, ByteView key) {
    const auto spec = model::parse_cipher_spec(text);
    EXPECT_TRUE(spec);
    auto cipher = make_sector_cipher(*spec, key);
    EXPECT_TRUE(cipher) << cipher.error().message;
    EXPECT_TRUE(check_cipher(*spec, key.size()));
    return std::move(cipher).value();
}

// 70 sectors that the kernel encrypted.
TEST(Lmk, MatchesTheKernel) {
    struct LmkVector {
        int keys;
        const char* sector_0;
        const char* sector_65;
    };
    for (const LmkVector& v :
         {LmkVector{64, "70bbe1b5fc418aa074831fe6688d52668a307844bb2858ea64a989ffeeef01f2",
                    "08a0474b93e7181b2886753a699359ce"},
          LmkVector{65, "f70a5e6f881d28c332684c510cb014eabe9abe910ff5d8c781192954d7d123a4",
                    "fdf4506580fcb04667b30c9a163c9db3"}}) {
        const auto cipher = lmk("aes:64-cbc-lmk", vector_key(v.keys).bytes());
        Bytes plaintext(std::size_t{70} * 512);
        for (std::size_t at = 0; at < plaintext.size(); ++at)
            plaintext[at] = static_cast<std::byte>(7 * (at % 512) + 13 * (at / 512));
        Bytes bytes = plaintext;
        ASSERT_TRUE(cipher->encrypt(0, bytes));
        EXPECT_EQ(to_hex(ByteView(bytes).first(32)), v.sector_0);
        EXPECT_EQ(to_hex(ByteView(bytes).subspan(std::size_t{65} * 512, 16)), v.sector_65);
        ASSERT_TRUE(cipher->decrypt(0, bytes));
        EXPECT_EQ(bytes, plaintext);
    }
}

// The digest uses 56 bits of the sector number, the choice of the key uses all.
TEST(Lmk, CountsFar) {
    const auto cipher = lmk("aes:64-cbc-lmk", vector_key(65).bytes());
    Bytes near(512);
    Bytes far(512);
    ASSERT_TRUE(cipher->encrypt(0, near));
    ASSERT_TRUE(cipher->encrypt(std::uint64_t{1} << 32, far));
    EXPECT_NE(near, far);
    ASSERT_TRUE(cipher->decrypt(std::uint64_t{1} << 32, far));
    EXPECT_EQ(far, Bytes(512));
}

TEST(Lmk, Refuses) {
    const auto outcome = [](const char* text, std::size_t key_bytes, std::uint32_t sector = 512) {
        const auto spec = model::parse_cipher_spec(text);
        EXPECT_TRUE(spec);
        const auto cipher = make_sector_cipher(*spec, Bytes(key_bytes), {.sector_size = sector});
        return cipher ? std::string("made") : cipher.error().message;
    };
    EXPECT_EQ(outcome("aes:64-cbc-lmk", 64 * 32, 4096),
              "cipher 'aes:64-cbc-lmk' has sectors of 512 bytes, not 4096");
    EXPECT_EQ(outcome("aes:64-cbc-lmk", 64 * 32 + 1),
              "cipher 'aes:64-cbc-lmk' has no keys of 2049 bytes");
    EXPECT_EQ(outcome("aes:64-cbc-lmk", 64 * 17), "cipher 'aes' has no keys of 17 bytes");
    EXPECT_EQ(outcome("aes:64-cbc-lmk", 0), "cipher 'aes:64-cbc-lmk' has no keys of 0 bytes");
    EXPECT_EQ(outcome("aes:64-xts-lmk", 64 * 32),
              "cipher 'aes:64-xts-lmk': IV 'lmk' works only with mode 'cbc'");
    EXPECT_EQ(outcome("aes:2-cbc-lmk", 2 * 16), "made");
    const auto cipher = lmk("aes-cbc-lmk", Bytes(16));
    Bytes bytes(100);
    const auto refused = cipher->encrypt(0, bytes);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().message, "100 bytes are not a multiple of sector size 512");
}

}  // namespace
}  // namespace latchkey::crypto
