// SPDX-License-Identifier: LGPL-2.1-or-later
#include <array>
#include <climits>
#include <cwchar>
#include <cwctype>

#include "base/i18n.h"
#include "latchkey/peer.h"
#include "peer/sentences.h"

namespace latchkey {
namespace {

struct Words {
    Errc code;
    const char* text;
};

// What the peer prints for all errors of a kind (docs/cli-abi.md, "Messages").
constexpr Words kPeer[] = {
    {Errc::WrongPassphrase, N_("No key available with this passphrase.")},
    {Errc::NoUsableKeyslot, N_("No usable keyslot is available.")},
    {Errc::NoUsableToken, N_("No usable token is available.")},
};

const char* words_of(Errc code) {
    for (const Words& words : kPeer)
        if (words.code == code) return words.text;
    return nullptr;
}

const peer::Sentence* row_of(const Error& error, PeerRelease release = built_peer_release()) {
    return peer::find(error.condition, Call::Any, release);
}

// Returns how the release fails for this cause; nullptr if all fail alike.
const Failure* failure_of(const Error& error, PeerRelease release) {
    switch (error.condition) {
        case Condition::TableRefused: return &habits_of(release).refused_table;
        case Condition::KernelKeyMissing: return &habits_of(release).missing_key;
        default: return nullptr;
    }
}

// Returns the first word, decoded in the user's locale; empty if its bytes are invalid there.
std::wstring first_word(std::string_view text) {
    constexpr std::wstring_view kEnds = L" :,\u00a0\u202f";
    std::wstring word;
    std::mbstate_t state = {};
    while (!text.empty()) {
        wchar_t letter = 0;
        const std::size_t length = std::mbrtowc(&letter, text.data(), text.size(), &state);
        if (length == 0 || length > text.size()) return {};
        if (kEnds.find(letter) != kEnds.npos) break;
        word += letter;
        text.remove_prefix(length);
    }
    return word;
}

// Recognizes names like "luksDump", "/dev/sdb", "AF" and "dm-crypt", which keep their case at the start of a sentence;
// an ordinary word is capitalized.  A word with a hyphen counts as ordinary if it contains an accent or an elision
// ("l'en-tête").
bool is_name(std::wstring_view word) {
    bool hyphen = false;
    bool of_a_language = false;
    for (const wchar_t letter : word) {
        if (letter == L'-')
            hyphen = true;
        else if (letter == L'\'' || letter == L'\u2019' ||
                 (letter > 0x7f && std::iswlower(static_cast<std::wint_t>(letter))))
            of_a_language = true;
        else if (letter < L'a' || letter > L'z')
            return true;
    }
    return hyphen && !of_a_language;
}

std::string capitalized(std::string_view text) {
    const std::wstring word = first_word(text);
    if (word.empty() || is_name(word)) return std::string(text);
    std::mbstate_t state = {};
    const std::size_t old = std::mbrlen(text.data(), text.size(), &state);
    std::array<char, MB_LEN_MAX> capital = {};
    state = {};
    const std::size_t length = std::wcrtomb(
        capital.data(), static_cast<wchar_t>(std::towupper(static_cast<std::wint_t>(word.front()))),
        &state);
    if (length > capital.size()) return std::string(text);
    return std::string(capital.data(), length).append(text.substr(old));
}

bool ends_like_a_sentence(std::string_view text) {
    return text.ends_with('.') || text.ends_with('\n') || text.ends_with('!');
}

bool is_question(std::string_view text) {
    return text.ends_with('?');
}

}  // namespace

std::string sentence(std::string_view message) {
    if (is_question(message)) return capitalized(message);
    if (message.empty() || ends_like_a_sentence(message)) return std::string(message);
    return capitalized(message) + ".";
}

Error told_by(Error error, Call call) {
    const peer::Sentence* row = peer::find(error.condition, call);
    if (row == nullptr || row->call == Call::Any) return error;
    if (row->exit_status != 0) error.exit_status = row->exit_status;
    if (row->errno_value != 0) error.errno_value = row->errno_value;
    if (row->code) error.code = *row->code;
    return std::move(error).saying(peer::filled(*row, error));
}

std::string peer_words(const Error& error, PeerRelease release) {
    if (!error.sentence.empty()) return error.sentence;
    if (const peer::Sentence* row = row_of(error, release)) return peer::filled(*row, error);
    if (const char* words = words_of(error.code)) return translate(words);
    return sentence(error.message);
}

std::string phrase(const Error& error) {
    if (error.sentence.empty() && !has_peer_sentence(error)) return error.message;
    const std::string whole = peer_words(error);
    return whole.substr(0, whole.find_last_not_of(".\n") + 1);
}

std::string sentence_or_message(const Error& error) {
    return error.sentence.empty() && !has_peer_sentence(error) ? error.message : peer_words(error);
}

bool message_says_more(const Error& error) {
    if (peer_words(error).starts_with(sentence(error.message))) return false;
    // An error that was made from a whole sentence has nothing to add.
    if (!error.sentence.empty()) return error.condition != Condition::None;
    return has_peer_sentence(error) || words_of(error.code) != nullptr;
}

bool has_peer_sentence(const Error& error) {
    return row_of(error) != nullptr;
}

int exit_status_of(const Error& error, PeerRelease release) {
    if (error.exit_status) return *error.exit_status;
    if (const Failure* failure = failure_of(error, release)) return failure->exit_status;
    const peer::Sentence* row = row_of(error);
    return row != nullptr && row->exit_status != 0 ? row->exit_status
                                                   : info(error.code).exit_status;
}

int errno_of(const Error& error, PeerRelease release) {
    if (error.errno_value) return *error.errno_value;
    if (const Failure* failure = failure_of(error, release)) return failure->errno_value;
    const peer::Sentence* row = row_of(error);
    return row != nullptr && row->errno_value != 0 ? row->errno_value
                                                   : info(error.code).errno_value;
}

}  // namespace latchkey
