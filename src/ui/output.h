// SPDX-License-Identifier: GPL-2.0-or-later
// Text and results for users and programs.  With --json the text of say() and print() is not shown: result and error
// are one object on standard output.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "latchkey/context.h"
#include "latchkey/peer_release.h"
#include "text/i18n.h"
#include "ui/progress_line.h"
#include "ui/settings.h"
#include "ui/work_watch.h"

namespace latchkey::cli {

class Output {
  public:
    // Shows the context's log and progress as long as it lives.
    Output(Context& context, Settings settings);
    ~Output();
    Output(const Output&) = delete;
    Output& operator=(const Output&) = delete;

    [[nodiscard]] Context& context() { return context_; }
    [[nodiscard]] const Settings& settings() const { return settings_; }
    // Returns what depends on the release of the peer that we speak as.
    [[nodiscard]] const PeerHabits& habits() const { return habits_of(context_.policy.speaks_as); }
    [[nodiscard]] bool batch() const { return settings_.batch; }
    [[nodiscard]] bool json() const { return settings_.json; }
    [[nodiscard]] bool dry_run() const { return settings_.dry_run; }
    [[nodiscard]] bool is_verbose() const { return settings_.verbosity > 0; }

    // ---- output for users.  Formats are arguments here, which marks them for translators; each is one line.
    [[gnu::format(printf, 2, 3)]] void say(const char* format, ...);      // stdout
    [[gnu::format(printf, 2, 3)]] void verbose(const char* format, ...);  // stdout, with -v
    [[gnu::format(printf, 2, 3)]] void warn(const char* format,
                                            ...);  // stderr; also in JSON's "warnings"
    [[gnu::format(printf, 2, 3)]] void debug(const char* format,
                                             ...);  // stdout behind "# ", untranslated
    void print(std::string_view text);              // stdout, no newline added: dumps
    void print_file(
        std::string_view text);  // stdout, for a file: unchanged, unless stdout is a terminal
    void print_secret(std::span<const std::byte> text);  // stdout, unbuffered, never in JSON
    // Standard output is the plaintext: progress goes to standard error.
    void keep_stdout_for_data() { progress_.keep_stdout_for_data(); }
    // Prints an error that does not end the action, as main would: one failed attempt of several.
    void report(const Error& error);

    // Prints "Hint: ..." on stderr, once for each hint.
    void print_hint(const std::string& hint);
    // Returns whether a person reads the hints.
    [[nodiscard]] bool shows_hints() const;
    // Returns whether to say more than cryptsetup does.
    [[nodiscard]] bool explains() const { return is_verbose() || always_explains(settings_); }
    [[nodiscard]] WorkWatch& work() { return *work_; }
    // Ends a line of progress that was begun.
    void end_progress_line() { progress_.end(); }
    // Returns the errno of a write of a secret that failed; 0 if none did.
    [[nodiscard]] int lost_output() const { return lost_output_; }
    // Returns the warnings so far; an Envelope repeats them.
    [[nodiscard]] const std::vector<std::string>& warnings() const { return warnings_; }

  private:
    void log(LogLevel level, std::string_view text);

    Context& context_;
    const Settings settings_;
    ProgressLine progress_;
    std::shared_ptr<WorkWatch> work_;
    std::vector<std::string> warnings_;
    int lost_output_ = 0;
    std::string last_hint_;  // printed once, even if the passphrase is wrong several times
};

}  // namespace latchkey::cli
