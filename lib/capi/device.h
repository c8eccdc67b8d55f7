// SPDX-License-Identifier: LGPL-2.1-or-later
// struct crypt_device: the state of a caller's context.  Two contexts share nothing.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "capi/abi.h"
#include "capi/facets/luks.h"
#include "capi/process.h"
#include "latchkey/context.h"
#include "latchkey/secret.h"
#include "latchkey/volume.h"

namespace latchkey::capi {

// crypt_set_pbkdf_type(), with copies of the names that a crypt_pbkdf_type points to.
struct PbkdfSettings {
    std::string type = {};
    std::string hash = {};
    std::uint32_t time_ms = 0;
    std::uint32_t iterations = 0;     // used if benchmarks are disabled
    std::uint32_t max_memory_kb = 0;  // KiB
    std::uint32_t lanes = 0;
    std::uint32_t flags = 0;  // CRYPT_PBKDF_*
};

// crypt_set_keyring_to_link().
struct KeyringLink {
    std::string description = {};
    std::string old_description = {};  // of the other key during reencryption
    std::string key_type = {};         // "user", "logon"
    std::string keyring = {};
};

// crypt_keyslot_set_encryption().
struct AreaCipher {
    std::string cipher = {};
    std::uint32_t key_bytes = 0;
};

// What crypt_reencrypt_init_by_*() prepared for crypt_reencrypt_run().
struct PreparedReencryption {
    UnlockedVolume opened;
    std::uint64_t hotzone_bytes = 0;  // 0 = the default
};

}  // namespace latchkey::capi

struct crypt_device {
    latchkey::Context context;
    latchkey::capi::LogCallback log;
    int (*confirm)(const char* message, void* user) = nullptr;
    void* confirm_user = nullptr;

    std::string header_path;                 // as the caller gave it
    std::string data_path;                   // "" = the header's device
    latchkey::DeviceIdentity header_device;  // identities at first use; unknown before
    latchkey::DeviceIdentity data_device;
    std::string active_name;  // the mapping that the context was made from; "" = none

    std::unique_ptr<latchkey::capi::Facet> facet;  // null = nothing formatted or loaded yet
    std::optional<latchkey::VolumeKey> key;        // made or given by format
    std::optional<latchkey::VolumeKey>
        mapped_key;  // of the last mapping that was made or resumed; resizing needs it

    std::optional<latchkey::capi::PbkdfSettings> pbkdf;  // nothing = the type's defaults
    crypt_pbkdf_type pbkdf_view = {};                    // the target of crypt_get_pbkdf_type()
    int rng_type = CRYPT_RNG_URANDOM;
    std::uint32_t compatibility = 0;  // CRYPT_COMPAT_*
    std::optional<std::uint64_t> data_offset_sectors;
    std::uint64_t metadata_bytes = 0;        // 0 = default
    std::uint64_t keyslots_bytes = 0;        // 0 = default
    latchkey::capi::AreaCipher area_cipher;  // "" = the format chooses
    std::optional<latchkey::capi::KeyringLink> keyring_link;
    std::optional<latchkey::capi::PreparedReencryption> reencryption;

    // Strings returned to callers, by the call that returned them.  They live until the next such call.
    std::map<std::string, std::string, std::less<>> handed_out;
};

namespace latchkey::capi {

// Keeps `text` in the context and returns a pointer to it for C callers.
[[nodiscard]] const char* hand_out(crypt_device& cd, std::string_view call, std::string text);

// Returns "LUKS1", "LUKS2", "PLAIN", "LOOPAES", or "" if nothing was formatted or loaded.
[[nodiscard]] std::string_view type_of(const crypt_device& cd);
// Returns the LUKS volume of the context, or nullptr.
[[nodiscard]] LuksFacet* luks_of(const crypt_device& cd);
// Does the same for LUKS2 alone.
[[nodiscard]] LuksFacet* luks2_of(const crypt_device& cd);

// Returns the path of the data, for messages and mappings.
[[nodiscard]] const std::string& data_path(const crypt_device& cd);
// Returns whether the data are on another device than the header, as LoadOptions::data_device expects.
[[nodiscard]] bool is_detached(const crypt_device& cd);

// Opens the header's device.  ConcurrentChange if the context has loaded a header from another one under that name.
[[nodiscard]] Result<Device> open_header(crypt_device& cd, Access access);
// Opens the data's device, which may be the same.
[[nodiscard]] Result<Device> open_data(crypt_device& cd, Access access);

// Reads the header of header_path into the context.  `type` is as for LoadOptions::type.
[[nodiscard]] Result<void> load_volume(crypt_device& cd, std::string_view type);
// Returns the loaded LUKS header.  InvalidArgument if there is none; logs one line more if nothing is known of the
// device.
[[nodiscard]] Result<Volume*> loaded_volume(const crypt_device& cd);
[[nodiscard]] Result<Volume*> loaded_luks2(const crypt_device& cd);

// Refuses to change a header that is being reencrypted, with the peer's sentence.
[[nodiscard]] Result<void> check_requirements(const crypt_device& cd);

// Opens the volume for writing, reads it again and runs an operation that writes.  Afterwards the context has the new
// state, open read only, so that no writable descriptor is left whose closing would make udev scan the device.
[[nodiscard]] Result<int> change_volume(crypt_device& cd,
                                        const std::function<Result<int>(Volume&)>& verb);

// Does the same for a volume that may be being reencrypted.
[[nodiscard]] Result<int> write_volume(crypt_device& cd,
                                       const std::function<Result<int>(Volume&)>& verb);

// Copies the caller's bytes.  InvalidArgument for a null pointer with a size.
[[nodiscard]] Result<Passphrase> passphrase_of(const char* bytes, std::size_t size);
[[nodiscard]] Result<SecretBuffer> secret_of(const char* bytes, std::size_t size);

// Returns a new keyslot with the context's settings; CRYPT_ANY_SLOT = the first free one.
[[nodiscard]] NewKeyslot new_keyslot(const crypt_device& cd, int number);

// Returns false if the caller's callback refuses.  Without a callback, returns true.
[[nodiscard]] bool confirmed(const crypt_device& cd, const std::string& question);

}  // namespace latchkey::capi
