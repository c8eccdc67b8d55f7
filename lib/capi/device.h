// SPDX-License-Identifier: LGPL-2.1-or-later
// struct crypt_device: all that a caller's context holds.  Two of them share nothing.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "capi/abi.h"
#include "capi/process.h"
#include "latchkey/context.h"
#include "latchkey/loopaes.h"
#include "latchkey/plain.h"
#include "latchkey/secret.h"
#include "latchkey/volume.h"

namespace latchkey::capi {

// crypt_set_pbkdf_type(), with storage of its own for the names that a crypt_pbkdf_type points to.
struct PbkdfSettings {
    std::string type = {};
    std::string hash = {};
    std::uint32_t time_ms = 0;
    std::uint32_t iterations = 0;     // used if no benchmark is wanted
    std::uint32_t max_memory_kb = 0;  // KiB
    std::uint32_t lanes = 0;
    std::uint32_t flags = 0;  // CRYPT_PBKDF_*
};

// crypt_set_keyring_to_link().
struct KeyringLink {
    std::string description = {};
    std::string old_description = {};  // of the other key, while the volume is reencrypted
    std::string key_type = {};         // "user", "logon"
    std::string keyring = {};
};

// crypt_keyslot_set_encryption().
struct AreaCipher {
    std::string cipher = {};
    std::uint32_t key_bytes = 0;
};

}  // namespace latchkey::capi

struct crypt_device {
    latchkey::Context context;
    latchkey::capi::LogCallback log;
    int (*confirm)(const char* message, void* user) = nullptr;
    void* confirm_user = nullptr;

    std::string header_path;  // as the caller named it
    std::string data_path;    // "" = where the header is
    latchkey::DeviceIdentity
        header_device;  // what they were when they were first used; unknown before
    latchkey::DeviceIdentity data_device;
    std::string active_name;  // of the mapping that the context was made from; "" = none

    std::string type;  // "LUKS1", "LUKS2", "PLAIN", "LOOPAES"; "" = nothing formatted or loaded yet
    std::optional<latchkey::Volume> volume;            // LUKS1, LUKS2
    std::optional<latchkey::plain::Params> plain;      // PLAIN
    std::optional<latchkey::loopaes::Params> loopaes;  // LOOPAES
    std::optional<latchkey::VolumeKey> key;            // made or given at format
    std::optional<latchkey::VolumeKey>
        mapped_key;  // of the last mapping made or resumed: resizing needs it again

    std::optional<latchkey::capi::PbkdfSettings> pbkdf;  // nothing = the type's defaults
    crypt_pbkdf_type pbkdf_view = {};                    // what crypt_get_pbkdf_type() points to
    int rng_type = CRYPT_RNG_URANDOM;
    std::uint32_t compatibility = 0;  // CRYPT_COMPAT_*
    std::optional<std::uint64_t> data_offset_sectors;
    std::uint64_t metadata_bytes = 0;        // 0 = default
    std::uint64_t keyslots_bytes = 0;        // 0 = default
    latchkey::capi::AreaCipher area_cipher;  // "" = as the format chooses
    std::optional<latchkey::capi::KeyringLink> keyring_link;

    // Strings that callers were given, by the call that gave them: they live until the next such call.
    std::map<std::string, std::string, std::less<>> handed_out;
};

namespace latchkey::capi {

// Keeps `text` in the context and returns it as C callers want it.
[[nodiscard]] const char* hand_out(crypt_device& cd, std::string_view call, std::string text);

[[nodiscard]] bool is_luks1(const crypt_device& cd);
[[nodiscard]] bool is_luks2(const crypt_device& cd);
[[nodiscard]] bool is_luks(const crypt_device& cd);

// Where the data is, for messages and for mappings.
[[nodiscard]] const std::string& data_path(const crypt_device& cd);
// "" for the header's own device, as LoadOptions::data_device wants it.
[[nodiscard]] bool is_detached(const crypt_device& cd);

// Opens the header's device.  ConcurrentChange if the context has loaded a header from another one under that name.
[[nodiscard]] Result<Device> open_header(crypt_device& cd, Access access);
// Likewise the data's, which may be the same.
[[nodiscard]] Result<Device> open_data(crypt_device& cd, Access access);

// Reads the header of header_path into the context.  `type` as LoadOptions::type.
[[nodiscard]] Result<void> load_volume(crypt_device& cd, std::string_view type);
// The LUKS header that was loaded; InvalidArgument, with a line more in the log where nothing is known of the device.
[[nodiscard]] Result<Volume*> loaded_volume(crypt_device& cd);
[[nodiscard]] Result<Volume*> loaded_luks2(crypt_device& cd);

// A header that is being reencrypted is not changed by others; in the peer's words.
[[nodiscard]] Result<void> check_requirements(const crypt_device& cd);

// Runs a verb that writes on a volume that is open for writing and was read anew; afterwards the context has what the
// verb left, open for reading only, so that no descriptor is left that makes udev look when it closes.
[[nodiscard]] Result<int> change_volume(crypt_device& cd,
                                        const std::function<Result<int>(Volume&)>& verb);

// A copy of the caller's bytes.  InvalidArgument for no pointer with a size.
[[nodiscard]] Result<Passphrase> passphrase_of(const char* bytes, std::size_t size);
[[nodiscard]] Result<SecretBuffer> secret_of(const char* bytes, std::size_t size);

// A new keyslot as the context's settings have it; CRYPT_ANY_SLOT = the first free one.
[[nodiscard]] NewKeyslot new_keyslot(const crypt_device& cd, int number);

// False if the caller's callback refuses.  Without a callback everything is agreed to.
[[nodiscard]] bool confirmed(const crypt_device& cd, const std::string& question);

}  // namespace latchkey::capi
