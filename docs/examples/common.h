// SPDX-License-Identifier: GPL-2.0-or-later
// What all the examples do: end with the library's words when a step fails, and make a secret of a word.
#pragma once

#include <latchkey/error.h>
#include <latchkey/secret.h>

#include <cstdio>
#include <cstdlib>
#include <span>
#include <string_view>

// The value, or the end of the program: the message says what failed, the hint what to do about it.
template <typename T>
T or_exit(latchkey::Result<T> result) {
    if (result) return std::move(result).value();
    const latchkey::Error& error = result.error();
    std::fprintf(stderr, "%s\n", error.message.c_str());
    if (!error.hint.empty()) std::fprintf(stderr, "%s\n", error.hint.c_str());
    std::exit(latchkey::info(error.code).exit_status);
}

inline void or_exit(latchkey::Result<void> result) {
    if (result) return;
    std::fprintf(stderr, "%s\n", result.error().message.c_str());
    std::exit(latchkey::info(result.error().code).exit_status);
}

// A real program asks on the terminal, or reads a file with latchkey::read_keyfile(): the arguments of a
// process are there for everybody to see.
inline latchkey::Passphrase passphrase_of(std::string_view word) {
    return latchkey::Passphrase(
        latchkey::SecretBuffer::copy_of(std::as_bytes(std::span(word.data(), word.size()))));
}
