// SPDX-License-Identifier: LGPL-2.1-or-later
// What a context is: a LUKS volume, a plain or loop-AES mapping, or the table of a mapping whose header is elsewhere.
// The calls ask the context's facet; only facets know types.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "capi/abi.h"
#include "capi/keyslot_context.h"
#include "latchkey/sectors.h"
#include "latchkey/volume.h"

namespace latchkey::capi {

class LuksFacet;

// How the data are encrypted, and where they are.
struct DataFacts {
    std::string cipher = {};  // dm-crypt notation; "" = unknown
    std::uint64_t offset_sectors = 0;
    std::uint64_t iv_offset_sectors = 0;
    std::uint32_t key_bytes = 0;  // 0 = unknown
    std::uint32_t sector_bytes = kSectorSize;
};

// A mapping to make or to refresh, or a secret to check.
struct Activation {
    std::optional<std::string> name = {};  // nothing = check the secret
    int keyslot = CRYPT_ANY_SLOT;
    std::uint32_t flags = 0;  // CRYPT_ACTIVATE_*
    bool refreshes = false;   // the mapping exists, and gets new flags
};

class Facet {
  public:
    Facet() = default;
    Facet(const Facet&) = delete;
    Facet& operator=(const Facet&) = delete;
    virtual ~Facet() = default;

    // Returns a CRYPT_* name; nullptr if the context counts as having no type.
    [[nodiscard]] virtual const char* type() const = 0;
    [[nodiscard]] virtual DataFacts data() const = 0;
    // Returns this facet if there is a LUKS header, else nullptr.
    [[nodiscard]] virtual LuksFacet* luks() { return nullptr; }

    // Returns whether a key of the caller's keyring may open it.
    [[nodiscard]] virtual bool opens_from_keyring() const { return false; }
    // Makes the mapping, and returns the keyslot that opened, or 0.  The default refuses the type.
    virtual Result<int> activate(crypt_device& cd, const Activation& wanted,
                                 crypt_keyslot_context& kc);
    // Returns the volume key, for crypt_volume_key_get().  The default refuses every type but LUKS.
    [[nodiscard]] virtual Result<UnlockedVolume> key_by_passphrase(crypt_device& cd, int keyslot,
                                                                   const Passphrase& passphrase);
    [[nodiscard]] virtual Result<UnlockedVolume> key_by_context(crypt_device& cd, int keyslot,
                                                                crypt_keyslot_context& kc);
};

// Returns the refusal of a context whose type cannot do what was asked for.
[[nodiscard]] Error bad_type();

// Makes or refreshes the mapping of `wanted`, which has a name.
[[nodiscard]] Result<void> map(crypt_device& cd, const Activation& wanted, const MappingPlan& plan,
                               KeyRing keys);
// Returns the peer's error for a key that cannot be read from a keyring; other errors unchanged.
[[nodiscard]] Error read_failure(const crypt_keyslot_context& kc, Error error);

}  // namespace latchkey::capi
