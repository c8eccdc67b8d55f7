// SPDX-License-Identifier: GPL-2.0-or-later
// All options; those of reencryption only are in options_reencrypt.h.  Names, letters and units are the peer's
// (docs/cli-abi.md); our own options come last.
#pragma once

#include <span>

#include "cli/option.h"
#include "text/i18n.h"

namespace latchkey::cli::opt {

using Flag = Option<bool>;
using Text = Option<std::string_view>;
using Number = Option<std::uint64_t>;
using Small = Option<std::uint32_t>;
using Index = Option<std::int32_t>;
using Size = Option<Bytes>;
using Slot = Option<KeyslotWord>;

inline constexpr auto kCommon = Scope::Common;
inline constexpr auto kListed = Scope::Listed;

inline constexpr char kNotASlot[] = N_("Key slot is invalid.");
inline constexpr char kNotEights[] = N_("Key size must be a multiple of 8 bits");

// ---- the program itself
inline constexpr Flag help{
    {.name = "help", .letter = '?', .help = N_("Show this help message"), .scope = kCommon}};
inline constexpr Flag usage{{.name = "usage", .help = N_("Display brief usage"), .scope = kCommon}};
inline constexpr Flag version{
    {.name = "version", .letter = 'V', .help = N_("Print package version"), .scope = kCommon}};
inline constexpr Flag test_args{
    {.name = "test-args", .help = N_("Check the command line and do nothing"), .scope = kCommon}};
inline constexpr Flag introspect{
    {.name = "introspect", .help = N_("Print actions and options as JSON"), .scope = kCommon}};
inline constexpr Text completion{{.name = "completion",
                                  .metavar = N_("SHELL"),
                                  .help = N_("Print a completion script for bash, zsh or fish"),
                                  .scope = kCommon,
                                  .complete = Complete::Words,
                                  .words = "bash|zsh|fish"}};

// ---- output and interaction
inline constexpr Flag batch_mode{{.name = "batch-mode",
                                  .letter = 'q',
                                  .help = N_("Do not ask for confirmation"),
                                  .scope = kCommon}};
inline constexpr Flag verbose{{.name = "verbose",
                               .letter = 'v',
                               .help = N_("Show more detailed messages"),
                               .scope = kCommon}};
inline constexpr Flag debug{{.name = "debug", .help = N_("Show debug messages"), .scope = kCommon}};
inline constexpr Flag debug_json{{.name = "debug-json",
                                  .help = N_("Show debug messages and the JSON metadata"),
                                  .scope = kCommon}};
inline constexpr Small progress_frequency{
    {.name = "progress-frequency",
     .metavar = N_("SECONDS"),
     .help = N_("Print a progress line at this interval, in seconds")}};
inline constexpr Flag progress_json{
    {.name = "progress-json", .help = N_("Print progress as JSON, a line each"), .scope = kListed}};

// ---- selecting the volume
inline constexpr Text type{
    {.name = "type",
     .letter = 'M',
     .metavar = N_("TYPE"),
     .help = N_("Type of the volume: luks, luks1, luks2, plain, loopaes, tcrypt, bitlk, fvault2"),
     .complete = Complete::Words,
     .words = "luks|luks1|luks2|plain|loopaes|tcrypt|bitlk|fvault2"}};
inline constexpr Text header{
    {.name = "header",
     .metavar = N_("FILE"),
     .help = N_("Device or file that holds the header apart from the data"),
     .complete = Complete::File}};
inline constexpr Text header_backup_file{
    {.name = "header-backup-file",
     .metavar = N_("FILE"),
     .help = N_("File with a backup of the header and its keyslots"),
     .complete = Complete::File}};
inline constexpr Text uuid{
    {.name = "uuid", .metavar = N_("UUID"), .help = N_("UUID for the volume"), .scope = kListed}};
inline constexpr Text label{{.name = "label",
                             .metavar = N_("TEXT"),
                             .help = N_("Label of the LUKS2 volume"),
                             .scope = kListed}};
inline constexpr Text subsystem{{.name = "subsystem",
                                 .metavar = N_("TEXT"),
                                 .help = N_("Subsystem label of the LUKS2 volume"),
                                 .scope = kListed}};

// ---- passphrases and key files
inline constexpr Text key_file{
    {.name = "key-file",
     .letter = 'd',
     .metavar = N_("FILE"),
     .help = N_("Read the passphrase from a file, or from standard input (-)"),
     .complete = Complete::File,
     .keeps = 32}};
inline constexpr Number keyfile_offset{{.name = "keyfile-offset",
                                        .metavar = N_("BYTES"),
                                        .help = N_("Skip this many bytes of the key file")}};
inline constexpr Number keyfile_size{{.name = "keyfile-size",
                                      .letter = 'l',
                                      .metavar = N_("BYTES"),
                                      .help = N_("Read exactly this many bytes of the key file"),
                                      .maximum = UINT32_MAX}};
inline constexpr Text new_keyfile{{.name = "new-keyfile",
                                   .metavar = N_("FILE"),
                                   .help = N_("Read the new passphrase from a file"),
                                   .scope = kListed,
                                   .complete = Complete::File}};
inline constexpr Number new_keyfile_offset{
    {.name = "new-keyfile-offset",
     .metavar = N_("BYTES"),
     .help = N_("Skip this many bytes of the new key file")}};
inline constexpr Number new_keyfile_size{
    {.name = "new-keyfile-size",
     .metavar = N_("BYTES"),
     .help = N_("Read exactly this many bytes of the new key file"),
     .maximum = UINT32_MAX}};
inline constexpr Flag verify_passphrase{
    {.name = "verify-passphrase", .letter = 'y', .help = N_("Ask for the passphrase twice")}};
inline constexpr Flag force_password{
    {.name = "force-password", .help = N_("Take any passphrase, whatever its quality")}};
inline constexpr Small timeout{
    {.name = "timeout",
     .letter = 't',
     .metavar = N_("SECONDS"),
     .help = N_("Give up asking for a passphrase after this many seconds")}};
inline constexpr Small tries{{.name = "tries",
                              .letter = 'T',
                              .metavar = N_("INT"),
                              .help = N_("How often a passphrase may be typed")}};
inline constexpr Text volume_key_file{{.name = "volume-key-file",
                                       .metavar = N_("FILE"),
                                       .help = N_("Use the volume key in a file"),
                                       .complete = Complete::File,
                                       .aliases = {"master-key-file"},
                                       .keeps = 2}};
inline constexpr Text volume_key_keyring{{.name = "volume-key-keyring",
                                          .metavar = N_("KEY"),
                                          .help = N_("Use the volume key in the kernel keyring")}};
inline constexpr Flag dump_volume_key{{.name = "dump-volume-key",
                                       .help = N_("Print the volume key"),
                                       .aliases = {"dump-master-key"}}};
inline constexpr Text key_description{{.name = "key-description",
                                       .metavar = N_("TEXT"),
                                       .help = N_("Description of a key in the kernel keyring"),
                                       .scope = kListed}};
inline constexpr Text new_key_description{
    {.name = "new-key-description",
     .metavar = N_("TEXT"),
     .help = N_("Description of the new key in the kernel keyring"),
     .scope = kListed}};
inline constexpr Text link_vk_to_keyring{{.name = "link-vk-to-keyring",
                                          .metavar = N_("KEYRING::KEY"),
                                          .help = N_("Link the volume key to a keyring"),
                                          .scope = kListed,
                                          .keeps = 2}};

// ---- keyslots
inline constexpr Slot key_slot{
    {.name = "key-slot",
     .letter = 'S',
     .metavar = N_("INT"),
     .help = N_("Keyslot, by its number or name; number of the new keyslot, the first free one if "
                "not given"),
     .scope = kListed,
     .range_error = kNotASlot}};
inline constexpr Slot new_key_slot{{.name = "new-key-slot",
                                    .metavar = N_("INT"),
                                    .help = N_("Number of the new keyslot"),
                                    .scope = kListed,
                                    .range_error = kNotASlot}};
inline constexpr Flag unbound{
    {.name = "unbound",
     .help = N_("A keyslot with a key of its own, or a token of no keyslot"),
     .scope = kListed}};
inline constexpr Text priority{
    {.name = "priority",
     .metavar = N_("PRIORITY"),
     .help = N_("Priority of the keyslot: ignore, normal, prefer"),
     .scope = kListed,
     .complete = Complete::Words,
     .words = "ignore|normal|prefer",
     .words_error = N_("Option --priority can be only ignore/normal/prefer.")}};
inline constexpr Text keyslot_cipher{{.name = "keyslot-cipher",
                                      .metavar = N_("CIPHER"),
                                      .help = N_("Cipher of the keyslot's area (LUKS2)"),
                                      .scope = kListed,
                                      .complete = Complete::Cipher}};
inline constexpr Small keyslot_key_size{{.name = "keyslot-key-size",
                                         .metavar = N_("BITS"),
                                         .help = N_("Key size of the keyslot's area (LUKS2)"),
                                         .scope = kListed,
                                         .multiple_of = 8,
                                         .range_error = kNotEights}};
inline constexpr Text pbkdf{{.name = "pbkdf",
                             .metavar = N_("KDF"),
                             .help = N_("Key derivation function: argon2id, argon2i, pbkdf2"),
                             .scope = kListed,
                             .complete = Complete::Words,
                             .words = "argon2id|argon2i|pbkdf2",
                             .words_error = N_("Password-based key derivation function (PBKDF) can "
                                               "be only pbkdf2 or argon2i/argon2id.")}};
inline constexpr Small iter_time{{.name = "iter-time",
                                  .letter = 'i',
                                  .metavar = N_("MILLISECONDS"),
                                  .help = N_("How long unlocking the keyslot should take here"),
                                  .scope = kListed}};
inline constexpr Small pbkdf_force_iterations{
    {.name = "pbkdf-force-iterations",
     .metavar = N_("INT"),
     .help = N_("Iterations or passes of the key derivation; nothing is measured"),
     .scope = kListed}};
inline constexpr Small pbkdf_memory{{.name = "pbkdf-memory",
                                     .metavar = N_("KIB"),
                                     .help = N_("Most memory that the key derivation may take")}};
inline constexpr Small pbkdf_parallel{{.name = "pbkdf-parallel",
                                       .metavar = N_("THREADS"),
                                       .help = N_("Most lanes of the key derivation")}};

// ---- encryption
inline constexpr Text cipher{{.name = "cipher",
                              .letter = 'c',
                              .metavar = N_("CIPHER"),
                              .help = N_("Cipher of the data: aes-xts-plain64"),
                              .complete = Complete::Cipher}};
inline constexpr Small key_size{{.name = "key-size",
                                 .letter = 's',
                                 .metavar = N_("BITS"),
                                 .help = N_("Size of the key"),
                                 .scope = kListed,
                                 .multiple_of = 8,
                                 .range_error = kNotEights,
                                 .keeps = 2}};
inline constexpr Text hash{
    {.name = "hash",
     .letter = 'h',
     .metavar = N_("HASH"),
     .help = N_("Hash function of the header, or of a plain volume's passphrase"),
     .complete = Complete::Hash}};
inline constexpr Small sector_size{
    {.name = "sector-size",
     .metavar = N_("BYTES"),
     .help = N_("Sector size of the encryption: 512, 1024, 2048 or 4096"),
     .scope = kListed,
     .complete = Complete::Words,
     .words = "512|1024|2048|4096",
     .words_error = N_("Unsupported encryption sector size.")}};
inline constexpr Text integrity{{.name = "integrity",
                                 .letter = 'I',
                                 .metavar = N_("ALGORITHM"),
                                 .help = N_("Data integrity algorithm (LUKS2)"),
                                 .scope = kListed}};
inline constexpr Small integrity_key_size{{.name = "integrity-key-size",
                                           .metavar = N_("BITS"),
                                           .help = N_("Size of the integrity key"),
                                           .multiple_of = 8,
                                           .range_error = kNotEights}};
inline constexpr Flag integrity_inline{
    {.name = "integrity-inline",
     .help = N_("Keep integrity tags in the device's own sectors"),
     .scope = kListed}};
inline constexpr Flag integrity_legacy_padding{
    {.name = "integrity-legacy-padding", .help = N_("Lay out integrity tags as old kernels do")}};
inline constexpr Flag integrity_no_journal{
    {.name = "integrity-no-journal", .help = N_("No journal for the integrity device")}};
inline constexpr Flag integrity_no_wipe{{.name = "integrity-no-wipe",
                                         .help = N_("Do not wipe the device after formatting"),
                                         .scope = kListed}};
inline constexpr Flag use_random{
    {.name = "use-random", .help = N_("Use /dev/random for the volume key"), .scope = kListed}};
inline constexpr Flag use_urandom{
    {.name = "use-urandom", .help = N_("Use /dev/urandom for the volume key"), .scope = kListed}};

// ---- layout
inline constexpr Small align_payload{
    {.name = "align-payload",
     .metavar = N_("SECTORS"),
     .help = N_("Align the data at a multiple of this many 512-byte sectors"),
     .scope = kListed}};
inline constexpr Number offset{
    {.name = "offset",
     .letter = 'o',
     .metavar = N_("SECTORS"),
     .help = N_("Where the data starts on the device, in 512-byte sectors"),
     .scope = kListed}};
inline constexpr Number skip{{.name = "skip",
                              .letter = 'p',
                              .metavar = N_("SECTORS"),
                              .help = N_("Count sectors for the IV from here"),
                              .scope = kListed}};
inline constexpr Number size{{.name = "size",
                              .letter = 'b',
                              .metavar = N_("SECTORS"),
                              .help = N_("Size of the mapping, in 512-byte sectors"),
                              .scope = kListed}};
inline constexpr Size device_size{
    {.name = "device-size",
     .metavar = N_("SIZE"),
     .help = N_("Use only this much of the device; 512, 4K, 1M, 2GiB ..."),
     .scope = kListed,
     .minimum = 512,
     .multiple_of = 512,
     .range_error = N_("Device size must be multiple of 512 bytes sector.")}};
inline constexpr Size luks2_metadata_size{{.name = "luks2-metadata-size",
                                           .metavar = N_("SIZE"),
                                           .help = N_("Size of one copy of the LUKS2 header"),
                                           .scope = kListed}};
inline constexpr Size luks2_keyslots_size{{.name = "luks2-keyslots-size",
                                           .metavar = N_("SIZE"),
                                           .help = N_("Size of the LUKS2 keyslots area"),
                                           .scope = kListed}};
inline constexpr Flag disable_blkid{{.name = "disable-blkid",
                                     .help = N_("Neither look for other signatures nor wipe them"),
                                     .scope = kListed}};

// ---- open mappings
inline constexpr Flag test_passphrase{
    {.name = "test-passphrase", .help = N_("Only check the passphrase"), .scope = kListed}};
inline constexpr Flag readonly{
    {.name = "readonly", .letter = 'r', .help = N_("Make the mapping read-only")}};
inline constexpr Flag allow_discards{{.name = "allow-discards",
                                      .help = N_("Pass discards (TRIM) on to the device"),
                                      .scope = kListed}};
inline constexpr Flag persistent{{.name = "persistent",
                                  .help = N_("Store the activation flags in the header (LUKS2)"),
                                  .scope = kListed}};
inline constexpr Flag refresh{
    {.name = "refresh", .help = N_("Set new options of an active mapping"), .scope = kListed}};
inline constexpr Flag shared{
    {.name = "shared",
     .help = N_("Share the device with another mapping that does not overlap"),
     .scope = kListed}};
inline constexpr Flag iv_large_sectors{
    {.name = "iv-large-sectors",
     .help = N_("Count IVs by the sector size, not by 512 bytes"),
     .scope = kListed}};
inline constexpr Flag serialize_memory_hard_pbkdf{
    {.name = "serialize-memory-hard-pbkdf",
     .help = N_("One memory-hard key derivation at a time on this machine"),
     .scope = kListed}};
inline constexpr Flag deferred{{.name = "deferred",
                                .help = N_("Remove the mapping when its last user closes it"),
                                .scope = kListed}};
inline constexpr Flag cancel_deferred{
    {.name = "cancel-deferred", .help = N_("Take back a deferred removal"), .scope = kListed}};
inline constexpr Flag disable_keyring{
    {.name = "disable-keyring", .help = N_("Do not use the kernel keyring for the volume key")}};
inline constexpr Flag disable_locks{
    {.name = "disable-locks", .help = N_("Do not lock the metadata on disk")}};
inline constexpr Flag perf_same_cpu_crypt{
    {.name = "perf-same_cpu_crypt", .help = N_("Encrypt on the CPU that asked")}};
inline constexpr Flag perf_submit_from_crypt_cpus{
    {.name = "perf-submit_from_crypt_cpus",
     .help = N_("Submit writes from the CPU that encrypted them")}};
inline constexpr Flag perf_no_read_workqueue{
    {.name = "perf-no_read_workqueue", .help = N_("Read without a workqueue")}};
inline constexpr Flag perf_no_write_workqueue{
    {.name = "perf-no_write_workqueue", .help = N_("Write without a workqueue")}};
inline constexpr Flag perf_high_priority{
    {.name = "perf-high_priority", .help = N_("Workqueues of high priority")}};

// ---- tokens
inline constexpr Index token_id{{.name = "token-id",
                                 .metavar = N_("INT"),
                                 .help = N_("Token number"),
                                 .range_error = N_("Token is invalid.")}};
inline constexpr Index new_token_id{{.name = "new-token-id",
                                     .metavar = N_("INT"),
                                     .help = N_("Token that gives the new passphrase"),
                                     .scope = kListed,
                                     .range_error = N_("Token is invalid.")}};
inline constexpr Flag token_only{
    {.name = "token-only", .help = N_("Do not ask for a passphrase when no token opens")}};
inline constexpr Flag token_replace{
    {.name = "token-replace", .help = N_("Replace the token of that number"), .scope = kListed}};
inline constexpr Text token_type{
    {.name = "token-type", .metavar = N_("TYPE"), .help = N_("Use only tokens of this type")}};
inline constexpr Text json_file{{.name = "json-file",
                                 .metavar = N_("FILE"),
                                 .help = N_("Read the token from, or write it to, a file"),
                                 .complete = Complete::File}};
inline constexpr Flag disable_external_tokens{
    {.name = "disable-external-tokens", .help = N_("Load no token plug-ins")}};
inline constexpr Text external_tokens_path{{.name = "external-tokens-path",
                                            .metavar = N_("DIR"),
                                            .help = N_("Where token plug-ins are"),
                                            .scope = kListed,
                                            .complete = Complete::Directory}};
inline constexpr Flag dump_json_metadata{
    {.name = "dump-json-metadata", .help = N_("Print the LUKS2 metadata as stored")}};

// ---- other formats and hardware
inline constexpr Flag disable_veracrypt{
    {.name = "disable-veracrypt", .help = N_("Do not try VeraCrypt"), .scope = kListed}};
inline constexpr Flag tcrypt_backup{
    {.name = "tcrypt-backup", .help = N_("Use the backup header"), .scope = kListed}};
inline constexpr Flag tcrypt_hidden{
    {.name = "tcrypt-hidden", .help = N_("Use the hidden header"), .scope = kListed}};
inline constexpr Flag tcrypt_system{{.name = "tcrypt-system",
                                     .help = N_("The device is a system drive with a boot loader"),
                                     .scope = kListed}};
inline constexpr Flag veracrypt{
    {.name = "veracrypt", .help = N_("Try VeraCrypt too; always done")}};
inline constexpr Small veracrypt_pim{{.name = "veracrypt-pim",
                                      .metavar = N_("INT"),
                                      .help = N_("VeraCrypt's personal iterations multiplier"),
                                      .scope = kListed}};
inline constexpr Flag veracrypt_query_pim{
    {.name = "veracrypt-query-pim",
     .help = N_("Ask for VeraCrypt's personal iterations multiplier"),
     .scope = kListed}};
inline constexpr Flag hw_opal{{.name = "hw-opal",
                               .help = N_("Encrypt by the drive (OPAL) and in software"),
                               .scope = kListed}};
inline constexpr Flag hw_opal_only{
    {.name = "hw-opal-only", .help = N_("Encrypt by the drive (OPAL) alone"), .scope = kListed}};
inline constexpr Flag hw_opal_factory_reset{{.name = "hw-opal-factory-reset",
                                             .help = N_("Reset the whole drive (OPAL)"),
                                             .scope = kListed}};
inline constexpr Flag disable_sum{
    {.name = "disable-sum", .help = N_("Do not use OPAL's single user mode"), .scope = kListed}};

// ---- our own
inline constexpr Flag json{
    {.name = "json", .help = N_("Print result or error as one JSON object"), .scope = kCommon}};
inline constexpr Flag dry_run{{.name = "dry-run",
                               .help = N_("Show what would be written and write nothing"),
                               .scope = kListed}};
inline constexpr Text backup_dir{
    {.name = "backup-dir",
     .metavar = N_("DIR"),
     .help = N_("Back the header up there before keyslots, tokens or the "
                "header itself are taken away or replaced"),
     .scope = kListed,
     .complete = Complete::Directory}};
inline constexpr Flag show_keys{{.name = "show-keys",
                                 .help = N_("Show keys; anyone who reads them can read the data"),
                                 .scope = kListed}};
inline constexpr Flag verify_fs{
    {.name = "verify-fs",
     .help = N_("Refuse to map if no file system can be seen with this key"),
     .scope = kListed}};
inline constexpr Text expect_signature{
    {.name = "expect-signature",
     .metavar = N_("NAME"),
     .help = N_("Signature that a device must have before a random key overwrites it: swap, "
                "none, ext4 ..."),
     .scope = kListed}};
inline constexpr Text compat{
    {.name = "compat",
     .metavar = N_("VERSION"),
     .help = N_("Defaults and lines of that cryptsetup: 2.6, 2.7, 2.8; or of the first tool: 0.1"),
     .scope = kCommon,
     .complete = Complete::Words,
     .words = "0.1|2.6|2.7|2.8",
     .words_error = N_("Option --compat knows the versions 0.1, 2.6, 2.7 and 2.8 only.")}};
inline constexpr Flag probe{{.name = "probe",
                             .help = N_("Search for the parameters of an old volume, reading only"),
                             .scope = kListed}};
inline constexpr Text losetup{{.name = "losetup",
                               .metavar = N_("WHOSE"),
                               .help = N_("Whose losetup it was: debian, util-linux or loop-aes"),
                               .scope = kListed,
                               .complete = Complete::Words,
                               .words = "debian|util-linux|loop-aes"}};
inline constexpr Text backend{
    {.name = "backend",
     .metavar = N_("NAME"),
     .help = N_("What opens the volume: kernel (device-mapper) or userspace"),
     .scope = kListed,
     .complete = Complete::Words,
     .words = "kernel|userspace",
     .words_error = N_("Option --backend knows kernel and userspace only.")}};
inline constexpr Size length{{.name = "length",
                              .metavar = N_("SIZE"),
                              .help = N_("How much to read or write; 512, 64M ..."),
                              .scope = kListed,
                              .minimum = 1}};
inline constexpr Text from_type{{.name = "from-type",
                                 .metavar = N_("TYPE"),
                                 .help = N_("What the source is: luks, luks1, luks2, plain or raw"),
                                 .scope = kListed,
                                 .complete = Complete::Words,
                                 .words = "luks|luks1|luks2|plain|raw"}};
inline constexpr Text to_type{{.name = "to-type",
                               .metavar = N_("TYPE"),
                               .help = N_("What the target is: luks, luks1, luks2, plain or raw"),
                               .scope = kListed,
                               .complete = Complete::Words,
                               .words = "luks|luks1|luks2|plain|raw"}};
inline constexpr Text journal{
    {.name = "journal",
     .metavar = N_("FILE"),
     .help = N_("Remember there how far a copy came, and go on from there"),
     .scope = kListed,
     .complete = Complete::File}};
inline constexpr Text reader{{.name = "for",
                              .metavar = N_("READER"),
                              .help = N_("Reader of the crypttab: systemd, debian or both"),
                              .scope = kListed,
                              .complete = Complete::Words,
                              .words = "systemd|debian|both",
                              .words_error = N_("Option --for can be only systemd/debian/both.")}};
inline constexpr Text to{{.name = "to",
                          .metavar = N_("READER"),
                          .help = N_("Convert the crypttab for this reader: systemd or debian"),
                          .scope = kListed,
                          .complete = Complete::Words,
                          .words = "systemd|debian",
                          .words_error = N_("Option --to can be only systemd/debian.")}};
inline constexpr Text dialect{
    {.name = "dialect",
     .metavar = N_("READER"),
     .help = N_("Open the crypttab by this reader's rules: systemd or debian"),
     .scope = kListed,
     .complete = Complete::Words,
     .words = "systemd|debian",
     .words_error = N_("Option --dialect can be only systemd/debian.")}};
inline constexpr Text crypttab{{.name = "crypttab",
                                .metavar = N_("FILE"),
                                .help = N_("The crypttab to open or close by; /etc/crypttab"),
                                .scope = kListed,
                                .complete = Complete::File}};
inline constexpr Flag all{
    {.name = "all", .help = N_("All lines of the crypttab"), .scope = kListed}};
inline constexpr Flag strict{
    {.name = "strict", .help = N_("Warnings count as errors"), .scope = kListed}};
inline constexpr Text name{{.name = "name",
                            .metavar = N_("TEXT"),
                            .help = N_("Name of the keyslot, for people (LUKS2)"),
                            .scope = kListed}};
inline constexpr Text flags{{.name = "flags",
                             .metavar = N_("FLAG,..."),
                             .help = N_("Activation flags to store in the header, or none (LUKS2)"),
                             .scope = kListed}};
inline constexpr Number kdf_max_iterations{
    {.name = "kdf-max-iterations",
     .metavar = N_("INT"),
     .help = N_("Most PBKDF2 iterations that a header may ask for"),
     .scope = kCommon}};
inline constexpr Small kdf_max_time{{.name = "kdf-max-time",
                                     .metavar = N_("PASSES"),
                                     .help = N_("Most Argon2 passes that a header may ask for"),
                                     .scope = kCommon}};
inline constexpr Flag allow_null_cipher{
    {.name = "allow-null-cipher",
     .help = N_("Open a LUKS volume whose header says that its data are not encrypted"),
     .scope = kCommon}};
inline constexpr Small kdf_max_total{
    {.name = "kdf-max-total",
     .metavar = N_("SECS"),
     .help = N_("Most seconds that all keyslots of a header may take together"),
     .scope = kCommon}};
inline constexpr Size kdf_max_memory{
    {.name = "kdf-max-memory",
     .metavar = N_("SIZE"),
     .help = N_("Most memory that a header's key derivation may take; 1G, 512M ..."),
     .scope = kCommon}};

}  // namespace latchkey::cli::opt

namespace latchkey::cli {

// Returns all options in the order of --help.
std::span<const OptionSpec* const> all_options();

// Find an option by long name or alias, without the dashes, or by letter.  Null if there is none.
const OptionSpec* find_option(std::string_view name);
const OptionSpec* find_option(char letter);

}  // namespace latchkey::cli
