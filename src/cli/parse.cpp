// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/parse.h"

#include <algorithm>
#include <limits>
#include <optional>

#include "cli/frame_options.h"
#include "cli/meant.h"
#include "cli/rule.h"
#include "cli/value.h"
#include "text/format.h"
#include "text/i18n.h"

namespace latchkey::cli {
namespace {

std::optional<std::string> check_range(const OptionSpec& option, std::uint64_t number) {
    if (number > option.maximum)
        return translate(*option.maximum_error ? option.maximum_error
                                               : N_("invalid numeric value"));
    if (number < option.minimum || number % option.multiple_of != 0)
        return translate(*option.range_error ? option.range_error : N_("invalid numeric value"));
    return std::nullopt;
}

// Sets value.number; returns the reason if it cannot.
std::optional<std::string> understand(const OurProgram& program, Arguments::Value& value) {
    const OptionSpec& option = *value.option;
    if (*option.words_error && std::ranges::count(split_words(option.words), value.text) == 0)
        return translate(option.words_error);
    if (option.kind == ValueKind::Number || option.kind == ValueKind::Keyslot) {
        const auto integer = parse_integer(value.text);
        value.is_name = !integer && option.kind == ValueKind::Keyslot && program.keyslots_by_name &&
                        !value.text.empty();
        if (value.is_name) return std::nullopt;
        if (!integer) return translate(N_("invalid numeric value"));
        if (integer->negative && integer->magnitude != 0)
            return translate(*option.range_error && option.multiple_of == 1
                                 ? option.range_error
                                 : N_("invalid numeric value"));
        value.number = integer->magnitude;
        return check_range(option, value.number);
    }
    if (option.kind == ValueKind::Size) {
        const auto bytes = parse_size(value.text);
        if (!bytes)
            return text("Invalid size specification in parameter --%s.", option.name.data());
        value.number = *bytes;
        return check_range(option, value.number);
    }
    return std::nullopt;
}

UsageError unknown_action(const OurProgram& program, std::string_view word, bool topics = false) {
    return {.reason = translate(N_("Unknown action.")),
            .hint = about_action(program, word, topics)};
}

// Splits words into options with values, and operands; stops at --help and similar options.
class Splitter {
  public:
    Splitter(const OurProgram& program, std::span<const char* const> words)
        : program_(program), words_(words) {}

    std::optional<UsageError> run() {
        bool options_end = false;
        while (next_ < words_.size() && request == Request::Run) {
            word_ = words_[next_++];
            if (options_end || word_.size() < 2 || word_[0] != '-')
                operands.push_back(word_);
            else if (word_ == "--")
                options_end = true;
            else if (auto error = word_[1] == '-' ? long_option() : short_options())
                return error;
        }
        return std::nullopt;
    }

    // Returns the first word after --help that is not an option: "--help open".
    std::string_view topic() const {
        if (!operands.empty()) return operands.front();
        for (std::size_t i = next_; i < words_.size(); ++i)
            if (words_[i][0] != '-') return words_[i];
        return {};
    }

    Request request = Request::Run;
    std::vector<std::string_view> operands;
    std::vector<Arguments::Value> values;

  private:
    UsageError bad_word(const char* why) const {
        return {std::string(word_) + ": " + translate(why), true};
    }
    std::optional<UsageError> long_option() {
        std::string_view name = word_.substr(2);
        std::optional<std::string_view> value;
        if (const std::size_t equals = name.find('='); equals != std::string_view::npos) {
            value = name.substr(equals + 1);
            name = name.substr(0, equals);
        }
        const OptionSpec* option = find_option(program_.options(), name);
        if (option == nullptr) {
            UsageError error = bad_word(N_("unknown option"));
            error.hint = about_option(program_, name);
            return error;
        }
        if (option->kind == ValueKind::Flag && value)
            return bad_word(N_("option does not take an argument"));
        return take(*option, value);
    }
    // Parses "-qv", "-T1", "-T=1", "-d-", "-qd file".
    std::optional<UsageError> short_options() {
        for (std::size_t at = 1; at < word_.size() && request == Request::Run; ++at) {
            const OptionSpec* option = find_option(program_.options(), word_[at]);
            if (option == nullptr) return bad_word(N_("unknown option"));
            if (option->kind == ValueKind::Flag) {
                if (auto error = take(*option, std::nullopt)) return error;
                continue;
            }
            std::optional<std::string_view> value;
            if (at + 1 < word_.size()) {
                value = word_.substr(at + 1);
                if (value->starts_with('=')) value->remove_prefix(1);
            }
            return take(*option, value);
        }
        return std::nullopt;
    }
    std::optional<UsageError> take(const OptionSpec& option,
                                   std::optional<std::string_view> value) {
        if (option.kind != ValueKind::Flag && !value) {
            if (next_ == words_.size()) return bad_word(N_("missing argument"));
            value = words_[next_++];
        }
        Arguments::Value taken{&option, value.value_or(std::string_view())};
        if (auto reason = understand(program_, taken))
            return UsageError{.reason = *reason, .hint = about_value(option, taken.text)};
        values.push_back(taken);
        // These take effect at once, whatever follows on the line.
        if (&option == &opt::help) request = Request::Help;
        if (&option == &opt::usage) request = Request::Usage;
        if (&option == &opt::version) request = Request::Version;
        if (&option == &opt::introspect) request = Request::Introspect;
        if (&option == &opt::completion) request = Request::Completion;
        return std::nullopt;
    }

    const OurProgram& program_;
    std::span<const char* const> words_;
    std::size_t next_ = 0;
    std::string_view word_;
};

void name_action(const OurProgram& program, Arguments& arguments) {
    const ActionAlias* alias = nullptr;
    arguments.action = find_action(program.actions(), arguments.action_word, &alias);
    if (alias == nullptr) return;
    if (!alias->type.empty()) arguments.values.push_back({program.type_option(), alias->type});
    if (alias->implies != nullptr) arguments.values.push_back({alias->implies, {}});
    if (alias->swapped && arguments.operands.size() >= 2)
        std::swap(arguments.operands[0], arguments.operands[1]);
}

// Sets what help is wanted for; returns whether there is such an action or topic.
bool explain(const OurProgram& program, std::string_view word, Command& command) {
    command.arguments.action = find_action(program.actions(), word);
    if (command.arguments.action == nullptr) command.topic = find_topic(program, word);
    return command.arguments.action != nullptr || command.topic != nullptr;
}

std::optional<std::string> check(const OurProgram& program, const Arguments& arguments) {
    const Action& action = *arguments.action;
    if (arguments.operands.size() < action.required())
        return text("%s: requires %s as arguments", action.name.data(), translate(action.operands));
    for (const Arguments::Value& value : arguments.values)
        if (!action.accepts(*value.option))
            return text("Option --%s is not allowed with %s action.", value.option->name.data(),
                        action.name.data());
    return broken_rule(program, arguments);
}

}  // namespace

std::variant<Command, UsageError> parse(const OurProgram& program,
                                        std::span<const char* const> words) {
    Splitter splitter(program, words);
    if (auto error = splitter.run()) return *std::move(error);
    Command command;
    command.request = splitter.request;
    Arguments& arguments = command.arguments;
    arguments.values = std::move(splitter.values);
    if (command.request != Request::Run) {
        if (command.request == Request::Help) explain(program, splitter.topic(), command);
        return command;
    }
    arguments.operands = std::move(splitter.operands);
    if (arguments.operands.empty()) return UsageError{translate(N_("Argument <action> missing."))};
    arguments.action_word = arguments.operands.front();
    arguments.operands.erase(arguments.operands.begin());
    if (arguments.action_word == "help") {
        command.request = Request::Help;
        if (arguments.operands.empty()) return command;
        if (!explain(program, arguments.operands.front(), command))
            return unknown_action(program, arguments.operands.front(), true);
        return command;
    }
    name_action(program, arguments);
    if (arguments.action == nullptr) return unknown_action(program, arguments.action_word);
    if (auto reason = check(program, arguments))
        return UsageError{.reason = *std::move(reason),
                          .action = arguments.action,
                          .action_word = arguments.action_word};
    const Action& action = *arguments.action;
    if (!action.any_number && arguments.operands.size() > action.most())
        command.surplus = arguments.operands[action.most()];
    if (arguments.has(opt::test_args)) command.request = Request::TestArguments;
    return command;
}

}  // namespace latchkey::cli
