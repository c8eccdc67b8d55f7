// SPDX-License-Identifier: GPL-2.0-or-later
// Shows the progress of long work: on a terminal in one line that is overwritten, otherwise as options want.
#pragma once

#include <cstdint>
#include <cstdio>

#include "ui/progress.h"
#include "ui/settings.h"

namespace latchkey::cli {

class ProgressLine {
  public:
    explicit ProgressLine(const Settings& settings) : settings_(settings) {}
    // Standard output is the plaintext: progress goes to standard error.
    void keep_stdout_for_data() { data_on_stdout_ = true; }
    void show(std::uint64_t done, std::uint64_t all);
    // Ends a line that was begun, so that another text begins one of its own.
    void end();

  private:
    [[nodiscard]] std::FILE* stream() const;  // null: none is shown

    const Settings& settings_;
    Progress progress_;
    std::FILE* begun_line_ = nullptr;  // a line on a terminal, without its newline
    bool data_on_stdout_ = false;
};

}  // namespace latchkey::cli
