// SPDX-License-Identifier: GPL-2.0-or-later
// Questions to the user, and files that answer them.
#pragma once

#include <cstdint>
#include <string_view>

#include "latchkey/key_source.h"
#include "latchkey/secret.h"
#include "ui/output.h"

namespace latchkey::cli {

class Questions {
  public:
    explicit Questions(Output& output) : output_(output) {}

    // Prints WARNING! and "Are you sure?".  Asks only if stdin is a terminal and -q is not given, else agrees. If the
    // user does not agree: Refused, "Operation aborted.", with this exit status.  A rehearsal prints the text alone.
    [[nodiscard]] Result<void> confirm(std::string_view text, int refused_status = 1);
    // Does the same, with a sentence of its own for a refusal, marked N_.
    [[nodiscard]] Result<void> confirm_or(std::string_view text, int refused_status,
                                          const char* refusal);
    // Asks one question on the terminal; twice if the answer must be repeated.  Condition::AnswersDiffer.
    [[nodiscard]] Result<SecretBuffer> ask(const keys::Ask& question);
    // Returns how this program reads secrets, to be passed to the library with each source.
    [[nodiscard]] KeyReading reading();
    // Makes one attempt to read the secret.
    [[nodiscard]] Result<SecretBuffer> read_secret(const KeySource& source);
    [[nodiscard]] Result<Passphrase> read_passphrase(const KeySource& source);
    // Returns how often a wrong answer may be given: --tries.
    [[nodiscard]] std::uint32_t tries() const { return output_.settings().tries; }
    // Reads a file that is not a secret, or standard input for "-" (read_keyfile).  Signals interrupt the waiting.
    [[nodiscard]] Result<SecretBuffer> read_file(std::string_view path,
                                                 KeyfileOptions options = {});

  private:
    Output& output_;
};

}  // namespace latchkey::cli
