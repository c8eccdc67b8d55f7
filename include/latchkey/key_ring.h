// SPDX-License-Identifier: LGPL-2.1-or-later
// The keys of a plan.  A volume has one; while it is reencrypted, what was done has one key and what is left another.
#pragma once

#include <cstddef>
#include <vector>

#include "latchkey/secret.h"

namespace latchkey {

// In the order of MappingPlan::keys; never empty.  A view for the time of a call: the keys are the caller's.  One
// VolumeKey is a ring of one.
class KeyRing {
  public:
    KeyRing(const VolumeKey& only) : keys_{&only} {}
    KeyRing(const VolumeKey& first, const std::vector<VolumeKey>& more) : keys_{&first} {
        for (const VolumeKey& key : more) keys_.push_back(&key);
    }

    void add(const VolumeKey& key) { keys_.push_back(&key); }

    [[nodiscard]] std::size_t size() const { return keys_.size(); }
    [[nodiscard]] const VolumeKey& operator[](std::size_t index) const { return *keys_[index]; }
    [[nodiscard]] const VolumeKey& front() const { return *keys_.front(); }

  private:
    std::vector<const VolumeKey*> keys_;
};

}  // namespace latchkey
