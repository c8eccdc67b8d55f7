// SPDX-License-Identifier: GPL-2.0-or-later
// Chooses the channel of each text: the rules of docs/cli-abi.md, "Channels".
#include <time.h>
#include <unistd.h>

#include <cstdio>

#include "cli/action.h"
#include "cli/options.h"
#include "latchkey/new_file.h"
#include "text/format.h"
#include "text/wording.h"
#include "ui/state.h"

namespace latchkey::cli {
namespace {

void put(std::FILE* stream, std::string_view text) {
    std::fwrite(text.data(), 1, text.size(), stream);
}

void put_line(std::FILE* stream, std::string_view text) {
    put(stream, without_controls(text) + "\n");
}

std::uint64_t now_ms() {
    timespec time = {};
    ::clock_gettime(CLOCK_MONOTONIC, &time);
    return static_cast<std::uint64_t>(time.tv_sec) * 1000 +
           static_cast<std::uint64_t>(time.tv_nsec) / 1'000'000;
}

}  // namespace

Ui::Setup Ui::setup_for(const OurProgram& program, std::string_view called_as,
                        const Arguments& args) {
    Setup setup;
    setup.program = called_as;
    setup.name = program.name;
    if (args.action != nullptr) setup.action = args.action->name;
    if (args.has(opt::verbose)) setup.verbosity = 1;
    if (args.has(opt::debug)) setup.verbosity = 2;
    if (args.has(opt::debug_json)) setup.verbosity = 3;
    setup.json = args.has(opt::json);
    setup.batch = args.has(opt::batch_mode);
    setup.dry_run = args.has(opt::dry_run);
    setup.verify_passphrase = args.has(opt::verify_passphrase);
    setup.tries = args.get(opt::tries).value_or(3);
    setup.progress_seconds = args.get(opt::progress_frequency);
    setup.progress_json = args.has(opt::progress_json);
    return setup;
}

Ui::Ui(Context& context, Setup setup)
    : context_(context), setup_(std::move(setup)), state_(std::make_unique<State>()) {
    // A message of the library is one line, whatever names it contains.
    context_.log_sink = [this](LogLevel level, std::string_view text) { log(level, shown(text)); };
    context_.repair_command = std::string(setup_.name) + " repair";
    context_.progress = [this](std::uint64_t done, std::uint64_t all) {
        show_progress(done, all);
        return true;
    };
}

Ui::~Ui() {
    context_.log_sink = nullptr;
    context_.progress = nullptr;
}

void Ui::say(const char* format, ...) {
    if (setup_.json) return;
    std::va_list arguments;
    va_start(arguments, format);
    put_line(stdout, vformat(translate(format), arguments));
    va_end(arguments);
}

void Ui::verbose(const char* format, ...) {
    if (setup_.json || !is_verbose()) return;
    std::va_list arguments;
    va_start(arguments, format);
    put_line(stdout, vformat(translate(format), arguments));
    va_end(arguments);
}

void Ui::warn(const char* format, ...) {
    std::va_list arguments;
    va_start(arguments, format);
    log(LogLevel::Warning, vformat(translate(format), arguments));
    va_end(arguments);
}

void Ui::debug(const char* format, ...) {
    if (setup_.verbosity < 2) return;
    std::va_list arguments;
    va_start(arguments, format);
    log(LogLevel::Debug, vformat(format, arguments));
    va_end(arguments);
}

void Ui::print(std::string_view text) {
    if (!setup_.json) put(stdout, without_controls(text));
}

void Ui::print_file(std::string_view text) {
    if (::isatty(STDOUT_FILENO) != 0) return print(text);
    if (!setup_.json) put(stdout, text);
}

void Ui::print_secret(std::span<const std::byte> text) {
    // Does not use stdio, whose buffer is never wiped.
    std::fflush(stdout);
    if (const int error = write_all(STDOUT_FILENO, text); error != 0) state_->lost_output = error;
}

void Ui::log(LogLevel level, std::string_view text) {
    end_progress_line();
    // With --json standard output contains one object and nothing else.
    std::FILE* const human = setup_.json ? stderr : stdout;
    switch (level) {
        case LogLevel::Error: report(Error{Errc::InvalidArgument, std::string(text)}); break;
        case LogLevel::Warning:
            state_->warnings.emplace_back(text);
            std::fflush(stdout);
            put_line(stderr, sentence(text));
            break;
        case LogLevel::Normal:
            if (!setup_.json) put_line(stdout, sentence(text));
            break;
        case LogLevel::Verbose:
            if (is_verbose() && !setup_.json) put_line(stdout, sentence(text));
            break;
        case LogLevel::Debug:
        case LogLevel::DebugJson:
            if (setup_.verbosity >= (level == LogLevel::Debug ? 2 : 3))
                put_line(human, "# " + std::string(text));
            break;
    }
}

// Text is for a user who waits; without a terminal it needs an option.
std::FILE* Ui::progress_stream() const {
    const bool wanted = setup_.progress_json || setup_.progress_seconds.has_value();
    if (!setup_.progress_json && (setup_.batch || setup_.json)) return nullptr;
    const bool out_is_taken = setup_.json || state_->data_on_stdout;
    if (!out_is_taken && (wanted || ::isatty(STDOUT_FILENO) != 0)) return stdout;
    return wanted || ::isatty(STDERR_FILENO) != 0 ? stderr : nullptr;
}

void Ui::show_progress(std::uint64_t done, std::uint64_t all) {
    std::FILE* const stream = progress_stream();
    if (stream == nullptr) return;
    const std::uint64_t now = now_ms();
    const bool finished = all != 0 && done >= all;
    if (!state_->progress.is_due(now, finished, setup_.progress_seconds)) return;
    const ProgressState state{done, all, state_->progress.elapsed_ms(now)};
    if (setup_.progress_json)
        put(stream, progress_json(state) + "\n");
    else if (setup_.progress_seconds)
        put(stream, progress_text(state) + "\n");
    else
        put(stream, "\33[2K\r" + progress_text(state) + (finished ? "\n" : ""));
    std::fflush(stream);
    const bool in_a_line = !setup_.progress_json && !setup_.progress_seconds && !finished;
    state_->begun_line = in_a_line ? stream : nullptr;
}

void Ui::end_progress_line() {
    if (state_->begun_line == nullptr) return;
    put(state_->begun_line, "\n");
    std::fflush(state_->begun_line);
    state_->begun_line = nullptr;
}

void Ui::keep_stdout_for_data() {
    state_->data_on_stdout = true;
}

void Ui::result(Fact fact) {
    state_->result = std::move(fact);
}

}  // namespace latchkey::cli
