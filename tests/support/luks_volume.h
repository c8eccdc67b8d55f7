// SPDX-License-Identifier: GPL-2.0-or-later
// Small volumes of either LUKS format, in memory, and the plaintext of volumes.
#pragma once

#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/hex.h"
#include "crypto/cipher.h"
#include "crypto/hash.h"
#include "formats/format.h"
#include "io/mem_device.h"
#include "latchkey/context.h"
#include "latchkey/secret.h"
#include "model/cipher_spec.h"
#include "support/secrets.h"

namespace latchkey::test {

// A volume with a key that the test knows.
struct LuksVolume {
    std::shared_ptr<io::MemDevice> device;
    std::unique_ptr<formats::LoadedHeader> header;
    VolumeKey key;
};

// Makes the volume with a keyslot of cost `cheap` for each passphrase.  Throws std::runtime_error.
inline LuksVolume make_luks_volume(const formats::Format& format, Context& context,
                                   std::shared_ptr<io::MemDevice> device, VolumeKey key,
                                   const std::vector<std::string>& passphrases,
                                   const FormatParams& params, const formats::KeyslotSpec& cheap) {
    auto header = format.create(context, device, nullptr, params, key);
    if (!header) throw std::runtime_error(header.error().message);
    for (const std::string& text : passphrases) {
        const auto added = (*header)->add_keyslot(context, key, passphrase(text), cheap);
        if (!added) throw std::runtime_error(added.error().message);
    }
    return {std::move(device), std::move(*header), std::move(key)};
}

inline Result<std::unique_ptr<formats::LoadedHeader>> load_header(
    const formats::Format& format, std::shared_ptr<io::BlockDevice> device,
    const LoadOptions& options) {
    Context context;
    return format.load(context, std::move(device), options);
}

// Returns the number of the keyslot that opens, or the error.
inline Result<int> keyslot_that_opens(const formats::LoadedHeader& header, std::string_view text,
                                      const UnlockOptions& options) {
    Context context;
    LK_ASSIGN(const auto unlocked, header.unlock(context, passphrase(text), options));
    return unlocked.keyslot;
}

// Returns the hash of the beginning of the plaintext, decrypted as the plan's first segment says, or the error's text.
inline std::string payload_sha256(const model::MappingPlan& plan, const VolumeKey& key,
                                  const io::BlockDevice& data, std::size_t length) {
    const model::PlanSegment& segment = plan.segments.at(0);
    const auto spec = model::parse_cipher_spec(segment.cipher);
    if (!spec) return spec.error().message;
    Bytes bytes(length);
    if (const auto read = data.read(segment.device_offset * io::kSectorSize, bytes); !read)
        return read.error().message;
    const auto cipher = crypto::make_sector_cipher(
        *spec, key.bytes(),
        {.sector_size = segment.sector_size, .iv_large_sectors = segment.iv_large_sectors});
    if (!cipher) return cipher.error().message;
    if (const auto done = (*cipher)->decrypt(segment.iv_offset, bytes); !done)
        return done.error().message;
    return to_hex(*crypto::digest("sha256", bytes));
}

}  // namespace latchkey::test
