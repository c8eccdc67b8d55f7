// SPDX-License-Identifier: LGPL-2.1-or-later
// Argon2i and Argon2id, version 0x13 (RFC 9106): with a kernel, or with libgcrypt and the lanes on threads of this process.
#include <algorithm>
#include <array>

#include "base/scope_guard.h"
#include "crypto/argon2_lanes.h"
#include "crypto/gcrypt/argon2_trust.h"
#include "crypto/gcrypt/kdfs.h"
#include "crypto/gcrypt/library.h"
#include "crypto/job_pool.h"
#include "crypto/libargon2.h"

namespace latchkey::crypto {
namespace {

constexpr std::uint32_t kMaxLanes = 0xffffff;  // RFC 9106 section 3.1

constexpr std::uint64_t kMostMemoryKib = UINT32_MAX;  // RFC 9106 section 3.1

// libgcrypt 1.10.1 computes the size in bytes with 32 bits.  4 GiB would become 0, and a larger size would become a
// buffer that is too small, and overrun.
constexpr std::uint64_t kMaxMemoryKib = UINT32_MAX / 1024;

Result<void> check(const model::KdfParams& params) {
    const auto type = params.type.c_str();
    if (params.iterations < 1 || params.iterations > UINT32_MAX)
        return fail(Errc::InvalidArgument, "%s time %llu is not within 1 and %u", type,
                    static_cast<unsigned long long>(params.iterations), UINT32_MAX);
    if (params.lanes < 1 || params.lanes > kMaxLanes)
        return fail(Errc::InvalidArgument, "%s lanes %u are not within 1 and %u", type,
                    params.lanes, kMaxLanes);
    const std::uint64_t least_kib = 8 * std::uint64_t{params.lanes};
    if (params.memory_kib < least_kib)
        return fail(Errc::InvalidArgument, "%s memory %llu KiB < %llu KiB, 8 for each lane", type,
                    static_cast<unsigned long long>(params.memory_kib),
                    static_cast<unsigned long long>(least_kib));
    if (params.memory_kib > kMostMemoryKib)
        return fail(Errc::InvalidArgument, "%s memory %llu KiB > %llu KiB", type,
                    static_cast<unsigned long long>(params.memory_kib),
                    static_cast<unsigned long long>(kMostMemoryKib));
    return {};
}

int dispatch(void* context, gcry_kdf_job_fn_t run, void* argument) {
    return static_cast<JobPool*>(context)->submit({run, argument}) ? 0 : -1;
}

int wait_all(void* context) {
    return static_cast<JobPool*>(context)->wait() ? 0 : -1;
}

}  // namespace

Result<SecretBuffer> argon2_by_library(const model::KdfParams& params, ByteView passphrase,
                                       ByteView salt, std::size_t length,
                                       const std::atomic<bool>& cancelled) {
    LK_TRY(require_gcrypt());
    // libgcrypt also requires a passphrase of at least one byte, which RFC 9106 does not.
    if (params.memory_kib > kMaxMemoryKib || passphrase.empty())
        return derive_by_libargon2(params, passphrase, salt, length, cancelled);

    // None is larger than 32 bits: check() refuses that, or libargon2 takes it.
    const std::array<unsigned long, 4> numbers = {
        length, static_cast<unsigned long>(params.iterations),
        static_cast<unsigned long>(params.memory_kib), params.lanes};
    gcry_kdf_hd_t handle = nullptr;
    const auto error =
        gcry_kdf_open(&handle, GCRY_KDF_ARGON2,
                      params.type == model::kArgon2i ? GCRY_KDF_ARGON2I : GCRY_KDF_ARGON2ID,
                      numbers.data(), static_cast<unsigned>(numbers.size()), passphrase.data(),
                      passphrase.size(), salt.data(), salt.size(), nullptr, 0, nullptr, 0);
    if (gcry_err_code(error) == GPG_ERR_ENOMEM)
        return fail(Errc::OutOfMemory, "%s needs %llu KiB of memory, which is not available",
                    params.type.c_str(), static_cast<unsigned long long>(params.memory_kib));
    if (error != 0) return gcrypt_failure(error, params.type.c_str());
    const ScopeGuard close_handle([handle] { gcry_kdf_close(handle); });  // wipes the memory

    {
        JobPool pool(std::min<std::size_t>(params.lanes, kMaxArgon2Threads), cancelled);
        const gcry_kdf_thread_ops_t threads = {&pool, &dispatch, &wait_all};
        const auto compute_error = gcry_kdf_compute(handle, &threads);
        if (cancelled.load(std::memory_order_relaxed))
            return fail(Errc::Interrupted, "stopped while a key was derived");
        if (compute_error != 0) return gcrypt_failure(compute_error, params.type.c_str());
    }
    SecretBuffer derived(length);
    if (const auto final_error = gcry_kdf_final(handle, length, derived.bytes().data()))
        return gcrypt_failure(final_error, params.type.c_str());
    return derived;
}

Result<SecretBuffer> argon2(const model::KdfParams& params, ByteView passphrase, ByteView salt,
                            std::size_t length, const std::atomic<bool>& cancelled) {
    LK_TRY(require_gcrypt());
    LK_TRY(check(params));
    if (length < 4 || length > UINT32_MAX)
        return fail(Errc::InvalidArgument, "%s cannot make a key of %zu bytes", params.type.c_str(),
                    length);
    if (cancelled.load(std::memory_order_relaxed))
        return fail(Errc::Interrupted, "stopped while a key was derived");
    if (const kernels::Argon2Kernel* kernel = trusted_argon2_kernel())
        return argon2_by(*kernel, params, {passphrase, salt}, length, cancelled);
    return argon2_by_library(params, passphrase, salt, length, cancelled);
}

}  // namespace latchkey::crypto
