// SPDX-License-Identifier: LGPL-2.1-or-later
// Opens many volumes together, as at boot: in order, with parallel key derivations and as few questions as possible.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "latchkey/context.h"
#include "latchkey/device.h"
#include "latchkey/error.h"
#include "latchkey/key_source.h"
#include "latchkey/open_request.h"

namespace latchkey::boot {

enum class Outcome : std::uint8_t {
    Opened,
    WasOpen,  // before the run began
    Skipped,  // its device does not exist, and it may be missing
    Failed,
};
// Returns "opened", "was-open", "skipped" or "failed", for programs.
[[nodiscard]] LATCHKEY_API std::string_view name_of(Outcome outcome);

struct OpenedVolume {
    Outcome outcome = Outcome::Failed;
    std::optional<Error> error = {};  // of Failed
};

// Opens the volumes and logs what happens to each.  Returns the outcome of each request; a request that failed leaves
// nothing behind.  After a cancellation the requests that are not done fail as Interrupted.
// `reading` says how keys are read, and has the Prompter.  WrongPassphrase from the Prompter counts as a try; any other
// error ends the requests of that question.  `worded` converts errors of mappings to the caller's words; it may be empty.
[[nodiscard]] LATCHKEY_API std::vector<OpenedVolume> open_all(
    Context& context, std::vector<OpenRequest> requests, const KeyReading& reading,
    const std::function<Error(Error error, const Device& data)>& worded = {});

// Returns the same text for all names of one device or file, loop devices over it included; "" if it does not exist.
[[nodiscard]] LATCHKEY_API std::string device_identity(const std::string& path);

// Returns the signatures on the device that a plain volume at that offset would overwrite.  Swap does not count, nor does
// a small ext file system that ends before the offset.
[[nodiscard]] LATCHKEY_API Result<std::vector<Signature>> endangered(std::uint64_t offset_sectors,
                                                                     const Device& device);

// Returns each name once: "ext4, crypto_LUKS".
[[nodiscard]] LATCHKEY_API std::string names_of(const std::vector<Signature>& signatures);

}  // namespace latchkey::boot
