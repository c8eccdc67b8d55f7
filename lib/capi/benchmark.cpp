// SPDX-License-Identifier: LGPL-2.1-or-later
#include "latchkey/benchmark.h"

#include <algorithm>

#include "capi/guard.h"
#include "model/cipher_spec.h"

using namespace latchkey::capi;
using latchkey::Errc;
using latchkey::Result;

namespace {

constexpr std::uint64_t kMsPerSecond = 1000;

latchkey::KdfRequest request_of(const crypt_pbkdf_type& wish) {
    latchkey::KdfRequest request{.type = wish.type, .time_ms = wish.time_ms};
    if (wish.hash != nullptr) request.hash = wish.hash;
    request.memory_kib = wish.max_memory_kb;
    request.lanes = wish.parallel_threads;
    return request;
}

}  // namespace

int crypt_benchmark(crypt_device* cd, const char* cipher, const char* cipher_mode,
                    size_t volume_key_size, size_t, size_t buffer_size, double* encryption_mbs,
                    double* decryption_mbs) {
    if (cipher == nullptr || cipher_mode == nullptr || volume_key_size == 0 ||
        encryption_mbs == nullptr || decryption_mbs == nullptr || buffer_size == 0)
        return -EINVAL;
    latchkey::Context own;
    return guarded(cd, [&]() -> Result<int> {
        // The IV generator after the mode does not change the speed; XTS and similar modes name none here.
        const std::string mode(cipher_mode,
                               std::string_view(cipher_mode).find('-') == std::string_view::npos
                                   ? std::string_view(cipher_mode).size()
                                   : std::string_view(cipher_mode).find('-'));
        const std::string spec =
            std::string(cipher) + "-" + mode + (mode == "ecb" ? "" : "-plain64");
        if (!latchkey::model::parse_cipher_spec(spec)) return silent(ENOENT);
        auto speed =
            latchkey::benchmark_cipher(cd != nullptr ? cd->context : own, spec, volume_key_size);
        if (!speed) return std::move(speed).error().silently();
        *encryption_mbs = speed->encrypt_mib_s;
        *decryption_mbs = speed->decrypt_mib_s;
        return 0;
    });
}

int crypt_benchmark_pbkdf(crypt_device* cd, struct crypt_pbkdf_type* pbkdf, const char* password,
                          size_t password_size, const char* salt, size_t salt_size,
                          size_t volume_key_size, int (*progress)(uint32_t time_ms, void* usrptr),
                          void* usrptr) {
    if (pbkdf == nullptr || pbkdf->type == nullptr || (password == nullptr && password_size != 0) ||
        (salt == nullptr && salt_size != 0))
        return -EINVAL;
    latchkey::Context own;
    return guarded(cd, [&]() -> Result<int> {
        latchkey::Context& context = cd != nullptr ? cd->context : own;
        if (pbkdf->type == std::string_view(CRYPT_KDF_PBKDF2)) {
            if (pbkdf->hash == nullptr) return silent(EINVAL);
            LK_ASSIGN(const std::uint64_t each_second,
                      latchkey::benchmark_pbkdf2(context, pbkdf->hash, volume_key_size));
            pbkdf->iterations = static_cast<std::uint32_t>(
                std::min<std::uint64_t>(each_second * pbkdf->time_ms / kMsPerSecond, UINT32_MAX));
            pbkdf->max_memory_kb = 0;
            pbkdf->parallel_threads = 0;
        } else {
            LK_ASSIGN(const latchkey::KdfCost cost,
                      latchkey::benchmark_kdf(context, request_of(*pbkdf), volume_key_size));
            pbkdf->iterations = static_cast<std::uint32_t>(cost.iterations);
            pbkdf->max_memory_kb = static_cast<std::uint32_t>(cost.memory_kib);
            pbkdf->parallel_threads = cost.lanes;
        }
        if (progress != nullptr && progress(pbkdf->time_ms, usrptr) != 0) return silent(EINTR);
        return 0;
    });
}
