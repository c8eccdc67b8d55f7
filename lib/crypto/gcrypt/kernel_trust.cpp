// SPDX-License-Identifier: LGPL-2.1-or-later
#include "crypto/gcrypt/kernel_trust.h"

#include <optional>
#include <string>

#include "crypto/gcrypt/algorithms.h"
#include "crypto/gcrypt/argon2_trust.h"
#include "crypto/gcrypt/library.h"
#include "crypto/gcrypt/pbkdf2.h"

namespace latchkey::crypto {
namespace {

using kernels::Kernel;

// Compares a derivation of a few microseconds, which gives each lane a different block.  Returns nothing if it could
// not be computed, which says nothing about the kernel.
std::optional<bool> agrees_with_library(const Kernel& kernel) {
    constexpr std::uint64_t kIterations = 3;
    const std::atomic<bool> never{false};
    const model::KdfParams params{.type = std::string(model::kPbkdf2),
                                  .hash = std::string(kernel.hash),
                                  .iterations = kIterations};
    const ByteView passphrase = as_byte_view("does this kernel agree?");
    const ByteView salt = as_byte_view("with libgcrypt");
    const std::size_t length = kernel.streams * kLongestDigest;
    const std::array one = {&kernel};
    const auto ours = pbkdf2_by(one, params, passphrase, salt, length, never);
    const auto reference = pbkdf2_by({}, params, passphrase, salt, length, never);
    if (!ours || !reference) return {};
    return equal_in_constant_time(ours->bytes(), reference->bytes());
}

KernelTrust& trust_of_this_process() {
    static KernelTrust trust(kernels::all_kernels());
    return trust;
}

}  // namespace

KernelTrust::Verdict KernelTrust::verdict(std::size_t kernel) {
    std::atomic<Verdict>& verdict = verdicts_.at(kernel);
    const Verdict known = verdict.load(std::memory_order_relaxed);
    if (known != Verdict::None) return known;
    const auto agrees = agrees_with_library(kernels_[kernel]);
    if (!agrees) return Verdict::None;
    const Verdict found = *agrees ? Verdict::Sound : Verdict::Broken;
    verdict.store(found, std::memory_order_relaxed);
    return found;
}

std::vector<const Kernel*> KernelTrust::sound(std::string_view hash) {
    std::vector<const Kernel*> sound;
    for (std::size_t i = 0; i < kernels_.size(); ++i) {
        const Kernel& kernel = kernels_[i];
        if (kernel.hash != hash || !kernel.runs_here()) continue;
        if (verdict(i) == Verdict::Sound) sound.push_back(&kernel);
    }
    return sound;
}

std::vector<std::string_view> KernelTrust::broken() const {
    std::vector<std::string_view> names;
    for (std::size_t i = 0; i < kernels_.size(); ++i)
        if (verdicts_.at(i).load(std::memory_order_relaxed) == Verdict::Broken)
            names.push_back(kernels_[i].name);
    return names;
}

std::vector<const Kernel*> trusted_kernels(std::string_view hash) {
    const auto algorithm = find_hash(hash);
    if (!algorithm || (*algorithm)->flags != 0 || gcry_fips_mode_active() != 0) return {};
    return trust_of_this_process().sound((*algorithm)->name);
}

void tell_broken(Context& context, std::span<const std::string_view> names) {
    for (const std::string_view name : names)
        context.log_once(LogLevel::Warning,
                         "This processor computes %s wrongly, so libgcrypt does it in its place, "
                         "more slowly: do not trust this machine.",
                         std::string(name).c_str());
}

void tell_broken_kernels(Context& context, const KernelTrust& trust) {
    tell_broken(context, trust.broken());
}

void tell_broken_kernels(Context& context) {
    tell_broken_kernels(context, trust_of_this_process());
    tell_broken(context, argon2_trust().broken());
}

}  // namespace latchkey::crypto
