// SPDX-License-Identifier: GPL-2.0-or-later
#include "ui/wording.h"

#include "ui/i18n.h"

namespace latchkey::cli {
namespace {

struct Words {
    Errc code;
    const char* text;
};

// Scripts match these (docs/cli-abi.md, "Messages").
constexpr Words kPeer[] = {
    {Errc::WrongPassphrase, N_("No key available with this passphrase.")},
    {Errc::NoUsableKeyslot, N_("No usable keyslot is available.")},
    {Errc::NoUsableToken, N_("No usable token is available.")},
};

bool ends_like_a_sentence(std::string_view text) {
    return text.ends_with('.') || text.ends_with('\n') || text.ends_with('!');
}

}  // namespace

std::string sentence(std::string_view message) {
    std::string text(message);
    if (text.empty() || ends_like_a_sentence(text)) return text;
    // Only plain letters: "luksDump", "/dev/sdb" and "AF" stay what they are.
    const std::size_t word = text.find_first_of(" :,");
    const std::string_view first = std::string_view(text).substr(0, word);
    bool plain = !first.empty();
    for (const char c : first) plain = plain && c >= 'a' && c <= 'z';
    if (plain) text.front() = static_cast<char>(text.front() - 'a' + 'A');
    return text + ".";
}

std::string peer_words(const Error& error) {
    if (!ends_like_a_sentence(error.message))
        for (const Words& words : kPeer)
            if (words.code == error.code) return translate(words.text);
    return sentence(error.message);
}

std::string advice(const Error& error) {
    return error.hint.empty() ? translate(info(error.code).hint) : error.hint;
}

std::string status_text(int exit_status) {
    switch (exit_status) {
        case 1: return translate(N_("wrong or missing parameters"));
        case 2: return translate(N_("no permission or bad passphrase"));
        case 3: return translate(N_("out of memory"));
        case 4: return translate(N_("wrong device or file specified"));
        case 5: return translate(N_("device already exists or device is busy"));
        default: return translate(N_("unknown error"));
    }
}

}  // namespace latchkey::cli
