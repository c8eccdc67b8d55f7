// SPDX-License-Identifier: GPL-2.0-or-later
// The interface of an action to users and programs: output, questions, devices, results.
//
// An action returns Result<void>; main prints its error, in the peer's words if there are any, and derives the exit
// status from it.  With --json the text of say() and print() is not shown: result and error are one object on
// standard output.
#pragma once

#include <cstdint>
#include <cstdio>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cli/arguments.h"
#include "cli/program.h"
#include "latchkey/context.h"
#include "latchkey/device.h"
#include "latchkey/key_source.h"
#include "latchkey/report.h"
#include "latchkey/secret.h"
#include "latchkey/volume.h"
#include "text/i18n.h"

namespace latchkey::cli {

// Returns whether standard input is a terminal, where the user can answer.
[[nodiscard]] bool person_is_there();
// Returns the source of a secret of the command line.  Precedence, newlines and limits are the peer's;
// docs/cli-abi.md has the table.  Without a file, and for "-", the user is asked if standard input is a terminal.
// Otherwise the secret is a line of standard input, or all of it for "-".  `prompt` is translated, with the trailing
// blank.
[[nodiscard]] KeySource secret_source(const Arguments& args, std::string prompt,
                                      std::optional<std::string_view> key_file,
                                      KeyfileOptions options);
// Uses --key-file, or else the operand with that index; --keyfile-offset, --keyfile-size.
[[nodiscard]] KeySource existing_secret(const Arguments& args, std::string prompt,
                                        std::optional<std::size_t> operand = {});
// Uses the operand with that index, or else --new-keyfile; --new-keyfile-offset, --new-keyfile-size.  Typed twice.
[[nodiscard]] KeySource new_secret(const Arguments& args, std::string prompt, std::size_t operand);
// Is for luksFormat: as existing_secret(), but typed twice.
[[nodiscard]] KeySource first_secret(const Arguments& args, std::string prompt,
                                     std::size_t operand);

class Ui {
  public:
    // Settings that main knows before an action runs.
    struct Setup {
        std::string program = "latchkey";    // as called; prefix of usage errors
        std::string_view name = "latchkey";  // the program's own
        std::string_view action = {};        // its current name; "" = none
        int verbosity = 0;                   // 1 = -v, 2 = --debug, 3 = --debug-json
        bool json = false;
        bool batch = false;  // -q
        bool dry_run = false;
        bool verify_passphrase = false;  // -y
        std::uint32_t tries = 3;
        std::optional<std::uint32_t> progress_seconds = {};  // --progress-frequency
        bool progress_json = false;
    };
    [[nodiscard]] static Setup setup_for(const OurProgram& program, std::string_view called_as,
                                         const Arguments& args);
    Ui(Context& context, Setup setup);
    ~Ui();
    Ui(const Ui&) = delete;
    Ui& operator=(const Ui&) = delete;

    [[nodiscard]] Context& context() { return context_; }
    // Returns what depends on the release of the peer that we speak as.
    [[nodiscard]] const PeerHabits& habits() const { return habits_of(context_.policy.speaks_as); }
    [[nodiscard]] bool batch() const { return setup_.batch; }
    [[nodiscard]] bool json() const { return setup_.json; }
    [[nodiscard]] bool dry_run() const { return setup_.dry_run; }
    [[nodiscard]] bool is_verbose() const { return setup_.verbosity > 0; }

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
    void keep_stdout_for_data();
    // Prints an error that does not end the action, as main would: one failed attempt of several.
    void report(const Error& error);

    // ---- output for programs
    //
    // Sets "result"; an Object.  The last call counts.
    void result(Fact fact);

    // ---- questions
    //
    // Prints WARNING! and "Are you sure?".  Asks only if stdin is a terminal and -q is not given, else agrees. If the
    // user does not agree: Refused, "Operation aborted.", with this exit status.  A rehearsal prints the text alone.
    [[nodiscard]] Result<void> confirm(std::string_view text, int refused_status = 1);
    // Asks one question on the terminal; twice if the answer must be repeated.  Condition::AnswersDiffer.
    [[nodiscard]] Result<SecretBuffer> ask(const keys::Ask& question);
    // Returns how this program reads secrets, to be passed to the library with each source.
    [[nodiscard]] KeyReading reading();
    // Makes one attempt to read the secret.
    [[nodiscard]] Result<SecretBuffer> read_secret(const KeySource& source);
    [[nodiscard]] Result<Passphrase> read_passphrase(const KeySource& source);
    // Returns how often a wrong answer may be given: --tries.
    [[nodiscard]] std::uint32_t tries() const { return setup_.tries; }
    // Prints "Key slot N unlocked." with its name, with -v.
    void tell_keyslot(const UnlockedVolume& opened);
    // Reads a file that is not a secret, or standard input for "-" (read_keyfile).  Signals interrupt the waiting.
    [[nodiscard]] Result<SecretBuffer> read_file(std::string_view path,
                                                 KeyfileOptions options = {});

    // ---- devices
    //
    // Opens a device.  With --dry-run it is a shadow: writes to it are reported at the end and go nowhere else.
    [[nodiscard]] Result<Device> open_device(std::string_view path, Access access);
    // Loads the volume whose header is on --header, or else on `device`, of --type; its errors have the peer's words.
    [[nodiscard]] Result<Volume> load_volume(const Arguments& args, std::string_view device,
                                             Access access);
    // Does the same for a caller that has opened the data device already.  Without --header the header is read from
    // that same device.  Refuses data that would overlap the header.  `access` is for a header on another device.
    [[nodiscard]] Result<Volume> load_volume_of(const Arguments& args, const Device& data,
                                                Access access);
    // Returns the name of the device in prompts: a loop device is named by its file.  "Enter passphrase for
    // /dev/sdb1: "
    [[nodiscard]] std::string prompt_for(std::string_view device) const;

    // Prints the outcome and everything that is left; returns the exit status.
    [[nodiscard]] int finish(const Arguments& args, const Result<void>& outcome);

  private:
    struct State;
    void log(LogLevel level, std::string_view text);
    void show_progress(std::uint64_t done, std::uint64_t all);
    [[nodiscard]] std::FILE* progress_stream() const;  // null: none is shown
    void end_progress_line();
    [[nodiscard]] bool shows_hints() const;
    void print_hint(const std::string& hint);
    void report_interruption(const Error& error);
    void report_dry_run();
    void print_envelope(const Arguments& args, const Error* error, int status);

    Context& context_;
    Setup setup_;
    std::unique_ptr<State> state_;
};

}  // namespace latchkey::cli
