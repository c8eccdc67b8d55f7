// SPDX-License-Identifier: GPL-2.0-or-later
// What the words of a line are on this system.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "latchkey/context.h"
#include "latchkey/crypttab.h"
#include "latchkey/device.h"

namespace latchkey::cli {

// For crypttab::check.  Asks no rights for: what it cannot see it says nothing of.
class Looker {
  public:
    explicit Looker(Context& context) : context_(context) {}
    [[nodiscard]] crypttab::DeviceLook operator()(const crypttab::Volume& line);

  private:
    [[nodiscard]] const std::string& path_of(const std::string& word);

    Context& context_;
    std::map<std::string, std::string, std::less<>> paths_ = {};  // by the line's word
};

}  // namespace latchkey::cli
