// SPDX-License-Identifier: GPL-2.0-or-later
#include "crypttab/ask.h"

#include <cstdio>
#include <utility>

#include "latchkey/condition.h"
#include "ui/secret_sources.h"

namespace latchkey::cli {
namespace {

Result<SecretBuffer> ask(Ui& ui, const keys::Ask& question) {
    std::fflush(stdout);
    if (!person_is_there()) return ui.read_file("-", {.stop_at_newline = true});
    auto answer = ui.ask(question);
    if (!answer && answer.error().condition == Condition::AnswersDiffer)
        answer.error().code = Errc::WrongPassphrase;
    return answer;
}

}  // namespace

KeyReading reading_of(Ui& ui) {
    KeyReading reading = ui.reading();
    reading.ask = [&ui](const keys::Ask& question, unsigned) { return ask(ui, question); };
    return reading;
}

}  // namespace latchkey::cli
