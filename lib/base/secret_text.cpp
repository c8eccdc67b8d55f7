// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/secret_text.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace latchkey {

MutableByteView SecretText::room_for(std::size_t size) {
    if (buffer_.size() - used_ < size) {
        constexpr std::size_t kFirst =
            1024;  // bytes: enough for most tables, so the text is copied at most once
        SecretBuffer larger(std::max({kFirst, buffer_.size() * 2, used_ + size}));
        std::ranges::copy(buffer_.bytes().first(used_), larger.bytes().begin());
        buffer_ = std::move(larger);
    }
    const MutableByteView room = buffer_.bytes().subspan(used_, size);
    used_ += size;
    return room;
}

SecretText& SecretText::append(std::string_view text) {
    std::ranges::copy(as_byte_view(text), room_for(text.size()).begin());
    return *this;
}

SecretText& SecretText::append_hex(ByteView bytes) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    MutableByteView room = room_for(bytes.size() * 2);
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        const auto value = std::to_integer<unsigned>(bytes[i]);
        room[2 * i] = static_cast<std::byte>(kDigits[value >> 4]);
        room[2 * i + 1] = static_cast<std::byte>(kDigits[value & 15]);
    }
    return *this;
}

SecretBuffer SecretText::take() && {
    buffer_.shrink(used_);
    used_ = 0;
    return std::move(buffer_);
}

}  // namespace latchkey
