// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/topics.h"

#include <algorithm>

#include "cli/options.h"
#include "cli/options_reencrypt.h"

namespace latchkey::cli {
namespace {

using Names = const std::string_view[];
using Specs = const OptionSpec* const[];

constexpr Names kVolumes = {"list",   "show",   "luksFormat",  "open",       "close",
                            "status", "resize", "luksSuspend", "luksResume", "table"};
constexpr Names kKeys = {"luksAddKey",   "luksChangeKey",  "luksRemoveKey",
                         "luksKillSlot", "luksConvertKey", "token"};
constexpr Names kHeaders = {"luksDump",          "isLuks", "luksUUID", "config", "luksHeaderBackup",
                            "luksHeaderRestore", "repair", "convert",  "erase"};
constexpr Names kData = {"read", "write", "copy", "reencrypt"};
constexpr Names kSystem = {"crypttab", "benchmark", "legacy"};

constexpr Specs kTalk = {
    &opt::help,          &opt::usage,      &opt::version,    &opt::test_args,
    &opt::introspect,    &opt::completion, &opt::batch_mode, &opt::verbose,
    &opt::debug,         &opt::debug_json, &opt::json,       &opt::progress_frequency,
    &opt::progress_json, &opt::dry_run,
};
constexpr Specs kWhich = {
    &opt::type,       &opt::header,        &opt::header_backup_file,
    &opt::uuid,       &opt::label,         &opt::subsystem,
    &opt::flags,      &opt::from_type,     &opt::to_type,
    &opt::backup_dir, &opt::disable_locks, &opt::disable_blkid,
};
constexpr Specs kSecrets = {
    &opt::key_file,
    &opt::keyfile_offset,
    &opt::keyfile_size,
    &opt::new_keyfile,
    &opt::new_keyfile_offset,
    &opt::new_keyfile_size,
    &opt::verify_passphrase,
    &opt::force_password,
    &opt::timeout,
    &opt::tries,
    &opt::volume_key_file,
    &opt::volume_key_keyring,
    &opt::dump_volume_key,
    &opt::show_keys,
    &opt::key_description,
    &opt::new_key_description,
    &opt::link_vk_to_keyring,
    &opt::disable_keyring,
};
constexpr Specs kSlots = {
    &opt::key_slot,
    &opt::new_key_slot,
    &opt::name,
    &opt::unbound,
    &opt::priority,
    &opt::keyslot_cipher,
    &opt::keyslot_key_size,
    &opt::pbkdf,
    &opt::iter_time,
    &opt::pbkdf_force_iterations,
    &opt::pbkdf_memory,
    &opt::pbkdf_parallel,
    &opt::serialize_memory_hard_pbkdf,
};
constexpr Specs kTokens = {
    &opt::token_id,
    &opt::new_token_id,
    &opt::token_only,
    &opt::token_replace,
    &opt::token_type,
    &opt::json_file,
    &opt::disable_external_tokens,
    &opt::external_tokens_path,
    &opt::dump_json_metadata,
};
constexpr Specs kEncryption = {
    &opt::cipher,
    &opt::key_size,
    &opt::hash,
    &opt::sector_size,
    &opt::integrity,
    &opt::integrity_key_size,
    &opt::integrity_inline,
    &opt::integrity_legacy_padding,
    &opt::integrity_no_journal,
    &opt::integrity_no_wipe,
    &opt::use_random,
    &opt::use_urandom,
    &opt::iv_large_sectors,
    &opt::allow_null_cipher,
};
constexpr Specs kLayout = {
    &opt::offset,
    &opt::skip,
    &opt::size,
    &opt::length,
    &opt::device_size,
    &opt::align_payload,
    &opt::luks2_metadata_size,
    &opt::luks2_keyslots_size,
    &opt::journal,
};
constexpr Specs kMappings = {
    &opt::test_passphrase,
    &opt::readonly,
    &opt::allow_discards,
    &opt::persistent,
    &opt::refresh,
    &opt::shared,
    &opt::deferred,
    &opt::cancel_deferred,
    &opt::backend,
    &opt::verify_fs,
    &opt::expect_signature,
    &opt::perf_same_cpu_crypt,
    &opt::perf_submit_from_crypt_cpus,
    &opt::perf_no_read_workqueue,
    &opt::perf_no_write_workqueue,
    &opt::perf_high_priority,
};
constexpr Specs kReencryption = {
    &opt::active_name,
    &opt::block_size,
    &opt::decrypt,
    &opt::encrypt,
    &opt::force_no_keyslots,
    &opt::force_offline_reencrypt,
    &opt::hotzone_size,
    &opt::init_only,
    &opt::resume_only,
    &opt::keep_key,
    &opt::new_key_size,
    &opt::new_volume_key_file,
    &opt::new_volume_key_keyring,
    &opt::reduce_device_size,
    &opt::resilience,
    &opt::resilience_hash,
    &opt::use_directio,
    &opt::use_fsync,
    &opt::write_log,
};
constexpr Specs kForeign = {
    &opt::disable_veracrypt,
    &opt::tcrypt_backup,
    &opt::tcrypt_hidden,
    &opt::tcrypt_system,
    &opt::veracrypt,
    &opt::veracrypt_pim,
    &opt::veracrypt_query_pim,
    &opt::hw_opal,
    &opt::hw_opal_only,
    &opt::hw_opal_factory_reset,
    &opt::disable_sum,
    &opt::compat,
    &opt::probe,
    &opt::losetup,
};
constexpr Specs kCrypttabs = {
    &opt::reader, &opt::to, &opt::dialect, &opt::crypttab, &opt::all, &opt::strict,
};
constexpr Specs kLimits = {
    &opt::kdf_max_iterations,
    &opt::kdf_max_time,
    &opt::kdf_max_memory,
    &opt::kdf_max_total,
};

constexpr Topic kTopics[] = {
    {"volumes", N_("Volumes"), kVolumes, kWhich},
    {"keys", N_("Keyslots"), kKeys, kSlots},
    {"headers", N_("Headers"), kHeaders, {}},
    {"data", N_("Data without a mapping, and data in place"), kData, kReencryption},
    {"system", N_("This system"), kSystem, kCrypttabs},
    {"secrets", N_("Passphrases and keys"), {}, kSecrets},
    {"tokens", N_("Tokens"), {}, kTokens},
    {"encryption", N_("Encryption"), {}, kEncryption},
    {"layout", N_("Places and sizes"), {}, kLayout},
    {"mappings", N_("Open volumes"), {}, kMappings},
    {"foreign", N_("Volumes of other and older programs"), {}, kForeign},
    {"limits", N_("Limits for headers of others"), {}, kLimits},
    {"output", N_("Output, questions, rehearsals"), {}, kTalk},
};

constexpr Task kTasks[] = {
    {N_("See the volumes of this machine"), "latchkey list"},
    {N_("Make a volume; what is on the device is lost"), "latchkey luksFormat /dev/sdX1"},
    {N_("Or make one in a new file, and use the file in place of /dev/sdX1"),
     "truncate -s 1G disk.img && latchkey luksFormat disk.img"},
    {N_("Open it as /dev/mapper/home"), "latchkey open /dev/sdX1 home"},
    {N_("The first time, put a file system on it; then mount it and use it"),
     "mkfs.ext4 /dev/mapper/home && mount /dev/mapper/home /mnt"},
    {N_("Unmount it, and close it"), "umount /mnt && latchkey close home"},
    {N_("Add a passphrase"), "latchkey luksAddKey --name Ann /dev/sdX1"},
    {N_("Change a passphrase"), "latchkey luksChangeKey /dev/sdX1"},
    {N_("Remove a passphrase"), "latchkey luksKillSlot /dev/sdX1 Ann"},
    {N_("Save the header to another disk"),
     "latchkey luksHeaderBackup --header-backup-file header.img /dev/sdX1"},
};

}  // namespace

std::span<const Topic> all_topics() {
    return kTopics;
}

std::span<const Task> daily_tasks() {
    return kTasks;
}

std::vector<const Action*> actions_of(const OurProgram& program, const Topic& topic) {
    std::vector<const Action*> actions;
    for (const std::string_view name : topic.actions)
        if (const Action* action = find_action(program.actions(), name)) actions.push_back(action);
    return actions;
}

std::vector<const OptionSpec*> options_of(const OurProgram& program, const Topic& topic) {
    const std::vector<const OptionSpec*> has = program.options();
    std::vector<const OptionSpec*> options;
    for (const OptionSpec* option : topic.options)
        if (std::ranges::find(has, option) != has.end()) options.push_back(option);
    return options;
}

const Topic* find_topic(const OurProgram& program, std::string_view word) {
    const auto* const found = std::ranges::find(kTopics, word, &Topic::word);
    if (found == std::end(kTopics)) return nullptr;
    const bool any = !actions_of(program, *found).empty() || !options_of(program, *found).empty();
    return any ? found : nullptr;
}

}  // namespace latchkey::cli
