// SPDX-License-Identifier: LGPL-2.1-or-later
#include "formats/outcome.h"

#include "base/i18n.h"
#include "base/strprintf.h"

namespace latchkey::formats {

Error commit_failed(Error cause, Holds holds, const std::string& device) {
    switch (holds) {
        case Holds::Old:
            cause.message += translate(N_("; the header is what it was before"));
            return std::move(cause).with_hint(translate(
                N_("'repair' repairs a copy of the header that the failure has damaged")));
        case Holds::OldLessKeyslots:
            cause.message += translate(
                N_("; the header is what it was before, but its keyslots may be overwritten"));
            return std::move(cause).with_hint(
                translate(N_("try each passphrase; a header backup brings the keyslots back")));
        case Holds::Neither:
            cause.message += translate(N_("; no whole header can be read back"));
            return std::move(cause).with_hint(
                translate(N_("copy the device, then try 'repair' or restore a header backup")));
        case Holds::New:
            return unfinished(
                std::move(cause).with_hint(
                    translate(N_("'repair' writes the other copy of the header"))),
                strprintf(
                    translate("the new header is in force on %s, but it is not completely written"),
                    device.c_str()));
        case Holds::NewUnconfirmed: break;
    }
    return unfinished(
        std::move(cause).with_hint(
            translate(N_("a power failure may bring the old header back: keep what opened it, run "
                         "'repair', and look at the header again"))),
        strprintf(translate("the new header is read back from %s, but is not confirmed by it"),
                  device.c_str()));
}

Error unfinished(Error cause, const std::string& what_holds) {
    cause.code = Errc::Unfinished;
    return std::move(cause).within(what_holds);
}

Result<void> rewritten_in_place(Result<void> written, int keyslot) {
    // Nothing stops it once it writes.
    if (written || written.error().code == Errc::Unfinished ||
        written.error().code == Errc::Interrupted)
        return written;
    return std::move(written).error().within(strprintf(
        translate("keyslot %d was being rewritten in place, and may not open any more"), keyslot));
}

void AllRemoved::area(int keyslot, Result<void> overwritten) {
    if (overwritten) return;
    unwiped_.push_back(keyslot);
    if (!first_) first_ = std::move(overwritten).error();
}

std::string AllRemoved::not_wiped() const {
    std::string numbers;
    for (const int keyslot : unwiped_)
        numbers += (numbers.empty() ? "" : ", ") + std::to_string(keyslot);
    return strprintf(translate("not every area is wiped (keyslots: %s)"), numbers.c_str());
}

Result<void> AllRemoved::conclude(Result<void> committed) && {
    if (committed) {
        if (!first_) return committed;
        return unfinished(std::move(*first_), strprintf(translate("keyslots are removed, but %s"),
                                                        not_wiped().c_str()));
    }
    Error error = std::move(committed).error();
    if (error.code == Errc::Unfinished)
        return std::move(error).within(
            first_ ? strprintf(translate("keyslots are removed, but %s"), not_wiped().c_str())
                   : translate("all keyslots are removed"));
    return std::move(error).within(
        first_ ? strprintf(translate("keyslots are still listed, and %s: those may open still"),
                           not_wiped().c_str())
               : translate("keyslots are still listed, but their areas are overwritten: they no "
                           "longer open"));
}

Result<void> if_unfinished(Result<void> result, const std::string& what_holds) {
    if (result || result.error().code != Errc::Unfinished) return result;
    return std::move(result).error().within(what_holds);
}

}  // namespace latchkey::formats
