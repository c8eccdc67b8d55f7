// SPDX-License-Identifier: LGPL-2.1-or-later
// The way into a Volume for what is in the library but not a member of it, and for the verbs' tests.
#pragma once

#include <memory>
#include <utility>

#include "formats/format.h"
#include "latchkey/volume.h"

namespace latchkey {

struct VolumeAccess {
    static Volume make(Device device, std::unique_ptr<formats::LoadedHeader> header) {
        return {std::move(device), std::move(header)};
    }
    static formats::LoadedHeader& header(Volume& volume) { return *volume.header_; }
};

}  // namespace latchkey
