// SPDX-License-Identifier: GPL-2.0-or-later
// What "list" and "show" know of a volume.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "latchkey/machine.h"
#include "latchkey/mapping.h"
#include "latchkey/volume.h"
#include "ui/facts.h"
#include "ui/ui.h"

namespace latchkey::cli {

struct KnownVolume {
    std::string name = {};    // of the mapping, or of the crypttab's line; "" = none
    std::string device = {};  // "/dev/sdb1", an image, or what crypttab calls it
    std::optional<std::uint64_t> size_bytes = {};  // of the device
    std::string label = {};
    std::string uuid = {};
    std::string type = {};  // "LUKS2"; "" = unknown
    std::string cipher = {};
    bool open = false;
    bool suspended = false;
    bool server_ended = false;
    bool missing = false;  // crypttab names it and it is not there
    std::vector<std::string> mounts = {};
    bool in_crypttab = false;
    std::vector<KeyslotInfo> keyslots = {};
    std::vector<std::string> warnings = {};
    DeviceIdentity identity = {};  // of the device
};

// Finds every volume: block devices with a LUKS header, open mappings, lines of /etc/crypttab.  Reads only and asks
// nothing; what cannot be read is a warning of its volume.
[[nodiscard]] std::vector<KnownVolume> known_volumes(Ui& ui);
// Describes one volume by the path of its device or image, a tag such as UUID=, the name of its mapping, or that of its
// line in /etc/crypttab.
[[nodiscard]] Result<KnownVolume> known_volume(Ui& ui, const std::string& word);

// Returns "locked", "open", "suspended", "missing", "server ended"; for programs, untranslated.
[[nodiscard]] std::string state_of(const KnownVolume& volume);
// Returns that in the user's language, with the mount points.
[[nodiscard]] std::string state_text(const KnownVolume& volume);
// Returns "0 'Ann', 1".
[[nodiscard]] std::string keyslots_text(const KnownVolume& volume);
[[nodiscard]] Fact volume_fact(const KnownVolume& volume);

}  // namespace latchkey::cli
