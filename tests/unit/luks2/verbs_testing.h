// SPDX-License-Identifier: GPL-2.0-or-later
// Shared functions of the tests of LUKS2's operations: volumes in memory.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "formats/format.h"
#include "io/mem_device.h"
#include "latchkey/context.h"
#include "latchkey/secret.h"
#include "luks2/loaded_header.h"
#include "support/luks_volume.h"
#include "support/random.h"
#include "support/secrets.h"

namespace latchkey::luks2 {

extern const formats::Format kFormat;

namespace test {

using namespace latchkey::test;  // finds test::x in either namespace
using latchkey::test::RampRandom;

// Returns 00 01 02 ...
inline SecretBuffer ramp(std::size_t bytes) {
    SecretBuffer key(bytes);
    for (std::size_t i = 0; i < bytes; ++i) key.bytes()[i] = std::byte(i & 0xff);
    return key;
}
inline VolumeKey ramp_key(std::size_t bytes) {
    return VolumeKey(Vouched::ByDigest, ramp(bytes));
}

inline std::shared_ptr<io::MemDevice> file_with(Bytes bytes) {
    return std::make_shared<io::MemDevice>(
        std::move(bytes), "<file>", io::Topology{.regular_file = true, .physical_block = 4096});
}
inline Bytes bytes_of(const io::MemDevice& device) {
    return Bytes(device.bytes().begin(), device.bytes().end());
}

inline formats::KeyslotSpec cheap(std::optional<int> number = {}, std::uint64_t iterations = 1000) {
    formats::KeyslotSpec spec{.number = number};
    spec.kdf = {.type = std::string(model::kPbkdf2), .hash = "sha256", .iterations = iterations};
    spec.least_digest_cost = true;
    return spec;
}

// Returns parameters for a small header: a 128-bit key, so that an area takes 64 KiB, and room for `areas` of them.
inline FormatParams cheap_params(std::uint64_t areas = 8) {
    FormatParams params{
        .type = "LUKS2", .cipher = "aes-cbc-plain64", .key_bytes = 16, .hash = "sha256"};
    params.keyslots_size = areas * 65536;
    params.sector_size = 512;
    params.kdf.forced_iterations = 1000;
    params.uuid = "12345678-1234-1234-1234-123456789abc";
    return params;
}

using TestVolume = latchkey::test::LuksVolume;

inline TestVolume make_volume(Context& context, const std::vector<std::string>& passphrases = {},
                              const FormatParams& params = cheap_params(),
                              std::size_t device_bytes = 0) {
    return make_luks_volume(kFormat, context, file_with(Bytes(device_bytes)),
                            ramp_key(params.key_bytes), passphrases, params, cheap());
}

inline Result<std::unique_ptr<formats::LoadedHeader>> load(std::shared_ptr<io::BlockDevice> device,
                                                           const LoadOptions& options = {}) {
    return test::load_header(kFormat, std::move(device), options);
}

// Returns the number of the keyslot that opens, or the error.
inline Result<int> opens(const formats::LoadedHeader& header, std::string_view text,
                         const UnlockOptions& options = {}) {
    return keyslot_that_opens(header, text, options);
}
inline Result<int> opens(const formats::LoadedHeader& header, std::string_view text, int keyslot) {
    return opens(header, text, UnlockOptions{.keyslot = keyslot});
}

inline const Metadata& metadata_of(const formats::LoadedHeader& header) {
    return dynamic_cast<const Luks2Header&>(header).metadata();
}

// Returns the primary copy's JSON from the device.
inline std::string json_on(const io::MemDevice& device) {
    const auto* text = reinterpret_cast<const char*>(device.bytes().data()) + 4096;
    return std::string(text);
}

// Writes a document edited by `edit` to both copies on the device, without the checks of the operations.
template <typename Edit>
void edit_header(Context& context, const std::shared_ptr<io::MemDevice>& device, Edit edit) {
    auto stored = read_metadata(*device);
    if (!stored) throw std::runtime_error(stored.error().message);
    auto next = stored->metadata.edited(edit);
    if (!next) throw std::runtime_error(next.error().message);
    const auto written = write_metadata(context, *device, *next);
    if (!written) throw std::runtime_error(written.error().message);
}

}  // namespace test
}  // namespace latchkey::luks2
