// SPDX-License-Identifier: GPL-2.0-or-later
// The options of reencryption only.  Some are accepted for scripts but not implemented yet.
#pragma once

#include "cli/options.h"

namespace latchkey::cli::opt {

inline constexpr Text active_name{{.name = "active-name",
                                   .topic = kData,
                                   .metavar = N_("NAME"),
                                   .help = N_("Mapping of the device to be reencrypted"),
                                   .complete = Complete::Mapping}};
inline constexpr Small block_size{{.name = "block-size",
                                   .topic = kData,
                                   .letter = 'B',
                                   .metavar = N_("MIB"),
                                   .help = N_("Block size of LUKS1 reencryption")}};
inline constexpr Flag decrypt{
    {.name = "decrypt", .topic = kData, .help = N_("Remove the encryption")}};
inline constexpr Flag encrypt{{.name = "encrypt",
                               .topic = kData,
                               .letter = 'N',
                               .help = N_("Encrypt data in place"),
                               .aliases = {"new"}}};
inline constexpr Flag force_no_keyslots{{.name = "force-no-keyslots",
                                         .topic = kData,
                                         .help = N_("Reencrypt with no keyslot left"),
                                         .scope = kListed}};
inline constexpr Flag force_offline_reencrypt{{.name = "force-offline-reencrypt",
                                               .topic = kData,
                                               .help = N_("Do not look for an active mapping"),
                                               .scope = kListed}};
inline constexpr Size hotzone_size{
    {.name = "hotzone-size",
     .topic = kData,
     .metavar = N_("SIZE"),
     .help = N_("Largest size of the part being reencrypted"),
     .scope = kListed,
     .minimum = 1,
     .range_error = N_("Invalid max reencryption hotzone size specification.")}};
inline constexpr Flag init_only{{.name = "init-only",
                                 .topic = kData,
                                 .help = N_("Only write the metadata of the reencryption")}};
inline constexpr Flag resume_only{{.name = "resume-only",
                                   .topic = kData,
                                   .help = N_("Only go on with a reencryption that was begun")}};
inline constexpr Flag keep_key{
    {.name = "keep-key", .topic = kData, .help = N_("Keep the volume key"), .scope = kListed}};
inline constexpr Small new_key_size{{.name = "new-key-size",
                                     .topic = kData,
                                     .metavar = N_("BITS"),
                                     .help = N_("Size of the new volume key"),
                                     .scope = kListed,
                                     .multiple_of = 8,
                                     .range_error = kNotEights}};
inline constexpr Text new_volume_key_file{{.name = "new-volume-key-file",
                                           .topic = kData,
                                           .metavar = N_("FILE"),
                                           .help = N_("Use the new volume key in a file"),
                                           .scope = kListed,
                                           .complete = Complete::File}};
inline constexpr Text new_volume_key_keyring{
    {.name = "new-volume-key-keyring",
     .topic = kData,
     .metavar = N_("KEY"),
     .help = N_("Use the new volume key in the kernel keyring"),
     .scope = kListed}};
inline constexpr Size reduce_device_size{
    {.name = "reduce-device-size",
     .topic = kData,
     .metavar = N_("SIZE"),
     .help = N_("Move the data to make room for the header"),
     .maximum = 1024 * 1024 * 1024,
     .multiple_of = 512,
     .range_error = N_("Reduce size must be multiple of 512 bytes sector."),
     .maximum_error = N_("Maximum device reduce size is 1 GiB.")}};
inline constexpr Text resilience{{.name = "resilience",
                                  .topic = kData,
                                  .metavar = N_("MODE"),
                                  .help = N_("How a crash is survived: checksum, journal, none"),
                                  .complete = Complete::Words,
                                  .words = "checksum|journal|none"}};
inline constexpr Text resilience_hash{{.name = "resilience-hash",
                                       .topic = kData,
                                       .metavar = N_("HASH"),
                                       .help = N_("Hash function of the checksums"),
                                       .complete = Complete::Hash}};
inline constexpr Flag use_directio{
    {.name = "use-directio", .topic = kData, .help = N_("Read and write around the page cache")}};
inline constexpr Flag use_fsync{
    {.name = "use-fsync", .topic = kData, .help = N_("Flush after every block")}};
inline constexpr Flag write_log{
    {.name = "write-log", .topic = kData, .help = N_("Write the log after every block")}};

}  // namespace latchkey::cli::opt
