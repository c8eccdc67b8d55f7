// SPDX-License-Identifier: LGPL-2.1-or-later
#include "crypto/gcrypt/argon2_trust.h"

#include <optional>
#include <string>

#include "crypto/argon2_lanes.h"
#include "crypto/gcrypt/kdfs.h"
#include "crypto/gcrypt/library.h"

namespace latchkey::crypto {
namespace {

// Compares a derivation of some 50 microseconds that has both kinds of addresses, two lanes and a second pass.  Returns
// nothing if it could not be computed, which says nothing about the kernel.
std::optional<bool> argon2_agrees(const kernels::Argon2Kernel& kernel) {
    const std::atomic<bool> never{false};
    const model::KdfParams params{
        .type = std::string(model::kArgon2id), .iterations = 2, .memory_kib = 64, .lanes = 2};
    constexpr std::size_t kLength = 100;
    const ByteView passphrase = as_byte_view("does this kernel agree?");
    const ByteView salt = as_byte_view("with libgcrypt");
    const auto ours = argon2_by(kernel, params, {passphrase, salt}, kLength, never);
    const auto reference = argon2_by_library(params, passphrase, salt, kLength, never);
    if (!ours || !reference) return {};
    return equal_in_constant_time(ours->bytes(), reference->bytes());
}

}  // namespace

Argon2Trust::Verdict Argon2Trust::verdict(std::size_t kernel) {
    std::atomic<Verdict>& verdict = verdicts_.at(kernel);
    const Verdict known = verdict.load(std::memory_order_relaxed);
    if (known != Verdict::None) return known;
    const auto agrees = argon2_agrees(kernels_[kernel]);
    if (!agrees) return Verdict::None;
    const Verdict found = *agrees ? Verdict::Sound : Verdict::Broken;
    verdict.store(found, std::memory_order_relaxed);
    return found;
}

const kernels::Argon2Kernel* Argon2Trust::best() {
    for (std::size_t i = 0; i < kernels_.size(); ++i)
        if (kernels_[i].runs_here() && verdict(i) == Verdict::Sound) return &kernels_[i];
    return nullptr;
}

std::vector<std::string_view> Argon2Trust::broken() const {
    std::vector<std::string_view> names;
    for (std::size_t i = 0; i < kernels_.size(); ++i)
        if (verdicts_.at(i).load(std::memory_order_relaxed) == Verdict::Broken)
            names.push_back(kernels_[i].name);
    return names;
}

Argon2Trust& argon2_trust() {
    static Argon2Trust trust(kernels::all_argon2_kernels());
    return trust;
}

const kernels::Argon2Kernel* trusted_argon2_kernel() {
    return gcry_fips_mode_active() != 0 ? nullptr : argon2_trust().best();
}

}  // namespace latchkey::crypto
