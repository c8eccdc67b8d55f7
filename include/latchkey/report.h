// SPDX-License-Identifier: LGPL-2.1-or-later
// One model, two renderings: what there is to say about a volume, as text and as JSON.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "latchkey/error.h"

namespace latchkey {

// A fact, said once: `key` names it for programs (JSON, stable), `label` and `suffix` are the text
// around the value, exactly as luksDump and status print it.  Renderers know nothing of LUKS.
struct Fact {
    enum class Kind : std::uint8_t { Value, Object, Array };

    std::string key;                // JSON member name; "" = text only
    std::string label = {};         // text before the value, tabs and padding included; translated
    std::variant<std::monostate, std::string, std::uint64_t, bool> value = {};
    std::string suffix = {};        // text behind the value: " [bytes]"
    std::string text = {};          // shown instead of the value, where text and JSON differ
    bool in_text = true;            // false: JSON only
    Kind kind = Kind::Value;
    std::vector<Fact> children = {};
};

// Lines, each ended by '\n': label + (text or value) + suffix of every fact with in_text, depth first.
LATCHKEY_API std::string to_text(const Fact& fact);

// Compact JSON, or indented by `indent` blanks.  Facts with an empty key are left out of objects
// (their children are not); strings must be UTF-8 and are escaped where they are not.
LATCHKEY_API std::string to_json(const Fact& fact, int indent = -1);

}  // namespace latchkey
