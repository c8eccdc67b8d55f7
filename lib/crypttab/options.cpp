// SPDX-License-Identifier: LGPL-2.1-or-later
// Every option of crypttab, a row each: the checker, `explain`, the converter, the manual and the tests read it.
#include <algorithm>

#include "base/i18n.h"
#include "crypttab/nearest.h"
#include "latchkey/crypttab.h"

namespace latchkey::crypttab {
namespace {

using enum Topic;
using V = ValueKind;
using R = Readers;
using S = Severity;

constexpr OptionRow kOptions[] = {
    // ---- what kind of volume
    {.name = "luks", .implies = "luks", .topic = Kind, .systemd = N_("LUKS1 or LUKS2; cipher, hash and size come from the header"), .debian = N_("LUKS1 or LUKS2; cipher, hash, size, offset and skip are dropped")},
    {.name = "plain", .implies = "plain", .topic = Kind, .systemd = N_("plain dm-crypt; defaults are aes-cbc-essiv:sha256, 256 bits, ripemd160"), .debian = N_("plain dm-crypt; defaults are those built into cryptsetup, and 2.7 changed them")},
    {.name = "tcrypt", .volumes = Volumes::Tcrypt, .implies = "tcrypt", .topic = Kind, .systemd = N_("TrueCrypt; the passphrase is the first line of the key file"), .debian = N_("TrueCrypt; cipher, hash, size, offset, skip and keyfile-* are dropped")},
    {.name = "tcrypt-hidden", .aliases = {{{"tcrypthidden", R::Both}}}, .volumes = Volumes::Tcrypt, .implies = "tcrypt", .topic = Kind, .systemd = N_("the hidden volume; implies tcrypt"), .debian = N_("the hidden volume; only together with tcrypt")},
    {.name = "tcrypt-system", .readers = R::Systemd, .volumes = Volumes::Tcrypt, .implies = "tcrypt", .elsewhere = S::Error, .topic = Kind, .systemd = N_("the header of an encrypted system; implies tcrypt")},
    {.name = "tcrypt-veracrypt", .aliases = {{{"veracrypt", R::Both}}}, .volumes = Volumes::Tcrypt, .implies = "tcrypt", .topic = Kind, .systemd = N_("VeraCrypt's modes too; implies tcrypt"), .debian = N_("VeraCrypt's modes too; only together with tcrypt")},
    {.name = "tcrypt-keyfile", .value = V::AbsolutePath, .readers = R::Systemd, .volumes = Volumes::Tcrypt, .implies = "tcrypt", .elsewhere = S::Error, .topic = Kind, .systemd = N_("a key file of TrueCrypt, absolute; may be repeated; implies tcrypt")},
    {.name = "veracrypt-pim", .value = V::Number, .readers = R::Systemd, .since = 254, .volumes = Volumes::Tcrypt, .elsewhere = S::Error, .most = UINT32_MAX, .topic = Kind, .systemd = N_("VeraCrypt's personal iterations multiplier; 0 is the default")},
    {.name = "bitlk", .implies = "bitlk", .topic = Kind, .systemd = N_("BitLocker"), .debian = N_("BitLocker")},
    {.name = "fvault2", .readers = R::Debian, .implies = "fvault2", .elsewhere = S::Error, .topic = Kind, .debian = N_("FileVault2")},
    {.name = "swap", .implies = "plain", .topic = Kind, .systemd = N_("implies plain; makes swap on the mapping, unless a file system is found there"), .debian = N_("makes swap if the mapping shows nothing or old swap, else removes it and fails; ignored in the initramfs")},
    {.name = "tmp", .value = V::OptionalText, .implies = "plain", .topic = Kind, .systemd = N_("implies plain; makes a file system on the mapping, ext4 if none is named"), .debian = N_("makes a file system on the mapping, ext4 if none is named, with mode 1777; ignored in the initramfs")},

    // ---- how it is encrypted
    {.name = "cipher", .value = V::Text, .volumes = Volumes::Plain, .topic = Cipher, .systemd = N_("cipher and mode; without a '-' the mode is plain"), .debian = N_("cipher and mode, as cryptsetup --cipher takes it")},
    {.name = "size", .value = V::KeyBits, .volumes = Volumes::Plain, .most = UINT32_MAX, .topic = Cipher, .systemd = N_("key size in bits, and how much of the key file counts; default 256"), .debian = N_("key size in bits; ignored for luks and tcrypt")},
    {.name = "hash", .value = V::Text, .volumes = Volumes::Plain, .topic = Cipher, .systemd = N_("hash of the passphrase, or of the key file if this option is there; plain is none"), .debian = N_("hash of the passphrase; without effect with a key file")},
    {.name = "offset", .value = V::Number, .volumes = Volumes::Plain, .bad_value_fails = true, .topic = Cipher, .systemd = N_("where the data begins on the device, in sectors of 512 bytes"), .debian = N_("where the data begins on the device, in sectors of 512 bytes; dropped for luks and tcrypt")},
    {.name = "skip", .value = V::Number, .volumes = Volumes::Plain, .bad_value_fails = true, .topic = Cipher, .systemd = N_("sectors of 512 bytes that are added to the IV's number"), .debian = N_("sectors of 512 bytes that are added to the IV's number; dropped for luks and tcrypt")},
    {.name = "sector-size", .value = V::SectorBytes, .volumes = Volumes::Plain, .most = UINT32_MAX, .topic = Cipher, .systemd = N_("unit of encryption in bytes, 512 to 4096; default 512"), .debian = N_("unit of encryption in bytes, 512 to 4096")},
    {.name = "header", .value = V::AbsolutePath, .volumes = Volumes::Luks, .implies = "luks", .bad_value_fails = true, .topic = Cipher, .systemd = N_("the header is there, an absolute path or PATH:DEVICE; implies luks"), .debian = N_("the header is there, any path that exists; only for luks")},
    {.name = "key-slot", .aliases = {{{"keyslot", R::Both}}}, .value = V::Number, .volumes = Volumes::Luks, .implies = "luks", .most = INT32_MAX, .topic = Cipher, .systemd = N_("only this keyslot is tried; implies luks"), .debian = N_("only this keyslot is tried")},
    {.name = "keyfile-offset", .value = V::Number, .topic = Cipher, .systemd = N_("bytes of the key file to leave out"), .debian = N_("bytes of the key file to leave out; dropped for tcrypt")},
    {.name = "keyfile-size", .value = V::Number, .most = UINT32_MAX, .topic = Cipher, .systemd = N_("bytes of the key file to read; plain ignores it"), .debian = N_("bytes of the key file to read; dropped for plain and tcrypt")},
    {.name = "keyfile-erase", .value = V::Switch, .readers = R::Systemd, .elsewhere = S::Warning, .topic = Cipher, .systemd = N_("the key file is overwritten and removed afterwards, also on failure")},
    {.name = "link-volume-key", .value = V::KeyringKey, .readers = R::Systemd, .since = 256, .volumes = Volumes::Luks, .elsewhere = S::Warning, .bad_value_fails = true, .topic = Cipher, .systemd = N_("the volume key is linked to a kernel keyring")},
    {.name = "fixate-volume-key", .value = V::Text, .readers = R::Systemd, .since = 260, .volumes = Volumes::Luks, .elsewhere = S::Warning, .topic = Cipher, .systemd = N_("a volume whose key does not give this hash is refused")},

    // ---- device behaviour
    {.name = "readonly", .aliases = {{{"read-only", R::Both}}}, .topic = Device, .systemd = N_("the mapping is read-only"), .debian = N_("the mapping is read-only")},
    {.name = "discard", .aliases = {{{"allow-discards", R::Systemd}}}, .topic = Device, .systemd = N_("discards are passed to the device"), .debian = N_("discards are passed to the device")},
    {.name = "same-cpu-crypt", .topic = Device, .systemd = N_("encrypts on the CPU that asked"), .debian = N_("encrypts on the CPU that asked")},
    {.name = "submit-from-crypt-cpus", .topic = Device, .systemd = N_("writes are submitted by the CPU that encrypted"), .debian = N_("writes are submitted by the CPU that encrypted")},
    {.name = "no-read-workqueue", .topic = Device, .systemd = N_("reads are decrypted without a work queue"), .debian = N_("reads are decrypted without a work queue")},
    {.name = "no-write-workqueue", .topic = Device, .systemd = N_("writes are encrypted without a work queue"), .debian = N_("writes are encrypted without a work queue")},

    // ---- asking
    {.name = "tries", .value = V::Number, .most = UINT32_MAX, .topic = Asking, .systemd = N_("how often it is tried; default 3, 0 is for ever"), .debian = N_("how often it is tried; default 3, 0 is for ever; always 1 with a key file")},
    {.name = "timeout", .value = V::Duration, .readers = R::Systemd, .topic = Asking, .systemd = N_("how long a question waits; default and 0: for ever")},
    {.name = "verify", .topic = Asking, .systemd = N_("asks twice, and takes no cached passphrase"), .debian = N_("has no use: its askpass asks once")},
    {.name = "password-echo", .value = V::Choice, .choices = "yes|no|masked", .readers = R::Systemd, .topic = Asking, .systemd = N_("what a typed passphrase looks like; default masked")},
    {.name = "password-cache", .value = V::Choice, .choices = "yes|no|read-only", .readers = R::Systemd, .since = 257, .topic = Asking, .systemd = N_("whether passphrases are shared with other volumes; default yes")},
    {.name = "try-empty-password", .value = V::Switch, .readers = R::Systemd, .elsewhere = S::Warning, .topic = Asking, .systemd = N_("tries an empty passphrase once before it asks")},
    {.name = "headless", .value = V::Switch, .readers = R::Systemd, .elsewhere = S::Warning, .topic = Asking, .systemd = N_("never asks: fails instead")},
    {.name = "keyscript", .value = V::Path, .readers = R::Debian, .elsewhere = S::Error, .topic = Asking, .debian = N_("the key is what this program prints; its argument is the third field")},
    {.name = "token-timeout", .value = V::Duration, .readers = R::Systemd, .topic = Asking, .systemd = N_("how long it waits for a token to be plugged in, then asks; default 30 s, 0 is for ever")},
    {.name = "pkcs11-uri", .value = V::Pkcs11, .readers = R::Systemd, .elsewhere = S::Warning, .bad_value_fails = true, .topic = Asking, .systemd = N_("a PKCS#11 token opens it: auto, or its URI with an encrypted key in the third field")},
    {.name = "fido2-device", .value = V::AutoOrPath, .readers = R::Systemd, .elsewhere = S::Warning, .topic = Asking, .systemd = N_("a FIDO2 token opens it")},
    {.name = "fido2-cid", .value = V::Base64, .readers = R::Systemd, .elsewhere = S::Warning, .bad_value_fails = true, .topic = Asking, .systemd = N_("credential of the FIDO2 token; implies fido2-device=auto")},
    {.name = "fido2-rp", .value = V::Text, .readers = R::Systemd, .topic = Asking, .systemd = N_("relying party of the FIDO2 token; default io.systemd.cryptsetup")},
    {.name = "fido2-pin", .value = V::YesNo, .readers = R::Systemd, .since = 257, .topic = Asking, .systemd = N_("whether the FIDO2 token wants its PIN; only with fido2-cid")},
    {.name = "fido2-up", .value = V::YesNo, .readers = R::Systemd, .since = 257, .topic = Asking, .systemd = N_("whether the FIDO2 token wants to be touched; only with fido2-cid")},
    {.name = "fido2-uv", .value = V::YesNo, .readers = R::Systemd, .since = 257, .topic = Asking, .systemd = N_("whether the FIDO2 token wants to verify its user; only with fido2-cid")},
    {.name = "tpm2-device", .value = V::AutoOrPath, .readers = R::Systemd, .elsewhere = S::Warning, .topic = Asking, .systemd = N_("the TPM opens it")},
    {.name = "tpm2-pcrs", .value = V::Pcrs, .readers = R::Systemd, .bad_value_fails = true, .topic = Asking, .systemd = N_("PCRs that the key is bound to; default 7, or what the token says")},
    {.name = "tpm2-pin", .value = V::YesNo, .readers = R::Systemd, .topic = Asking, .systemd = N_("whether the TPM wants a PIN")},
    {.name = "tpm2-signature", .value = V::AbsolutePath, .readers = R::Systemd, .bad_value_fails = true, .topic = Asking, .systemd = N_("signature of the PCR policy, an absolute path")},
    {.name = "tpm2-pcrlock", .value = V::AbsolutePath, .readers = R::Systemd, .since = 255, .bad_value_fails = true, .topic = Asking, .systemd = N_("PCR policy of pcrlock, an absolute path")},
    {.name = "tpm2-measure-pcr", .value = V::YesNoOrPcr, .readers = R::Systemd, .since = 253, .elsewhere = S::Warning, .topic = Asking, .systemd = N_("the volume key is measured into this PCR; yes is 15")},
    {.name = "tpm2-measure-bank", .value = V::Text, .readers = R::Systemd, .since = 253, .topic = Asking, .systemd = N_("hash of the bank that is measured into")},
    {.name = "tpm2-measure-keyslot-nvpcr", .value = V::AnyText, .readers = R::Systemd, .since = 259, .topic = Asking, .systemd = N_("the keyslot that opened is measured into this NvPCR")},

    // ---- when in the boot
    {.name = "noauto", .topic = Boot, .systemd = N_("not opened by itself at boot; what needs /dev/mapper/NAME still opens it"), .debian = N_("not opened at boot, only by cryptdisks_start; ignored in the initramfs")},
    {.name = "auto", .readers = R::Systemd, .topic = Boot, .systemd = N_("takes an earlier noauto back")},
    {.name = "nofail", .readers = R::Systemd, .topic = Boot, .systemd = N_("the boot neither needs it nor waits for it")},
    {.name = "fail", .readers = R::Systemd, .topic = Boot, .systemd = N_("takes an earlier nofail back")},
    {.name = "_netdev", .readers = R::Systemd, .topic = Boot, .systemd = N_("opened after the network is up, by remote-cryptsetup.target")},
    {.name = "x-systemd.device-timeout", .value = V::Duration, .readers = R::Systemd, .topic = Boot, .systemd = N_("how long the source device is waited for")},
    {.name = "keyfile-timeout", .value = V::Duration, .readers = R::Systemd, .topic = Boot, .systemd = N_("how long the key file's device is waited for, then it asks")},
    {.name = "x-initrd.attach", .readers = R::Systemd, .topic = Boot, .systemd = N_("stays open at shutdown until the root file system is gone")},
    {.name = "initramfs", .readers = R::Debian, .topic = Boot, .debian = N_("the initramfs opens it, whatever it is for")},
    {.name = "noearly", .readers = R::Debian, .topic = Boot, .debian = N_("left out by cryptdisks-early, done by cryptdisks")},
    {.name = "loud", .readers = R::Debian, .topic = Boot, .debian = N_("a missing device is mentioned")},
    {.name = "quiet", .readers = R::Debian, .topic = Boot, .debian = N_("a missing device is not mentioned; wins over loud")},
    {.name = "check", .value = V::OptionalText, .readers = R::Debian, .elsewhere = S::Warning, .topic = Boot, .debian = N_("this program looks at the mapping; if it fails the mapping is removed and the try counts")},
    {.name = "checkargs", .value = V::AnyText, .readers = R::Debian, .topic = Boot, .debian = N_("argument of the check")},
};

bool is_called(const OptionRow& row, std::string_view name, Readers reader) {
    if (row.name == name && (row.readers & reader) != Readers::None) return true;
    for (const OptionRow::Alias& alias : row.aliases)
        if (!alias.name.empty() && alias.name == name &&
            (alias.readers & reader) != Readers::None)
            return true;
    return false;
}

}  // namespace

std::span<const OptionRow> options() { return kOptions; }

const OptionRow* find_option(std::string_view name, Readers reader) {
    for (const OptionRow& row : kOptions)
        if (is_called(row, name, reader)) return &row;
    return nullptr;
}

std::string_view nearest_option(std::string_view name, Readers readers) {
    std::vector<std::string_view> names;
    for (const OptionRow& row : kOptions) {
        if ((row.readers & readers) == Readers::None) continue;
        names.push_back(row.name);
        for (const OptionRow::Alias& alias : row.aliases)
            if ((alias.readers & readers) != Readers::None) names.push_back(alias.name);
    }
    return nearest_word(name, names);
}

}  // namespace latchkey::crypttab
