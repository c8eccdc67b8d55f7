// SPDX-License-Identifier: GPL-2.0-or-later
// The devices of an action, and the volumes on them.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "cli/arguments.h"
#include "latchkey/device.h"
#include "latchkey/volume.h"
#include "ui/output.h"

namespace latchkey::cli {

// A device of --dry-run: its present state, and its state afterwards.
struct Rehearsal {
    Device real;
    Device shadow;
};

// A device that was opened to be written.  Its handle is not kept: an exclusive one would keep the device busy.
struct Writable {
    std::string name;
    std::shared_ptr<const std::atomic<bool>> written;  // null: nothing is known
};

class Devices {
  public:
    explicit Devices(Output& output) : output_(output) {}

    // Opens a device.  With --dry-run it is a shadow: writes to it are reported at the end and go nowhere else.
    [[nodiscard]] Result<Device> open_device(std::string_view path, Access access);
    // Loads the volume whose header is on --header, or else on `device`, of --type; its errors have the peer's words.
    [[nodiscard]] Result<Volume> load_volume(const Arguments& args, std::string_view device,
                                             Access access);
    // Does the same for a caller that has opened the data device already.  Without --header the header is read from
    // that same device.  Refuses data that would overlap the header.  `access` is for a header on another device.
    [[nodiscard]] Result<Volume> load_volume_of(const Arguments& args, const Device& data,
                                                Access access);
    // Returns the name of the device in prompts: a loop device is named by its file.  "Enter passphrase for
    // /dev/sdb1: "
    [[nodiscard]] std::string prompt_for(std::string_view device) const;

    [[nodiscard]] const std::vector<Rehearsal>& rehearsals() const { return rehearsals_; }
    [[nodiscard]] const std::vector<Writable>& writable() const { return writable_; }

  private:
    Output& output_;
    std::vector<Rehearsal> rehearsals_;
    std::vector<Writable> writable_;
};

}  // namespace latchkey::cli
