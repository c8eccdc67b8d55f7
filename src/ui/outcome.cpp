// SPDX-License-Identifier: GPL-2.0-or-later
// The end of an action: prints its error and the JSON envelope, and returns the exit status.
#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "cli/action.h"
#include "cli/help.h"
#include "text/format.h"
#include "text/wording.h"
#include "ui/dry_run.h"
#include "ui/envelope.h"
#include "ui/ui.h"

namespace latchkey::cli {
namespace {

// A prompt that a signal ended has the peer's sentence.
bool is_interruption(const Error& error) {
    return error.code == Errc::Interrupted && error.sentence.empty();
}

// Users must know what holds now and how to go on, with -q and without a terminal, too.
void report_interruption(Output& output, const std::vector<Writable>& writable,
                         const Error& error) {
    std::string written;
    bool all_known = !writable.empty();
    for (const Writable& device : writable) {
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
    if (!error.hint.empty()) output.print_hint(error.hint);
}

// Prints how to call the program before the reason.
void report_usage_error(Output& output, const Arguments& args, const Error& error) {
    const Settings& settings = output.settings();
    const OurProgram& program = program_called(settings.name);
    std::fflush(stdout);
    const std::string usage = short_usage_text(program, args.action, args.action_word);
    std::fprintf(stderr, "%s%s: %s\n", usage.c_str(), shown(settings.program).c_str(),
                 without_controls(peer_words(error, output.context().policy.speaks_as)).c_str());
    if (!error.hint.empty() && (output.explains() || output.shows_hints()))
        output.print_hint(error.hint);
}

// A secret that did not reach standard output is an error, as other text is (main.cpp).
Result<void> all_written(const Output& output) {
    if (output.lost_output() == 0) return {};
    return fail_saying(Errc::Io, "Cannot write to standard output: %s.",
                       std::strerror(output.lost_output()))
        .exits_with(1);
}

}  // namespace

void Ui::print_error(const Arguments& args, const Error& error) {
    if (error.telling == Telling::Usage)
        report_usage_error(*this, args, error);
    else if (error.telling == Telling::Silent)
        return;
    else if (is_interruption(error))
        report_interruption(*this, writable(), error);
    else
        report(error);
}

int Ui::finish(const Arguments& args, const Result<void>& outcome) {
    end_progress_line();
    std::vector<Fact> rehearsed;
    if (outcome && dry_run()) rehearsed = report_rehearsals(*this, rehearsals());
    const Result<void> written = all_written(*this);
    const Error* error = !outcome ? &outcome.error() : !written ? &written.error() : nullptr;
    const PeerRelease speaks_as = context().policy.speaks_as;
    const int status = error == nullptr ? 0 : exit_status_of(*error, speaks_as);
    if (error != nullptr) print_error(args, *error);
    if (json()) {
        Envelope envelope;
        if (args.action != nullptr) envelope.action = args.action->name;
        envelope.error = error;
        envelope.exit_status = status;
        envelope.speaks_as = speaks_as;
        envelope.result = std::move(result_);
        envelope.warnings = warnings();
        if (dry_run()) envelope.dry_run = std::move(rehearsed);
        const std::string text = to_json(envelope_fact(std::move(envelope))) + "\n";
        std::fwrite(text.data(), 1, text.size(), stdout);
    } else if (is_verbose() && error == nullptr) {
        say("Command successful.");
    } else if (is_verbose() && error->telling != Telling::Usage) {
        say("Command failed with code -%d (%s).", status, status_text(status).c_str());
    }
    return status;
}

}  // namespace latchkey::cli
