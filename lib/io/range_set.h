// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <map>
#include <vector>

#include "latchkey/device.h"

namespace latchkey::io {

// A set of byte ranges; it merges those that touch or overlap.
class RangeSet {
  public:
    // offset + length must fit in 64 bits.
    void add(std::uint64_t offset, std::uint64_t length);
    [[nodiscard]] std::vector<ByteRange> ranges() const;  // by offset

  private:
    std::map<std::uint64_t, std::uint64_t> end_by_start_;
};

}  // namespace latchkey::io
