// SPDX-License-Identifier: GPL-2.0-or-later
// The options of latchkey and cryptsetup; those of reencryption only are in options_reencrypt.h, those that every
// program may have in frame_options.h.  Names, letters and units are the peer's (docs/cli-abi.md); our own come last.
#pragma once

#include <span>

#include "cli/frame_options.h"
#include "cli/option.h"
#include "text/i18n.h"

namespace latchkey::cli::opt {

inline constexpr auto kListed = Scope::Listed;

// Words of topics.cpp.
inline constexpr std::string_view kVolumes = "volumes";
inline constexpr std::string_view kSecrets = "secrets";
inline constexpr std::string_view kKeys = "keys";
inline constexpr std::string_view kTokens = "tokens";
inline constexpr std::string_view kEncryption = "encryption";
inline constexpr std::string_view kLayout = "layout";
inline constexpr std::string_view kMappings = "mappings";
inline constexpr std::string_view kData = "data";
inline constexpr std::string_view kForeign = "foreign";
inline constexpr std::string_view kSystem = "system";
inline constexpr std::string_view kLimits = "limits";

inline constexpr char kNotASlot[] = N_("Key slot is invalid.");
inline constexpr char kNotEights[] = N_("Key size must be a multiple of 8 bits");

// ---- output and interaction
inline constexpr Flag batch_mode{{.name = "batch-mode",
                                  .topic = kOutput,
                                  .letter = 'q',
                                  .help = N_("Do not ask for confirmation"),
                                  .scope = kCommon}};
inline constexpr Flag verbose{{.name = "verbose",
                               .topic = kOutput,
                               .letter = 'v',
                               .help = N_("Show more detailed messages"),
                               .scope = kCommon}};
inline constexpr Flag debug{
    {.name = "debug", .topic = kOutput, .help = N_("Show debug messages"), .scope = kCommon}};
inline constexpr Flag debug_json{{.name = "debug-json",
                                  .topic = kOutput,
                                  .help = N_("Show debug messages and the JSON metadata"),
                                  .scope = kCommon}};
inline constexpr Small progress_frequency{
    {.name = "progress-frequency",
     .topic = kOutput,
     .metavar = N_("SECONDS"),
     .help = N_("Print a progress line at this interval, in seconds")}};
inline constexpr Flag progress_json{{.name = "progress-json",
                                     .topic = kOutput,
                                     .help = N_("Print progress as JSON, a line each"),
                                     .scope = kListed}};

// ---- selecting the volume
inline constexpr Text type{
    {.name = "type",
     .topic = kVolumes,
     .letter = 'M',
     .metavar = N_("TYPE"),
     .help = N_("Type of the volume: luks, luks1, luks2, plain, loopaes, tcrypt, bitlk, fvault2"),
     .complete = Complete::Words,
     .words = "luks|luks1|luks2|plain|loopaes|tcrypt|bitlk|fvault2"}};
inline constexpr Text header{
    {.name = "header",
     .topic = kVolumes,
     .metavar = N_("FILE"),
     .help = N_("Device or file that holds the header apart from the data"),
     .complete = Complete::File}};
inline constexpr Text header_backup_file{
    {.name = "header-backup-file",
     .topic = kVolumes,
     .metavar = N_("FILE"),
     .help = N_("File with a backup of the header and its keyslots"),
     .complete = Complete::File}};
inline constexpr Text uuid{{.name = "uuid",
                            .topic = kVolumes,
                            .metavar = N_("UUID"),
                            .help = N_("UUID for the volume"),
                            .scope = kListed}};
inline constexpr Text label{{.name = "label",
                             .topic = kVolumes,
                             .metavar = N_("TEXT"),
                             .help = N_("Label of the LUKS2 volume"),
                             .scope = kListed}};
inline constexpr Text subsystem{{.name = "subsystem",
                                 .topic = kVolumes,
                                 .metavar = N_("TEXT"),
                                 .help = N_("Subsystem label of the LUKS2 volume"),
                                 .scope = kListed}};

// ---- passphrases and key files
inline constexpr Text key_file{
    {.name = "key-file",
     .topic = kSecrets,
     .letter = 'd',
     .metavar = N_("FILE"),
     .help = N_("Read the passphrase from a file, or from standard input (-)"),
     .complete = Complete::File,
     .keeps = 32}};
inline constexpr Number keyfile_offset{{.name = "keyfile-offset",
                                        .topic = kSecrets,
                                        .metavar = N_("BYTES"),
                                        .help = N_("Skip this many bytes of the key file")}};
inline constexpr Number keyfile_size{{.name = "keyfile-size",
                                      .topic = kSecrets,
                                      .letter = 'l',
                                      .metavar = N_("BYTES"),
                                      .help = N_("Read exactly this many bytes of the key file"),
                                      .maximum = UINT32_MAX}};
inline constexpr Text new_keyfile{{.name = "new-keyfile",
                                   .topic = kSecrets,
                                   .metavar = N_("FILE"),
                                   .help = N_("Read the new passphrase from a file"),
                                   .scope = kListed,
                                   .complete = Complete::File}};
inline constexpr Number new_keyfile_offset{
    {.name = "new-keyfile-offset",
     .topic = kSecrets,
     .metavar = N_("BYTES"),
     .help = N_("Skip this many bytes of the new key file")}};
inline constexpr Number new_keyfile_size{
    {.name = "new-keyfile-size",
     .topic = kSecrets,
     .metavar = N_("BYTES"),
     .help = N_("Read exactly this many bytes of the new key file"),
     .maximum = UINT32_MAX}};
inline constexpr Flag verify_passphrase{{.name = "verify-passphrase",
                                         .topic = kSecrets,
                                         .letter = 'y',
                                         .help = N_("Ask for the passphrase twice")}};
inline constexpr Flag force_password{{.name = "force-password",
                                      .topic = kSecrets,
                                      .help = N_("Take any passphrase, whatever its quality")}};
inline constexpr Small timeout{
    {.name = "timeout",
     .topic = kSecrets,
     .letter = 't',
     .metavar = N_("SECONDS"),
     .help = N_("Give up asking for a passphrase after this many seconds")}};
inline constexpr Small tries{{.name = "tries",
                              .topic = kSecrets,
                              .letter = 'T',
                              .metavar = N_("INT"),
                              .help = N_("How often a passphrase may be typed")}};
inline constexpr Text volume_key_file{{.name = "volume-key-file",
                                       .topic = kSecrets,
                                       .metavar = N_("FILE"),
                                       .help = N_("Use the volume key in a file"),
                                       .complete = Complete::File,
                                       .aliases = {"master-key-file"},
                                       .keeps = 2}};
inline constexpr Text volume_key_keyring{{.name = "volume-key-keyring",
                                          .topic = kSecrets,
                                          .metavar = N_("KEY"),
                                          .help = N_("Use the volume key in the kernel keyring")}};
inline constexpr Flag dump_volume_key{{.name = "dump-volume-key",
                                       .topic = kSecrets,
                                       .help = N_("Print the volume key"),
                                       .aliases = {"dump-master-key"}}};
inline constexpr Text key_description{{.name = "key-description",
                                       .topic = kSecrets,
                                       .metavar = N_("TEXT"),
                                       .help = N_("Description of a key in the kernel keyring"),
                                       .scope = kListed}};
inline constexpr Text new_key_description{
    {.name = "new-key-description",
     .topic = kSecrets,
     .metavar = N_("TEXT"),
     .help = N_("Description of the new key in the kernel keyring"),
     .scope = kListed}};
inline constexpr Text link_vk_to_keyring{{.name = "link-vk-to-keyring",
                                          .topic = kSecrets,
                                          .metavar = N_("KEYRING::KEY"),
                                          .help = N_("Link the volume key to a keyring"),
                                          .scope = kListed,
                                          .keeps = 2}};

// ---- keyslots
inline constexpr Slot key_slot{
    {.name = "key-slot",
     .topic = kKeys,
     .letter = 'S',
     .metavar = N_("INT"),
     .help = N_("Keyslot, by its number or name; number of the new keyslot, the first free one if "
                "not given"),
     .scope = kListed,
     .range_error = kNotASlot}};
inline constexpr Slot new_key_slot{{.name = "new-key-slot",
                                    .topic = kKeys,
                                    .metavar = N_("INT"),
                                    .help = N_("Number of the new keyslot"),
                                    .scope = kListed,
                                    .range_error = kNotASlot}};
inline constexpr Flag unbound{
    {.name = "unbound",
     .topic = kKeys,
     .help = N_("A keyslot with a key of its own, or a token of no keyslot"),
     .scope = kListed}};
inline constexpr Text priority{
    {.name = "priority",
     .topic = kKeys,
     .metavar = N_("PRIORITY"),
     .help = N_("Priority of the keyslot: ignore, normal, prefer"),
     .scope = kListed,
     .complete = Complete::Words,
     .words = "ignore|normal|prefer",
     .words_error = N_("Option --priority can be only ignore/normal/prefer.")}};
inline constexpr Text keyslot_cipher{{.name = "keyslot-cipher",
                                      .topic = kKeys,
                                      .metavar = N_("CIPHER"),
                                      .help = N_("Cipher of the keyslot's area (LUKS2)"),
                                      .scope = kListed,
                                      .complete = Complete::Cipher}};
inline constexpr Small keyslot_key_size{{.name = "keyslot-key-size",
                                         .topic = kKeys,
                                         .metavar = N_("BITS"),
                                         .help = N_("Key size of the keyslot's area (LUKS2)"),
                                         .scope = kListed,
                                         .multiple_of = 8,
                                         .range_error = kNotEights}};
inline constexpr Text pbkdf{{.name = "pbkdf",
                             .topic = kKeys,
                             .metavar = N_("KDF"),
                             .help = N_("Key derivation function: argon2id, argon2i, pbkdf2"),
                             .scope = kListed,
                             .complete = Complete::Words,
                             .words = "argon2id|argon2i|pbkdf2",
                             .words_error = N_("Password-based key derivation function (PBKDF) can "
                                               "be only pbkdf2 or argon2i/argon2id.")}};
inline constexpr Small iter_time{{.name = "iter-time",
                                  .topic = kKeys,
                                  .letter = 'i',
                                  .metavar = N_("MILLISECONDS"),
                                  .help = N_("How long unlocking the keyslot should take here"),
                                  .scope = kListed}};
inline constexpr Small pbkdf_force_iterations{
    {.name = "pbkdf-force-iterations",
     .topic = kKeys,
     .metavar = N_("INT"),
     .help = N_("Iterations or passes of the key derivation; nothing is measured"),
     .scope = kListed}};
inline constexpr Small pbkdf_memory{{.name = "pbkdf-memory",
                                     .topic = kKeys,
                                     .metavar = N_("KIB"),
                                     .help = N_("Most memory that the key derivation may take")}};
inline constexpr Small pbkdf_parallel{{.name = "pbkdf-parallel",
                                       .topic = kKeys,
                                       .metavar = N_("THREADS"),
                                       .help = N_("Most lanes of the key derivation")}};
inline constexpr Text unlock_on{
    {.name = "unlock-on",
     .topic = kKeys,
     .metavar = N_("PROFILE"),
     .help = N_("Weakest machine that must open the keyslot: memory=512M,cpus=1,speed=25"),
     .scope = kListed}};

// ---- encryption
inline constexpr Text cipher{{.name = "cipher",
                              .topic = kEncryption,
                              .letter = 'c',
                              .metavar = N_("CIPHER"),
                              .help = N_("Cipher of the data: aes-xts-plain64"),
                              .complete = Complete::Cipher}};
inline constexpr Small key_size{{.name = "key-size",
                                 .topic = kEncryption,
                                 .letter = 's',
                                 .metavar = N_("BITS"),
                                 .help = N_("Size of the key"),
                                 .scope = kListed,
                                 .multiple_of = 8,
                                 .range_error = kNotEights,
                                 .keeps = 2}};
inline constexpr Text hash{
    {.name = "hash",
     .topic = kEncryption,
     .letter = 'h',
     .metavar = N_("HASH"),
     .help = N_("Hash function of the header, or of a plain volume's passphrase"),
     .complete = Complete::Hash}};
inline constexpr Small sector_size{
    {.name = "sector-size",
     .topic = kEncryption,
     .metavar = N_("BYTES"),
     .help = N_("Sector size of the encryption: 512, 1024, 2048 or 4096"),
     .scope = kListed,
     .complete = Complete::Words,
     .words = "512|1024|2048|4096",
     .words_error = N_("Unsupported encryption sector size.")}};
inline constexpr Text integrity{{.name = "integrity",
                                 .topic = kEncryption,
                                 .letter = 'I',
                                 .metavar = N_("ALGORITHM"),
                                 .help = N_("Data integrity algorithm (LUKS2)"),
                                 .scope = kListed}};
inline constexpr Small integrity_key_size{{.name = "integrity-key-size",
                                           .topic = kEncryption,
                                           .metavar = N_("BITS"),
                                           .help = N_("Size of the integrity key"),
                                           .multiple_of = 8,
                                           .range_error = kNotEights}};
inline constexpr Flag integrity_inline{
    {.name = "integrity-inline",
     .topic = kEncryption,
     .help = N_("Keep integrity tags in the device's own sectors"),
     .scope = kListed}};
inline constexpr Flag integrity_legacy_padding{
    {.name = "integrity-legacy-padding",
     .topic = kEncryption,
     .help = N_("Lay out integrity tags as old kernels do")}};
inline constexpr Flag integrity_no_journal{{.name = "integrity-no-journal",
                                            .topic = kEncryption,
                                            .help = N_("No journal for the integrity device")}};
inline constexpr Flag integrity_no_wipe{{.name = "integrity-no-wipe",
                                         .topic = kEncryption,
                                         .help = N_("Do not wipe the device after formatting"),
                                         .scope = kListed}};
inline constexpr Flag use_random{{.name = "use-random",
                                  .topic = kEncryption,
                                  .help = N_("Use /dev/random for the volume key"),
                                  .scope = kListed}};
inline constexpr Flag use_urandom{{.name = "use-urandom",
                                   .topic = kEncryption,
                                   .help = N_("Use /dev/urandom for the volume key"),
                                   .scope = kListed}};

// ---- layout
inline constexpr Small align_payload{
    {.name = "align-payload",
     .topic = kLayout,
     .metavar = N_("SECTORS"),
     .help = N_("Align the data at a multiple of this many 512-byte sectors"),
     .scope = kListed}};
inline constexpr Number offset{
    {.name = "offset",
     .topic = kLayout,
     .letter = 'o',
     .metavar = N_("SECTORS"),
     .help = N_("Where the data starts on the device, in 512-byte sectors"),
     .scope = kListed}};
inline constexpr Number skip{{.name = "skip",
                              .topic = kLayout,
                              .letter = 'p',
                              .metavar = N_("SECTORS"),
                              .help = N_("Count sectors for the IV from here"),
                              .scope = kListed}};
inline constexpr Number size{{.name = "size",
                              .topic = kLayout,
                              .letter = 'b',
                              .metavar = N_("SECTORS"),
                              .help = N_("Size of the mapping, in 512-byte sectors"),
                              .scope = kListed}};
inline constexpr Size device_size{
    {.name = "device-size",
     .topic = kLayout,
     .metavar = N_("SIZE"),
     .help = N_("Use only this much of the device; 512, 4K, 1M, 2GiB ..."),
     .scope = kListed,
     .minimum = 512,
     .multiple_of = 512,
     .range_error = N_("Device size must be multiple of 512 bytes sector.")}};
inline constexpr Size luks2_metadata_size{{.name = "luks2-metadata-size",
                                           .topic = kLayout,
                                           .metavar = N_("SIZE"),
                                           .help = N_("Size of one copy of the LUKS2 header"),
                                           .scope = kListed}};
inline constexpr Size luks2_keyslots_size{{.name = "luks2-keyslots-size",
                                           .topic = kLayout,
                                           .metavar = N_("SIZE"),
                                           .help = N_("Size of the LUKS2 keyslots area"),
                                           .scope = kListed}};
inline constexpr Flag disable_blkid{{.name = "disable-blkid",
                                     .topic = kVolumes,
                                     .help = N_("Neither look for other signatures nor wipe them"),
                                     .scope = kListed}};

// ---- open mappings
inline constexpr Flag test_passphrase{{.name = "test-passphrase",
                                       .topic = kMappings,
                                       .help = N_("Only check the passphrase"),
                                       .scope = kListed}};
inline constexpr Flag readonly{{.name = "readonly",
                                .topic = kMappings,
                                .letter = 'r',
                                .help = N_("Make the mapping read-only")}};
inline constexpr Flag allow_discards{{.name = "allow-discards",
                                      .topic = kMappings,
                                      .help = N_("Pass discards (TRIM) on to the device"),
                                      .scope = kListed}};
inline constexpr Flag persistent{{.name = "persistent",
                                  .topic = kMappings,
                                  .help = N_("Store the activation flags in the header (LUKS2)"),
                                  .scope = kListed}};
inline constexpr Flag refresh{{.name = "refresh",
                               .topic = kMappings,
                               .help = N_("Set new options of an active mapping"),
                               .scope = kListed}};
inline constexpr Flag shared{
    {.name = "shared",
     .topic = kMappings,
     .help = N_("Share the device with another mapping that does not overlap"),
     .scope = kListed}};
inline constexpr Flag iv_large_sectors{
    {.name = "iv-large-sectors",
     .topic = kEncryption,
     .help = N_("Count IVs by the sector size, not by 512 bytes"),
     .scope = kListed}};
inline constexpr Flag serialize_memory_hard_pbkdf{
    {.name = "serialize-memory-hard-pbkdf",
     .topic = kKeys,
     .help = N_("One memory-hard key derivation at a time on this machine"),
     .scope = kListed}};
inline constexpr Flag deferred{{.name = "deferred",
                                .topic = kMappings,
                                .help = N_("Remove the mapping when its last user closes it"),
                                .scope = kListed}};
inline constexpr Flag cancel_deferred{{.name = "cancel-deferred",
                                       .topic = kMappings,
                                       .help = N_("Take back a deferred removal"),
                                       .scope = kListed}};
inline constexpr Flag disable_keyring{
    {.name = "disable-keyring",
     .topic = kSecrets,
     .help = N_("Do not use the kernel keyring for the volume key")}};
inline constexpr Flag disable_locks{
    {.name = "disable-locks", .topic = kVolumes, .help = N_("Do not lock the metadata on disk")}};
inline constexpr Flag perf_same_cpu_crypt{{.name = "perf-same_cpu_crypt",
                                           .topic = kMappings,
                                           .help = N_("Encrypt on the CPU that asked")}};
inline constexpr Flag perf_submit_from_crypt_cpus{
    {.name = "perf-submit_from_crypt_cpus",
     .topic = kMappings,
     .help = N_("Submit writes from the CPU that encrypted them")}};
inline constexpr Flag perf_no_read_workqueue{
    {.name = "perf-no_read_workqueue", .topic = kMappings, .help = N_("Read without a workqueue")}};
inline constexpr Flag perf_no_write_workqueue{{.name = "perf-no_write_workqueue",
                                               .topic = kMappings,
                                               .help = N_("Write without a workqueue")}};
inline constexpr Flag perf_high_priority{
    {.name = "perf-high_priority", .topic = kMappings, .help = N_("Workqueues of high priority")}};

// ---- tokens
inline constexpr Index token_id{{.name = "token-id",
                                 .topic = kTokens,
                                 .metavar = N_("INT"),
                                 .help = N_("Token number"),
                                 .range_error = N_("Token is invalid.")}};
inline constexpr Index new_token_id{{.name = "new-token-id",
                                     .topic = kTokens,
                                     .metavar = N_("INT"),
                                     .help = N_("Token that gives the new passphrase"),
                                     .scope = kListed,
                                     .range_error = N_("Token is invalid.")}};
inline constexpr Flag token_only{{.name = "token-only",
                                  .topic = kTokens,
                                  .help = N_("Do not ask for a passphrase when no token opens")}};
inline constexpr Flag token_replace{{.name = "token-replace",
                                     .topic = kTokens,
                                     .help = N_("Replace the token of that number"),
                                     .scope = kListed}};
inline constexpr Text token_type{{.name = "token-type",
                                  .topic = kTokens,
                                  .metavar = N_("TYPE"),
                                  .help = N_("Use only tokens of this type")}};
inline constexpr Text json_file{{.name = "json-file",
                                 .topic = kTokens,
                                 .metavar = N_("FILE"),
                                 .help = N_("Read the token from, or write it to, a file"),
                                 .complete = Complete::File}};
inline constexpr Flag disable_external_tokens{
    {.name = "disable-external-tokens", .topic = kTokens, .help = N_("Load no token plug-ins")}};
inline constexpr Text external_tokens_path{{.name = "external-tokens-path",
                                            .topic = kTokens,
                                            .metavar = N_("DIR"),
                                            .help = N_("Where token plug-ins are"),
                                            .scope = kListed,
                                            .complete = Complete::Directory}};
inline constexpr Flag dump_json_metadata{{.name = "dump-json-metadata",
                                          .topic = kTokens,
                                          .help = N_("Print the LUKS2 metadata as stored")}};

// ---- other formats and hardware
inline constexpr Flag disable_veracrypt{{.name = "disable-veracrypt",
                                         .topic = kForeign,
                                         .help = N_("Do not try VeraCrypt"),
                                         .scope = kListed}};
inline constexpr Flag tcrypt_backup{{.name = "tcrypt-backup",
                                     .topic = kForeign,
                                     .help = N_("Use the backup header"),
                                     .scope = kListed}};
inline constexpr Flag tcrypt_hidden{{.name = "tcrypt-hidden",
                                     .topic = kForeign,
                                     .help = N_("Use the hidden header"),
                                     .scope = kListed}};
inline constexpr Flag tcrypt_system{{.name = "tcrypt-system",
                                     .topic = kForeign,
                                     .help = N_("The device is a system drive with a boot loader"),
                                     .scope = kListed}};
inline constexpr Flag veracrypt{
    {.name = "veracrypt", .topic = kForeign, .help = N_("Try VeraCrypt too; always done")}};
inline constexpr Small veracrypt_pim{{.name = "veracrypt-pim",
                                      .topic = kForeign,
                                      .metavar = N_("INT"),
                                      .help = N_("VeraCrypt's personal iterations multiplier"),
                                      .scope = kListed}};
inline constexpr Flag veracrypt_query_pim{
    {.name = "veracrypt-query-pim",
     .topic = kForeign,
     .help = N_("Ask for VeraCrypt's personal iterations multiplier"),
     .scope = kListed}};
inline constexpr Flag hw_opal{{.name = "hw-opal",
                               .topic = kForeign,
                               .help = N_("Encrypt by the drive (OPAL) and in software"),
                               .scope = kListed}};
inline constexpr Flag hw_opal_only{{.name = "hw-opal-only",
                                    .topic = kForeign,
                                    .help = N_("Encrypt by the drive (OPAL) alone"),
                                    .scope = kListed}};
inline constexpr Flag hw_opal_factory_reset{{.name = "hw-opal-factory-reset",
                                             .topic = kForeign,
                                             .help = N_("Reset the whole drive (OPAL)"),
                                             .scope = kListed}};
inline constexpr Flag disable_sum{{.name = "disable-sum",
                                   .topic = kForeign,
                                   .help = N_("Do not use OPAL's single user mode"),
                                   .scope = kListed}};

// ---- our own
inline constexpr Flag json{{.name = "json",
                            .topic = kOutput,
                            .help = N_("Print result or error as one JSON object"),
                            .scope = kCommon}};
inline constexpr Flag dry_run{{.name = "dry-run",
                               .topic = kOutput,
                               .help = N_("Show what would be written and write nothing"),
                               .scope = kListed}};
inline constexpr Text backup_dir{
    {.name = "backup-dir",
     .topic = kVolumes,
     .metavar = N_("DIR"),
     .help = N_("Back the header up there before keyslots, tokens or the "
                "header itself are taken away or replaced"),
     .scope = kListed,
     .complete = Complete::Directory}};
inline constexpr Flag show_keys{{.name = "show-keys",
                                 .topic = kSecrets,
                                 .help = N_("Show keys; anyone who reads them can read the data"),
                                 .scope = kListed}};
inline constexpr Flag verify_fs{
    {.name = "verify-fs",
     .topic = kMappings,
     .help = N_("Refuse to map if no file system can be seen with this key"),
     .scope = kListed}};
inline constexpr Text expect_signature{
    {.name = "expect-signature",
     .topic = kMappings,
     .metavar = N_("NAME"),
     .help = N_("Signature that a device must have before a random key overwrites it: swap, "
                "none, ext4 ..."),
     .scope = kListed}};
inline constexpr Text compat{
    {.name = "compat",
     .topic = kForeign,
     .metavar = N_("VERSION"),
     .help = N_("Defaults and lines of that cryptsetup: 2.6, 2.7, 2.8; or of the first tool: 0.1"),
     .scope = kCommon,
     .complete = Complete::Words,
     .words = "0.1|2.6|2.7|2.8",
     .words_error = N_("Option --compat knows the versions 0.1, 2.6, 2.7 and 2.8 only.")}};
inline constexpr Flag probe{{.name = "probe",
                             .topic = kForeign,
                             .help = N_("Search for the parameters of an old volume, reading only"),
                             .scope = kListed}};
inline constexpr Text losetup{{.name = "losetup",
                               .topic = kForeign,
                               .metavar = N_("WHOSE"),
                               .help = N_("Whose losetup it was: debian, util-linux or loop-aes"),
                               .scope = kListed,
                               .complete = Complete::Words,
                               .words = "debian|util-linux|loop-aes"}};
inline constexpr Text backend{
    {.name = "backend",
     .topic = kMappings,
     .metavar = N_("NAME"),
     .help = N_("What opens the volume: kernel (device-mapper) or userspace"),
     .scope = kListed,
     .complete = Complete::Words,
     .words = "kernel|userspace",
     .words_error = N_("Option --backend knows kernel and userspace only.")}};
inline constexpr Size length{{.name = "length",
                              .topic = kLayout,
                              .metavar = N_("SIZE"),
                              .help = N_("How much to read or write; 512, 64M ..."),
                              .scope = kListed,
                              .minimum = 1}};
inline constexpr Text from_type{{.name = "from-type",
                                 .topic = kVolumes,
                                 .metavar = N_("TYPE"),
                                 .help = N_("What the source is: luks, luks1, luks2, plain or raw"),
                                 .scope = kListed,
                                 .complete = Complete::Words,
                                 .words = "luks|luks1|luks2|plain|raw"}};
inline constexpr Text to_type{{.name = "to-type",
                               .topic = kVolumes,
                               .metavar = N_("TYPE"),
                               .help = N_("What the target is: luks, luks1, luks2, plain or raw"),
                               .scope = kListed,
                               .complete = Complete::Words,
                               .words = "luks|luks1|luks2|plain|raw"}};
inline constexpr Text journal{
    {.name = "journal",
     .topic = kLayout,
     .metavar = N_("FILE"),
     .help = N_("Remember there how far a copy came, and go on from there"),
     .scope = kListed,
     .complete = Complete::File}};
inline constexpr Text reader{{.name = "for",
                              .topic = kSystem,
                              .metavar = N_("READER"),
                              .help = N_("Reader of the crypttab: systemd, debian or both"),
                              .scope = kListed,
                              .complete = Complete::Words,
                              .words = "systemd|debian|both",
                              .words_error = N_("Option --for can be only systemd/debian/both.")}};
inline constexpr Text to{{.name = "to",
                          .topic = kSystem,
                          .metavar = N_("READER"),
                          .help = N_("Convert the crypttab for this reader: systemd or debian"),
                          .scope = kListed,
                          .complete = Complete::Words,
                          .words = "systemd|debian",
                          .words_error = N_("Option --to can be only systemd/debian.")}};
inline constexpr Text dialect{
    {.name = "dialect",
     .topic = kSystem,
     .metavar = N_("READER"),
     .help = N_("Open the crypttab by this reader's rules: systemd or debian"),
     .scope = kListed,
     .complete = Complete::Words,
     .words = "systemd|debian",
     .words_error = N_("Option --dialect can be only systemd/debian.")}};
inline constexpr Text crypttab{{.name = "crypttab",
                                .topic = kSystem,
                                .metavar = N_("FILE"),
                                .help = N_("The crypttab to open or close by; /etc/crypttab"),
                                .scope = kListed,
                                .complete = Complete::File}};
inline constexpr Flag all{
    {.name = "all", .topic = kSystem, .help = N_("All lines of the crypttab"), .scope = kListed}};
inline constexpr Flag strict{
    {.name = "strict", .topic = kSystem, .help = N_("Warnings count as errors"), .scope = kListed}};
inline constexpr Text name{{.name = "name",
                            .topic = kKeys,
                            .metavar = N_("TEXT"),
                            .help = N_("Name of the keyslot, for people (LUKS2)"),
                            .scope = kListed}};
inline constexpr Text flags{{.name = "flags",
                             .topic = kVolumes,
                             .metavar = N_("FLAG,..."),
                             .help = N_("Activation flags to store in the header, or none (LUKS2)"),
                             .scope = kListed}};
inline constexpr Number kdf_max_iterations{
    {.name = "kdf-max-iterations",
     .topic = kLimits,
     .metavar = N_("INT"),
     .help = N_("Most PBKDF2 iterations that a header may ask for"),
     .scope = kCommon}};
inline constexpr Small kdf_max_time{{.name = "kdf-max-time",
                                     .topic = kLimits,
                                     .metavar = N_("PASSES"),
                                     .help = N_("Most Argon2 passes that a header may ask for"),
                                     .scope = kCommon}};
inline constexpr Flag allow_null_cipher{
    {.name = "allow-null-cipher",
     .topic = kEncryption,
     .help = N_("Open a LUKS volume whose header says that its data are not encrypted"),
     .scope = kCommon}};
inline constexpr Small kdf_max_total{
    {.name = "kdf-max-total",
     .topic = kLimits,
     .metavar = N_("SECS"),
     .help = N_("Most seconds that all keyslots of a header may take together"),
     .scope = kCommon}};
inline constexpr Size kdf_max_memory{
    {.name = "kdf-max-memory",
     .topic = kLimits,
     .metavar = N_("SIZE"),
     .help = N_("Most memory that a header's key derivation may take; 1G, 512M ..."),
     .scope = kCommon}};

}  // namespace latchkey::cli::opt

namespace latchkey::cli {

// Returns the options of latchkey and cryptsetup in the order of --help.
OptionTable all_options();

}  // namespace latchkey::cli
