// SPDX-License-Identifier: GPL-2.0-or-later
// "write": plaintext from standard input or a file into a volume; nothing is mapped.
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "actions/plaintext.h"
#include "cli/action.h"
#include "latchkey/stream.h"
#include "ui/format.h"

namespace latchkey::cli {
namespace {

Result<int> open_input(const Arguments& args) {
    const auto path = args.operand(1);
    if (!path) return keep_stdin_for_data(args);
    const std::string name(*path);
    const int fd = ::open(name.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd >= 0) return fd;
    return fail(Errc::NoDevice, "cannot open %s: %s", name.c_str(), std::strerror(errno));
}

Result<void> run(Ui& ui, const Arguments& args) {
    const std::string device(args.operands[0]);
    LK_ASSIGN(const int input, open_input(args));
    LK_ASSIGN(Plaintext plaintext, open_plaintext(ui, args, device, Access::Exclusive));
    stream::Range range;
    if (!is_headerless(args)) range.offset = args.get(opt::offset).value_or(0) * 512;
    if (const auto length = args.get(opt::length)) range.length = length->value;
    // A pipe is nobody to ask; whoever types is asked.
    LK_TRY(ui.confirm(text("This will overwrite data in the volume on %s irrevocably.",
                           device.c_str())));
    LK_ASSIGN(const std::uint64_t count,
              stream::write(ui.context(), input, plaintext.device, {.range = range}));
    ui.result({.key = {},
               .kind = Fact::Kind::Object,
               .children = {text_fact("device", device), text_fact("type", plaintext.type),
                            number_fact("bytes", count)}});
    return {};
}

constexpr OptionGroup<1> kOwn = {&opt::length};
constexpr auto kOptions = join(kOwn, kVolumeOptions, kSecretOptions, kVolumeKeyOptions,
                               kHeaderlessOptions);

}  // namespace

extern constexpr Action kWrite{
    .name = "write",
    .operands = N_("<device> [<file>]"),
    .summary = N_("write standard input into a volume as its plaintext, without mapping it"),
    .options = kOptions,
    .run = &run,
};

}  // namespace latchkey::cli
