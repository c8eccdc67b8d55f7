// SPDX-License-Identifier: LGPL-2.1-or-later
// Opens many volumes together, as a boot does: in their order, keys derived side by side, a person asked as seldom as possible.
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
    Skipped,  // its device is not there, and it may be missing
    Failed,
};
// Returns "opened", "was-open", "skipped" or "failed", for programs.
[[nodiscard]] LATCHKEY_API std::string_view name_of(Outcome outcome);

struct OpenedVolume {
    Outcome outcome = Outcome::Failed;
    std::optional<Error> error = {};  // of Failed
};

// Opens them, and says through the context's log what happens to each, as it happens.  Returns what became of each; nothing
// stays of those that failed.  Requests that are not done when the context is cancelled fail as Interrupted.
// `reading`: how keys are read, and who is asked; WrongPassphrase from its Prompter is a try, any other error ends the
// requests that were asked for.  `worded` puts an error of a mapping into the caller's words; it may be empty.
[[nodiscard]] LATCHKEY_API std::vector<OpenedVolume> open_all(
    Context& context, std::vector<OpenRequest> requests, const KeyReading& reading,
    const std::function<Error(Error error, const Device& data)>& worded = {});

// Returns the same text for two names of one device or file, whatever loop devices lie on it; "" if it is not there.
[[nodiscard]] LATCHKEY_API std::string device_identity(const std::string& path);

// Returns the signatures on the device that a plain volume at that offset would bury: all but swap, and but a small ext
// file system that ends before the offset.
[[nodiscard]] LATCHKEY_API Result<std::vector<Signature>> endangered(std::uint64_t offset_sectors,
                                                                     const Device& device);

// Returns each name once: "ext4, crypto_LUKS".
[[nodiscard]] LATCHKEY_API std::string names_of(const std::vector<Signature>& signatures);

}  // namespace latchkey::boot
