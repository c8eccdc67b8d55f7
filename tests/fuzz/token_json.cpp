// SPDX-License-Identifier: GPL-2.0-or-later
// A token from outside is refused, or stored so that the header loads and returns it.
#include "fuzz/explore.h"
#include "io/mem_device.h"
#include "io/overlay_device.h"
#include "latchkey/volume.h"

namespace {

using namespace latchkey;

std::shared_ptr<io::MemDevice> make_volume() {
    Context context;
    const auto device = std::make_shared<io::MemDevice>(Bytes(17U << 20U));
    const KdfRequest cheap{.type = "pbkdf2", .forced_iterations = 1000};
    auto made =
        Volume::format(context, Device(device), std::nullopt, {.type = "LUKS2", .kdf = cheap});
    fuzz::require(made.has_value());
    const Passphrase passphrase(SecretBuffer::copy_of(as_byte_view("fuzz")));
    fuzz::require(
        made->volume.add_keyslot(context, made->key, passphrase, {.kdf = cheap}).has_value());
    return device;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    static const std::shared_ptr<io::MemDevice> base = make_volume();
    Context context;
    const Device device(std::make_shared<io::OverlayDevice>(base));
    auto volume = Volume::load(context, device);
    fuzz::require(volume.has_value());
    const auto number = volume->import_token(context, std::nullopt,
                                             {reinterpret_cast<const char*>(data), size}, false);
    const auto reloaded = Volume::load(context, device);
    fuzz::require(reloaded.has_value());
    if (number) fuzz::require(reloaded->export_token(*number).has_value());
    return 0;
}
