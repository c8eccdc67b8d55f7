// SPDX-License-Identifier: LGPL-2.1-or-later
#include "luks1/keyslot_verbs.h"

#include <limits>

#include "base/i18n.h"
#include "base/strprintf.h"
#include "luks1/digest.h"
#include "luks1/keyslot.h"

namespace latchkey::luks1 {
namespace {

// What LUKS1 can store of a specification: nothing but the iterations.  The hash is the header's.
Result<std::uint32_t> iterations_of(const formats::KeyslotSpec& spec) {
    LK_TRY(check_keyslot_wish(spec.kdf.type, spec.area_cipher, spec.name));
    constexpr std::uint64_t kMax = std::numeric_limits<std::uint32_t>::max();
    if (spec.kdf.iterations < kMinIterations || spec.kdf.iterations > kMax)
        return fail(Errc::InvalidArgument, "iterations %llu is not between %llu and %llu",
                    static_cast<unsigned long long>(spec.kdf.iterations),
                    static_cast<unsigned long long>(kMinIterations),
                    static_cast<unsigned long long>(kMax));
    return static_cast<std::uint32_t>(spec.kdf.iterations);
}

// A caller may hold the key of another volume: a keyslot with it would open, and yield garbage.
Result<void> check_key(const Context& context, const Header& header, const VolumeKey& key) {
    LK_TRY(verify_key(context, header, CandidateKey(SecretBuffer::copy_of(key.bytes()))));
    return {};
}

Result<void> check_free(const Header& header, int number) {
    LK_TRY(check_keyslot_number(number));
    const Keyslot& keyslot = header.keyslot(number);
    if (keyslot.invalid()) return invalid_state_error(number, keyslot);
    if (!keyslot.disabled()) return fail(Errc::KeyslotInUse, "keyslot %d is in use", number);
    return {};
}

Result<void> check_enabled(const Header& header, int number) {
    LK_TRY(check_keyslot_number(number));
    const Keyslot& keyslot = header.keyslot(number);
    if (keyslot.invalid()) return invalid_state_error(number, keyslot);
    if (!keyslot.enabled()) return fail(Errc::KeyslotInactive, "keyslot %d is not active", number);
    return {};
}

// The area first: until the header says so, a keyslot whose area is half written is disabled.
Result<void> store(Context& context, Change& change, int number, const VolumeKey& key,
                   const Passphrase& passphrase, std::uint32_t iterations) {
    Header next = change.header();
    LK_ASSIGN(const auto sealed, seal_keyslot(context, next, number, key, passphrase, iterations));
    LK_TRY(change.write_area(number, sealed.area));
    next.keyslot(number) = sealed.record;
    return change.commit(next);
}

// The area first, again: a keyslot that is cut short still shows as enabled, so that its owner sees that it was
// not finished and can do it again.  The other way round its material would stay, unseen.
Result<void> destroy(Context& context, Change& change, int number) {
    LK_TRY(change.destroy_area(context, number));
    Header next = change.header();
    next.keyslot(number) = {kStateDisabled, 0, {}, next.keyslot(number).area_offset_sectors};
    return change.commit(next);
}

}  // namespace

Result<void> check_keyslot_wish(const std::string& kdf, const std::string& area_cipher,
                                const std::string& name) {
    if (!kdf.empty() && kdf != model::kPbkdf2)
        return fail(Errc::NotSupported, "LUKS1 keyslots take pbkdf2, not %s", kdf.c_str());
    if (!area_cipher.empty())
        return fail(Errc::NotSupported, "LUKS1 keyslots have no cipher of their own, so not %s",
                    area_cipher.c_str());
    if (!name.empty()) return fail(Errc::NotSupported, "LUKS1 keyslots have no names");
    return {};
}

Result<int> add_keyslot(Context& context, Change& change, const VolumeKey& key,
                        const Passphrase& passphrase, const formats::KeyslotSpec& spec) {
    LK_ASSIGN(const std::uint32_t iterations, iterations_of(spec));
    const std::optional<int> number = spec.number ? spec.number : change.header().free_keyslot();
    if (!number) return fail(Errc::NoSpace, "all %d keyslots are in use", kKeyslotCount);
    LK_TRY(check_free(change.header(), *number));
    LK_TRY(check_key(context, change.header(), key));
    LK_TRY(store(context, change, *number, key, passphrase, iterations));
    return *number;
}

Result<int> change_keyslot(Context& context, Change& change, int number, const VolumeKey& key,
                           const Passphrase& passphrase, const formats::KeyslotSpec& spec) {
    LK_ASSIGN(const std::uint32_t iterations, iterations_of(spec));
    LK_TRY(check_enabled(change.header(), number));
    LK_TRY(change.expect_unchanged(number));
    LK_TRY(check_key(context, change.header(), key));
    const std::optional<int> free = change.header().free_keyslot();
    const int target = spec.number.value_or(free.value_or(number));

    if (target != number) {
        LK_TRY(check_free(change.header(), target));
        LK_TRY(store(context, change, target, key, passphrase, iterations));
        LK_TRY(destroy(context, change, number));
        return target;
    }
    // In place there is no instant at which this keyslot's record and area belong together.  A free keyslot holds
    // the new passphrase meanwhile; two headers are never mixed, as each commit changes one record.
    if (free) {
        LK_TRY(store(context, change, *free, key, passphrase, iterations));
    } else {
        context.log(
            LogLevel::Warning,
            strprintf(translate("keyslot %d is rewritten in place, as all %d are in use: a power "
                                "failure now would destroy it, and leave the others as they are"),
                      number, kKeyslotCount));
    }
    LK_TRY(store(context, change, number, key, passphrase, iterations));
    if (free) LK_TRY(destroy(context, change, *free));
    return number;
}

Result<void> kill_keyslot(Context& context, Change& change, int number) {
    LK_TRY(check_enabled(change.header(), number));
    LK_TRY(change.expect_unchanged(number));
    // Asked under the lock: of two programs that each remove "one of the two", one must be told.
    if (context.policy.guard_last_keyslot && change.header().enabled_keyslots() == 1)
        return fail(Errc::LastKeyslot, "keyslot %d is the last one", number);
    return destroy(context, change, number);
}

Result<void> erase_keyslots(Context& context, Change& change) {
    for (int number = 0; number < kKeyslotCount; ++number)
        if (!change.header().keyslot(number).disabled()) LK_TRY(destroy(context, change, number));
    return {};
}

}  // namespace latchkey::luks1
