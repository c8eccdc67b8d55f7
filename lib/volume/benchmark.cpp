// SPDX-License-Identifier: LGPL-2.1-or-later
#include "latchkey/benchmark.h"

#include "base/i18n.h"
#include "base/working.h"
#include "crypto/cipher.h"
#include "crypto/kdf.h"
#include "crypto/kernel_name.h"
#include "model/cipher_spec.h"

namespace latchkey {

Result<std::uint64_t> benchmark_pbkdf2(Context& context, std::string_view hash,
                                       std::size_t key_bytes) {
    const Working working(context, N_("measuring %s"), "pbkdf2");
    auto rate = crypto::measure_pbkdf2(hash, key_bytes, context.cancelled());
    crypto::tell_broken_kernels(context);
    return rate;
}

Result<KdfCost> benchmark_kdf(Context& context, const KdfRequest& request, std::size_t key_bytes) {
    const Working working(context, N_("measuring %s"), request.type.c_str());
    const auto chosen_or_error = crypto::choose_kdf(request, key_bytes, context.cancelled());
    crypto::tell_broken_kernels(context);
    if (!chosen_or_error) return chosen_or_error.error();
    const model::KdfParams& chosen = *chosen_or_error;
    return KdfCost{chosen.iterations, chosen.memory_kib, chosen.lanes};
}

std::string kdf_kernel(std::string_view type, std::string_view hash, std::size_t key_bytes) {
    return crypto::kernel_name({.type = std::string(type), .hash = std::string(hash)}, key_bytes);
}

Result<CipherSpeed> benchmark_cipher(Context&, std::string_view cipher, std::size_t key_bytes) {
    LK_ASSIGN(const model::CipherSpec spec, model::parse_cipher_spec(model::expand_cipher(cipher)));
    LK_ASSIGN(const crypto::CipherRate rate, crypto::measure_cipher(spec, key_bytes));
    return CipherSpeed{rate.encrypt_mib_s, rate.decrypt_mib_s};
}

}  // namespace latchkey
