// SPDX-License-Identifier: LGPL-2.1-or-later
#include "peer/sentences.h"

#include <algorithm>
#include <cerrno>
#include <string_view>

#include "base/i18n.h"
#include "latchkey/wording.h"

namespace latchkey::peer {
namespace {

using C = Condition;

// Scripts match these (docs/cli-abi.md, "Messages").
constexpr Sentence kSentences[] = {
    {C::NoLuksHeader, Call::Any, N_("Device %s is not a valid LUKS device.")},
    {C::NoHeaderInBackup, Call::Any,
     N_("Header backup file does not contain compatible LUKS header."), 1, EINVAL},
    {C::BackupExists, Call::Any, N_("Requested header backup file %s already exists."), 1, EINVAL},
    {C::BackupCannotBeMade, Call::Any, N_("Cannot create header backup file %s."), 1, EINVAL},
    {C::BadUuid, Call::Any, N_("Wrong LUKS UUID format provided.")},

    {C::KeyslotFull, Call::Any, N_("Key slot %d is full, please select another one.")},
    {C::KeyslotEmpty, Call::Any, N_("Keyslot %d is not active.")},
    {C::KeyslotEmpty, Call::Unlock, N_("No usable keyslot is available."), 0, 0,
     Errc::NoUsableKeyslot},
    {C::KeyslotEmpty, Call::RemoveKeyslot, N_("Keyslot %d is not active."), 0, EINVAL},
    {C::KeyslotOutOfRange, Call::Any,
     N_("Key slot %d is invalid, please select between 0 and %d.")},
    {C::KeyslotOutOfRange, Call::Unlock, N_("No usable keyslot is available."), 0, 0,
     Errc::NoUsableKeyslot},
    {C::KeyslotOutOfRange, Call::RemoveKeyslot, N_("Key slot %d is invalid.")},
    {C::AllKeyslotsFull, Call::Any, N_("All key slots full."), 0, EINVAL},
    {C::NoRoomForKeyslot, Call::Any, N_("No space for new keyslot.")},
    {C::VolumeKeyMismatch, Call::Any, N_("Volume key does not match the volume.")},

    {C::MemoryCostTooHigh, Call::Any,
     N_("Requested maximum PBKDF memory cost is too high (maximum is %llu kilobytes).")},
    {C::MemoryCostTooLow, Call::Any,
     N_("Forced memory cost is too low for %s (minimum is %llu kilobytes).")},
    {C::IterationsTooFew, Call::Any,
     N_("Forced iteration count is too low for %s (minimum is %llu).")},
    {C::LanesTooMany, Call::Any,
     N_("Requested maximum PBKDF parallel cost is too high (maximum is %d).")},
    {C::UnknownKdf, Call::Any, N_("Unknown PBKDF type %s.")},
    {C::LabelTooLong, Call::Any, N_("Label is too long.")},

    {C::MappingInactive, Call::Any, N_("Device %s is not active.")},
    {C::MappingInactive, Call::Resize, N_("Device %s is not active."), 0, EINVAL},
    {C::MappingInactive, Call::Suspend, N_("Volume %s is not active."), 0, EINVAL},
    {C::MappingExists, Call::Any, N_("Device %s already exists.")},
    {C::MappingSuspended, Call::Any, N_("Volume %s is already suspended.")},
    {C::MappingNotSuspended, Call::Any, N_("Volume %s is not suspended.")},
    {C::BadMappingName, Call::Any, N_("Name \"%s\" invalid. It contains \"/\".")},
    {.condition = C::BadMappingName,
     .call = Call::Any,
     .text = N_("Name must not contain '/' character."),
     .since = PeerRelease::V2_8},
    {C::LongMappingName, Call::Any, N_("Name is too long.")},
    {C::OtherMapping, Call::Any, N_("Mismatching parameters on device %s.")},
    {C::DataInUse, Call::Any,
     N_("Cannot use device %s which is in use (already mapped or mounted).")},
    {C::MappingInUse, Call::Any, N_("Device %s is still in use.")},
    {C::OffsetBeyondData, Call::Any, N_("Requested offset is beyond real size of device %s.")},
    {C::DataTooSmall, Call::Any, N_("Device %s is too small.")},
    {C::DataUnaligned, Call::Any, N_("Device size is not aligned to requested sector size.")},
    {C::DeviceMapperForbidden, Call::Any,
     N_("Cannot initialize device-mapper, running as non-root user.")},
    {C::DeviceMapperMissing, Call::Any,
     N_("Cannot initialize device-mapper. Is dm_mod kernel module loaded?")},

    {C::ReencryptionCutShort, Call::Any,
     N_("Device requires reencryption recovery. Run repair first.")},
};

}  // namespace

const Sentence* find(Condition condition, Call call, PeerRelease release) {
    const Sentence* any = nullptr;
    const Sentence* exact = nullptr;
    for (const Sentence& sentence : kSentences) {
        if (sentence.condition != condition || sentence.since > release) continue;
        if (sentence.call == call) exact = &sentence;
        if (sentence.call == Call::Any) any = &sentence;
    }
    return exact != nullptr ? exact : any;
}

std::string filled(const Sentence& sentence, const Error& error) {
    const std::string_view format = translate(sentence.text);
    std::optional<long long> next = error.number ? error.number : error.limit;
    std::string text;
    for (std::size_t at = 0; at < format.size(); ++at) {
        if (format[at] != '%') {
            text += format[at];
            continue;
        }
        at = std::min(format.find_first_of("sdu", at), format.size() - 1);
        if (format[at] == 's') {
            text += shown(error.name);
        } else if (next) {
            text += std::to_string(*next);
            next = error.limit;
        }
    }
    return text;
}

}  // namespace latchkey::peer
