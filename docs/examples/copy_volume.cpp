// SPDX-License-Identifier: GPL-2.0-or-later
// Copies the plaintext of a volume into a new file, shows how far it is, and stops cleanly at Ctrl-C.
// Usage: copy_volume DEVICE PASSPHRASE FILE
#include <latchkey/crypt_device.h>
#include <latchkey/stream.h>
#include <latchkey/volume.h>

#include <csignal>

#include "common.h"

namespace {

latchkey::Context* running = nullptr;

// cancel() is all that a signal handler may call.  Key derivations and long work end soon after it with
// Errc::Interrupted.
extern "C" void stop(int) {
    running->cancel();
}

}  // namespace

int main(int count, char** words) {
    if (count != 4) return std::fputs("usage: copy_volume DEVICE PASSPHRASE FILE\n", stderr), 1;
    latchkey::Context context;
    running = &context;
    std::signal(SIGINT, stop);
    // Returning false would stop the work, too.
    context.progress = [](std::uint64_t done, std::uint64_t all) {
        std::fprintf(stderr, "\r%3llu %%",
                     static_cast<unsigned long long>(all ? done * 100 / all : 100));
        return true;
    };
    context.log_sink = [](latchkey::LogLevel level, std::string_view text) {
        if (level <= latchkey::LogLevel::Warning)
            std::fprintf(stderr, "%.*s\n", static_cast<int>(text.size()), text.data());
    };

    const auto device =
        or_exit(latchkey::Device::open(context, words[1], latchkey::Access::ReadOnly));
    const auto volume = or_exit(latchkey::Volume::load(context, device));
    const auto opened = or_exit(volume.unlock(context, passphrase_of(words[2])));
    const auto plaintext = or_exit(latchkey::open_crypt_device(
        context, or_exit(volume.plan(context, opened)), opened.key, device, {.read_only = true}));

    auto file = or_exit(latchkey::Device::create_file(context, words[3], plaintext.size()));
    const auto copied =
        or_exit(latchkey::stream::copy(context, plaintext, file, {.target_is_zero = true}));
    std::fprintf(stderr, "\r%llu bytes copied, %llu of them written\n",
                 static_cast<unsigned long long>(copied.bytes),
                 static_cast<unsigned long long>(copied.written));
}
