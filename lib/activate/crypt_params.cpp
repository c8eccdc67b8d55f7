// SPDX-License-Identifier: LGPL-2.1-or-later
#include "activate/crypt_params.h"

#include <limits>
#include <optional>

#include "activate/flags.h"
#include "latchkey/number.h"

namespace latchkey::activate {
namespace {

constexpr std::size_t kMaxText = 64 * 1024;  // bytes; libdevmapper's answers are much smaller
constexpr std::uint64_t kMaxArguments = 32;

class Words {
  public:
    explicit Words(std::string_view text) : rest_(text) {}
    // Returns the next word; nothing at the end.
    std::optional<std::string_view> next() {
        const auto from = rest_.find_first_not_of(' ');
        if (from == std::string_view::npos) return std::nullopt;
        rest_.remove_prefix(from);
        const auto length = rest_.find(' ');
        const std::string_view word = rest_.substr(0, length);
        rest_.remove_prefix(word.size());
        return word;
    }

  private:
    std::string_view rest_;
};

Error bad(const char* field) {
    return fail(Errc::InvalidArgument, "dm-crypt table: %s is missing or malformed", field);
}

Result<void> parse_key(CryptParams& params, std::string_view field) {
    params.key_field = field;
    if (field == "-") return {};
    if (!field.starts_with(':')) {
        if (field.size() % 2 != 0) return bad("key");
        params.key_bytes = field.size() / 2;
        return {};
    }
    // ":64:logon:cryptsetup:uuid-d0"
    const auto second = field.find(':', 1);
    const auto third = second == std::string_view::npos ? second : field.find(':', second + 1);
    if (third == std::string_view::npos) return bad("key");
    const auto bytes = parse_number<std::uint32_t>(field.substr(1, second - 1));
    if (!bytes) return bad("key");
    params.key_bytes = *bytes;
    params.key_in_keyring = true;
    params.key_description = field.substr(third + 1);
    return {};
}

Result<void> parse_argument(CryptParams& params, std::string_view word) {
    const auto colon = word.find(':');
    const std::string_view name = word.substr(0, colon);
    const std::string_view value = colon == std::string_view::npos ? "" : word.substr(colon + 1);
    if (bool ActivationFlags::*flag = flag_in_table(word)) {
        params.flags.*flag = true;
    } else if (word == "iv_large_sectors") {
        params.iv_large_sectors = true;
    } else if (name == "sector_size") {
        const auto bytes = parse_number<std::uint32_t>(value);
        if (!bytes || *bytes == 0) return bad("sector_size");
        params.sector_size = *bytes;
    } else if (name == "integrity") {
        const auto separator = value.find(':');
        const auto bytes = parse_number<std::uint32_t>(value.substr(0, separator));
        if (!bytes || separator == std::string_view::npos) return bad("integrity");
        params.tag_bytes = *bytes;
        params.integrity = value.substr(separator + 1);
    } else if (name == "integrity_key_size") {
        const auto bytes = parse_number<std::uint32_t>(value);
        if (!bytes) return bad("integrity_key_size");
        params.integrity_key_bytes = *bytes;
    }
    // Unknown arguments belong to a newer kernel.  They stay in the text, which reloading a table copies.
    return {};
}

}  // namespace

std::optional<std::pair<std::uint32_t, std::uint32_t>> parse_device_number(std::string_view text) {
    const auto colon = text.find(':');
    if (colon == std::string_view::npos) return std::nullopt;
    const auto major = parse_number<std::uint32_t>(text.substr(0, colon));
    const auto minor = parse_number<std::uint32_t>(text.substr(colon + 1));
    if (!major || !minor) return std::nullopt;
    return std::pair(*major, *minor);
}

Result<CryptParams> parse_crypt_params(std::string_view text) {
    if (text.size() > kMaxText) return bad("length");
    CryptParams params;
    Words words(text);
    const auto cipher = words.next();
    if (!cipher) return bad("cipher");
    params.cipher = *cipher;
    const auto key = words.next();
    if (!key) return bad("key");
    LK_TRY(parse_key(params, *key));
    const auto iv_offset = parse_number<std::uint64_t>(words.next().value_or(""));
    if (!iv_offset) return bad("IV offset");
    params.iv_offset = *iv_offset;
    const auto device = words.next();
    if (!device) return bad("device");
    params.device = *device;
    if (const auto numbers = parse_device_number(*device)) {
        params.major = numbers->first;
        params.minor = numbers->second;
    }
    const auto offset = parse_number<std::uint64_t>(words.next().value_or(""));
    if (!offset) return bad("offset");
    params.offset = *offset;
    const auto count_word = words.next();
    if (!count_word) return params;
    const auto count = parse_number<std::uint64_t>(*count_word);
    if (!count || *count > kMaxArguments) return bad("number of arguments");
    for (std::uint64_t i = 0; i < *count; ++i) {
        const auto word = words.next();
        if (!word) return bad("argument");
        LK_TRY(parse_argument(params, *word));
    }
    return params;
}

}  // namespace latchkey::activate
