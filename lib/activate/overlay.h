// SPDX-License-Identifier: LGPL-2.1-or-later
// The tables of a mapping whose data are reencrypted while it is open, as the peer makes them.  Pure.
//
//   NAME            linear, onto the overlay
//   NAME-overlay    one line per segment: on the data device, but for the hotzone
//   NAME-hotzone-*  linear, onto the data device where the new data lie; it is suspended while the hotzone moves
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "activate/kernel.h"
#include "model/data_users.h"
#include "model/mapping_plan.h"

namespace latchkey::activate {

using model::PlainPart;

struct DeviceNumber {
    std::uint32_t major = 0;
    std::uint32_t minor = 0;
    friend bool operator==(const DeviceNumber&, const DeviceNumber&) = default;
    [[nodiscard]] std::string text() const;  // "7:0"
};

// The devices that an overlay's table names.
struct OverlayDevices {
    DeviceNumber data = {};
    std::uint64_t data_bytes = 0;
    std::string shown = {};  // name of the data device, for messages
    std::optional<DeviceNumber> hotzone = {};
    std::uint64_t hotzone_offset =
        0;  // of the hotzone's device on the data device, 512-byte sectors
};

[[nodiscard]] std::string overlay_name(std::string_view name);
[[nodiscard]] std::string hotzone_name(std::string_view name, bool forward);

// Returns "0 LENGTH linear DEVICE OFFSET", all in 512-byte sectors.
[[nodiscard]] DmTarget linear_target(std::uint64_t length, const DeviceNumber& device,
                                     std::uint64_t offset);
// Returns what a line of type linear names; nothing for other lines.
struct LinearPlace {
    DeviceNumber device = {};
    std::uint64_t offset = 0;  // 512-byte sectors
};
[[nodiscard]] std::optional<LinearPlace> linear_place(const DmTarget& target);
// Returns a table that fails all I/O.
[[nodiscard]] DmTarget error_target(std::uint64_t length);

// Returns the table of an overlay of `size_sectors` for `plan`, in which `part` is new: that part is on the hotzone's
// device.  Without a part, it is the table of an ordinary mapping.  InvalidArgument if the part is not in one segment.
[[nodiscard]] Result<std::vector<DmTarget>> overlay_table(const MappingPlan& plan,
                                                          const KeyRing& keys,
                                                          const OverlayDevices& devices,
                                                          std::uint64_t size_sectors,
                                                          const std::optional<PlainPart>& part);

// Returns the part of the plaintext that lies on the hotzone's device; nothing if none or more than one does.
[[nodiscard]] std::optional<PlainPart> part_on_hotzone(const std::vector<DmTarget>& table,
                                                       const OverlayDevices& devices);

// Returns whether both tables do the same with every sector, however they are cut into lines.  A key in the keyring is
// compared by its description: so `wanted` has two tables, one with the keys and one with their descriptions.
struct WantedTables {
    std::vector<DmTarget> with_keys;
    std::vector<DmTarget> with_descriptions;
};
[[nodiscard]] bool does_the_same(const std::vector<DmTarget>& table, const WantedTables& wanted,
                                 const OverlayDevices& devices);

}  // namespace latchkey::activate
