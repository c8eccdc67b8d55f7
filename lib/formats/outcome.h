// SPDX-License-Identifier: LGPL-2.1-or-later
// What a person is told when a change failed after it began to reach the device: which header opens now.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "latchkey/error.h"

namespace latchkey::formats {

// What is read back after a commit that failed.
enum class Holds : std::uint8_t {
    Old,              // the header that was there before
    OldLessKeyslots,  // the same, but the areas of its keyslots were overwritten, or some of them
    New,              // the new one, and the device has confirmed it
    NewUnconfirmed,   // the new one, but a power failure may bring the old one back
    Neither,          // no whole header
};

// `cause` with what holds on `device` now.  Unfinished for both kinds of New: what was asked for is done, and
// doing it again would be wrong.  Else the kind of `cause`.
[[nodiscard]] Error commit_failed(Error cause, Holds holds, const std::string& device);

// Unfinished: "<what holds>: <cause>".  For what follows a commit.
[[nodiscard]] Error unfinished(Error cause, const std::string& what_holds);

// `written` of a keyslot that has no second area: where it failed, its error says that the keyslot may be lost.
[[nodiscard]] Result<void> rewritten_in_place(Result<void> written, int keyslot);

// All keyslots go: what became of their areas, and of the header that lists them no more.
class AllRemoved {
  public:
    // An area that cannot be overwritten keeps nobody from the others.
    void area(int keyslot, Result<void> overwritten);
    // `committed`: how the header got to the device.  The answer names every area that is not overwritten.
    [[nodiscard]] Result<void> conclude(Result<void> committed) &&;

  private:
    [[nodiscard]] std::string not_wiped() const;

    std::vector<int> unwiped_;
    std::optional<Error> first_;
};

// An error of Unfinished with what holds put before it; every other result as it is.
[[nodiscard]] Result<void> if_unfinished(Result<void> result, const std::string& what_holds);

}  // namespace latchkey::formats
