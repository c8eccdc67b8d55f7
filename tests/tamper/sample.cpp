// SPDX-License-Identifier: GPL-2.0-or-later
#include "tamper/sample.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "io/overlay_device.h"
#include "latchkey/volume.h"
#include "support/random.h"
#include "support/secrets.h"

namespace latchkey::test {
namespace {

constexpr const char* kPassphrases[] = {"alpha", "beta"};

}  // namespace

Sample::Sample(const FormatParams& params, std::uint64_t seed) {
    Context context;
    context.random = std::make_shared<SeededRandom>(seed);
    device_ = std::make_shared<io::MemDevice>(Bytes(params.type == "LUKS1" ? 3 << 20 : 17 << 20));
    auto formatted = Volume::format(context, Device(device_), std::nullopt, params);
    if (!formatted) {
        ADD_FAILURE() << formatted.error().message;
        return;
    }
    for (const char* text : kPassphrases) {
        const auto slot = formatted->volume.add_keyslot(context, formatted->key, passphrase(text),
                                                        {.kdf = params.kdf});
        EXPECT_TRUE(slot) << slot.error().message;
    }
    volume_key_.assign(formatted->key.bytes().begin(), formatted->key.bytes().end());
    metadata_ = formatted->volume.metadata_json().value_or("");
}

Patch Sample::flipped(std::size_t bit) const {
    return {bit / 8, {bytes()[bit / 8] ^ static_cast<std::byte>(1U << (bit % 8))}};
}

Outcome Sample::judge(const std::vector<Patch>& patches, bool unlock) const {
    Context context;
    context.policy.kdf.max_iterations = 5000;
    context.policy.kdf.max_memory_kib = 1024;
    context.policy.kdf.max_time = 64;
    Outcome outcome;
    const auto device = std::make_shared<io::OverlayDevice>(device_);
    for (const Patch& patch : patches) EXPECT_TRUE(device->write(patch.offset, patch.bytes));
    const auto patched = device->changed_ranges();
    const auto volume = Volume::load(context, Device(device));
    outcome.loads = volume.has_value();
    if (!volume) {
        outcome.refusal = volume.error().message;
        return outcome;
    }
    outcome.copy_damaged = volume->info().damaged_copy;
    outcome.metadata = volume->metadata_json().value_or("");
    if (unlock) {
        for (const char* text : kPassphrases) {
            const auto opened = volume->unlock(context, passphrase(text));
            outcome.opens.push_back(opened.has_value());
            if (opened && !std::ranges::equal(opened->key.bytes(), volume_key_))
                outcome.another_key = true;
        }
    }
    EXPECT_EQ(device->changed_ranges(), patched) << "opening wrote to the device";
    return outcome;
}

}  // namespace latchkey::test
