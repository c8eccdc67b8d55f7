// SPDX-License-Identifier: GPL-2.0-or-later
// "write": writes plaintext from standard input or a file to a volume; nothing is mapped.
#include <fcntl.h>

#include <cerrno>
#include <cstring>
#include <string>

#include "actions/plaintext.h"
#include "cli/action.h"
#include "latchkey/stream.h"
#include "text/format.h"

namespace latchkey::cli {
namespace {

Result<int> open_input(const Arguments& args) {
    const auto path = args.operand(1);
    if (!path) return keep_stdin_for_data(args);
    const std::string name(*path);
    const int fd = ::open(name.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd >= 0) return fd;
    // Opening a named pipe waits here for its writer.
    if (errno == EINTR) return fail(Errc::Interrupted, "stopped while waiting for a writer");
    return fail(Errc::NoDevice, "cannot open %s: %s", name.c_str(), std::strerror(errno));
}

// Checks before the first write.  An input that is neither a file nor a block device cannot overlap the volume.
Result<void> check_apart_from(Ui& ui, int input, const Arguments& args,
                              const Plaintext& plaintext) {
    const auto from =
        Device::open(ui.context(), "/proc/self/fd/" + std::to_string(input), Access::ReadOnly);
    if (!from) return {};
    return check_apart(from->storage(), plaintext.storage,
                       std::string(args.operand(1).value_or("-")), std::string(args.operands[0]));
}

// Does not read the input, because the length of a pipe is unknown.
Result<void> rehearse(Ui& ui, const Arguments& args, const std::string& device) {
    stream::Range range = wanted_range(args);
    LK_ASSIGN(const int input, open_input(args));
    if (!range.length) range.length = stream::bytes_to_come(input);
    LK_ASSIGN(const Plaintext plaintext, open_plaintext(ui, args, device, Access::ReadOnly));
    LK_ASSIGN(Fact facts, rehearse_writing(ui, device, plaintext, range));
    ui.result(std::move(facts));
    return {};
}

Result<void> run(Ui& ui, const Arguments& args) {
    const std::string device(args.operands[0]);
    if (ui.dry_run()) return rehearse(ui, args, device);
    LK_ASSIGN(const int input, open_input(args));
    LK_ASSIGN(Plaintext plaintext, open_plaintext(ui, args, device, Access::Exclusive));
    LK_TRY(check_apart_from(ui, input, args, plaintext));
    // A pipe cannot answer; a user at a terminal can.
    LK_TRY(ui.confirm(
        text("This will overwrite data in the volume on %s irrevocably.", device.c_str())));
    std::uint64_t overwritten = 0;
    auto written = stream::write(ui.context(), input, plaintext.device,
                                 {.range = wanted_range(args)}, &overwritten);
    // A user who stopped the write does not know how far it came.  NoSpace already reports it.
    if (!written && overwritten != 0 && written.error().code != Errc::NoSpace)
        ui.warn("At most %llu bytes of the volume on %s are overwritten.",
                static_cast<unsigned long long>(overwritten), device.c_str());
    LK_ASSIGN(const std::uint64_t count, std::move(written));
    ui.result(streamed_fact(device, plaintext, count));
    return {};
}

constexpr OptionGroup<2> kOwn = {&opt::length, &opt::dry_run};
constexpr auto kOptions = join(kOwn, kVolumeOptions, kSecretOptions, kPluginOptions,
                               kVolumeKeyOptions, kHeaderlessOptions);

}  // namespace

extern constexpr Action kWrite{
    .name = "write",
    .operands = N_("<device> [<file>]"),
    .summary = N_("write standard input into a volume as its plaintext, without mapping it"),
    .options = kOptions,
    .run = &run,
    .examples = {{{N_("write an image into a volume"), "write /dev/sdb1 plain.img"},
                  {N_("see what would be written"), "write --dry-run /dev/sdb1 plain.img"}}},
};

}  // namespace latchkey::cli
