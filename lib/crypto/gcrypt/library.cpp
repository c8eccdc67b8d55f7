// SPDX-License-Identifier: LGPL-2.1-or-later
#include "crypto/gcrypt/library.h"

#include <fcntl.h>

#include <cerrno>
#include <cstring>
#include <mutex>

#include "base/unique_fd.h"

namespace latchkey::crypto {
namespace {

// libgcrypt reads system settings, one file at a time, and aborts if it cannot open another file.
Result<void> check_descriptors() {
    const UniqueFd one(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    if (one.valid() || (errno != EMFILE && errno != ENFILE)) return {};
    return fail(Errc::Io, "libgcrypt cannot read its settings: %s", std::strerror(errno));
}

Result<void> make_ready() {
    // A host program that also uses libgcrypt may have set up secure memory in another way, or finish the set-up later.
    // A set-up that it has begun is left alone.
    if (gcry_control(GCRYCTL_INITIALIZATION_FINISHED_P) != 0) return {};
    LK_TRY(check_descriptors());
    if (gcry_control(GCRYCTL_ANY_INITIALIZATION_P) != 0) {
        gcry_check_version(nullptr);
        return {};
    }
    gcry_check_version(nullptr);
    // SecretBuffer holds the secrets; libgcrypt's pool would only cost locked memory.
    gcry_control(GCRYCTL_DISABLE_SECMEM, 0);
    gcry_control(GCRYCTL_INITIALIZATION_FINISHED, 0);
    return {};
}

}  // namespace

Result<void> require_gcrypt() {
    static std::mutex one_at_a_time;
    static bool ready = false;
    const std::lock_guard lock(one_at_a_time);
    if (!ready) LK_TRY(make_ready());
    ready = true;
    return {};
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
