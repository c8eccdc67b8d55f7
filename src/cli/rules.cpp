// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/rules.h"

#include "cli/options.h"
#include "cli/options_reencrypt.h"
#include "text/i18n.h"

namespace latchkey::cli {
namespace {

constexpr Rule excludes(const OptionSpec& a, const OptionSpec& b, const char* reason,
                        std::string_view action = {}) {
    return {action, &a, Rule::Kind::Excludes, &b, {}, reason};
}
constexpr Rule twice(const OptionSpec& a, const char* reason) {
    return {{}, &a, Rule::Kind::Twice, nullptr, {}, reason};
}
constexpr Rule needs(const OptionSpec& a, const OptionSpec& b, const char* reason,
                     std::string_view action = {}) {
    return {action, &a, Rule::Kind::Needs, &b, {}, reason};
}
constexpr Rule only_types(std::string_view action, const OptionSpec& a, std::string_view types,
                          const char* reason) {
    return {action, &a, Rule::Kind::OnlyTypes, nullptr, types, reason};
}

constexpr char kTcryptHeaders[] =
    N_("Option --tcrypt-hidden, --tcrypt-system or --tcrypt-backup is supported only for TCRYPT "
       "device.");
constexpr char kVeracrypt[] =
    N_("Option --veracrypt or --disable-veracrypt is supported only for TCRYPT device type.");
constexpr char kKeyslotPair[] =
    N_("Options --keyslot-cipher and --keyslot-key-size must be used together.");
constexpr char kNoDescription[] =
    N_("Cannot use keyring key description when keyring is disabled.");
constexpr char kVolumeKeys[] = N_("At most 2 volume key specifications can be supplied.");
constexpr char kPlainKeyring[] =
    N_("Option --volume-key-keyring cannot be combined with --hash or --volume-key-file.");
constexpr char kNeedsSlot[] = N_("Keyslot specification is required.");

// Only the first broken rule is reported.
constexpr Rule kRules[] = {
    excludes(opt::device_size, opt::size,
             N_("Options --device-size and --size cannot be combined.")),
    excludes(opt::use_random, opt::use_urandom,
             N_("Only one of --use-[u]random options is allowed.")),
    excludes(opt::align_payload, opt::offset,
             N_("Options --align-payload and --offset cannot be combined.")),
    excludes(opt::pbkdf_force_iterations, opt::iter_time,
             N_("PBKDF forced iterations cannot be combined with iteration time option.")),
    excludes(opt::pbkdf_force_iterations, opt::unlock_on,
             N_("PBKDF forced iterations cannot be combined with --unlock-on, which measures.")),
    excludes(opt::deferred, opt::cancel_deferred,
             N_("Options --cancel-deferred and --deferred cannot be used at the same time.")),
    excludes(opt::allow_discards, opt::tcrypt_hidden,
             N_("Option --tcrypt-hidden cannot be combined with --allow-discards.")),
    excludes(opt::veracrypt_pim, opt::veracrypt_query_pim,
             N_("The options --veracrypt-pim and --veracrypt-query-pim are mutually exclusive.")),
    excludes(opt::veracrypt_pim, opt::disable_veracrypt,
             N_("Options --veracrypt-pim and --disable-veracrypt cannot be combined.")),
    excludes(opt::veracrypt_query_pim, opt::disable_veracrypt,
             N_("Options --veracrypt-query-pim and --disable-veracrypt cannot be combined.")),
    excludes(opt::persistent, opt::test_passphrase,
             N_("Option --persistent is not allowed with --test-passphrase.")),
    excludes(opt::refresh, opt::test_passphrase,
             N_("Options --refresh and --test-passphrase are mutually exclusive.")),
    excludes(opt::keep_key, opt::new_volume_key_file,
             N_("Options --keep-key and --new-volume-key-file cannot be combined.")),
    excludes(opt::keep_key, opt::new_volume_key_keyring,
             N_("Options --keep-key and --new-volume-key-keyring cannot be combined.")),
    excludes(opt::active_name, opt::force_offline_reencrypt,
             N_("Options --active-name and --force-offline-reencrypt cannot be combined."),
             "reencrypt"),
    excludes(opt::reduce_device_size, opt::device_size,
             N_("Options --reduce-device-size and --data-size cannot be combined.")),
    excludes(opt::disable_keyring, opt::link_vk_to_keyring,
             N_("Cannot link volume key to a keyring when keyring is disabled.")),
    excludes(opt::disable_keyring, opt::key_description, kNoDescription),
    excludes(opt::disable_keyring, opt::new_key_description, kNoDescription),
    twice(opt::link_vk_to_keyring, N_("At most 2 keyring link specifications can be supplied.")),
    twice(opt::volume_key_file, kVolumeKeys),
    twice(opt::volume_key_keyring, kVolumeKeys),
    twice(opt::key_size, N_("At most 2 key size specifications can be supplied.")),
    {"open",
     &opt::volume_key_file,
     Rule::Kind::InPairs,
     &opt::key_size,
     {},
     N_("Both --volume-key-file options must be paired with respective --key-size options.")},
    {"open", &opt::volume_key_keyring, Rule::Kind::Excludes, &opt::hash, "|plain|", kPlainKeyring},
    {"open", &opt::volume_key_keyring, Rule::Kind::Excludes, &opt::volume_key_file, "|plain|",
     kPlainKeyring},
    excludes(opt::show_keys, opt::json,
             N_("Options --show-keys and --json cannot be combined: no key is shown as JSON.")),
    needs(opt::keyslot_cipher, opt::keyslot_key_size, kKeyslotPair),
    needs(opt::keyslot_key_size, opt::keyslot_cipher, kKeyslotPair),
    needs(opt::integrity_no_wipe, opt::integrity,
          N_("Option --integrity-no-wipe can be used only for format action with integrity "
             "extension.")),
    needs(opt::integrity_inline, opt::integrity,
          N_("Option --integrity-inline can be used only together with --integrity.")),
    only_types("open", opt::unbound, "|luks|luks1|luks2|",
               N_("Option --unbound is allowed only for open of luks device.")),
    needs(opt::unbound, opt::test_passphrase,
          N_("Option --unbound cannot be used without --test-passphrase."), "open"),
    only_types("open", opt::verify_fs, "|plain|loopaes|",
               N_("Option --verify-fs is for volumes without a header: plain and loopaes.")),
    only_types("open", opt::expect_signature, "|plain|",
               N_("Option --expect-signature is for open of plain device.")),
    needs(opt::unbound, opt::key_size, N_("Key size is required with --unbound option."),
          "luksAddKey"),
    needs(opt::unbound, opt::key_slot, kNeedsSlot, "luksDump"),
    needs(opt::priority, opt::key_slot, kNeedsSlot, "config"),
    needs(opt::name, opt::key_slot, kNeedsSlot, "config"),
    only_types("open", opt::shared, "|plain|",
               N_("Option --shared is allowed only for open of plain device.")),
    only_types("open", opt::skip, "|plain|loopaes|",
               N_("Option --skip is supported only for open of plain and loopaes devices.")),
    only_types("open", opt::offset, "|plain|loopaes|",
               N_("Option --offset with open action is only supported for plain and loopaes "
                  "devices.")),
    only_types("open", opt::sector_size, "|plain|",
               N_("Sector size option with open action is supported only for plain devices.")),
    only_types("open", opt::iv_large_sectors, "|plain|",
               N_("Large IV sectors option is supported only for opening plain type device with "
                  "sector size larger than 512 bytes.")),
    needs(opt::iv_large_sectors, opt::sector_size,
          N_("Large IV sectors option is supported only for opening plain type device with "
             "sector size larger than 512 bytes.")),
    only_types("open", opt::veracrypt, "|tcrypt|", kVeracrypt),
    only_types("open", opt::disable_veracrypt, "|tcrypt|", kVeracrypt),
    only_types("open", opt::tcrypt_hidden, "|tcrypt|", kTcryptHeaders),
    only_types("open", opt::tcrypt_system, "|tcrypt|", kTcryptHeaders),
    only_types("open", opt::tcrypt_backup, "|tcrypt|", kTcryptHeaders),
    only_types("open", opt::test_passphrase, "|luks|luks1|luks2|tcrypt|bitlk|fvault2|",
               N_("Option --test-passphrase is allowed only for open of LUKS, TCRYPT, BITLK and "
                  "FVAULT2 devices.")),
    {"", &opt::key_file, Rule::Kind::Once, nullptr, "|tcrypt|",
     N_("Only one --key-file argument is allowed.")},
};

}  // namespace

std::span<const Rule> all_rules() {
    return kRules;
}

}  // namespace latchkey::cli
