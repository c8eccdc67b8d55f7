// SPDX-License-Identifier: LGPL-2.1-or-later
#include "formats/unlock_walk.h"

#include <algorithm>
#include <utility>

#include "base/i18n.h"
#include "formats/area_damage.h"
#include "formats/keyslot_refusal.h"

namespace latchkey::formats {
namespace {

// Returns the rank of a failure: the highest one is returned to the caller, and among equals the first.
int weight(Errc code) {
    switch (code) {
        case Errc::NoUsableKeyslot: return 0;
        case Errc::CorruptHeader: return 1;
        case Errc::WrongPassphrase: return 2;
        case Errc::Unreadable: return 3;
        default: return 4;
    }
}

bool is_lost(Errc code) {
    return code == Errc::Unreadable || code == Errc::CorruptHeader;
}

// Collects the failures of the keyslots that did not open.
class Failures {
  public:
    // `damaged`: the area cannot be ciphertext; this has been logged already.
    void add(Error error, bool damaged, bool damage_told) {
        lost_ = lost_ || damaged || is_lost(error.code);
        wrong_ = wrong_ || error.code == Errc::WrongPassphrase;
        const bool to_tell =
            is_lost(error.code) && !(error.code == Errc::CorruptHeader && damage_told);
        if (to_tell) to_tell_.push_back(error);
        if (answer_ && weight(error.code) <= weight(answer_->code)) return;
        answer_ = std::move(error);
        answer_told_.reset();
        if (to_tell) answer_told_ = to_tell_.size() - 1;
    }

    void tell(Context& context) const { tell_unreadable(context, to_tell_, answer_told_); }
    void tell_all(Context& context) const { tell_unreadable(context, to_tell_); }

    Error answer(std::optional<int> named) && {
        if (!answer_ && named) return keyslot_empty(*named);
        if (!answer_) return fail(Errc::NoUsableKeyslot, "no keyslot can be tried");
        Error answer = *std::move(answer_);
        if (answer.code == Errc::WrongPassphrase && !named)
            answer = fail(Errc::WrongPassphrase, "no keyslot opens with this passphrase");
        const bool about_one =
            answer.code == Errc::WrongPassphrase || answer.code == Errc::Unreadable;
        if (lost_ && wrong_ && about_one) answer.hint = translate(kLostKeyslotHint);
        return answer;
    }

  private:
    std::optional<Error> answer_;
    std::vector<Error> to_tell_;
    std::optional<std::size_t> answer_told_;  // index of the returned error in to_tell_
    bool lost_ = false;   // a keyslot is unreadable, or no passphrase can open it
    bool wrong_ = false;  // a keyslot was tried
};

// A cipher that is missing says nothing about the passphrase.
Error with_advice(Error error) {
    if (error.code != Errc::MissingCipher || !error.hint.empty()) return error;
    return std::move(error).with_hint(
        translate(N_("the passphrase may be right: the cryptographic library here lacks what the "
                     "header names")));
}

}  // namespace

std::vector<KeyslotToTry> keyslots_to_try(std::vector<KeyslotToTry> keyslots,
                                          std::optional<int> named) {
    std::erase_if(keyslots, [&](const KeyslotToTry& keyslot) {
        return named ? keyslot.number != *named : keyslot.priority == Priority::Ignore;
    });
    std::ranges::stable_sort(keyslots, std::ranges::greater(), &KeyslotToTry::priority);
    return keyslots;
}

std::vector<int> numbers_of(const std::vector<KeyslotToTry>& keyslots) {
    std::vector<int> numbers;
    for (const KeyslotToTry& keyslot : keyslots) numbers.push_back(keyslot.number);
    return numbers;
}

Result<Unlocked> unlock_walk(Context& context, const io::BlockDevice& device,
                             const std::vector<KeyslotToTry>& keyslots,
                             const UnlockOptions& options, const OpenKeyslot& open) {
    Failures failures;
    for (const KeyslotToTry& keyslot : keyslots) {
        context.debug("keyslot %d: trying", keyslot.number);
        auto opened = open(keyslot.number);
        context.debug("keyslot %d: %s", keyslot.number,
                      opened ? "opened" : std::string(info(opened.error().code).name).c_str());
        if (opened) failures.tell_all(context);
        if (opened || opened.error().code == Errc::Interrupted) return opened;
        const bool damaged = opened.error().code == Errc::WrongPassphrase &&
                             tell_area_damage(context, device, keyslot.number, keyslot.material);
        failures.add(with_advice(std::move(opened).error()), damaged, keyslot.damage_told);
    }
    failures.tell(context);
    return std::move(failures).answer(options.keyslot);
}

}  // namespace latchkey::formats
