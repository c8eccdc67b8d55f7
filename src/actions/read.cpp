// SPDX-License-Identifier: GPL-2.0-or-later
// "read": writes the plaintext to standard output or a new file; nothing is mapped.
#include <unistd.h>

#include <optional>

#include "actions/plaintext.h"
#include "cli/action.h"
#include "latchkey/new_file.h"
#include "latchkey/stream.h"

namespace latchkey::cli {
namespace {

Result<void> run(Ui& ui, const Arguments& args) {
    if (!args.operand(1) && ui.json())
        return fail_saying(
            Errc::InvalidArgument,
            "With --json the plaintext needs a file; standard output is for the result.");
    if (!args.operand(1) && ::isatty(STDOUT_FILENO) != 0)
        return fail_saying(
            Errc::InvalidArgument,
            "Refusing to write the plaintext to a terminal; name a file or redirect it.");
    // The file is created before the user types a passphrase, so that its name is known to be free.
    std::optional<NewFile> file;
    if (const auto path = args.operand(1)) {
        LK_ASSIGN(NewFile made, NewFile::create(std::string(*path)));
        file.emplace(std::move(made));
    }
    if (!file) ui.keep_stdout_for_data();
    LK_ASSIGN(const Plaintext plaintext,
              open_plaintext(ui, args, std::string(args.operands[0]), Access::ReadOnly));
    auto streamed =
        stream::read(ui.context(), plaintext.device, file ? file->descriptor() : STDOUT_FILENO,
                     {.range = wanted_range(args)});
    // A reader may stop early; this needs no message.
    if (!streamed && streamed.error().code == Errc::Interrupted && !ui.context().cancelled())
        return std::move(streamed).error().silently();
    LK_ASSIGN(const std::uint64_t count, std::move(streamed));
    if (file) LK_TRY(file->keep());
    ui.result(streamed_fact(std::string(args.operands[0]), plaintext, count));
    return {};
}

constexpr OptionGroup<1> kOwn = {&opt::length};
constexpr auto kOptions = join(kOwn, kVolumeOptions, kSecretOptions, kPluginOptions,
                               kVolumeKeyOptions, kHeaderlessOptions);

}  // namespace

extern constexpr Action kRead{
    .name = "read",
    .operands = N_("<device> [<new file>]"),
    .summary = N_("write the plaintext of a volume to standard output, without mapping it"),
    .options = kOptions,
    .run = &run,
    .examples = {{{N_("save the plaintext of a volume to a file"), "read /dev/sdb1 plain.img"},
                  {N_("show the first 512 bytes of the plaintext"),
                   "read --length 512 /dev/sdb1"}}},
};

}  // namespace latchkey::cli
