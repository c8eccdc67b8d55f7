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

// Returns whether an error needs no message.  A user who pressed ^C knows the reason; only a prompt that it ended
// prints the peer's sentence.
bool goes_without_saying(const Error& error) {
    return error.telling == Telling::Silent ||
           (error.code == Errc::Interrupted && error.sentence.empty());
}

}  // namespace

void Ui::report(const Error& error) {
    std::fflush(stdout);
    const std::string message = peer_words(error);
    std::fprintf(stderr, "%s\n", without_controls(message).c_str());
    if (message_says_more(error)) debug("%s", error.message.c_str());
    const std::string hint = advice(error, setup_.action);
    // Hints are for people; programs that read stderr get only the peer's lines.
    if (hint.empty() || hint == state_->last_hint) return;
    if (!is_verbose() && !::isatty(STDERR_FILENO)) return;
    std::fprintf(stderr, "%s\n",
                 without_controls(text("Hint: %s", sentence(hint).c_str())).c_str());
    state_->last_hint = hint;
}

int Ui::finish(const Arguments& args, const Result<void>& outcome) {
    if (outcome && setup_.dry_run) report_dry_run();
    const Error* error = outcome ? nullptr : &outcome.error();
    const int status = error == nullptr ? 0 : exit_status_of(*error);
    const bool is_usage = error != nullptr && error->telling == Telling::Usage;
    if (is_usage) {
        std::fflush(stdout);
        const std::string usage =
            short_usage_text(program_called(setup_.name), args.action, args.action_word);
        std::fprintf(stderr, "%s%s: %s\n", usage.c_str(), shown(setup_.program).c_str(),
                     without_controls(peer_words(*error)).c_str());
    } else if (error != nullptr && !goes_without_saying(*error)) {
        report(*error);
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
    envelope.result = std::move(state_->result);
    envelope.warnings = std::move(state_->warnings);
    if (setup_.dry_run) envelope.dry_run = std::move(state_->dry_run);
    const std::string json = to_json(envelope_fact(std::move(envelope))) + "\n";
    std::fwrite(json.data(), 1, json.size(), stdout);
}

}  // namespace latchkey::cli
