// SPDX-License-Identifier: LGPL-2.1-or-later
// Limits the time and memory that a header can make this process spend.
#include <algorithm>
#include <string_view>

#include "base/bytes.h"
#include "base/i18n.h"
#include "base/strprintf.h"
#include "crypto/hash.h"
#include "crypto/kdf.h"
#include "crypto/memory_limits.h"

namespace latchkey::crypto {
namespace {

using ull = unsigned long long;

// The options that raise the limits of KdfPolicy; "K" because a size on the command line is in bytes.
std::string raise_hint(const char* option, std::uint64_t value, const char* unit = "") {
    return strprintf(translate(N_("if you trust this header, %s %llu%s allows it")), option,
                     static_cast<ull>(value), unit);
}
constexpr const char* kIterationsOption = "--kdf-max-iterations";
constexpr const char* kTimeOption = "--kdf-max-time";
constexpr const char* kMemoryOption = "--kdf-max-memory";
constexpr const char* kTotalOption = "--kdf-max-total";

// The speed of a current machine, which the limits of KdfPolicy assume.
constexpr double kIterationsPerSecond = 1e9 / 600;
constexpr double kWorkKibPerSecond = double{1U << 30U} / 600;

// Returns how many times slower than SHA-256 a hash is; 1 unless it is much slower.
double slowness(std::string_view hash) {
    constexpr double kMuchSlower = 4;
    for (const std::string_view slow : {"whirlpool", "stribog", "streebog", "sha3-", "gost"})
        if (hash.starts_with(slow)) return kMuchSlower;
    return 1;
}

Result<void> check_available(const model::KdfParams& params) {
    const MemoryHeadroom headroom = system_memory_headroom();
    if (params.memory_kib <= headroom.kib) return {};
    if (headroom.cgroup.empty())
        return fail(Errc::OutOfMemory, "%s memory %llu KiB > %llu KiB that are free",
                    params.type.c_str(), static_cast<ull>(params.memory_kib),
                    static_cast<ull>(headroom.kib));
    return fail(Errc::OutOfMemory, "%s memory %llu KiB > %llu KiB that the cgroup %s still allows",
                params.type.c_str(), static_cast<ull>(params.memory_kib),
                static_cast<ull>(headroom.kib), headroom.cgroup.c_str())
        .with_hint(translate(N_("raise the memory limit of the cgroup (systemd: MemoryMax=), or "
                                "run outside of it")));
}

}  // namespace

void KdfTotal::add(const model::KdfParams& params, std::size_t length) {
    if (params.is_argon2()) {
        seconds_ += static_cast<double>(params.iterations) *
                    static_cast<double>(params.memory_kib) / kWorkKibPerSecond;
        return;
    }
    // An unknown hash costs nothing, because nothing is derived with it.
    const auto block = hash_length(params.hash);
    if (!block || *block == 0) return;
    const std::size_t blocks = (length + *block - 1) / *block;
    seconds_ += static_cast<double>(params.iterations) * static_cast<double>(blocks) *
                slowness(params.hash) / kIterationsPerSecond;
}

std::uint64_t KdfTotal::seconds() const {
    constexpr double kMost = 1e18;
    return static_cast<std::uint64_t>(std::min(seconds_, kMost));
}

Result<void> KdfTotal::check(const KdfPolicy& policy, std::size_t keyslots) const {
    if (seconds() <= policy.max_total_seconds) return {};
    if (keyslots < 2)
        return fail(Errc::CostRefused,
                    "key derivation for the keyslot and its digest: about %llu seconds > %u that "
                    "are allowed",
                    static_cast<ull>(seconds()), policy.max_total_seconds)
            .with_hint(raise_hint(kTotalOption, seconds()));
    return fail(Errc::CostRefused,
                "key derivation for %zu keyslots and their digests: about %llu seconds > %u that "
                "are allowed",
                keyslots, static_cast<ull>(seconds()), policy.max_total_seconds)
        .with_hint(
            strprintf(translate(N_("--key-slot tries one of them alone; if you trust this header, "
                                   "%s %llu allows all")),
                      kTotalOption, static_cast<ull>(seconds())));
}

Result<void> check_iterations(std::uint64_t iterations, const KdfPolicy& policy, const char* what) {
    if (iterations <= policy.max_iterations) return {};
    return fail(Errc::CostRefused, "%s: pbkdf2 iterations %llu > %llu that are allowed", what,
                static_cast<ull>(iterations), static_cast<ull>(policy.max_iterations))
        .with_hint(raise_hint(kIterationsOption, iterations));
}

Result<void> check_kdf_cost(const model::KdfParams& params, const KdfPolicy& policy) {
    if (!params.is_argon2()) {
        if (params.iterations <= policy.max_iterations) return {};
        return fail(Errc::CostRefused, "%s iterations %llu > %llu that are allowed",
                    params.type.c_str(), static_cast<ull>(params.iterations),
                    static_cast<ull>(policy.max_iterations))
            .with_hint(raise_hint(kIterationsOption, params.iterations));
    }
    if (params.lanes > policy.max_lanes)
        return fail(Errc::CostRefused, "%s lanes %u > %u that are allowed", params.type.c_str(),
                    params.lanes, policy.max_lanes)
            .with_hint(
                translate(N_("no program writes that many: the header is damaged, or hostile")));
    if (params.iterations > policy.max_time)
        return fail(Errc::CostRefused, "%s time %llu > %u that is allowed", params.type.c_str(),
                    static_cast<ull>(params.iterations), policy.max_time)
            .with_hint(raise_hint(kTimeOption, params.iterations));
    if (params.memory_kib > policy.max_memory_kib)
        return fail(Errc::CostRefused, "%s memory %llu KiB > %llu KiB that are allowed",
                    params.type.c_str(), static_cast<ull>(params.memory_kib),
                    static_cast<ull>(policy.max_memory_kib))
            .with_hint(raise_hint(kMemoryOption, params.memory_kib, "K"));
    const auto work_kib = checked_multiply(params.iterations, params.memory_kib);
    if (!work_kib || *work_kib > policy.max_work_kib)
        return fail(Errc::CostRefused,
                    "%s time %llu times memory %llu KiB > %llu KiB that are allowed",
                    params.type.c_str(), static_cast<ull>(params.iterations),
                    static_cast<ull>(params.memory_kib), static_cast<ull>(policy.max_work_kib))
            // An explicit number of passes also lifts the limit of the product (set_policy in src/main.cpp).
            .with_hint(raise_hint(kTimeOption, params.iterations));
    if (policy.check_available_memory) return check_available(params);
    return {};
}

}  // namespace latchkey::crypto
