// SPDX-License-Identifier: GPL-2.0-or-later
// The end of an action: prints its error and the JSON envelope, and returns the exit status.
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "cli/help.h"
#include "text/format.h"
#include "text/wording.h"
#include "ui/envelope.h"
#include "ui/state.h"

namespace latchkey::cli {
namespace {

// A prompt that a signal ended has the peer's sentence.
bool is_interruption(const Error& error) {
    return error.code == Errc::Interrupted && error.sentence.empty();
}

}  // namespace

void Ui::report(const Error& error) {
    std::fflush(stdout);
    const std::string message = peer_words(error, context_.policy.speaks_as);
    std::fprintf(stderr, "%s\n", without_controls(message).c_str());
    if (message_says_more(error)) debug("%s", error.message.c_str());
    const std::string hint = advice(error, setup_.action);
    // Hints are for people; programs that read stderr get only the peer's lines.
    if (!hint.empty() && hint != state_->last_hint && shows_hints()) print_hint(hint);
}

bool Ui::shows_hints() const {
    return is_verbose() || ::isatty(STDERR_FILENO) != 0;
}

void Ui::print_hint(const std::string& hint) {
    std::fprintf(stderr, "%s\n",
                 without_controls(text("Hint: %s", sentence(hint).c_str())).c_str());
    state_->last_hint = hint;
}

// Users must know what holds now and how to go on, with -q and without a terminal, too.
void Ui::report_interruption(const Error& error) {
    std::string written;
    bool all_known = !state_->writable.empty();
    for (const State::Writable& device : state_->writable) {
        if (device.written == nullptr)
            all_known = false;
        else if (device.written->load(std::memory_order_relaxed))
            written += (written.empty() ? "" : ", ") + device.name;
    }
    const char* const where = error.message.c_str();
    std::fflush(stdout);
    std::string line = text("Interrupted: %s.", where);
    if (!written.empty())
        line = text("Interrupted: %s; %s was written to.", where, written.c_str());
    else if (all_known)
        line = text("Interrupted: %s; nothing was written.", where);
    std::fprintf(stderr, "%s\n", without_controls(line).c_str());
    if (!error.hint.empty()) print_hint(error.hint);
}

int Ui::finish(const Arguments& args, const Result<void>& outcome) {
    end_progress_line();
    if (outcome && setup_.dry_run) report_dry_run();
    const Error* error = outcome ? nullptr : &outcome.error();
    const int status = error == nullptr ? 0 : exit_status_of(*error, context_.policy.speaks_as);
    const bool is_usage = error != nullptr && error->telling == Telling::Usage;
    if (is_usage) {
        std::fflush(stdout);
        const std::string usage =
            short_usage_text(program_called(setup_.name), args.action, args.action_word);
        std::fprintf(stderr, "%s%s: %s\n", usage.c_str(), shown(setup_.program).c_str(),
                     without_controls(peer_words(*error, context_.policy.speaks_as)).c_str());
        if (!error->hint.empty() && (program_called(setup_.name).always_explains || shows_hints()))
            print_hint(error->hint);
    } else if (error != nullptr && error->telling != Telling::Silent) {
        is_interruption(*error) ? report_interruption(*error) : report(*error);
    }
    if (setup_.json)
        print_envelope(args, error, status);
    else if (is_verbose() && error == nullptr)
        say("Command successful.");
    else if (is_verbose() && !is_usage)
        say("Command failed with code -%d (%s).", status, status_text(status).c_str());
    return status;
}

void Ui::print_envelope(const Arguments& args, const Error* error, int status) {
    Envelope envelope;
    if (args.action != nullptr) envelope.action = args.action->name;
    envelope.error = error;
    envelope.exit_status = status;
    envelope.speaks_as = context_.policy.speaks_as;
    envelope.result = std::move(state_->result);
    envelope.warnings = std::move(state_->warnings);
    if (setup_.dry_run) envelope.dry_run = std::move(state_->dry_run);
    const std::string json = to_json(envelope_fact(std::move(envelope))) + "\n";
    std::fwrite(json.data(), 1, json.size(), stdout);
}

}  // namespace latchkey::cli
