// SPDX-License-Identifier: GPL-2.0-or-later
// Makes a LUKS2 volume in a new file of 32 MiB, with two passphrases.
// Usage: format_volume FILE PASSPHRASE SECOND_PASSPHRASE
#include <latchkey/volume.h>

#include "common.h"

int main(int count, char** words) {
    if (count != 4)
        return std::fputs("usage: format_volume FILE PASSPHRASE SECOND_PASSPHRASE\n", stderr), 1;
    latchkey::Context context;
    const auto device = or_exit(latchkey::Device::create_file(context, words[1], 32 << 20));

    // What is not set is chosen: aes-xts-plain64, a random volume key and UUID.  An Argon2 that takes half a second
    // here; the default is two seconds.  Everything is computed before the first byte is written.
    latchkey::NewKeyslot keyslot;
    keyslot.kdf.time_ms = 500;
    auto made = or_exit(latchkey::Volume::format(context, device, std::nullopt, {.type = "LUKS2"},
                                                 {}, passphrase_of(words[2]), keyslot));

    // The key that format() made opens the way for more keyslots; unlock() gives the same of an existing volume.
    keyslot.name = "paper in the safe";
    const int second =
        or_exit(made.volume.add_keyslot(context, made.key, passphrase_of(words[3]), keyslot));
    std::printf("%s %s: keyslots %d and %d\n", made.volume.info().type.c_str(),
                made.volume.info().uuid.c_str(), made.keyslot, second);
}
