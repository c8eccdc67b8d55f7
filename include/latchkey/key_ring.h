// SPDX-License-Identifier: LGPL-2.1-or-later
// The keys of a plan.  A volume has one key.  During reencryption the finished part has one and the rest another.
#pragma once

#include <cstddef>
#include <vector>

#include "latchkey/secret.h"

namespace latchkey {

// Keys in the order of MappingPlan::keys; never empty.  This is a view for the duration of a call: the caller owns
// the keys.  A single VolumeKey converts to a ring of one.
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
