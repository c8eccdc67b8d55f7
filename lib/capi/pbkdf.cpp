// SPDX-License-Identifier: LGPL-2.1-or-later
// The cost of new keyslots: defaults, and the caller's settings.
#include "capi/pbkdf.h"

#include <algorithm>

#include "base/i18n.h"
#include "capi/guard.h"
#include "crypto/cipher.h"
#include "crypto/hash.h"
#include "crypto/kdf.h"
#include "latchkey/peer.h"
#include "model/cipher_spec.h"

namespace latchkey::capi {
namespace {

constexpr std::uint32_t kDefaultTimeMs = 2000;
constexpr std::uint32_t kDefaultMemoryKib = 1048576;
constexpr std::uint32_t kDefaultLanes = 4;
constexpr std::uint32_t kFewestIterations = 1000;  // PBKDF2
constexpr std::uint32_t kFewestPasses = 4;         // Argon2
constexpr std::uint32_t kLeastMemoryKib = 32;
constexpr std::uint32_t kMostMemoryKib = 4194304;
constexpr std::uint32_t kMostLanes = 4;
constexpr const char* kDefaultHash = "sha256";

constexpr crypt_pbkdf_type kPbkdf2Default = {
    CRYPT_KDF_PBKDF2, kDefaultHash, kDefaultTimeMs, 0, 0, 0, 0};
constexpr crypt_pbkdf_type kArgon2iDefault = {
    CRYPT_KDF_ARGON2I, kDefaultHash, kDefaultTimeMs, 0, kDefaultMemoryKib, kDefaultLanes, 0};
constexpr crypt_pbkdf_type kArgon2idDefault = {
    CRYPT_KDF_ARGON2ID, kDefaultHash, kDefaultTimeMs, 0, kDefaultMemoryKib, kDefaultLanes, 0};

const crypt_pbkdf_type* default_of_kdf(std::string_view name) {
    for (const crypt_pbkdf_type* one : {&kPbkdf2Default, &kArgon2iDefault, &kArgon2idDefault})
        if (name == one->type) return one;
    return nullptr;
}

// A context without a type counts as LUKS1: every format can store PBKDF2.
const crypt_pbkdf_type& default_of_type(std::string_view type) {
    return type == CRYPT_LUKS2 ? kArgon2idDefault : kPbkdf2Default;
}

PbkdfSettings copy_of(const crypt_pbkdf_type& from) {
    return {.type = from.type,
            .hash = from.hash != nullptr ? from.hash : "",
            .time_ms = from.time_ms,
            .iterations = from.iterations,
            .max_memory_kb = from.max_memory_kb,
            .lanes = from.parallel_threads,
            .flags = from.flags};
}

// Uses at most half of the machine's memory, and no more lanes than processors; what is not to be measured stays.
void fit_to_machine(PbkdfSettings& settings) {
    if (settings.type == CRYPT_KDF_PBKDF2) return;
    settings.lanes = std::min(settings.lanes, kMostLanes);
    const bool forced = (settings.flags & CRYPT_PBKDF_NO_BENCHMARK) != 0;
    if (forced && !habits_of(built_peer_release()).caps_forced_costs) return;
    settings.lanes = std::min(settings.lanes, crypto::online_cpus());
    settings.max_memory_kb = static_cast<std::uint32_t>(
        std::min<std::uint64_t>(settings.max_memory_kb, crypto::physical_memory_kib() / 2));
}

// Returns what is wrong with a cost, in the peer's words.
std::string refusal(Condition cause, const char* kdf, long long limit) {
    return peer_words(Error(Errc::InvalidArgument).because(cause, kdf, {}, limit));
}

// Returns one line for each fault; empty if there is none.
std::vector<std::string> refusals_of_argon2(const crypt_pbkdf_type& wish, bool forced) {
    std::vector<std::string> lines;
    if (wish.parallel_threads > kMostLanes && habits_of(built_peer_release()).refuses_many_lanes)
        lines.push_back(refusal(Condition::LanesTooMany, wish.type, kMostLanes));
    if (wish.max_memory_kb > kMostMemoryKib)
        lines.push_back(refusal(Condition::MemoryCostTooHigh, wish.type, kMostMemoryKib));
    if (forced && wish.iterations < kFewestPasses)
        lines.push_back(refusal(Condition::IterationsTooFew, wish.type, kFewestPasses));
    if (forced && wish.max_memory_kb < kLeastMemoryKib)
        lines.push_back(refusal(Condition::MemoryCostTooLow, wish.type, kLeastMemoryKib));
    if (wish.max_memory_kb == 0)
        lines.emplace_back(translate(N_("Requested maximum PBKDF memory cannot be zero.")));
    if (wish.parallel_threads == 0)
        lines.emplace_back(translate(N_("Requested PBKDF parallel threads cannot be zero.")));
    return lines;
}

std::vector<std::string> refusals_of_pbkdf2(const crypt_pbkdf_type& wish, bool forced) {
    if (!forced || wish.iterations >= kFewestIterations) return {};
    return {refusal(Condition::IterationsTooFew, wish.type, kFewestIterations)};
}

Result<void> check(const crypt_pbkdf_type& wish, std::string_view type) {
    if (wish.type == nullptr) return silent(EINVAL);
    if (default_of_kdf(wish.type) == nullptr)
        return fail(Errc::InvalidArgument, "there is no KDF '%s'", wish.type)
            .because(Condition::UnknownKdf, wish.type);
    if (wish.hash != nullptr) {
        auto length = crypto::hash_length(wish.hash);
        if (!length && length.error().code != Errc::MissingCipher) return std::move(length).error();
        if (!length) return error_saying(EINVAL, "Requested hash %s is not supported.", wish.hash);
    }
    const bool pbkdf2 = std::string_view(wish.type) == CRYPT_KDF_PBKDF2;
    if (type == CRYPT_LUKS1 && !pbkdf2)
        return error_saying(EINVAL, "Only PBKDF2 is supported in FIPS mode or for LUKS1.");
    const bool forced = (wish.flags & CRYPT_PBKDF_NO_BENCHMARK) != 0;
    if (!forced && wish.time_ms == 0)
        return error_saying(EINVAL, "Requested PBKDF target time cannot be zero.");
    std::string all;
    for (const std::string& line :
         pbkdf2 ? refusals_of_pbkdf2(wish, forced) : refusals_of_argon2(wish, forced))
        all += (all.empty() ? "" : "\n") + line;
    if (all.empty()) return {};
    return Error(Errc::InvalidArgument).saying(std::move(all));
}

}  // namespace

AreaCipher default_area_cipher(const crypt_device& cd) {
    if (!cd.area_cipher.cipher.empty()) return cd.area_cipher;
    const LuksFacet* luks = luks_of(cd);
    if (luks == nullptr) return {};
    constexpr std::uint32_t kDefaultKeyBytes = 64;
    const VolumeInfo info = luks->volume().info();
    std::uint32_t key_bytes = info.key_bytes;
    if (key_bytes == 0 && cd.key) key_bytes = static_cast<std::uint32_t>(cd.key->size());
    if (key_bytes == 0) return {"aes-xts-plain64", kDefaultKeyBytes};
    return {info.cipher, key_bytes};
}

Result<void> set_area_cipher(crypt_device& cd, std::string_view cipher, std::size_t key_bytes) {
    auto spec = model::parse_cipher_spec(cipher);
    if (!spec) return std::move(spec).error().silently();
    if (spec->is_null()) return silent(EINVAL);
    auto usable = crypto::check_cipher(*spec, key_bytes);
    if (!usable) return std::move(usable).error().silently().with_errno(EINVAL);
    cd.area_cipher = {std::string(cipher), static_cast<std::uint32_t>(key_bytes)};
    return {};
}

Result<void> set_pbkdf(crypt_device& cd, const crypt_pbkdf_type* wish, std::string_view type) {
    if (wish == nullptr) wish = &default_of_type(type);
    LK_TRY(check(*wish, type));
    PbkdfSettings settings = copy_of(*wish);
    fit_to_machine(settings);
    if ((settings.flags & CRYPT_PBKDF_NO_BENCHMARK) != 0) settings.time_ms = 0;
    cd.pbkdf = std::move(settings);
    return {};
}

PbkdfSettings effective_pbkdf(const crypt_device& cd) {
    if (cd.pbkdf) return *cd.pbkdf;
    PbkdfSettings settings = copy_of(default_of_type(type_of(cd)));
    fit_to_machine(settings);
    return settings;
}

}  // namespace latchkey::capi

using namespace latchkey::capi;

const struct crypt_pbkdf_type* crypt_get_pbkdf_type_params(const char* pbkdf_type) {
    return pbkdf_type == nullptr ? nullptr : default_of_kdf(pbkdf_type);
}

const struct crypt_pbkdf_type* crypt_get_pbkdf_default(const char* type) {
    if (type == nullptr) return nullptr;
    const std::string_view name(type);
    return name == CRYPT_LUKS1 || name == CRYPT_LUKS2 ? &default_of_type(name) : nullptr;
}

const struct crypt_pbkdf_type* crypt_get_pbkdf_type(crypt_device* cd) {
    if (cd == nullptr || (!cd->pbkdf && type_of(*cd).empty())) return nullptr;
    return guarded_or(cd, static_cast<const crypt_pbkdf_type*>(nullptr), [&] {
        const PbkdfSettings settings = effective_pbkdf(*cd);
        cd->pbkdf_view = {
            .type = hand_out(*cd, "kdf", settings.type),
            .hash = settings.hash.empty() ? nullptr : hand_out(*cd, "hash", settings.hash),
            .time_ms = settings.time_ms,
            .iterations = settings.iterations,
            .max_memory_kb = settings.max_memory_kb,
            .parallel_threads = settings.lanes,
            .flags = settings.flags};
        return static_cast<const crypt_pbkdf_type*>(&cd->pbkdf_view);
    });
}

int crypt_set_pbkdf_type(crypt_device* cd, const struct crypt_pbkdf_type* pbkdf) {
    return guarded_with(cd,
                        [&](crypt_device& self) { return set_pbkdf(self, pbkdf, type_of(self)); });
}

void crypt_set_iteration_time(crypt_device* cd, uint64_t iteration_time_ms) {
    if (cd == nullptr || iteration_time_ms > UINT32_MAX) return;
    (void)guarded(cd, [&]() -> latchkey::Result<void> {
        PbkdfSettings settings = effective_pbkdf(*cd);
        settings.time_ms = static_cast<std::uint32_t>(iteration_time_ms);
        settings.iterations = 0;
        settings.flags &= ~std::uint32_t{CRYPT_PBKDF_NO_BENCHMARK};
        settings.flags |= CRYPT_PBKDF_ITER_TIME_SET;
        cd->pbkdf = std::move(settings);
        return {};
    });
}
