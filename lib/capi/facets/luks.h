// SPDX-License-Identifier: LGPL-2.1-or-later
// A LUKS volume.  The two versions differ in what the calls about keyslots say of them.
#pragma once

#include "capi/facets/facet.h"

namespace latchkey::capi {

class LuksFacet : public Facet {
  public:
    explicit LuksFacet(Volume volume) : volume_(std::move(volume)) {}

    [[nodiscard]] Volume& volume() { return volume_; }
    [[nodiscard]] const Volume& volume() const { return volume_; }
    [[nodiscard]] LuksFacet* luks() final { return this; }
    [[nodiscard]] bool opens_from_keyring() const final { return true; }
    [[nodiscard]] DataFacts data() const final;

    // Returns whether the header has labels, tokens, priorities, flags and unbound keyslots: LUKS2.
    [[nodiscard]] virtual bool has_json() const = 0;
    // Returns whether the version has a keyslot of that number.
    [[nodiscard]] bool has_number(int keyslot) const;
    // Returns the active keyslot of that number.
    [[nodiscard]] std::optional<KeyslotInfo> keyslot(int number) const;
    [[nodiscard]] virtual crypt_keyslot_info status_of(int keyslot) const;
    // For a number that the version has.
    [[nodiscard]] virtual crypt_keyslot_priority priority_of(int keyslot) const = 0;
    // Returns the bytes of the key in a keyslot; for a number that the version has.
    [[nodiscard]] virtual Result<int> key_bytes_of(int keyslot) const = 0;
    // Returns the errno of an empty keyslot that is asked for its KDF.
    [[nodiscard]] virtual int errno_without_kdf() const = 0;
    // Returns the error of removing an empty keyslot.
    [[nodiscard]] virtual Error nothing_to_remove(int keyslot) const = 0;

    Result<int> activate(crypt_device& cd, const Activation& wanted,
                         crypt_keyslot_context& kc) final;

  private:
    Volume volume_;
};

// Returns the facet of the volume's type.
[[nodiscard]] std::unique_ptr<Facet> make_luks_facet(Volume volume);

}  // namespace latchkey::capi
