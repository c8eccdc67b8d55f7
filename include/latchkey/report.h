// SPDX-License-Identifier: LGPL-2.1-or-later
// One model of what is known about a volume, rendered as text and as JSON.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "latchkey/error.h"

namespace latchkey {

// One fact.  `key` names it for programs (JSON, stable); `label` and `suffix` are the text around the value, exactly
// as luksDump and status print it.  Renderers know nothing of LUKS.
struct Fact {
    enum class Kind : std::uint8_t { Value, Object, Array };

    std::string key;         // JSON member name; "" = text only
    std::string label = {};  // text before the value, tabs and padding included; translated
    std::variant<std::monostate, std::string, std::uint64_t, bool> value = {};
    std::string suffix = {};  // text after the value: " [bytes]"
    std::string text = {};    // shown instead of the value, if text and JSON differ
    bool in_text = true;      // false: JSON only
    Kind kind = Kind::Value;
    std::vector<Fact> children = {};
};

// Returns lines, each ended by '\n': label + (text or value) + suffix of every fact with in_text, depth first.  A fact
// without in_text has no line; its children are treated independently.  Control characters are shown as "\x1b"
// (latchkey/wording.h), so that a header cannot control the terminal.  Newlines and tabs stay in `label`, `text` and
// `suffix`, but are shown as escapes in values.
LATCHKEY_API std::string to_text(const Fact& fact);

// Returns compact JSON, or JSON indented by `indent` blanks, without a newline at the end.  Members keep their
// order.  In an object, facts with an empty key are left out; their children, and those of facts of Kind::Value,
// become members of that object.  Elements of an array need no key.  Bytes that are not UTF-8 become U+FFFD; what may
// control a terminal is written as "\u009b".
LATCHKEY_API std::string to_json(const Fact& fact, int indent = -1);

}  // namespace latchkey
