// SPDX-License-Identifier: LGPL-2.1-or-later
// Handles the requests of callers to a serving process.
#pragma once

#include "base/unique_fd.h"
#include "serve/fuse_file.h"
#include "serve/served_volume.h"

namespace latchkey::serve {

// How the process ends.  The keeper reads it from the exit status.
enum Ending : int {
    kEnded = 0,   // flushed; the keeper cleans up
    kFailed = 1,  // it never served
    kClosed = 2,  // flushed; the caller that asked for it cleans up
};

// Answers callers one after the other.  Ends the process on "close", with the last user after "deferred", and on a
// signal that `signals` (a signalfd) delivers; in all cases the volume is flushed and its key wiped.  Refuses callers
// that are neither `owner` nor root.
class Control {
  public:
    Control(ServedVolume& volume, FuseFile& file, UniqueFd listener, UniqueFd signals,
            unsigned owner, bool has_node)
        : volume_(volume),
          file_(file),
          listener_(std::move(listener)),
          signals_(std::move(signals)),
          owner_(owner),
          has_node_(has_node) {}
    [[noreturn]] void run();

  private:
    // Returns whether the caller received the answer.
    bool answer(int caller);
    [[nodiscard]] Result<userspace::Message> carry_out(const userspace::Message& verb, int caller);
    [[nodiscard]] int openers() const { return file_.openers() - (has_node_ ? 1 : 0); }

    ServedVolume& volume_;
    FuseFile& file_;
    UniqueFd listener_;
    UniqueFd signals_;
    unsigned owner_;
    bool has_node_;  // the loop device below a node also has the file open
    bool closing_ = false;
    bool deferred_ = false;  // closed when nobody has the file open any more
};

}  // namespace latchkey::serve
