// SPDX-License-Identifier: LGPL-2.1-or-later
#include "latchkey/error.h"

#include <array>
#include <cerrno>

#include "base/i18n.h"
#include "latchkey/wording.h"

namespace latchkey {
namespace {

// The only table of error kinds.  docs/cli-abi.md promises the names and exit statuses.
constexpr std::array<ErrcInfo, kErrcCount> kTable = {{
    {Errc::InvalidArgument, "invalid-argument", 1, EINVAL, ""},
    {Errc::NotThisFormat, "not-this-format", 1, EINVAL,
     N_("is it the right device or partition? A header may lie in a file of its own (--header)")},
    {Errc::CorruptHeader, "corrupt-header", 1, EINVAL,
     N_("do not write to the device; try 'repair' on a copy, or restore a header backup")},
    {Errc::UnmetRequirement, "unmet-requirement", 1, ETXTBSY,
     N_("the volume uses a feature of a newer or other program; open it with that one")},
    {Errc::NotSupported, "not-supported", 1, ENOTSUP, ""},
    {Errc::MissingCipher, "missing-cipher", 1, ENOENT, ""},
    {Errc::WrongPassphrase, "wrong-passphrase", 2, EPERM,
     N_("check Caps Lock and the keyboard layout; a key file may end in a newline that counts")},
    {Errc::NoUsableKeyslot, "no-usable-keyslot", 1, ENOENT,
     N_("'luksDump' shows the keyslots and their priorities")},
    {Errc::KeyslotInUse, "keyslot-in-use", 1, EINVAL,
     N_("'luksDump' shows which keyslots are free; 'luksKillSlot' empties one")},
    {Errc::KeyslotInactive, "keyslot-inactive", 1, ENOENT, N_("'luksDump' shows the keyslots")},
    {Errc::LastKeyslot, "last-keyslot", 1, EPERM,
     N_("add another passphrase first with 'luksAddKey'")},
    {Errc::NoUsableToken, "no-usable-token", 1, ENOENT, ""},
    {Errc::TokenNeedsPin, "token-needs-pin", 1, ENOANO, ""},
    {Errc::CostRefused, "cost-refused", 1, ERANGE, ""},
    {Errc::OutOfMemory, "out-of-memory", 3, ENOMEM,
     N_("free some memory; a keyslot with a smaller --pbkdf-memory can be added elsewhere")},
    {Errc::NoSpace, "no-space", 1, ENOSPC, ""},
    {Errc::DeviceFull, "device-full", 1, ENOSPC,
     N_("make room where the device is stored: on the file system of its file, in its pool")},
    {Errc::Io, "io-error", 1, EIO,
     N_("the device failed: copy what can be read before anything else")},
    {Errc::Unreadable, "unreadable", 4, EIO,
     N_("the device failed: copy what can be read before anything else")},
    {Errc::Unfinished, "unfinished", 1, EIO,
     N_("'luksDump' shows the header that is in force now")},
    {Errc::AccessDenied, "access-denied", 4, EACCES, N_("try again as root")},
    {Errc::NoDevice, "no-device", 4, ENODEV, ""},
    {Errc::DeviceTooSmall, "device-too-small", 1, EINVAL, ""},
    {Errc::Exists, "exists", 5, EEXIST, ""},
    {Errc::InTheWay, "in-the-way", 5, EEXIST,
     N_("look at what it is; it may hold plaintext that was meant for the mapping. Then remove "
        "it")},
    {Errc::Busy, "busy", 5, EBUSY, ""},
    {Errc::Locked, "locked", 5, EBUSY, N_("another program is changing this header; try again")},
    {Errc::ConcurrentChange, "concurrent-change", 1, EINVAL,
     N_("another program changed this header meanwhile; look at it again")},
    {Errc::NothingToRead, "nothing-to-read", 1, EPIPE, ""},
    {Errc::NotFound, "not-found", 1, ENOENT, ""},
    {Errc::Interrupted, "interrupted", 1, EINTR, ""},
    {Errc::Refused, "refused", 1, EPERM, ""},
}};

constexpr bool rows_are_in_order() {
    for (std::size_t i = 0; i < kTable.size(); ++i)
        if (static_cast<std::size_t>(kTable[i].code) != i) return false;
    return true;
}
static_assert(rows_are_in_order());

}  // namespace

const ErrcInfo& info(Errc code) {
    return kTable[static_cast<std::size_t>(code)];
}

Error::Error(Errc kind, std::string text, std::string advice)
    : code(kind), message(std::move(text)), hint(std::move(advice)) {}
Error::Error(const Error&) = default;
Error::Error(Error&&) noexcept = default;
Error& Error::operator=(const Error&) = default;
Error& Error::operator=(Error&&) noexcept = default;
Error::~Error() = default;

Error Error::within(std::string_view place) && {
    message.insert(0, std::string(place) + ": ");
    if (!sentence.empty()) sentence.insert(0, std::string(place) + ": ");
    return std::move(*this);
}

Error Error::with_hint(std::string text) && {
    hint = std::move(text);
    return std::move(*this);
}

Error Error::saying(std::string whole_sentence) && {
    sentence = std::move(whole_sentence);
    if (message.empty()) message = sentence.substr(0, sentence.find_last_not_of(".\n") + 1);
    return std::move(*this);
}

Error Error::exits_with(int status) && {
    exit_status = status;
    return std::move(*this);
}

Error Error::with_errno(int value) && {
    errno_value = value;
    return std::move(*this);
}

Error Error::silently() && {
    telling = Telling::Silent;
    return std::move(*this);
}

Error Error::as_usage() && {
    telling = Telling::Usage;
    return std::move(*this);
}

Error Error::because(Condition cause, std::string of_name, std::optional<long long> of_number,
                     std::optional<long long> of_limit) && {
    condition = cause;
    name = std::move(of_name);
    number = of_number;
    limit = of_limit;
    return std::move(*this);
}

Error fail(Errc code, const char* format, ...) {
    va_list arguments;
    va_start(arguments, format);
    Error error{code, vshown(translate(format), arguments)};
    va_end(arguments);
    return error;
}

Error fail_saying(Errc code, const char* format, ...) {
    va_list arguments;
    va_start(arguments, format);
    std::string sentence = vshown(translate(format), arguments);
    va_end(arguments);
    return Error(code).saying(std::move(sentence));
}

}  // namespace latchkey
