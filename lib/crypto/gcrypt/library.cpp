// SPDX-License-Identifier: LGPL-2.1-or-later
#include "crypto/gcrypt/library.h"

namespace latchkey::crypto {
namespace {

bool make_ready() {
    // A host program that uses libgcrypt too has its own idea of secure memory and of when the
    // set-up ends; what it began is left to it.
    if (gcry_control(GCRYCTL_INITIALIZATION_FINISHED_P) != 0) return true;
    if (gcry_control(GCRYCTL_ANY_INITIALIZATION_P) != 0) {
        gcry_check_version(nullptr);
        return true;
    }
    gcry_check_version(nullptr);
    // Our secrets lie in SecretBuffer; the pool would cost locked memory for nothing.
    gcry_control(GCRYCTL_DISABLE_SECMEM, 0);
    gcry_control(GCRYCTL_INITIALIZATION_FINISHED, 0);
    return true;
}

}  // namespace

void require_gcrypt() {
    static const bool ready = make_ready();
    (void)ready;
}

Error gcrypt_failure(gcry_error_t error, const char* what) {
    const auto code = gcry_err_code(error);
    if (code == GPG_ERR_ENOMEM) return fail(Errc::OutOfMemory, "%s: no memory", what);
    return fail(
        code == GPG_ERR_CIPHER_ALGO || code == GPG_ERR_DIGEST_ALGO || code == GPG_ERR_NOT_SUPPORTED
            ? Errc::MissingCipher
            : Errc::InvalidArgument,
        "%s: libgcrypt says '%s'", what, gcry_strerror(error));
}

}  // namespace latchkey::crypto
