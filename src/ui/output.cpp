// SPDX-License-Identifier: GPL-2.0-or-later
// Chooses the channel of each text: the rules of docs/cli-abi.md, "Channels".
#include "ui/output.h"

#include <unistd.h>

#include <cstdarg>
#include <cstdio>

#include "latchkey/new_file.h"
#include "text/format.h"
#include "text/wording.h"

namespace latchkey::cli {
namespace {

void put(std::FILE* stream, std::string_view text) {
    std::fwrite(text.data(), 1, text.size(), stream);
}

void put_line(std::FILE* stream, std::string_view text) {
    put(stream, without_controls(text) + "\n");
}

// Returns where to say that a computation goes on; null: nowhere.  Programs have no use for its text.
std::FILE* work_stream(const Settings& settings) {
    if (settings.batch || settings.json || settings.progress_json) return nullptr;
    const bool wanted = settings.progress_seconds || ::isatty(STDERR_FILENO) != 0;
    return wanted || always_explains(settings) ? stderr : nullptr;
}

WorkRhythm work_rhythm(const Settings& settings) {
    return {.one_line = !settings.progress_seconds && ::isatty(STDERR_FILENO) != 0,
            .every = settings.progress_seconds};
}

}  // namespace

Output::Output(Context& context, Settings settings)
    : context_(context),
      settings_(std::move(settings)),
      progress_(settings_),
      work_(std::make_shared<WorkWatch>([this] { return work_stream(settings_); },
                                        work_rhythm(settings_))) {
    // A message of the library is one line, whatever names it contains.
    context_.log_sink = [this](LogLevel level, std::string_view text) { log(level, shown(text)); };
    context_.observer = work_;
    context_.repair_command = std::string(settings_.name) + " repair";
    context_.progress = [this](std::uint64_t done, std::uint64_t all) {
        progress_.show(done, all);
        return true;
    };
}

Output::~Output() {
    context_.log_sink = nullptr;
    context_.progress = nullptr;
    context_.observer = nullptr;
}

void Output::say(const char* format, ...) {
    if (settings_.json) return;
    std::va_list arguments;
    va_start(arguments, format);
    put_line(stdout, vformat(translate(format), arguments));
    va_end(arguments);
}

void Output::verbose(const char* format, ...) {
    if (settings_.json || !is_verbose()) return;
    std::va_list arguments;
    va_start(arguments, format);
    put_line(stdout, vformat(translate(format), arguments));
    va_end(arguments);
}

void Output::warn(const char* format, ...) {
    std::va_list arguments;
    va_start(arguments, format);
    log(LogLevel::Warning, vformat(translate(format), arguments));
    va_end(arguments);
}

void Output::debug(const char* format, ...) {
    if (settings_.verbosity < 2) return;
    std::va_list arguments;
    va_start(arguments, format);
    log(LogLevel::Debug, vformat(format, arguments));
    va_end(arguments);
}

void Output::print(std::string_view text) {
    if (!settings_.json) put(stdout, without_controls(text));
}

void Output::print_file(std::string_view text) {
    if (::isatty(STDOUT_FILENO) != 0) return print(text);
    if (!settings_.json) put(stdout, text);
}

void Output::print_secret(std::span<const std::byte> text) {
    // Does not use stdio, whose buffer is never wiped.
    std::fflush(stdout);
    if (const int error = write_all(STDOUT_FILENO, text); error != 0) lost_output_ = error;
}

void Output::log(LogLevel level, std::string_view text) {
    work_->make_room();
    progress_.end();
    // With --json standard output contains one object and nothing else.
    std::FILE* const human = settings_.json ? stderr : stdout;
    switch (level) {
        case LogLevel::Error: report(Error{Errc::InvalidArgument, std::string(text)}); break;
        case LogLevel::Warning:
            warnings_.emplace_back(text);
            std::fflush(stdout);
            put_line(stderr, sentence(text));
            break;
        case LogLevel::Normal:
            if (!settings_.json) put_line(stdout, sentence(text));
            break;
        case LogLevel::Verbose:
            if (is_verbose() && !settings_.json) put_line(stdout, sentence(text));
            break;
        case LogLevel::Debug:
        case LogLevel::DebugJson:
            if (settings_.verbosity >= (level == LogLevel::Debug ? 2 : 3))
                put_line(human, "# " + std::string(text));
            break;
    }
}

void Output::report(const Error& error) {
    std::fflush(stdout);
    const std::string message = peer_words(error, context_.policy.speaks_as);
    std::fprintf(stderr, "%s\n", without_controls(message).c_str());
    if (message_says_more(error)) debug("%s", error.message.c_str());
    const std::string hint = advice(error, settings_.action);
    // Hints are for people; programs that read stderr get only the peer's lines.  With a damaged header the next
    // command may destroy the rest.
    const bool must_know =
        error.code == Errc::CorruptHeader && !settings_.batch && always_explains(settings_);
    if (!hint.empty() && hint != last_hint_ && (shows_hints() || must_know)) print_hint(hint);
}

bool Output::shows_hints() const {
    return is_verbose() || ::isatty(STDERR_FILENO) != 0;
}

void Output::print_hint(const std::string& hint) {
    std::fprintf(stderr, "%s\n",
                 without_controls(text("Hint: %s", sentence(hint).c_str())).c_str());
    last_hint_ = hint;
}

}  // namespace latchkey::cli
