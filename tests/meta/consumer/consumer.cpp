// SPDX-License-Identifier: GPL-2.0-or-later
// A program of another project: prints the type and UUID of a volume and whether a passphrase opens it.
#include <latchkey/volume.h>

#include <cstdio>
#include <cstring>

int main(int, char** arguments) {
    latchkey::Context context;
    const auto device = latchkey::Device::open(context, arguments[1], latchkey::Access::ReadOnly);
    if (!device) return std::puts(device.error().message.c_str()), 1;
    const auto volume = latchkey::Volume::load(context, *device);
    if (!volume) return std::puts(volume.error().message.c_str()), 1;
    const std::span secret(arguments[2], std::strlen(arguments[2]));
    const latchkey::Passphrase passphrase(latchkey::SecretBuffer::copy_of(std::as_bytes(secret)));
    const auto key = volume->unlock(context, passphrase);
    std::printf("%s %s %s\n", volume->info().type.c_str(), volume->info().uuid.c_str(),
                key ? "opens" : key.error().message.c_str());
}
