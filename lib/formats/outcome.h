// SPDX-License-Identifier: LGPL-2.1-or-later
// Tells the user which header is valid now when a change failed after it had begun to reach the device.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "latchkey/error.h"

namespace latchkey::formats {

// What reads back after a commit that failed.
enum class Holds : std::uint8_t {
    Old,              // the previous header
    OldLessKeyslots,  // the same, but some or all areas of its keyslots were overwritten
    New,              // the new header, confirmed by the device
    NewUnconfirmed,   // the new header, but a power failure may bring the old one back
    Neither,          // no valid header
};

// Adds to `cause` which header is valid on `device` now.  For both kinds of New the code is Unfinished: the request has
// been carried out, and repeating it would be wrong.  Otherwise the code of `cause` stays.
[[nodiscard]] Error commit_failed(Error cause, Holds holds, const std::string& device);

// Makes an Unfinished error, "<what holds>: <cause>", for a failure after a commit.
[[nodiscard]] Error unfinished(Error cause, const std::string& what_holds);

// Adds to the error of `written`, the result of rewriting a keyslot that has no second area, that the keyslot may be lost.
[[nodiscard]] Result<void> rewritten_in_place(Result<void> written, int keyslot);

// Collects the outcome of removing all keyslots: of each area, and of the header that no longer lists them.
class AllRemoved {
  public:
    // An area that cannot be overwritten does not stop the others.
    void area(int keyslot, Result<void> overwritten);
    // `committed` is the result of writing the header.  The error names every area that is not overwritten.
    [[nodiscard]] Result<void> conclude(Result<void> committed) &&;

  private:
    [[nodiscard]] std::string not_wiped() const;

    std::vector<int> unwiped_;
    std::optional<Error> first_;
};

// Puts `what_holds` before an Unfinished error; returns every other result unchanged.
[[nodiscard]] Result<void> if_unfinished(Result<void> result, const std::string& what_holds);

}  // namespace latchkey::formats
