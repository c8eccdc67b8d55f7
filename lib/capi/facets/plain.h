// SPDX-License-Identifier: LGPL-2.1-or-later
// Mappings without a header: plain, and a table whose header is elsewhere.
#pragma once

#include "capi/facets/facet.h"
#include "latchkey/plain.h"

namespace latchkey::capi {

class PlainFacet final : public Facet {
  public:
    explicit PlainFacet(plain::Params params) : params_(std::move(params)) {}
    [[nodiscard]] const char* type() const override { return CRYPT_PLAIN; }
    [[nodiscard]] DataFacts data() const override;
    Result<int> activate(crypt_device& cd, const Activation& wanted,
                         crypt_keyslot_context& kc) override;
    [[nodiscard]] Result<UnlockedVolume> key_by_passphrase(crypt_device& cd, int keyslot,
                                                           const Passphrase& passphrase) override;
    [[nodiscard]] Result<UnlockedVolume> key_by_context(crypt_device& cd, int keyslot,
                                                        crypt_keyslot_context& kc) override;

  private:
    [[nodiscard]] Result<VolumeKey> key_from(crypt_device& cd, crypt_keyslot_context& kc) const;
    plain::Params params_;
};

// Knows what the kernel's table says.  It makes no mapping: the header, or a key file's rules, are missing.
class TableFacet final : public Facet {
  public:
    TableFacet(const char* type, DataFacts data) : type_(type), data_(std::move(data)) {}
    [[nodiscard]] const char* type() const override { return type_; }
    [[nodiscard]] DataFacts data() const override { return data_; }

  private:
    const char* type_;
    DataFacts data_;
};

}  // namespace latchkey::capi
