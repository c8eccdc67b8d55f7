// SPDX-License-Identifier: LGPL-2.1-or-later
// Opens a loop-AES volume with the content of its key file, whose number of keys decides the plan.
#include "loopaes/opener.h"

#include <algorithm>

#include "loopaes/versions.h"

namespace latchkey::loopaes {
namespace {

class LoopAesOpener final : public formats::Opener {
  public:
    explicit LoopAesOpener(Params params) : params_(std::move(params)) {}

    Result<formats::Unlocked> open(Context&, const Passphrase& secret) const override {
        SecretBuffer file = SecretBuffer::copy_of(secret.bytes());
        if (secret.is_random()) file.set_random();
        LK_ASSIGN(Keys keys, parse_keyfile(params_, file));
        return formats::Unlocked{.key = std::move(keys.key)};
    }
    Result<MappingPlan> plan(Context&, const KeyRing& keys) const override {
        const std::size_t bytes = keys.front().size();
        const auto* version = std::ranges::find_if(
            kVersions, [&](const Version& row) { return row.keys * params_.key_bytes == bytes; });
        if (version == kVersions.end())
            return fail(Errc::InvalidArgument, "incompatible loop-AES keyfile detected");
        return loopaes::plan(params_, version->number);
    }

  private:
    Params params_;
};

}  // namespace

std::unique_ptr<formats::Opener> make_opener(Params params) {
    return std::make_unique<LoopAesOpener>(std::move(params));
}

}  // namespace latchkey::loopaes
