// SPDX-License-Identifier: LGPL-2.1-or-later
// A loop-AES mapping: many keys, in a key file.
#pragma once

#include "capi/facets/facet.h"
#include "latchkey/loopaes.h"

namespace latchkey::capi {

class LoopaesFacet final : public Facet {
  public:
    explicit LoopaesFacet(loopaes::Params params) : params_(std::move(params)) {}
    [[nodiscard]] const char* type() const override { return CRYPT_LOOPAES; }
    [[nodiscard]] DataFacts data() const override;
    Result<int> activate(crypt_device& cd, const Activation& wanted,
                         crypt_keyslot_context& kc) override;

  private:
    loopaes::Params params_;
};

}  // namespace latchkey::capi
