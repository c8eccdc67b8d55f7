// SPDX-License-Identifier: LGPL-2.1-or-later
// Names for programs; they are not translated.
#include <algorithm>

#include "latchkey/crypttab.h"

namespace latchkey::crypttab {

std::string_view name_of(Readers readers) {
    switch (readers) {
        case Readers::None: return "nobody";
        case Readers::Systemd: return "systemd";
        case Readers::Debian: return "debian";
        case Readers::Both: break;
    }
    return "both";
}

std::string_view name_of(Severity severity) {
    switch (severity) {
        case Severity::Note: return "note";
        case Severity::Warning: return "warning";
        case Severity::Error: break;
    }
    return "error";
}

std::string_view name_of(Type type) {
    switch (type) {
        case Type::Luks: return "luks";
        case Type::Plain: return "plain";
        case Type::Tcrypt: return "tcrypt";
        case Type::Bitlk: return "bitlk";
        case Type::Fvault2: return "fvault2";
        case Type::AsFound: break;
    }
    return "as-found";
}

std::string_view name_of(KeyKind kind) {
    switch (kind) {
        case KeyKind::Ask: return "ask";
        case KeyKind::File: return "file";
        case KeyKind::FileOnDevice: return "file-on-device";
        case KeyKind::Random: return "random";
        case KeyKind::Script: return "script";
        case KeyKind::StandardInput: break;
    }
    return "standard-input";
}

Readers installed_readers(const std::function<bool(const char* path)>& exists) {
    constexpr const char* kSystemd[] = {
        "/usr/lib/systemd/system-generators/systemd-cryptsetup-generator",
        "/lib/systemd/system-generators/systemd-cryptsetup-generator",
        "/usr/bin/systemd-cryptsetup"};
    constexpr const char* kDebian[] = {"/lib/cryptsetup/cryptdisks-functions",
                                       "/usr/lib/cryptsetup/cryptdisks-functions",
                                       "/usr/share/initramfs-tools/hooks/cryptroot"};
    Readers found = Readers::None;
    if (std::ranges::any_of(kSystemd, exists)) found = found | Readers::Systemd;
    if (std::ranges::any_of(kDebian, exists)) found = found | Readers::Debian;
    return found;
}

}  // namespace latchkey::crypttab
