// SPDX-License-Identifier: LGPL-2.1-or-later
#include "luks2/json_text.h"

#include <optional>
#include <vector>

#include "base/json.h"
#include "base/strprintf.h"

namespace latchkey::luks2 {
namespace {

// nlohmann's lexer refuses bytes that are not UTF-8.  For parsing they are replaced by code points at the end of the
// last private plane; the builder below restores the bytes.
constexpr unsigned kByteMask = 0x10ff00;

bool is_continuation(char c) {
    return (static_cast<unsigned char>(c) & 0xc0U) == 0x80;
}

// Returns the length of the UTF-8 sequence at the start of `text` (RFC 3629, table 3-7 of Unicode), or 0 if it is
// invalid.
std::size_t utf8_length(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char first = byte(0);
    if (first < 0x80) return 1;
    const std::size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    if (first < 0xc2 || first > 0xf4 || text.size() < length) return 0;
    for (std::size_t i = 1; i < length; ++i)
        if (!is_continuation(text[i])) return 0;
    const bool overlong = (first == 0xe0 && byte(1) < 0xa0) || (first == 0xf0 && byte(1) < 0x90);
    const bool surrogate = first == 0xed && byte(1) > 0x9f;
    const bool too_large = first == 0xf4 && byte(1) > 0x8f;
    return overlong || surrogate || too_large ? 0 : length;
}

bool is_utf8(std::string_view text) {
    while (!text.empty()) {
        const std::size_t length = utf8_length(text);
        if (length == 0) return false;
        text.remove_prefix(length);
    }
    return true;
}

bool is_masked(std::string_view sequence) {
    return sequence.size() == 4 && sequence.substr(0, 2) == "\xf4\x8f" &&
           (sequence[2] == '\xbe' || sequence[2] == '\xbf');
}

std::string mask_bytes(std::string_view text) {
    std::string masked;
    while (!text.empty()) {
        const std::size_t length = utf8_length(text);
        // A code point that looks like a mask is masked too, byte by byte.
        if (length == 0 || is_masked(text.substr(0, length))) {
            const unsigned code = kByteMask + static_cast<unsigned char>(text[0]);
            masked += "\xf4\x8f";
            masked += static_cast<char>(0x80U | ((code >> 6U) & 0x3fU));
            masked += static_cast<char>(0x80U | (code & 0x3fU));
            text.remove_prefix(1);
        } else {
            masked += text.substr(0, length);
            text.remove_prefix(length);
        }
    }
    return masked;
}

std::string unmask_bytes(std::string_view text) {
    std::string plain;
    while (!text.empty()) {
        const std::size_t length = utf8_length(text);
        const std::string_view sequence = text.substr(0, length);
        if (is_masked(sequence))
            plain += static_cast<char>(((static_cast<unsigned char>(text[2]) & 0x3fU) << 6U) |
                                       (static_cast<unsigned char>(text[3]) & 0x3fU));
        else
            plain += sequence;
        text.remove_prefix(length);
    }
    return plain;
}

// Builds the value from the parser's events, within bounds.
class Builder final : public nlohmann::json_sax<Json> {
  public:
    explicit Builder(bool masked) : masked_(masked) {}

    bool null() override { return add(nullptr); }
    bool boolean(bool value) override { return add(value); }
    bool number_integer(number_integer_t value) override { return add(value); }
    bool number_unsigned(number_unsigned_t value) override { return add(value); }
    bool number_float(number_float_t value, const string_t&) override { return add(value); }
    bool string(string_t& value) override { return add(plain(value)); }
    bool binary(binary_t&) override { return false; }  // JSON text cannot contain it
    bool start_object(std::size_t) override { return open(Json::object()); }
    bool start_array(std::size_t) override { return open(Json::array()); }
    bool end_object() override { return close(); }
    bool end_array() override { return close(); }
    bool key(string_t& name) override {
        Json& object = *open_.back();
        member_ = &object[plain(name)];
        if (object.size() > kMaxJsonMembers)
            return refuse(fail(Errc::CorruptHeader, "JSON: an object has more than %zu members",
                               kMaxJsonMembers));
        return true;
    }
    bool parse_error(std::size_t position, const std::string&,
                     const nlohmann::detail::exception&) override {
        return refuse(fail(Errc::CorruptHeader, "JSON: syntax error at byte %zu", position));
    }

    [[nodiscard]] Result<Json> result() && {
        if (error_) return std::move(*error_);
        return std::move(root_);
    }

  private:
    [[nodiscard]] std::string plain(const std::string& text) const {
        return masked_ ? unmask_bytes(text) : text;
    }
    bool refuse(Error error) {
        if (!error_) error_ = std::move(error);
        return false;
    }
    // Puts a value at the current position; returns null if it is nested too deep.
    Json* place(Json value) {
        if (open_.size() > static_cast<std::size_t>(kMaxJsonDepth)) {
            refuse(fail(Errc::CorruptHeader, "JSON: nested more than %d deep", kMaxJsonDepth));
            return nullptr;
        }
        Json* where = &root_;
        if (!open_.empty() && open_.back()->is_array()) {
            open_.back()->push_back(std::move(value));
            return &open_.back()->back();
        }
        if (!open_.empty()) where = member_;
        *where = std::move(value);
        return where;
    }
    bool add(Json value) { return place(std::move(value)) != nullptr; }
    bool open(Json value) {
        Json* where = place(std::move(value));
        if (where == nullptr) return false;
        open_.push_back(where);
        return true;
    }
    bool close() {
        open_.pop_back();
        return true;
    }

    bool masked_;
    Json root_;
    std::vector<Json*>
        open_;  // containers around the next value; a container does not grow while an inner one is open
    Json* member_ = nullptr;  // in the innermost object
    std::optional<Error> error_;
};

// Writes values in json-c's format.
class Printer {
  public:
    explicit Printer(bool pretty) : pretty_(pretty) {}

    void print(const Json& value) {
        switch (value.type()) {
            case Json::value_t::object: print_members('{', '}', value); break;
            case Json::value_t::array: print_members('[', ']', value); break;
            case Json::value_t::string: print_string(value.get_ref<const std::string&>()); break;
            default: text_ += value.dump();  // contains no strings
        }
    }
    [[nodiscard]] std::string text() && { return std::move(text_); }

  private:
    void print_members(char opening, char closing, const Json& container) {
        text_ += opening;
        ++depth_;
        bool first = true;
        for (auto item = container.begin(); item != container.end(); ++item) {
            if (!first) text_ += ',';
            first = false;
            new_line();
            if (container.is_object()) {
                print_string(item.key());
                text_ += ':';
            }
            print(*item);
        }
        --depth_;
        new_line();  // json-c does this in empty containers too
        text_ += closing;
    }
    void print_string(std::string_view string) {
        static constexpr std::string_view kEscaped = "\b\t\n\f\r\"\\";
        static constexpr std::string_view kLetters = "btnfr\"\\";
        text_ += '"';
        for (const char c : string) {
            if (const auto i = kEscaped.find(c); i != kEscaped.npos)
                (text_ += '\\') += kLetters[i];
            else if (static_cast<unsigned char>(c) < 0x20)
                text_ += strprintf("\\u%04x", static_cast<unsigned>(c));
            else
                text_ += c;
        }
        text_ += '"';
    }
    void new_line() {
        if (!pretty_) return;
        text_ += '\n';
        text_.append(2 * depth_, ' ');
    }

    bool pretty_;
    std::size_t depth_ = 0;
    std::string text_;
};

}  // namespace

Result<Json> parse_json(std::string_view text) {
    const bool masked = !is_utf8(text);
    const std::string masked_text = masked ? mask_bytes(text) : std::string();
    const std::string_view readable = masked ? std::string_view(masked_text) : text;
    Builder builder(masked);
    Json::sax_parse(readable.begin(), readable.end(), &builder);
    return std::move(builder).result();
}

std::string json_to_text(const Json& value) {
    Printer printer(false);
    printer.print(value);
    return std::move(printer).text();
}

std::string json_to_pretty_text(const Json& value) {
    Printer printer(true);
    printer.print(value);
    return std::move(printer).text();
}

std::string json_string_bytes(const Json& string) {
    return string.get_ref<const std::string&>();
}

}  // namespace latchkey::luks2
