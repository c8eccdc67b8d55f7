// SPDX-License-Identifier: LGPL-2.1-or-later
#include "luks1/keyslot_verbs.h"

#include <algorithm>
#include <limits>

#include "base/i18n.h"
#include "base/strprintf.h"
#include "formats/keyslot_refusal.h"
#include "formats/outcome.h"
#include "luks1/digest.h"
#include "luks1/keyslot.h"

namespace latchkey::luks1 {
namespace {

// Returns the iterations, the only part of a specification that LUKS1 can store.  The hash is the header's.
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

// Refuses the key of another volume: a keyslot with it would open, and decrypt to garbage.
Result<void> check_key(const Context& context, const Header& header, const VolumeKey& key) {
    LK_TRY(verify_key(context, header, CandidateKey(SecretBuffer::copy_of(key.bytes()))));
    return {};
}

Result<void> check_free(const Header& header, int number) {
    LK_TRY(check_keyslot_number(number));
    const Keyslot& keyslot = header.keyslot(number);
    if (keyslot.invalid()) return invalid_state_error(number, keyslot);
    if (!keyslot.disabled()) return formats::keyslot_full(number);
    return {};
}

Result<void> check_enabled(const Header& header, int number) {
    LK_TRY(check_keyslot_number(number));
    const Keyslot& keyslot = header.keyslot(number);
    if (keyslot.invalid()) return invalid_state_error(number, keyslot);
    if (!keyslot.enabled()) return formats::keyslot_empty(number);
    return {};
}

ByteRange area_of(const Header& header, int number) {
    return {.offset = std::uint64_t{header.keyslot(number).area_offset_sectors} * io::kSectorSize,
            .length = header.area_bytes()};
}

// Adds the keyslot's number to the error of reading or writing its area.
Result<void> of_keyslot(int number, Result<void> done) {
    if (!done) return std::move(done).error().within(strprintf("keyslot %d", number));
    return done;
}

Result<void> destroy_area(Transaction& change, int number) {
    return of_keyslot(number, change.wipe_area(area_of(change.current(), number)));
}

// Writes the area first: the keyslot stays disabled until its area is complete.
Result<void> store(Transaction& change, int number, const SealedKeyslot& sealed) {
    Header next = change.current();
    LK_TRY(of_keyslot(number, change.write_area(area_of(change.current(), number), sealed.area)));
    next.keyslot(number) = sealed.record;
    return change.commit(next);
}

Keyslot empty_record(const Header& header, int number) {
    return {kStateDisabled, 0, {}, header.keyslot(number).area_offset_sectors};
}

// Removes the record of a keyslot whose area has been overwritten from the header.
Result<void> forget(Transaction& change, int number) {
    Header next = change.current();
    next.keyslot(number) = empty_record(next, number);
    auto written = change.commit(next);
    if (written || written.error().code == Errc::Unfinished) return written;
    return std::move(written).error().within(strprintf(
        translate("keyslot %d is still listed, but its area is overwritten: it no longer opens"),
        number));
}

// Overwrites the area first.  If this is interrupted, the keyslot still shows as enabled, so the user sees that it was
// not finished and can repeat it.  In the other order the key material would stay, unnoticed.
Result<void> destroy(Transaction& change, int number) {
    if (auto destroyed = destroy_area(change, number); !destroyed)
        return std::move(destroyed)
            .error()
            .within(strprintf(translate("keyslot %d is still listed, but its area may be "
                                        "overwritten: it may not open any more"),
                              number))
            .with_hint(translate(N_("do it again when the device is sound")));
    return forget(change, number);
}

// Checks for a cancellation before the first write; from then on the removal is always completed.
Result<void> check_not_stopped(const Context& context) {
    if (!context.cancelled()) return {};
    return fail(Errc::Interrupted, "stopped before a keyslot was removed");
}

Result<void> with_new_passphrase(Result<void> stored, int number) {
    return formats::if_unfinished(
        std::move(stored), strprintf(translate("keyslot %d has the new passphrase"), number));
}

// Stores the new passphrase in keyslot `target`, then removes the old keyslot.
Result<int> move(Transaction& change, int number, int target, const SealedKeyslot& sealed) {
    LK_TRY(with_new_passphrase(store(change, target, sealed), target));
    if (auto gone = destroy(change, number); !gone)
        return formats::unfinished(
            std::move(gone).error(),
            strprintf(translate("keyslot %d has the new passphrase, but the old keyslot %d is not "
                                "removed"),
                      target, number));
    return target;
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

Result<int> add_keyslot(Context& context, Transaction& change, const VolumeKey& key,
                        const Passphrase& passphrase, const formats::KeyslotSpec& spec) {
    LK_ASSIGN(const std::uint32_t iterations, iterations_of(spec));
    const std::optional<int> number = spec.number ? spec.number : change.current().free_keyslot();
    if (!number) return formats::all_keyslots_full(kKeyslotCount);
    LK_TRY(check_free(change.current(), *number));
    LK_TRY(check_key(context, change.current(), key));
    LK_ASSIGN(const SealedKeyslot sealed,
              seal_keyslot(context, change.current(), *number, key, passphrase, iterations));
    LK_TRY(formats::if_unfinished(store(change, *number, sealed),
                                  strprintf(translate("keyslot %d is added"), *number)));
    return *number;
}

Result<int> change_keyslot(Context& context, Transaction& change, int number, const VolumeKey& key,
                           const Passphrase& passphrase, const formats::KeyslotSpec& spec) {
    LK_ASSIGN(const std::uint32_t iterations, iterations_of(spec));
    LK_TRY(check_enabled(change.current(), number));
    LK_TRY(change.expect_unchanged(number));
    LK_TRY(check_key(context, change.current(), key));
    const std::optional<int> free = change.current().free_keyslot();
    const int target = spec.number.value_or(free.value_or(number));

    if (target != number) LK_TRY(check_free(change.current(), target));
    // Everything that takes time or can be refused happens before the first write, for every place that is written.
    LK_ASSIGN(const SealedKeyslot sealed,
              seal_keyslot(context, change.current(), target, key, passphrase, iterations));
    if (target != number) return move(change, number, target, sealed);
    // When a keyslot is rewritten in place, its record and area never match until both are written.  A free keyslot
    // holds the new passphrase meanwhile.  Two headers are never mixed, because each commit changes one record.
    if (!free) {
        context.log(LogLevel::Warning,
                    "keyslot %d is rewritten in place, as all %d are in use: a power "
                    "failure now would destroy it, and leave the others as they are",
                    number, kKeyslotCount);
        LK_TRY(formats::rewritten_in_place(
            with_new_passphrase(store(change, number, sealed), number), number));
        return number;
    }
    LK_ASSIGN(const SealedKeyslot meanwhile,
              seal_keyslot(context, change.current(), *free, key, passphrase, iterations));
    LK_TRY(with_new_passphrase(store(change, *free, meanwhile), *free));
    if (auto stored = store(change, number, sealed); !stored)
        return formats::unfinished(
            std::move(stored).error(),
            strprintf(translate("keyslot %d has the new passphrase, but keyslot %d is not "
                                "finished"),
                      *free, number));
    if (auto gone = destroy(change, *free); !gone)
        return formats::unfinished(
            std::move(gone).error(),
            strprintf(translate("keyslot %d has its new passphrase, and so has keyslot %d, which "
                                "should be empty"),
                      number, *free));
    return number;
}

Result<void> kill_keyslot(Context& context, Transaction& change, int number) {
    LK_TRY(check_enabled(change.current(), number));
    LK_TRY(change.expect_unchanged(number));
    // Checked under the lock: if two programs each remove "one of the two", one must fail.
    if (context.policy.guard_last_keyslot && change.current().enabled_keyslots() == 1)
        return fail(Errc::LastKeyslot, "keyslot %d is the last one", number);
    LK_TRY(check_not_stopped(context));
    return formats::if_unfinished(destroy(change, number),
                                  strprintf(translate("keyslot %d is removed"), number));
}

// A failure with one keyslot must not keep the others from being destroyed.  Without its salt an area that could not be
// wiped cannot be opened, and a wiped area cannot either, whatever the header contains.
Result<void> erase_keyslots(Context& context, Transaction& change) {
    if (std::ranges::all_of(change.current().keyslots, &Keyslot::disabled)) {
        change.show_current();
        return {};
    }
    LK_TRY(check_not_stopped(context));
    formats::AllRemoved removed;
    Header next = change.current();
    for (int number = 0; number < kKeyslotCount; ++number) {
        if (next.keyslot(number).disabled()) continue;
        removed.area(number, destroy_area(change, number));
        next.keyslot(number) = empty_record(next, number);
    }
    return std::move(removed).conclude(change.commit(next));
}

}  // namespace latchkey::luks1
