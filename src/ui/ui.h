// SPDX-License-Identifier: GPL-2.0-or-later
// What an action may do with people and programs around it: say, ask, load, report.
//
// An action returns Result<void>; main prints its error, in the peer's words where it has some, and
// makes the exit status of it.  With --json nothing that say() or print() is given is shown: the result
// and the error are one object on standard output.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cli/arguments.h"
#include "latchkey/context.h"
#include "latchkey/device.h"
#include "latchkey/key_source.h"
#include "latchkey/report.h"
#include "latchkey/secret.h"
#include "latchkey/volume.h"
#include "text/i18n.h"

namespace latchkey::cli {

// Whether standard input is a terminal: whoever is asked answers there.
[[nodiscard]] bool person_is_there();
// Where a secret of the command line comes from.  The rules of precedence, newlines and limits are those of the peer;
// docs/cli-abi.md has the table.  Without a file, and for "-", a person is asked if standard input is a terminal;
// otherwise it is a line of standard input, or all of it for "-".  `prompt` is translated, with its blank at the end.
[[nodiscard]] KeySource secret_source(const Arguments& args, std::string prompt,
                                      std::optional<std::string_view> key_file,
                                      KeyfileOptions options);
// --key-file, or else the operand of that index; --keyfile-offset, --keyfile-size.
[[nodiscard]] KeySource existing_secret(const Arguments& args, std::string prompt,
                                        std::optional<std::size_t> operand = {});
// The operand of that index or else --new-keyfile, --new-keyfile-offset, --new-keyfile-size; typed twice.
[[nodiscard]] KeySource new_secret(const Arguments& args, std::string prompt, std::size_t operand);
// luksFormat's: as existing_secret(), typed twice.
[[nodiscard]] KeySource first_secret(const Arguments& args, std::string prompt,
                                     std::size_t operand);

class Ui {
  public:
    // What main knows before any action runs.
    struct Setup {
        std::string program = "latchkey";  // as called; prefix of usage errors
        std::string_view action = {};      // its present name; "" = none
        int verbosity = 0;                 // 1 = -v, 2 = --debug, 3 = --debug-json
        bool json = false;
        bool batch = false;  // -q
        bool dry_run = false;
        bool verify_passphrase = false;  // -y
        std::uint32_t tries = 3;
        std::optional<std::uint32_t> progress_seconds = {};  // --progress-frequency
        bool progress_json = false;
    };
    [[nodiscard]] static Setup setup_for(std::string_view program, const Arguments& args);
    Ui(Context& context, Setup setup);
    ~Ui();
    Ui(const Ui&) = delete;
    Ui& operator=(const Ui&) = delete;

    [[nodiscard]] Context& context() { return context_; }
    [[nodiscard]] bool batch() const { return setup_.batch; }
    [[nodiscard]] bool json() const { return setup_.json; }
    [[nodiscard]] bool dry_run() const { return setup_.dry_run; }
    [[nodiscard]] bool is_verbose() const { return setup_.verbosity > 0; }

    // ---- to people.  Formats are marked for translators by being arguments here; each is a line.
    [[gnu::format(printf, 2, 3)]] void say(const char* format, ...);      // stdout
    [[gnu::format(printf, 2, 3)]] void verbose(const char* format, ...);  // stdout, with -v
    [[gnu::format(printf, 2, 3)]] void warn(const char* format,
                                            ...);  // stderr; also in JSON's "warnings"
    [[gnu::format(printf, 2, 3)]] void debug(const char* format,
                                             ...);  // stdout behind "# ", untranslated
    void print(std::string_view text);              // stdout, no newline added: dumps
    void print_file(
        std::string_view text);  // stdout, for a file: exact, unless a terminal shows it
    void print_secret(std::span<const std::byte> text);  // stdout, unbuffered, never in JSON
    // An error that does not end the action, as main would print it: one failed attempt of several.
    void report(const Error& error);

    // ---- to programs
    // Becomes "result"; an Object.  The last one counts.
    void result(Fact fact);

    // ---- asking
    // WARNING! and "Are you sure?"  Asks only if stdin is a terminal and -q is not given, else agrees.
    // Refused "Operation aborted." with this exit status otherwise.
    [[nodiscard]] Result<void> confirm(std::string_view text, int refused_status = 1);
    // The answer to one question, from the terminal, and once more if it is to be typed twice.  Condition::AnswersDiffer.
    [[nodiscard]] Result<SecretBuffer> ask(const keys::Ask& question);
    // How this program reads secrets: what the library is given with each source.
    [[nodiscard]] KeyReading reading();
    // One attempt at getting the secret.
    [[nodiscard]] Result<SecretBuffer> read_secret(const KeySource& source);
    [[nodiscard]] Result<Passphrase> read_passphrase(const KeySource& source);
    // How often a wrong answer is asked for again: --tries.
    [[nodiscard]] std::uint32_t tries() const { return setup_.tries; }
    // "Key slot N unlocked." and its name, with -v.
    void tell_keyslot(const UnlockedVolume& opened);
    // A file, or standard input for "-" (read_keyfile): what is no secret comes through here, so that signals are heeded
    // while it is waited for.
    [[nodiscard]] Result<SecretBuffer> read_file(std::string_view path,
                                                 KeyfileOptions options = {});

    // ---- devices
    // With --dry-run a shadow: what is written to it is reported at the end and nowhere else.
    [[nodiscard]] Result<Device> open_device(std::string_view path, Access access);
    // The volume whose header is on --header or else on `device`, of --type; in the peer's words if it is none.
    [[nodiscard]] Result<Volume> load_volume(const Arguments& args, std::string_view device,
                                             Access access);
    // The same for who has opened the device with the data already: where no --header is given, the header is read from
    // that very device.  Refuses data that would lie over the header.  `access` is that of a header of its own.
    [[nodiscard]] Result<Volume> load_volume_of(const Arguments& args, const Device& data,
                                                Access access);
    // As the prompts name it: a loop device by its file.  "Enter passphrase for /dev/sdb1: "
    [[nodiscard]] std::string prompt_for(std::string_view device) const;

    // Prints the outcome and what else is due; returns the exit status.
    [[nodiscard]] int finish(const Arguments& args, const Result<void>& outcome);

  private:
    [[nodiscard]] Result<Volume> load_from(Device metadata, const LoadOptions& options);
    struct State;
    void log(LogLevel level, std::string_view text);
    void show_progress(std::uint64_t done, std::uint64_t all);
    void report_dry_run();
    void print_envelope(const Arguments& args, const Error* error, int status);

    Context& context_;
    Setup setup_;
    std::unique_ptr<State> state_;
};

}  // namespace latchkey::cli
