// SPDX-License-Identifier: GPL-2.0-or-later
// The options that the parser and the frame of a program understand themselves.  A program with options of its own
// lists those of these that it has, and declares its others in a header of its own, in a namespace of its own: an
// option is known by its address, so that two programs may use one name for two things.
#pragma once

#include "cli/option.h"
#include "text/i18n.h"

namespace latchkey::cli::opt {

using Flag = Option<bool>;
using Text = Option<std::string_view>;
using Number = Option<std::uint64_t>;
using Small = Option<std::uint32_t>;
using Index = Option<std::int32_t>;
using Size = Option<Bytes>;
using Slot = Option<KeyslotWord>;

inline constexpr auto kCommon = Scope::Common;
inline constexpr std::string_view kOutput = "output";

inline constexpr Flag help{{.name = "help",
                            .topic = kOutput,
                            .letter = '?',
                            .help = N_("Show this help message"),
                            .scope = kCommon}};
inline constexpr Flag usage{
    {.name = "usage", .topic = kOutput, .help = N_("Display brief usage"), .scope = kCommon}};
inline constexpr Flag version{{.name = "version",
                               .topic = kOutput,
                               .letter = 'V',
                               .help = N_("Print package version"),
                               .scope = kCommon}};
inline constexpr Flag test_args{{.name = "test-args",
                                 .topic = kOutput,
                                 .help = N_("Check the command line and do nothing"),
                                 .scope = kCommon}};
inline constexpr Flag introspect{{.name = "introspect",
                                  .topic = kOutput,
                                  .help = N_("Print actions and options as JSON"),
                                  .scope = kCommon}};
inline constexpr Text completion{{.name = "completion",
                                  .topic = kOutput,
                                  .metavar = N_("SHELL"),
                                  .help = N_("Print a completion script for bash, zsh or fish"),
                                  .scope = kCommon,
                                  .complete = Complete::Words,
                                  .words = "bash|zsh|fish"}};

}  // namespace latchkey::cli::opt
