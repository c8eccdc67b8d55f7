// SPDX-License-Identifier: LGPL-2.1-or-later
// What is known of a volume without any secret.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "formats/null_cipher.h"
#include "formats/opener.h"
#include "io/block_device.h"
#include "latchkey/context.h"
#include "latchkey/keyslot_info.h"
#include "latchkey/params.h"
#include "latchkey/report.h"

namespace latchkey::formats {

// A header that was recognised, read once and checked; every answer comes from that copy.
class Recognized {
  public:
    virtual ~Recognized() = default;

    [[nodiscard]] virtual std::string_view type() const = 0;  // "LUKS1", "LUKS2"
    [[nodiscard]] virtual VolumeInfo info() const = 0;
    [[nodiscard]] virtual Fact describe() const = 0;  // luksDump
    // Returns where the header names a cipher that encrypts nothing; check_null_data() decides whether the data may be
    // mapped all the same.
    [[nodiscard]] virtual std::vector<NullCipher> null_ciphers() const = 0;
    // Refuses data that no key can map, before a secret is asked for.
    [[nodiscard]] virtual Result<void> check_mappable() const { return {}; }
    // Returns what opens the volume, with the format's usual options.
    [[nodiscard]] virtual const Opener& opener() const = 0;
};

// Recognises one format.  lib/formats/registry.cpp lists those that are not formats with keyslots (Format).
struct Recognizer {
    std::string_view type;
    // NotThisFormat: the next format is tried.  Every other error is returned to the caller.
    Result<std::unique_ptr<Recognized>> (*recognize)(Context&,
                                                     std::shared_ptr<io::BlockDevice> device,
                                                     const LoadOptions&);
};

// Tries all formats in order; `options.type` may be "" for any.  NotThisFormat if none matches.
[[nodiscard]] Result<std::unique_ptr<Recognized>> recognize(Context& context,
                                                            std::shared_ptr<io::BlockDevice> device,
                                                            const LoadOptions& options);

}  // namespace latchkey::formats
