// SPDX-License-Identifier: LGPL-2.1-or-later
// Text that contains a key, such as a device-mapper table.  It is built without ever being a std::string.
#pragma once

#include <cstddef>
#include <string_view>

#include "base/bytes.h"
#include "latchkey/secret.h"

namespace latchkey {

class SecretText {
  public:
    SecretText& append(std::string_view text);
    SecretText& append_hex(ByteView bytes);  // lower case, two digits per byte
    [[nodiscard]] SecretBuffer take() &&;    // without a NUL at the end

  private:
    MutableByteView room_for(std::size_t size);

    SecretBuffer buffer_;
    std::size_t used_ = 0;
};

// Returns the same bytes as characters; the buffer still owns them.
[[nodiscard]] inline std::string_view as_text(ByteView bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace latchkey
