// SPDX-License-Identifier: LGPL-2.1-or-later
// What opens a volume: a format with the options that only this format has, and then a secret.  Some formats have
// nothing on disk that could be recognised without the secret; they have an Opener and no Recognized.
#pragma once

#include <string_view>
#include <vector>

#include "latchkey/context.h"
#include "latchkey/key_ring.h"
#include "latchkey/secret.h"
#include "model/mapping_plan.h"

namespace latchkey::formats {

// The result of opening: a key, and who vouches for it (VolumeKey).
struct Unlocked {
    VolumeKey key;
    int keyslot = -1;      // -1 = the key was not read from a keyslot
    bool unbound = false;  // the key belongs to no segment
    // The other keys of the data during a reencryption, as far as the same passphrase opens them.
    std::vector<VolumeKey> more_keys = {};

    // Returns the keys for Opener::plan(); they stay here.
    [[nodiscard]] KeyRing keys() const { return {key, more_keys}; }
};

class Opener {
  public:
    virtual ~Opener() = default;

    // `secret` is a passphrase or the content of a key file.  WrongPassphrase if the format notices that it is wrong.
    [[nodiscard]] virtual Result<Unlocked> open(Context& context,
                                                const Passphrase& secret) const = 0;
    // Returns how to map the volume.  The plan's keys are in the order of `keys`, which open() returned; NoUsableKeyslot
    // if one is missing.
    [[nodiscard]] virtual Result<model::MappingPlan> plan(Context& context,
                                                          const KeyRing& keys) const = 0;
};

}  // namespace latchkey::formats
