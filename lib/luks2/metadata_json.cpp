// SPDX-License-Identifier: LGPL-2.1-or-later
#include "luks2/metadata_json.h"

#include <algorithm>
#include <cinttypes>
#include <limits>

#include "base/json.h"
#include "base/strprintf.h"
#include "latchkey/ascii.h"
#include "latchkey/number.h"

namespace latchkey::luks2 {
namespace {

// Returns the value for messages: the value itself if it is short.
std::string shown(const Json& value) {
    if (value.is_object()) return "an object";
    if (value.is_array()) return "an array";
    if (value.is_string()) return quote(value.get_ref<const std::string&>());
    return json_to_text(value);
}

bool all_digits(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, is_digit);
}

}  // namespace

std::string quote(std::string_view text) {
    constexpr std::size_t kShown = 40;
    std::string result = "\"";
    for (const char c : text.substr(0, kShown)) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x20 || byte > 0x7e || c == '"' || c == '\\')
            result += strprintf("\\x%02x", unsigned{byte});
        else
            result += c;
    }
    return result + (text.size() > kShown ? "\"..." : "\"");
}

std::optional<std::uint64_t> parse_digits(std::string_view text) {
    return parse_number(text);
}

std::optional<int> parse_object_number(std::string_view name) {
    // "00" would be a second name of object 0.
    if (name.size() > 9 || (name.size() > 1 && name.front() == '0')) return std::nullopt;
    const auto value = parse_digits(name);
    if (!value) return std::nullopt;
    return static_cast<int>(*value);
}

Error Node::error(const char* what) const {
    return fail(Errc::CorruptHeader, "%s: %s", path_.c_str(), what);
}

Error Node::error(const char* member, const std::string& what) const {
    return fail(Errc::CorruptHeader, "%s%s%s: %s", path_.c_str(), path_.empty() ? "" : ".", member,
                what.c_str());
}

std::optional<Node> Node::find(std::string_view member) const {
    if (!json_->is_object()) return std::nullopt;
    const auto found = json_->find(std::string(member));
    if (found == json_->end()) return std::nullopt;
    return Node(*found, path_.empty() ? std::string(member) : path_ + "." + std::string(member));
}

Result<const Json*> Node::required(const char* member) const {
    if (!json_->is_object()) return error("not an object");
    const auto found = json_->find(member);
    if (found == json_->end()) return error(member, "missing");
    return &*found;
}

Result<Node> Node::object(const char* member) const {
    LK_ASSIGN(const Json* value, required(member));
    if (!value->is_object()) return error(member, "not an object: " + shown(*value));
    return *find(member);
}

Result<std::string> Node::any_text(const char* member) const {
    LK_ASSIGN(const Json* value, required(member));
    if (!value->is_string()) return error(member, "not a string: " + shown(*value));
    return value->get_ref<const std::string&>();
}

Result<std::string> Node::text(const char* member) const {
    LK_ASSIGN(std::string value, any_text(member));
    if (value.empty()) return error(member, "empty");
    return value;
}

Result<std::uint64_t> Node::digits(const char* member) const {
    LK_ASSIGN(const std::string value, text(member));
    if (!all_digits(value)) return error(member, "not decimal digits: " + quote(value));
    const auto number = parse_digits(value);
    if (!number) return error(member, quote(value) + " > 18446744073709551615");
    return *number;
}

Result<std::uint64_t> Node::number(const char* member) const {
    LK_ASSIGN(const Json* value, integer(member, std::numeric_limits<std::uint64_t>::max()));
    return value->get<std::uint64_t>();
}

Result<std::uint32_t> Node::number32(const char* member) const {
    LK_ASSIGN(const Json* value, integer(member, std::numeric_limits<std::uint32_t>::max()));
    return value->get<std::uint32_t>();
}

// Refuses "1.0", and numbers beyond 2^64, which nlohmann keeps as fractions.
Result<const Json*> Node::integer(const char* member, std::uint64_t max) const {
    LK_ASSIGN(const Json* value, required(member));
    if (!value->is_number_integer()) return error(member, "not an integer: " + shown(*value));
    if (!value->is_number_unsigned() && value->get<std::int64_t>() < 0)
        return error(member, shown(*value) + " < 0");
    if (value->get<std::uint64_t>() > max)
        return error(member, strprintf("%s > %" PRIu64, shown(*value).c_str(), max));
    return value;
}

Result<std::vector<std::string>> Node::texts(const char* member, bool optional) const {
    std::vector<std::string> result;
    if (optional && !has(member)) return result;
    LK_ASSIGN(const Json* array, required(member));
    if (!array->is_array()) return error(member, "not an array: " + shown(*array));
    for (const Json& item : *array) {
        if (!item.is_string()) return error(member, "not a string in it: " + shown(item));
        result.push_back(item.get_ref<const std::string&>());
    }
    return result;
}

Result<std::vector<int>> Node::references(const char* member, const Node& among) const {
    LK_ASSIGN(const std::vector<std::string> names, texts(member, false));
    std::vector<int> numbers;
    for (const std::string& name : names) {
        const auto number = parse_object_number(name);
        if (!number || !among.has(name))
            return error(member, "no such object: " + among.path() + " " + quote(name));
        numbers.push_back(*number);
    }
    return numbers;
}

Result<std::vector<Node::Numbered>> Node::numbered() const {
    if (!json_->is_object()) return error("not an object");
    std::vector<Numbered> result;
    for (auto item = json_->begin(); item != json_->end(); ++item) {
        const auto number = parse_object_number(item.key());
        if (!number) return error(("not an object number: " + quote(item.key())).c_str());
        if (!item->is_object()) return error(item.key().c_str(), "not an object: " + shown(*item));
        result.push_back({*number, Node(*item, path_ + "." + item.key())});
    }
    return result;
}

}  // namespace latchkey::luks2
