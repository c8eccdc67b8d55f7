// SPDX-License-Identifier: LGPL-2.1-or-later
// What callers ask of a serving process while it serves.
#pragma once

#include "base/unique_fd.h"
#include "serve/fuse_file.h"
#include "serve/served_volume.h"

namespace latchkey::serve {

// How the process ends, told to its keeper by the exit status.
enum Ending : int {
    kEnded = 0,   // flushed, and nobody cleans up but the keeper
    kFailed = 1,  // it never served
    kClosed = 2,  // flushed, and the caller who asked for it cleans up
};

// Answers one caller after the other.  Ends the process on "close", and on a signal that `signals` (a signalfd) reads;
// in both cases the volume is flushed and its key gone.  Callers who are neither `owner` nor root are refused.
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
    // Whether the caller heard the answer.
    bool answer(int caller);
    [[nodiscard]] Result<userspace::Message> carry_out(const userspace::Message& verb, int caller);
    [[nodiscard]] int openers() const { return file_.openers() - (has_node_ ? 1 : 0); }

    ServedVolume& volume_;
    FuseFile& file_;
    UniqueFd listener_;
    UniqueFd signals_;
    unsigned owner_;
    bool has_node_;  // the loop device below a node has the file open too
    bool closing_ = false;
};

}  // namespace latchkey::serve
