// SPDX-License-Identifier: LGPL-2.1-or-later
// Moves the data of a reencryption that was prepared, and reports its state.
#include <utility>

#include "capi/guard.h"
#include "latchkey/sectors.h"

using namespace latchkey::capi;
using latchkey::Errc;
using latchkey::ReencryptionState;
using latchkey::Result;

namespace {

constexpr std::string_view kOffline = "offline-reencrypt";

using Progress = int (*)(uint64_t size, uint64_t offset, void* usrptr);

// Gives a run the caller's progress function, and takes it back.
class CallersProgress {
  public:
    CallersProgress(latchkey::Context& context, Progress function, void* user)
        : context_(context), before_(std::move(context.progress)) {
        if (function != nullptr)
            context_.progress = [function, user](std::uint64_t done, std::uint64_t all) {
                return function(all, done, user) == 0;
            };
    }
    CallersProgress(const CallersProgress&) = delete;
    CallersProgress& operator=(const CallersProgress&) = delete;
    ~CallersProgress() {
        context_.progress = std::move(before_);
        context_.reset_cancel();
    }

  private:
    latchkey::Context& context_;
    latchkey::ProgressSink before_;
};

Result<int> run(crypt_device& cd, Progress progress, void* user) {
    LK_TRY(loaded_luks2(cd));
    const auto prepared = std::exchange(cd.reencryption, std::nullopt);
    if (!prepared) return error_saying(EINVAL, "Missing or invalid reencrypt context.");
    LK_ASSIGN(const latchkey::Device data, open_data(cd, latchkey::Access::Exclusive));
    const CallersProgress callers(cd.context, progress, user);
    return write_volume(cd, [&](latchkey::Volume& volume) -> Result<int> {
        const auto done =
            volume.run_reencryption(cd.context, data, prepared->opened, prepared->hotzone_bytes);
        // The caller's function stopped it.
        if (!done && done.error().code != Errc::Interrupted) return done.error();
        return 0;
    });
}

void describe(const latchkey::VolumeInfo& info, crypt_device& cd, crypt_params_reencrypt& params) {
    if (!info.reencryption) return;
    const latchkey::ReencryptionInfo& how = *info.reencryption;
    params.mode = info.reencryption_mode == "encrypt"   ? CRYPT_REENCRYPT_ENCRYPT
                  : info.reencryption_mode == "decrypt" ? CRYPT_REENCRYPT_DECRYPT
                                                        : CRYPT_REENCRYPT_REENCRYPT;
    params.direction = how.backward ? CRYPT_REENCRYPT_BACKWARD : CRYPT_REENCRYPT_FORWARD;
    params.resilience = hand_out(cd, "crypt_reencrypt_status: resilience", how.resilience);
    // As the peer: not for "datashift-checksum".
    if (how.resilience == "checksum")
        params.hash = hand_out(cd, "crypt_reencrypt_status: hash", how.hash);
    params.data_shift = how.shift_bytes / latchkey::kSectorSize;
    if (how.first_bytes_wait) params.flags = CRYPT_REENCRYPT_MOVE_FIRST_SEGMENT;
}

}  // namespace

int crypt_reencrypt_run(crypt_device* cd, Progress progress, void* usrptr) {
    return guarded_with(cd, [&](crypt_device& self) { return run(self, progress, usrptr); });
}

int crypt_reencrypt(crypt_device* cd, Progress progress) {
    return crypt_reencrypt_run(cd, progress, nullptr);
}

crypt_reencrypt_info crypt_reencrypt_status(crypt_device* cd,
                                            struct crypt_params_reencrypt* params) {
    if (params != nullptr) *params = {};
    if (cd == nullptr || luks_of(*cd) == nullptr) return CRYPT_REENCRYPT_INVALID;
    return guarded_or(cd, CRYPT_REENCRYPT_INVALID, [&] {
        const latchkey::Volume& volume = luks_of(*cd)->volume();
        const latchkey::VolumeInfo info = volume.info();
        for (const std::string& requirement : info.requirements)
            if (requirement.starts_with(kOffline)) return CRYPT_REENCRYPT_INVALID;
        const auto state = volume.reencryption().value_or(ReencryptionState::Clean);
        if (params != nullptr && state != ReencryptionState::None) describe(info, *cd, *params);
        switch (state) {
            case ReencryptionState::None: return CRYPT_REENCRYPT_NONE;
            case ReencryptionState::Clean: return CRYPT_REENCRYPT_CLEAN;
            case ReencryptionState::CutShort: return CRYPT_REENCRYPT_CRASH;
        }
        return CRYPT_REENCRYPT_INVALID;
    });
}
