// SPDX-License-Identifier: GPL-2.0-or-later
// Shared functions of the LUKS1 tests: headers and volumes in memory.
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
#include "luks1/header.h"
#include "luks1/layout.h"
#include "luks1/store.h"
#include "support/luks_volume.h"
#include "support/random.h"
#include "support/secrets.h"

namespace latchkey::luks1 {

extern const formats::Format kFormat;

namespace test {

using namespace latchkey::test;  // finds test::x in either namespace

// Returns 00 01 02 ...
inline VolumeKey ramp_key(std::size_t bytes) {
    return VolumeKey(Vouched::ByDigest, SecretBuffer::copy_of(ramp(bytes)));
}

inline std::shared_ptr<io::MemDevice> file_of(std::size_t bytes) {
    return std::make_shared<io::MemDevice>(Bytes(bytes), "<file>",
                                           io::Topology{.regular_file = true});
}

inline std::shared_ptr<io::MemDevice> file_with(Bytes bytes) {
    return std::make_shared<io::MemDevice>(std::move(bytes), "<file>",
                                           io::Topology{.regular_file = true});
}

// Returns a header with luksFormat's layout, all keyslots disabled.
inline Header plain_header(std::uint32_t key_bytes = 16) {
    Header header{.cipher_name = "aes",
                  .cipher_mode = "cbc-essiv:sha256",
                  .hash = "sha256",
                  .key_bytes = key_bytes,
                  .digest_iterations = 1000,
                  .uuid = "12345678-1234-1234-1234-123456789abc"};
    const AreaLayout areas = standard_areas(key_bytes);
    for (std::size_t i = 0; i < header.keyslots.size(); ++i)
        header.keyslots[i].area_offset_sectors = areas.offsets_sectors[i];
    header.payload_offset_sectors =
        static_cast<std::uint32_t>(round_up(areas.header_sectors, 2048));
    return header;
}

inline formats::KeyslotSpec cheap(std::optional<int> number = {}, std::uint64_t iterations = 1000) {
    formats::KeyslotSpec spec{.number = number};
    spec.kdf = {.type = std::string(model::kPbkdf2), .hash = "sha256", .iterations = iterations};
    return spec;
}

using TestVolume = latchkey::test::LuksVolume;

inline FormatParams cheap_params() {
    FormatParams params{.type = "LUKS1", .cipher = "aes-cbc-plain64", .key_bytes = 16};
    params.alignment_sectors = 8;
    params.kdf.forced_iterations = 1000;
    return params;
}

inline TestVolume make_volume(Context& context, const std::vector<std::string>& passphrases = {},
                              const FormatParams& params = cheap_params()) {
    return make_luks_volume(kFormat, context, file_of(0), ramp_key(params.key_bytes), passphrases,
                            params, cheap());
}

inline Result<std::unique_ptr<formats::LoadedHeader>> load(std::shared_ptr<io::BlockDevice> device,
                                                           const LoadOptions& options = {}) {
    return load_header(kFormat, std::move(device), options);
}

// Returns the number of the keyslot that opens, or the error.
inline Result<int> opens(const formats::LoadedHeader& header, std::string_view text,
                         std::optional<int> number = {}) {
    return keyslot_that_opens(header, text, {.keyslot = number});
}

}  // namespace test
}  // namespace latchkey::luks1
