// SPDX-License-Identifier: GPL-2.0-or-later
// Finds out what a line of crypttab means on this system: its devices, and what they contain.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "latchkey/context.h"
#include "latchkey/crypttab.h"
#include "latchkey/device.h"

namespace latchkey::cli {

// Looks at the devices of a line for crypttab::check().  A device that this user may not read is reported as unknown.
class Looker {
  public:
    explicit Looker(Context& context) : context_(context) {}
    [[nodiscard]] crypttab::DeviceLook operator()(const crypttab::Meaning& line);

  private:
    [[nodiscard]] const std::string& path_of(const std::string& word);
    void look_at_header(const std::string& path, crypttab::DeviceLook& seen);

    Context& context_;
    std::map<std::string, std::string, std::less<>> paths_ = {};  // by the line's word
};

}  // namespace latchkey::cli
