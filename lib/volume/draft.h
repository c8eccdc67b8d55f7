// SPDX-License-Identifier: LGPL-2.1-or-later
// A new header that is made in memory, with all that can fail or be refused, before the first write.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "formats/format.h"
#include "latchkey/context.h"
#include "latchkey/device.h"
#include "latchkey/params.h"
#include "latchkey/secret.h"

namespace latchkey::volume {

// A new header over the contents of its device.
struct Draft {
    Device device;  // a shadow
    std::unique_ptr<formats::LoadedHeader> header;
    VolumeKey key;

    // Returns the bytes from the beginning of the device that are to be written.
    [[nodiscard]] std::uint64_t length() const;
};

// Makes the header, without keyslots; errors as of Volume::format().
[[nodiscard]] Result<Draft> make_draft(Context& context, const Device& metadata,
                                       const std::optional<Device>& data,
                                       const FormatParams& params, SecretBuffer volume_key);

// Writes the draft to the device and returns the header as it is read back.
[[nodiscard]] Result<std::unique_ptr<formats::LoadedHeader>> write_draft(
    Context& context, const Device& metadata, const std::optional<Device>& data,
    const FormatParams& params, const Draft& draft);

}  // namespace latchkey::volume
