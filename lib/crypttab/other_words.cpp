// SPDX-License-Identifier: LGPL-2.1-or-later
#include "crypttab/other_words.h"

#include <algorithm>

#include "latchkey/ascii.h"
#include "latchkey/wording.h"

namespace latchkey::crypttab {
namespace {

struct Row {
    std::string_view word;  // lower case, with hyphens
    std::string_view meant;
    std::string_view meant_by_debian = {};  // if it differs
};
constexpr Row kRows[] = {
    // cryptsetup
    {"key-size", "size"},
    {"keysize", "size"},
    {"key-bits", "size"},
    {"perf-same-cpu-crypt", "same-cpu-crypt"},
    {"perf-submit-from-crypt-cpus", "submit-from-crypt-cpus"},
    {"perf-no-read-workqueue", "no-read-workqueue"},
    {"perf-no-write-workqueue", "no-write-workqueue"},
    {"allow-discard", "discard"},
    {"discards", "discard"},
    {"trim", "discard"},
    {"verify-passphrase", "verify"},
    {"retry", "tries"},
    {"retries", "tries"},
    {"key-file-size", "keyfile-size"},
    {"key-file-offset", "keyfile-offset"},
    {"luks1", "luks"},
    {"luks2", "luks"},
    {"crypto-luks", "luks"},
    {"bitlocker", "bitlk"},
    {"truecrypt", "tcrypt"},
    {"filevault2", "fvault2"},
    {"hidden", "tcrypt-hidden"},
    {"tcrypt-hidden-volume", "tcrypt-hidden"},
    {"system", "tcrypt-system"},
    {"pim", "veracrypt-pim"},
    {"detached-header", "header"},
    // systemd-cryptenroll
    {"tpm2-with-pin", "tpm2-pin"},
    {"tpm2", "tpm2-device"},
    {"unlock-tpm2-device", "tpm2-device"},
    {"fido2", "fido2-device"},
    {"unlock-fido2-device", "fido2-device"},
    {"fido2-with-client-pin", "fido2-pin"},
    {"fido2-with-user-presence", "fido2-up"},
    {"fido2-with-user-verification", "fido2-uv"},
    {"pkcs11", "pkcs11-uri"},
    {"pkcs11-token-uri", "pkcs11-uri"},
    // fstab and units, for which crypttab has an equivalent
    {"device-timeout", "x-systemd.device-timeout"},
    {"netdev", "_netdev"},
    {"ro", "readonly"},
    {"initrd", "x-initrd.attach", "initramfs"},
    {"initrd.attach", "x-initrd.attach", "initramfs"},
    {"x-initrd.mount", "x-initrd.attach", "initramfs"},
    // dracut
    {"force", "x-initrd.attach", "initramfs"},
};
constexpr std::string_view kKeyFields[] = {
    "keyfile", "key-file", "key", "keyfile-path", "unlock-key-file", "password", "passphrase"};
constexpr std::string_view kFstab[] = {
    "defaults", "rw",     "user",    "nouser",   "users",      "owner",       "group",
    "exec",     "noexec", "suid",    "nosuid",   "dev",        "nodev",       "sync",
    "async",    "atime",  "noatime", "relatime", "norelatime", "strictatime", "nodiratime",
    "lazytime", "errors", "subvol",  "compress", "sw",         "pri",         "umask",
    "uid",      "gid",    "data",    "commit",   "bind",       "loop",        "iversion"};

template <std::size_t N>
bool is_one_of(const std::string_view (&names)[N], std::string_view name) {
    return std::ranges::find(names, name) != std::end(names);
}

// Converts to lower case, and underscores to hyphens, except the first letter.
std::string plainly_written(std::string_view name) {
    std::string plain = lower_case(name);
    if (!plain.empty()) std::replace(plain.begin() + 1, plain.end(), '_', '-');
    return plain;
}

std::string_view as_that_reader_has_it(std::string_view name, Readers reader) {
    const OptionRow* row = find_option(name, Readers::Both);
    if (row == nullptr) return {};
    for (const std::string_view one : {row->name, row->aliases[0].name, row->aliases[1].name})
        if (one == name && find_option(one, reader) != nullptr) return one;
    return find_option(row->name, reader) != nullptr ? row->name : std::string_view();
}

}  // namespace

OtherWord other_word(std::string_view name, Readers reader) {
    const std::string plain = plainly_written(name);
    const auto row = std::ranges::find(kRows, plain, &Row::word);
    if (row != std::end(kRows)) {
        const bool debian = reader == Readers::Debian && !row->meant_by_debian.empty();
        return {Home::Options,
                as_that_reader_has_it(debian ? row->meant_by_debian : row->meant, reader)};
    }
    if (const OptionRow* known = find_option(plain, Readers::Both))
        return {Home::Options,
                as_that_reader_has_it(find_option(plain, reader) != nullptr ? plain : known->name,
                                      reader)};
    if (is_one_of(kKeyFields, plain)) return {Home::KeyField, {}};
    if (is_one_of(kFstab, plain)) return {Home::Fstab, {}};
    // A name close to an option was probably meant as that option.
    if (!nearest_option(name, Readers::Both).empty())
        return {Home::Options, nearest_option(name, reader)};
    if (plain == "comment" || plain.starts_with("x-")) return {Home::Others, {}};
    return {};
}

bool stands_for_no_options(std::string_view options) {
    return options == "-" || options == "none";
}

}  // namespace latchkey::crypttab
