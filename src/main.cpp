// SPDX-License-Identifier: GPL-2.0-or-later
// Parses the command line, runs the action and returns its exit status.
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <initializer_list>
#include <new>

#include "cli/help.h"
#include "cli/introspect.h"
#include "cli/options.h"
#include "cli/parse.h"
#include "mount/helper.h"
#include "text/format.h"
#include "text/i18n.h"
#include "text/wording.h"
#include "ui/configuration.h"
#include "ui/envelope.h"
#include "ui/signals.h"
#include "ui/ui.h"

namespace latchkey::cli {
namespace {

// Fills missing standard descriptors.  Otherwise a device could be opened as standard output and receive our text.
void fill_standard_descriptors() {
    for (int descriptor = 0; descriptor <= 2; ++descriptor)
        if (::fcntl(descriptor, F_GETFD) < 0 && errno == EBADF)
            // Read only, so that a write there fails and is noticed.
            if (::open("/dev/null", O_RDONLY) != descriptor) std::_Exit(1);
}

// Passphrases and keys are in memory; a crash must not write them to a disk.
void forbid_core_dumps() {
    const rlimit none = {0, 0};
    ::setrlimit(RLIMIT_CORE, &none);
}

// A session's limit may be lower than the number of descriptors that a command has open.  If the limit cannot be
// raised, opening fails with a message.
void allow_descriptors() {
    constexpr rlim_t kEnough = 64;
    rlimit limit = {};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= kEnough) return;
    limit.rlim_cur = std::min(kEnough, limit.rlim_max);
    ::setrlimit(RLIMIT_NOFILE, &limit);
}

// Checks that all output was written: an exit status of 0 promises this.
int flushed(int status) {
    const bool failed = std::fflush(stdout) != 0 || std::ferror(stdout) != 0;
    const int error = errno;
    if (!failed) return status;
    // A reader that closed the pipe needs no message.
    if (error != EPIPE)
        std::fprintf(stderr, "%s\n",
                     text("Cannot write to standard output: %s.", std::strerror(error)).c_str());
    return status == 0 ? 1 : status;
}

void put(const std::string& text) {
    std::fwrite(text.data(), 1, text.size(), stdout);
}

// Returns whether an option is on a command line that could not be parsed.
bool stands_on(std::span<const char* const> words, std::initializer_list<std::string_view> wanted) {
    for (const std::string_view word : words) {
        if (word == "--") return false;
        if (std::ranges::find(wanted, word) != wanted.end()) return true;
    }
    return false;
}
bool wants_json(std::span<const char* const> words) {
    return stands_on(words, {"--json"});
}
bool is_verbose(std::span<const char* const> words) {
    return stands_on(words, {"-v", "--verbose", "--debug"});
}

int refuse(const char* called_as, std::span<const char* const> words, const UsageError& error) {
    const std::string usage =
        short_usage_text(program_name(called_as), error.action, error.action_word);
    std::fprintf(stderr, "%s%s%s%s\n", usage.c_str(), error.bare ? "" : shown(called_as).c_str(),
                 error.bare ? "" : ": ", shown(error.reason).c_str());
    // Prints hints as usual: only for people.
    if (!error.hint.empty() && (::isatty(STDERR_FILENO) != 0 || is_verbose(words)))
        std::fprintf(stderr, "%s\n", text("Hint: %s", shown(sentence(error.hint)).c_str()).c_str());
    if (wants_json(words)) {
        Error described(Errc::InvalidArgument, error.reason);
        described.hint = error.hint;
        Envelope envelope{.error = &described, .exit_status = 1};
        if (error.action != nullptr) envelope.action = error.action->name;
        put(to_json(envelope_fact(std::move(envelope))) + "\n");
    }
    return 1;
}

// Sets limits and defaults from the configuration file, then from the command line.
void set_policy(Context& context, const Configuration& configuration, const Arguments& args) {
    Policy& policy = context.policy;
    policy.backup_directory = args.get(opt::backup_dir).value_or(configuration.backup_dir);
    policy.metadata_locks = !args.has(opt::disable_locks);
    policy.use_kernel_keyring = !args.has(opt::disable_keyring);
    policy.allow_null_data = args.has(opt::allow_null_cipher);
    const auto clamp = [](std::uint64_t value) {
        constexpr std::uint64_t kMost = UINT32_MAX;
        return static_cast<std::uint32_t>(value < kMost ? value : kMost);
    };
    if (const auto most = configuration.kdf_max_iterations) policy.kdf.max_iterations = *most;
    if (const auto most = configuration.kdf_max_time) policy.kdf.max_time = clamp(*most);
    if (const auto most = configuration.kdf_max_total) policy.kdf.max_total_seconds = clamp(*most);
    if (const auto most = configuration.kdf_max_memory) policy.kdf.max_memory_kib = *most / 1024;
    if (const auto most = args.get(opt::kdf_max_iterations)) policy.kdf.max_iterations = *most;
    if (const auto most = args.get(opt::kdf_max_time)) policy.kdf.max_time = *most;
    if (const auto most = args.get(opt::kdf_max_total)) policy.kdf.max_total_seconds = *most;
    if (const auto most = args.get(opt::kdf_max_memory))
        policy.kdf.max_memory_kib = most->value / 1024;
    // If the number of passes is limited explicitly, each limit counts alone, not the product of passes and memory.
    if (configuration.kdf_max_time || args.has(opt::kdf_max_time))
        policy.kdf.max_work_kib = UINT64_MAX;
}

// bad_alloc is the only exception that the library throws; here it becomes an error like the others.
Result<void> run_action(Ui& ui, const Arguments& args) {
    try {
        return args.action->run(ui, args);
    } catch (const std::bad_alloc&) {
        return fail(Errc::OutOfMemory, "not enough memory");
    }
}

// Adds options from the configuration file that are not on the command line.
void add_configured(const Configuration& configuration, Arguments& args) {
    if (!configuration.compat.empty() && !args.has(opt::compat) && args.action->heeds(opt::compat))
        args.values.push_back({&opt::compat, configuration.compat});
}

// Prints the lines that every bug report should start with.
void tell_system(Ui& ui) {
    utsname system = {};
    ::uname(&system);
    ui.debug("latchkey %s on %s %s %s, user %u", LATCHKEY_VERSION, system.sysname, system.release,
             system.machine, static_cast<unsigned>(::geteuid()));
}

int run(const char* called_as, Arguments args) {
    Context context;
    const CancelOnSignals cancel(context);
    const Configuration configuration = read_configuration(LATCHKEY_CONFIG_FILE);
    add_configured(configuration, args);
    Ui ui(context, Ui::setup_for(called_as, args));
    tell_system(ui);
    for (const std::string& complaint : configuration.complaints) ui.warn("%s", complaint.c_str());
    set_policy(context, configuration, args);
    return ui.finish(args, run_action(ui, args));
}

int dispatch(const char* called_as, std::span<const char* const> words) {
    const auto parsed = parse(words);
    if (const auto* error = std::get_if<UsageError>(&parsed))
        return refuse(called_as, words, *error);
    const Command& command = *std::get_if<Command>(&parsed);
    const std::string_view program = program_name(called_as);
    if (command.surplus) {
        const std::string more = shown(*command.surplus);
        const std::string reason = text("%s takes no more operands: '%s' is one too many",
                                        command.arguments.action->name.data(), more.c_str());
        // The peer ignores surplus words, and scripts may contain them unnoticed.
        if (program != "cryptsetup")
            return refuse(called_as, words,
                          {.reason = reason,
                           .action = command.arguments.action,
                           .action_word = command.arguments.action_word});
        std::fprintf(stderr, "%s\n", text("WARNING: %s.", reason.c_str()).c_str());
    }
    switch (command.request) {
        case Request::Run: return run(called_as, command.arguments);
        case Request::Help:
            put(command.arguments.action == nullptr
                    ? help_text(program)
                    : action_help_text(program, *command.arguments.action));
            return 0;
        case Request::Usage: put(usage_text(program)); return 0;
        case Request::Version: put(version_text(program)); return 0;
        case Request::TestArguments:
            put(text("No action taken. Invoked with --test-args option.\n"));
            return 0;
        case Request::Introspect: put(introspection()); return 0;
        case Request::Completion: break;
    }
    const auto script = completion_script(command.arguments.text(opt::completion));
    if (!script)
        return refuse(called_as, words,
                      {text("There is no completion for '%s'.",
                            command.arguments.text(opt::completion).c_str())});
    put(*script);
    return 0;
}

}  // namespace
}  // namespace latchkey::cli

int main(int argc, char** argv) {
    using namespace latchkey::cli;
    fill_standard_descriptors();
    forbid_core_dumps();
    allow_descriptors();
    // Writing to a pipe without a reader then gives EPIPE, and does not interrupt a change of a header.
    ::signal(SIGPIPE, SIG_IGN);
    // Writing beyond a limit on files (ulimit -f) then gives EFBIG, for the same reason.
    ::signal(SIGXFSZ, SIG_IGN);
    // We wait for the programs that we start, even if our parent ignores its children.
    ::signal(SIGCHLD, SIG_DFL);
    start_translation();
    const char* const called_as = argc > 0 ? argv[0] : "latchkey";
    const std::span<const char* const> words(argv + (argc > 0 ? 1 : 0),
                                             static_cast<std::size_t>(argc > 0 ? argc - 1 : 0));
    try {
        if (is_mount_helper(called_as)) return flushed(run_mount_helper(called_as, words));
        return flushed(dispatch(called_as, words));
    } catch (const std::bad_alloc&) {
        std::fprintf(stderr, "%s\n", translate(N_("Not enough memory.")));
        return 3;
    }
}
