// SPDX-License-Identifier: GPL-2.0-or-later
#include "ui/questions.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstring>

#include "latchkey/condition.h"
#include "text/format.h"
#include "text/wording.h"
#include "ui/terminal.h"

namespace latchkey::cli {
namespace {

constexpr const char* kPlace = "%s";

}  // namespace

Result<void> Questions::confirm(std::string_view question, int refused_status) {
    if (output_.batch() || ::isatty(STDIN_FILENO) == 0) return {};
    // Nothing will be written; what the question warns of is of use all the same.
    if (output_.dry_run()) {
        output_.print(std::string(question) + "\n");
        return {};
    }
    // With --json a program reads standard output, and cannot answer.
    std::FILE* const stream = output_.json() ? stderr : stdout;
    std::string asked = text(
        "\nWARNING!\n========\n%s\n\nAre you sure? (Type 'yes' in "
        "capital letters): ",
        kPlace);
    // The question may have several lines, which an argument of text() may not.
    asked.replace(asked.find(kPlace), std::strlen(kPlace), without_controls(question));
    std::fputs(asked.c_str(), stream);
    std::fflush(stream);
    auto answer = read_answer();
    if (!answer) return std::move(answer).error();
    if (*answer == "YES\n") return {};
    return fail_saying(Errc::Refused, "Operation aborted.\n").exits_with(refused_status);
}

Result<void> Questions::confirm_or(std::string_view question, int refused_status,
                                   const char* refusal) {
    auto agreed = confirm(question, refused_status);
    if (agreed || agreed.error().code != Errc::Refused) return agreed;
    return Error(Errc::Refused).saying(translate(refusal)).exits_with(refused_status);
}

Result<SecretBuffer> Questions::ask(const keys::Ask& question) {
    const Echo echo = question.echo ? Echo::On : Echo::Off;
    const auto seconds =
        static_cast<std::uint32_t>(std::min<std::uint64_t>(question.timeout_seconds, UINT32_MAX));
    const WorkWatch::Hush hush(output_.work());
    LK_ASSIGN(TypedLine typed, ask_secret(question.prompt, seconds, echo));
    if (typed.too_long)
        output_.warn("The passphrase is longer than %zu bytes; the rest of it is not used.",
                     kMostTyped);
    if (!question.twice) return std::move(typed.bytes);
    LK_ASSIGN(const TypedLine again, ask_secret(text("Verify passphrase: "), seconds, echo));
    if (again.too_long != typed.too_long ||
        !equal_in_constant_time(typed.bytes.bytes(), again.bytes.bytes()))
        return fail_saying(Errc::InvalidArgument, "Passphrases do not match.")
            .because(Condition::AnswersDiffer)
            .exits_with(2);
    return std::move(typed.bytes);
}

KeyReading Questions::reading() {
    return {.before =
                [this](const KeySource& source) {
                    std::fflush(stdout);
                    if (output_.settings().verify_passphrase && source.is_a<keys::Descriptor>())
                        output_.warn("Can't do passphrase verification on non-tty inputs.");
                },
            .ask = [this](const keys::Ask& question, unsigned) { return ask(question); },
            .cancelled = &output_.context().cancelled()};
}

Result<SecretBuffer> Questions::read_secret(const KeySource& source) {
    return latchkey::read_secret(output_.context(), source, reading());
}

Result<Passphrase> Questions::read_passphrase(const KeySource& source) {
    LK_ASSIGN(SecretBuffer bytes, read_secret(source));
    return Passphrase(std::move(bytes));
}

Result<SecretBuffer> Questions::read_file(std::string_view path, KeyfileOptions options) {
    options.cancelled = &output_.context().cancelled();
    return path == "-" ? read_keyfile(STDIN_FILENO, options) : read_keyfile(path, options);
}

}  // namespace latchkey::cli
