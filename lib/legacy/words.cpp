// SPDX-License-Identifier: LGPL-2.1-or-later
#include "legacy/words.h"

#include <algorithm>

#include "base/strprintf.h"
#include "latchkey/number.h"

namespace latchkey::legacy {
namespace {

class LineSplitter {
  public:
    explicit LineSplitter(std::string_view line) : rest_(line) {}

    Result<Words> run() {
        while (!rest_.empty()) LK_TRY(step());
        end_word();
        return std::move(words_);
    }

  private:
    Result<void> step() {
        const char c = take();
        switch (c) {
            case ' ':
            case '\t':
            case '\n': end_word(); return {};
            case '|':
                end_word();
                words_.emplace_back("|");
                return {};
            case '\\':
                if (!rest_.empty()) add(take());
                return {};
            case '\'': return quoted('\'');
            case '"': return double_quoted();
            case '`': return substitution('`');
            case '$':
                if (!rest_.starts_with('(')) break;
                rest_.remove_prefix(1);
                return substitution(')');
            default: break;
        }
        add(c);
        return {};
    }
    Result<void> quoted(char end) {
        LK_ASSIGN(const std::string_view text, up_to(end));
        word_ += text;
        in_word_ = true;
        return {};
    }
    // A substitution inside the quotes is still one.
    Result<void> double_quoted() {
        in_word_ = true;
        while (!rest_.empty()) {
            const char c = take();
            if (c == '"') return {};
            if (c == '`') {
                LK_TRY(substitution('`'));
            } else if (c == '$' && rest_.starts_with('(')) {
                rest_.remove_prefix(1);
                LK_TRY(substitution(')'));
            } else {
                add(c == '\\' && !rest_.empty() ? take() : c);
            }
        }
        return fail(Errc::InvalidArgument, "the command line has no closing \"");
    }
    Result<void> substitution(char end) {
        LK_ASSIGN(const std::string_view text, up_to(end));
        word_ += "$(" + std::string(text) + ")";
        in_word_ = true;
        return {};
    }
    Result<std::string_view> up_to(char end) {
        const std::size_t at = rest_.find(end);
        if (at == std::string_view::npos)
            return fail(Errc::InvalidArgument, "the command line has no closing %c", end);
        const std::string_view text = rest_.substr(0, at);
        rest_.remove_prefix(at + 1);
        return text;
    }
    char take() {
        const char c = rest_.front();
        rest_.remove_prefix(1);
        return c;
    }
    void add(char c) {
        word_ += c;
        in_word_ = true;
    }
    void end_word() {
        if (in_word_) words_.push_back(std::move(word_));
        word_.clear();
        in_word_ = false;
    }

    std::string_view rest_;
    Words words_;
    std::string word_;
    bool in_word_ = false;
};

class OptionReader {
  public:
    OptionReader(const Words& stage, std::span<const OldOption> known)
        : stage_(stage), known_(known) {}

    Result<OldOptions> run() {
        bool ended = false;
        for (next_ = 1; next_ < stage_.size(); ++next_) {
            const std::string& word = stage_[next_];
            if (ended || word.size() < 2 || word[0] != '-')
                options_.operands.push_back(word);
            else if (word == "--")
                ended = true;
            else if (word[1] == '-')
                LK_TRY(long_option(std::string_view(word).substr(2)));
            else
                LK_TRY(letters(std::string_view(word).substr(1)));
        }
        return std::move(options_);
    }

  private:
    Result<void> long_option(std::string_view text) {
        const std::size_t equals = text.find('=');
        const std::string_view name = text.substr(0, equals);
        const auto option = std::ranges::find(known_, name, &OldOption::name);
        if (option == known_.end()) return unknown("--" + std::string(name));
        if (equals == std::string_view::npos) return store(*option, {});
        if (!option->takes_value) return unknown("--" + std::string(text));
        options_.values[option->letter] = text.substr(equals + 1);
        return {};
    }
    Result<void> letters(std::string_view text) {
        while (!text.empty()) {
            const auto option = std::ranges::find(known_, text[0], &OldOption::letter);
            if (option == known_.end()) return unknown(std::string("-") + text[0]);
            text.remove_prefix(1);
            LK_TRY(store(*option, text));
            if (option->takes_value) return {};
        }
        return {};
    }
    // `attached` is the rest of the word: the value, unless it is empty.
    Result<void> store(const OldOption& option, std::string_view attached) {
        if (!option.takes_value) {
            options_.values[option.letter] = {};
        } else if (!attached.empty()) {
            options_.values[option.letter] = attached;
        } else if (next_ + 1 < stage_.size()) {
            options_.values[option.letter] = stage_[++next_];
        } else {
            return fail(Errc::InvalidArgument, "%s: option -%c needs a value", stage_[0].c_str(),
                        option.letter);
        }
        return {};
    }
    [[nodiscard]] Error unknown(const std::string& text) const {
        return fail(Errc::InvalidArgument, "%s: option '%s' is not known here", stage_[0].c_str(),
                    text.c_str());
    }

    const Words& stage_;
    std::span<const OldOption> known_;
    OldOptions options_;
    std::size_t next_ = 1;
};

}  // namespace

Result<Words> split_line(std::string_view line) {
    return LineSplitter(line).run();
}

Result<std::vector<Words>> split_stages(const Words& words) {
    std::vector<Words> stages(1);
    for (const std::string& word : words) {
        if (word == "|")
            stages.emplace_back();
        else if (stages.back().empty() && word != "sudo")
            stages.back().push_back(word.substr(word.rfind('/') + 1));  // npos + 1 is 0
        else if (!stages.back().empty())
            stages.back().push_back(word);
    }
    if (std::ranges::any_of(stages, &Words::empty))
        return fail(Errc::InvalidArgument, "no command line to read");
    return stages;
}

Result<OldOptions> parse_options(const Words& stage, std::span<const OldOption> known) {
    return OptionReader(stage, known).run();
}

Result<std::uint64_t> number_of(const std::string& tool, const std::string& what,
                                const std::string& text) {
    const auto value = parse_number(text);
    if (!value)
        return fail(Errc::InvalidArgument, "%s: %s '%s' is not a number", tool.c_str(),
                    what.c_str(), text.c_str());
    return *value;
}

}  // namespace latchkey::legacy
