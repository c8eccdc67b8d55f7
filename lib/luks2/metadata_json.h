// SPDX-License-Identifier: LGPL-2.1-or-later
// Typed getters.  They carry the place of a JSON value in the document, so that each refusal can name both.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "latchkey/error.h"
#include "luks2/json_text.h"

namespace latchkey::luks2 {

// Returns text from a header for a message: quoted, unprintable bytes as \xNN, cut at 40 bytes.
[[nodiscard]] std::string quote(std::string_view text);

// Parses decimal digits only, at most 2^64 - 1.
[[nodiscard]] std::optional<std::uint64_t> parse_digits(std::string_view text);
// Parses the name of an object in keyslots, tokens, segments or digests: digits without leading zeros, below 10^9.
[[nodiscard]] std::optional<int> parse_object_number(std::string_view name);

// Every getter returns CorruptHeader with "<path>: <what is wrong>".
class Node {
  public:
    Node(const Json& json, std::string path) : json_(&json), path_(std::move(path)) {}

    [[nodiscard]] const std::string& path() const { return path_; }
    [[nodiscard]] const Json& json() const { return *json_; }
    // Returns an error at this place, or at a member of it.
    [[nodiscard]] Error error(const char* what) const;
    [[nodiscard]] Error error(const char* member, const std::string& what) const;

    // --- members of an object ---
    [[nodiscard]] std::optional<Node> find(std::string_view member) const;
    [[nodiscard]] bool has(std::string_view member) const { return find(member).has_value(); }
    [[nodiscard]] Result<Node> object(const char* member) const;
    [[nodiscard]] Result<std::string> text(const char* member) const;      // not empty
    [[nodiscard]] Result<std::string> any_text(const char* member) const;  // may be empty
    [[nodiscard]] Result<std::uint64_t> digits(const char* member) const;  // "string-uint64"
    [[nodiscard]] Result<std::uint64_t> number(
        const char* member) const;  // JSON integer, 0 or more
    [[nodiscard]] Result<std::uint32_t> number32(const char* member) const;
    // Returns an array of strings.  A missing array is empty if `optional`, else an error.
    [[nodiscard]] Result<std::vector<std::string>> texts(const char* member, bool optional) const;
    // Returns an array of names, each of an object that is a member of `among`.
    [[nodiscard]] Result<std::vector<int>> references(const char* member, const Node& among) const;

    struct Numbered;
    // Returns the members; each is an object under a number.
    [[nodiscard]] Result<std::vector<Numbered>> numbered() const;

  private:
    [[nodiscard]] Result<const Json*> required(const char* member) const;
    [[nodiscard]] Result<const Json*> integer(const char* member, std::uint64_t max) const;

    const Json* json_;
    std::string path_;
};

struct Node::Numbered {
    int number;
    Node node;
};

}  // namespace latchkey::luks2
