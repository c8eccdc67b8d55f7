// SPDX-License-Identifier: GPL-2.0-or-later
// A host program that uses libgcrypt itself.  It is a separate program, because libgcrypt must not be initialised
// before.
#include <gcrypt.h>
#include <gtest/gtest.h>

#include "crypto/kdf.h"
#include "support/child.h"

namespace latchkey::crypto {
namespace {

bool derives() {
    const std::atomic<bool> never{false};
    const Bytes salt(32);
    return derive({"argon2id", "", 4, 64, 2}, as_byte_view("p"), salt, 32, never).has_value() &&
           derive({"pbkdf2", "sha256", 10}, as_byte_view("p"), salt, 32, never).has_value();
}

bool finished() {
    return gcry_control(GCRYCTL_INITIALIZATION_FINISHED_P) != 0;
}

bool has_secure_memory() {
    void* bytes = gcry_malloc_secure(16);
    const bool secure = bytes != nullptr && gcry_is_secure(bytes) != 0;
    gcry_free(bytes);
    return secure;
}

TEST(GcryptHost, NothingHappensBeforeFirstUse) {
    EXPECT_EQ(gcry_control(GCRYCTL_ANY_INITIALIZATION_P), 0U);
}

TEST(GcryptHost, WithoutOneWeFinishTheSetUp) {
    EXPECT_EQ(test::in_child([] { return derives() && finished() ? 0 : 1; }), 0);
}

TEST(GcryptHost, ItsFinishedSetUpStays) {
    EXPECT_EQ(test::in_child([] {
                  gcry_check_version(nullptr);
                  gcry_control(GCRYCTL_INIT_SECMEM, 16384, 0);
                  gcry_control(GCRYCTL_INITIALIZATION_FINISHED, 0);
                  return derives() && has_secure_memory() ? 0 : 1;
              }),
              0);
}

TEST(GcryptHost, ItsUnfinishedSetUpIsLeftToIt) {
    EXPECT_EQ(test::in_child([] {
                  gcry_check_version(nullptr);
                  if (!derives() || finished()) return 1;
                  gcry_control(GCRYCTL_INIT_SECMEM, 16384, 0);
                  gcry_control(GCRYCTL_INITIALIZATION_FINISHED, 0);
                  return has_secure_memory() ? 0 : 2;
              }),
              0);
}

}  // namespace
}  // namespace latchkey::crypto
