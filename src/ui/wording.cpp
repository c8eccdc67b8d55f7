// SPDX-License-Identifier: GPL-2.0-or-later
#include "ui/wording.h"

#include "ui/format.h"
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

// Of one at `at`: C0 but newline and tab, DEL, and C1 in its UTF-8 form; 0 if there is none.
std::size_t control_length(std::string_view text, std::size_t at) {
    const auto byte = static_cast<unsigned char>(text[at]);
    if ((byte < 0x20 && byte != '\n' && byte != '\t') || byte == 0x7f) return 1;
    if (byte != 0xc2 || at + 1 == text.size()) return 0;
    const auto next = static_cast<unsigned char>(text[at + 1]);
    return next >= 0x80 && next <= 0x9f ? 2 : 0;
}

bool ends_like_a_sentence(std::string_view text) {
    return text.ends_with('.') || text.ends_with('\n') || text.ends_with('!');
}

}  // namespace

std::string without_controls(std::string_view text) {
    std::string shown;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = at + control_length(text, at);
        if (end == at) shown += text[at++];
        for (; at < end; ++at)
            shown += untranslated("\\x%02x", static_cast<unsigned>(static_cast<unsigned char>(text[at])));
    }
    return shown;
}

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
