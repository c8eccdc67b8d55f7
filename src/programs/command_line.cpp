// SPDX-License-Identifier: GPL-2.0-or-later
#include "programs/command_line.h"

#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <new>

#include "cli/completion/script.h"
#include "cli/help.h"
#include "cli/introspect.h"
#include "cli/options.h"
#include "cli/parse.h"
#include "text/format.h"
#include "text/i18n.h"
#include "text/wording.h"
#include "ui/configuration.h"
#include "ui/envelope.h"
#include "ui/signals.h"
#include "ui/ui.h"

namespace latchkey::cli {
namespace {

void put(const std::string& text) {
    std::fwrite(text.data(), 1, text.size(), stdout);
}

// Returns whether this option of the program is on a command line that could not be parsed.
bool stands_on(const OurProgram& program, std::span<const char* const> words,
               const OptionSpec& wanted) {
    const OptionTable options = program.options();
    for (const std::string_view word : words) {
        if (word == "--") return false;
        if (word.starts_with("--") && find_option(options, word.substr(2)) == &wanted) return true;
        if (word.size() == 2 && word[0] == '-' && find_option(options, word[1]) == &wanted)
            return true;
    }
    return false;
}

int refuse(const OurProgram& program, const char* called_as, std::span<const char* const> words,
           const UsageError& error) {
    const std::string usage = short_usage_text(program, error.action, error.action_word);
    std::fprintf(stderr, "%s%s%s%s\n", usage.c_str(), error.bare ? "" : shown(called_as).c_str(),
                 error.bare ? "" : ": ", shown(error.reason).c_str());
    if (!error.hint.empty() &&
        (program.always_explains || ::isatty(STDERR_FILENO) != 0 ||
         stands_on(program, words, opt::verbose) || stands_on(program, words, opt::debug)))
        std::fprintf(stderr, "%s\n", text("Hint: %s", shown(sentence(error.hint)).c_str()).c_str());
    if (stands_on(program, words, opt::json)) {
        Error described(Errc::InvalidArgument, error.reason);
        described.hint = error.hint;
        Envelope envelope{.error = &described, .exit_status = 1};
        if (error.action != nullptr) envelope.action = error.action->name;
        put(to_json(envelope_fact(std::move(envelope))) + "\n");
    }
    return 1;
}

// Returns the release that the command line names, else the configuration, else the build.
PeerRelease spoken_release(const Configuration& configuration, const Arguments& args) {
    if (const auto named = find_peer_release(args.text(opt::compat))) return *named;
    return configuration.speaks_as.value_or(built_peer_release());
}

// Sets limits and defaults from the configuration file, then from the command line.
void set_policy(Context& context, const Configuration& configuration, const Arguments& args) {
    Policy& policy = context.policy;
    policy.speaks_as = spoken_release(configuration, args);
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

// Prints the lines that every bug report should start with.
void tell_system(Ui& ui) {
    utsname system = {};
    ::uname(&system);
    ui.debug("latchkey %s on %s %s %s, user %u", LATCHKEY_VERSION, system.sysname, system.release,
             system.machine, static_cast<unsigned>(::geteuid()));
}

int run(const OurProgram& program, const char* called_as, const Arguments& args) {
    Context context;
    const CancelOnSignals cancel(context);
    const Configuration configuration = read_configuration(LATCHKEY_CONFIG_FILE);
    Ui ui(context, settings_for(program, called_as, args));
    tell_system(ui);
    for (const std::string& complaint : configuration.complaints) ui.warn("%s", complaint.c_str());
    set_policy(context, configuration, args);
    return ui.finish(args, run_action(ui, args));
}

}  // namespace

int run_command_line(const OurProgram& program, const char* called_as,
                     std::span<const char* const> words) {
    if (words.empty() && program.greeting != nullptr) {
        put(program.greeting(program));
        return 1;
    }
    const auto parsed = parse(program, words);
    if (const auto* error = std::get_if<UsageError>(&parsed))
        return refuse(program, called_as, words, *error);
    const Command& command = *std::get_if<Command>(&parsed);
    if (command.surplus) {
        const std::string more = shown(*command.surplus);
        const std::string reason = text("%s takes no more operands: '%s' is one too many",
                                        command.arguments.action->name.data(), more.c_str());
        if (!program.ignores_surplus)
            return refuse(program, called_as, words,
                          {.reason = reason,
                           .action = command.arguments.action,
                           .action_word = command.arguments.action_word});
        std::fprintf(stderr, "%s\n", text("WARNING: %s.", reason.c_str()).c_str());
    }
    const auto release = [&command] {
        return spoken_release(read_configuration(LATCHKEY_CONFIG_FILE), command.arguments);
    };
    switch (command.request) {
        case Request::Run: return run(program, called_as, command.arguments);
        case Request::Help:
            if (command.topic != nullptr)
                put(topic_help_text(program, *command.topic));
            else if (command.arguments.action != nullptr)
                put(action_help_text(program, *command.arguments.action));
            else
                put(program.help(program, release()));
            return 0;
        case Request::Usage: put(usage_text(program)); return 0;
        case Request::Version: put(program.version(release()) + "\n"); return 0;
        case Request::TestArguments:
            put(text("No action taken. Invoked with --test-args option.\n"));
            return 0;
        case Request::Introspect: put(introspection(program)); return 0;
        case Request::Completion: break;
    }
    const auto script = completion_script(program, command.arguments.text(opt::completion));
    if (!script)
        return refuse(program, called_as, words,
                      {text("There is no completion for '%s'.",
                            command.arguments.text(opt::completion).c_str())});
    put(*script);
    return 0;
}

}  // namespace latchkey::cli
