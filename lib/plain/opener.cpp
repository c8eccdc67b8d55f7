// SPDX-License-Identifier: LGPL-2.1-or-later
// Opens a plain volume: any passphrase gives a key.
#include "plain/opener.h"

namespace latchkey::plain {
namespace {

class PlainOpener final : public formats::Opener {
  public:
    explicit PlainOpener(Params params) : params_(std::move(params)) {}

    Result<formats::Unlocked> open(Context&, const Passphrase& secret) const override {
        LK_ASSIGN(VolumeKey key, key_from_passphrase(params_, secret));
        return formats::Unlocked{.key = std::move(key)};
    }
    Result<MappingPlan> plan(Context&, const KeyRing&) const override {
        return plain::plan(params_);
    }

  private:
    Params params_;
};

}  // namespace

std::unique_ptr<formats::Opener> make_opener(Params params) {
    return std::make_unique<PlainOpener>(std::move(params));
}

}  // namespace latchkey::plain
