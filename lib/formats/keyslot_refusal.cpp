// SPDX-License-Identifier: LGPL-2.1-or-later
#include "formats/keyslot_refusal.h"

#include "latchkey/condition.h"

namespace latchkey::formats {

Error keyslot_full(int number) {
    return fail(Errc::KeyslotInUse, "keyslot %d is in use", number)
        .because(Condition::KeyslotFull, {}, number);
}

Error keyslot_empty(int number) {
    return fail(Errc::KeyslotInactive, "keyslot %d is not active", number)
        .because(Condition::KeyslotEmpty, {}, number);
}

Error all_keyslots_full(int count) {
    return fail(Errc::NoSpace, "all %d keyslots are in use", count)
        .because(Condition::AllKeyslotsFull);
}

Result<void> check_keyslot_number(int number, int count) {
    if (number >= 0 && number < count) return {};
    return fail(Errc::InvalidArgument, "keyslot %d is not in 0 to %d", number, count - 1)
        .because(Condition::KeyslotOutOfRange, {}, number, count - 1);
}

Error as_key_mismatch(Error error) {
    if (error.code != Errc::WrongPassphrase) return error;
    return std::move(error).because(Condition::VolumeKeyMismatch);
}

}  // namespace latchkey::formats
