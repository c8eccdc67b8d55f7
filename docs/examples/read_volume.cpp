// SPDX-License-Identifier: GPL-2.0-or-later
// Unlocks a volume and writes the first 512 bytes of its plaintext to standard output.  Neither root nor
// device-mapper is needed.  Usage: read_volume DEVICE PASSPHRASE
#include <latchkey/crypt_device.h>
#include <latchkey/volume.h>

#include <array>

#include "common.h"

int main(int count, char** words) {
    if (count != 3) return std::fputs("usage: read_volume DEVICE PASSPHRASE\n", stderr), 1;
    latchkey::Context context;
    const auto device =
        or_exit(latchkey::Device::open(context, words[1], latchkey::Access::ReadOnly));
    const auto volume = or_exit(latchkey::Volume::load(context, device));

    // Keyslots are tried by priority, preferred ones first.  A wrong passphrase is Errc::WrongPassphrase.
    const auto opened = or_exit(volume.unlock(context, passphrase_of(words[2])));
    std::fprintf(stderr, "%s %s: keyslot %d opens\n", volume.info().type.c_str(),
                 volume.info().uuid.c_str(), opened.keyslot);

    // The plan says how ciphertext becomes plaintext; the key alone does it.
    const auto plan = or_exit(volume.plan(context, opened));
    const auto plaintext = or_exit(
        latchkey::open_crypt_device(context, plan, opened.key, device, {.read_only = true}));
    std::array<std::byte, 512> sector{};
    or_exit(latchkey::read_device(plaintext, 0, sector));
    std::fwrite(sector.data(), 1, sector.size(), stdout);
}
