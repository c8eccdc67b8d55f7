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

// The same text for two names of one device or file, whatever loop devices lie on it; "" if it is not there.
[[nodiscard]] std::string device_identity(const std::string& path);

// Signatures on the device that a plain volume in the line's place would bury: all but swap, and but a small ext file
// system that ends before the line's offset=.
[[nodiscard]] Result<std::vector<Signature>> endangered(const crypttab::Volume& line,
                                                        const Device& device);

// Each once: "ext4, crypto_LUKS".
[[nodiscard]] std::string names_of(const std::vector<Signature>& signatures);

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
