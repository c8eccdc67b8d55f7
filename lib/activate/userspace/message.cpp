// SPDX-License-Identifier: LGPL-2.1-or-later
#include "activate/userspace/message.h"

#include <algorithm>

#include "latchkey/ascii.h"
#include "latchkey/number.h"

namespace latchkey::userspace {
namespace {

bool good_name(std::string_view name) {
    return !name.empty() &&
           std::ranges::all_of(name, [](char c) { return is_lower(c) || is_digit(c) || c == '_'; });
}

std::string escaped(std::string_view value) {
    std::string text;
    for (const char c : value) {
        if (c == '%')
            text += "%25";
        else if (c == '\n')
            text += "%0a";
        else
            text += c;
    }
    return text;
}

bool unescape(std::string_view text, std::string& value) {
    while (!text.empty()) {
        if (text.front() == '\0') return false;  // values become paths, so NUL is refused
        if (text.front() != '%') {
            value += text.front();
            text.remove_prefix(1);
        } else if (text.starts_with("%25")) {
            value += '%';
            text.remove_prefix(3);
        } else if (text.starts_with("%0a")) {
            value += '\n';
            text.remove_prefix(3);
        } else {
            return false;
        }
    }
    return true;
}

}  // namespace

void Message::add(std::string_view name, std::string_view value) {
    fields_.emplace_back(name, value);
}

void Message::add(std::string_view name, std::uint64_t value) {
    add(name, std::string_view(std::to_string(value)));
}

bool Message::has(std::string_view name) const {
    return std::ranges::any_of(fields_, [name](const auto& field) { return field.first == name; });
}

std::string_view Message::text(std::string_view name) const {
    for (const auto& [known, value] : fields_)
        if (known == name) return value;
    return {};
}

std::uint64_t Message::number(std::string_view name) const {
    return parse_number(text(name)).value_or(0);
}

std::vector<std::string_view> Message::all(std::string_view name) const {
    std::vector<std::string_view> found;
    for (const auto& [known, value] : fields_)
        if (known == name) found.emplace_back(value);
    return found;
}

std::string Message::encode() const {
    std::string text;
    for (const auto& [name, value] : fields_) text += name + " " + escaped(value) + "\n";
    return text;
}

Result<Message> Message::parse(std::string_view text) {
    if (text.size() > kLongestMessage)
        return fail(Errc::InvalidArgument, "message of %zu bytes > %zu", text.size(),
                    kLongestMessage);
    Message message;
    while (!text.empty()) {
        const std::size_t end = text.find('\n');
        const std::string_view line = text.substr(0, end);
        const std::size_t blank = line.find(' ');
        std::string value;
        if (end == std::string_view::npos || blank == std::string_view::npos ||
            !good_name(line.substr(0, blank)) || !unescape(line.substr(blank + 1), value))
            return fail(Errc::InvalidArgument, "message: '%.60s' is not a field",
                        std::string(line).c_str());
        message.fields_.emplace_back(line.substr(0, blank), std::move(value));
        text.remove_prefix(end + 1);
    }
    return message;
}

Message success() {
    Message message;
    message.add_flag("ok", true);
    return message;
}

Message error_message(const Error& error) {
    Message message;
    message.add("error", info(error.code).name);
    message.add("text", error.message);
    message.add("hint", error.hint);
    return message;
}

Result<void> check_answer(const Message& answer) {
    const std::string_view name = answer.text("error");
    if (name.empty()) return {};
    Error error{Errc::Io, std::string(answer.text("text")), std::string(answer.text("hint"))};
    for (int code = 0; code < kErrcCount; ++code)
        if (info(static_cast<Errc>(code)).name == name) error.code = static_cast<Errc>(code);
    return error;
}

}  // namespace latchkey::userspace
