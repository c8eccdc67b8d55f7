// SPDX-License-Identifier: GPL-2.0-or-later
#include "crypttab/key_steps.h"

#include <unistd.h>

#include <string>
#include <utility>

#include "latchkey/crypttab_order.h"

namespace latchkey::cli {
namespace {

using crypttab::KeyKind;
using crypttab::Readers;

std::string found_key_file(const std::string& name) {
    for (const char* folder : {"/etc/cryptsetup-keys.d/", "/run/cryptsetup-keys.d/"}) {
        std::string path = folder + name + ".key";
        if (::access(path.c_str(), F_OK) == 0) return path;
    }
    return {};
}

KeyIs key_if(bool is_key) {
    return is_key ? KeyIs::VolumeKey : KeyIs::Passphrase;
}

KeyfileOptions options_of(const crypttab::Meaning& line) {
    return {.offset = line.keyfile_offset_bytes.value_or(0), .size = line.keyfile_size_bytes};
}

KeyStep file_step(const crypttab::Meaning& line, const plain::Params* plain) {
    keys::File file{.path = line.key_path, .options = options_of(line)};
    const bool hashes = crypttab::hashes_key_file(line);
    if (plain != nullptr) {
        file.options.size = plain->key_bytes;
        file.options.may_be_short = hashes;
    }
    // If a key file cannot be read, systemd asks for a passphrase; Debian's scripts give up.
    const bool goes_on = line.reader == Readers::Systemd;
    return {.source = {.from = std::move(file), .is = key_if(plain != nullptr && !hashes)},
            .when_unread = goes_on ? Then::Next : Then::End,
            .when_wrong = Then::Next};
}

// Reads all of the file: with systemd, offset and size apply only to a file that the line names.
KeyStep found_file_step(const crypttab::Meaning& line, std::string path,
                        const plain::Params* plain) {
    const bool is_key = plain != nullptr && !crypttab::hashes_key_file(line, true);
    return {.source = {.from = keys::File{.path = std::move(path)}, .is = key_if(is_key)},
            .when_unread = Then::Next,
            .when_wrong = Then::Next};
}

// Reads as many bytes as the volume's key has, because the file has no end.
KeyStep random_step(const crypttab::Meaning& line, const plain::Params* plain) {
    const std::uint32_t bytes = plain != nullptr ? plain->key_bytes : 0;
    return {.source = {.from = keys::Random{.path = line.key_path, .bytes = bytes},
                       .is = key_if(!crypttab::hashes_key_file(line))},
            .when_wrong = Then::Next};
}

}  // namespace

std::vector<KeyStep> steps_of(const crypttab::Meaning& line, const plain::Params* plain) {
    std::vector<KeyStep> steps;
    const auto add = [&](KeyStep step) { steps.push_back(std::move(step)); };
    // The step is made in its place: g++ 14 warns of moves of these temporaries.
    const auto add_tokens = [&] {
        if (plain != nullptr) return;
        KeyStep& step = steps.emplace_back();
        step.source.from.emplace<keys::Token>();
        step.when_wrong = Then::Next;
        step.counts = false;
    };
    const auto add_person = [&] {
        KeyStep& step = steps.emplace_back();
        step.source.from.emplace<keys::Ask>();
        step.when_wrong = Then::Again;
    };
    const bool systemd = line.reader == Readers::Systemd;
    // Without a hash, the bytes of a program or of standard input are the key.
    const KeyIs of_stream = key_if(plain != nullptr && plain->hash == "plain");
    if (systemd && !line.tokens.empty()) add_tokens();
    switch (line.key) {
        case KeyKind::File:
        case KeyKind::FileOnDevice: add(file_step(line, plain)); break;
        case KeyKind::Random: add(random_step(line, plain)); break;
        case KeyKind::Script:
            steps.clear();
            add({.source = {.from = keys::Script{{.words = {crypttab::script_path(line.script),
                                                            line.key_path}}},
                            .is = of_stream},
                 .when_wrong = Then::Again});
            return steps;
        case KeyKind::StandardInput:
            steps.clear();
            add({.source = {.from = keys::Descriptor{.descriptor = STDIN_FILENO,
                                                     .options = options_of(line)},
                            .is = of_stream},
                 .when_wrong = Then::Next});
            return steps;
        case KeyKind::Ask:
            if (!systemd) {
                add_person();
                return steps;
            }
            if (std::string path = found_key_file(line.name); !path.empty())
                add(found_file_step(line, std::move(path), plain));
            if (line.tokens.empty()) add_tokens();
            break;
    }
    if (!systemd) return steps;
    if (line.try_empty_password)
        add({.source = {.from = keys::Given{}}, .when_wrong = Then::Next, .counts = false});
    // If a random key does not fit, the line is wrong, and a passphrase would not help.
    if (!line.headless && line.key != KeyKind::Random) add_person();
    return steps;
}

}  // namespace latchkey::cli
