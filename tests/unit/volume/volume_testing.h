// SPDX-License-Identifier: GPL-2.0-or-later
// Small volumes in memory with cheap keyslots, and the peer's view of them.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "io/mem_device.h"
#include "latchkey/volume.h"
#include "support/program.h"
#include "support/random.h"
#include "support/secrets.h"
#include "support/temp_dir.h"

namespace latchkey::test {

inline constexpr std::uint64_t kVolumeBytes = 4U << 20;
inline constexpr const char* kUuid = "6f0ac1c8-7c9e-4f41-8f2c-1d1b2b1c2d3e";

inline KdfRequest cheap_kdf() {
    return {.type = "pbkdf2", .forced_iterations = 1000};
}

inline FormatParams cheap_format(const std::string& type) {
    FormatParams params{.type = type, .key_bytes = 32, .uuid = kUuid, .kdf = cheap_kdf()};
    if (type == "LUKS2") {
        params.keyslots_size = 1U << 20;
        params.sector_size = 512;
    }
    return params;
}

inline NewKeyslot cheap_keyslot(std::optional<int> number = {}) {
    return {.number = number, .kdf = cheap_kdf()};
}

inline std::shared_ptr<io::MemDevice> memory(Bytes bytes) {
    return std::make_shared<io::MemDevice>(std::move(bytes), "<memory>",
                                           io::Topology{.regular_file = true});
}

// A volume with passphrase "zero" in keyslot 0, "one" in keyslot 1 ...
struct TestVolume {
    explicit TestVolume(const std::string& type, int keyslots = 1)
        : device(memory(Bytes(kVolumeBytes))) {
        context.random = std::make_shared<SeededRandom>(1);
        auto made = Volume::format(context, Device(device), {}, cheap_format(type));
        if (!made) throw std::runtime_error(made.error().message);
        volume = std::make_unique<Volume>(std::move(made->volume));
        key = std::make_unique<VolumeKey>(std::move(made->key));
        static constexpr const char* kWords[] = {"zero", "one", "two", "three"};
        for (int i = 0; i < keyslots; ++i) {
            const auto added =
                volume->add_keyslot(context, *key, passphrase(kWords[i]), cheap_keyslot());
            if (!added) throw std::runtime_error(added.error().message);
        }
    }

    // Loads the header again and returns the keyslot that opens, or -1 for a wrong passphrase.
    [[nodiscard]] int opens(std::string_view word) {
        const auto loaded = Volume::load(context, Device(device));
        EXPECT_TRUE(loaded) << loaded.error().message;
        if (!loaded) return -2;
        const auto unlocked = loaded->unlock(context, passphrase(word));
        if (unlocked) {
            EXPECT_TRUE(equal_in_constant_time(unlocked->key.bytes(), key->bytes()));
            return unlocked->keyslot;
        }
        EXPECT_TRUE(unlocked.error().code == Errc::WrongPassphrase ||
                    unlocked.error().code == Errc::NoUsableKeyslot)
            << unlocked.error().message;
        return -1;
    }

    // Returns whether the peer opens it.
    [[nodiscard]] bool peer_opens(std::string_view word) const {
        const TempDir dir;
        const std::string image = dir.file("image", device->bytes());
        const std::string secret = dir.file("secret", word);
        const int status =
            run_program({"cryptsetup", "open", "--test-passphrase", "--key-file", secret, image})
                .status;
        EXPECT_TRUE(status == 0 || status == 2 || status == 1) << status;
        return status == 0;
    }

    [[nodiscard]] std::string peer_dump() const {
        const TempDir dir;
        const auto dump =
            run_program({"cryptsetup", "luksDump", dir.file("image", device->bytes())});
        EXPECT_EQ(dump.status, 0);
        return {reinterpret_cast<const char*>(dump.output.data()), dump.output.size()};
    }

    [[nodiscard]] Bytes snapshot() const {
        return {device->bytes().begin(), device->bytes().end()};
    }

    Context context;
    std::shared_ptr<io::MemDevice> device;
    std::unique_ptr<Volume> volume;
    std::unique_ptr<VolumeKey> key;
};

}  // namespace latchkey::test
