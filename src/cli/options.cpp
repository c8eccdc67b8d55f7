// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/options.h"

#include <algorithm>
#include <array>

#include "cli/options_reencrypt.h"

namespace latchkey::cli {
namespace {

// The only list of options, in the order of options.h; a unit test compares both.
constexpr const OptionSpec* kOptions[] = {
    &opt::help,
    &opt::usage,
    &opt::version,
    &opt::test_args,
    &opt::introspect,
    &opt::completion,
    &opt::batch_mode,
    &opt::verbose,
    &opt::debug,
    &opt::debug_json,
    &opt::progress_frequency,
    &opt::progress_json,
    &opt::type,
    &opt::header,
    &opt::header_backup_file,
    &opt::uuid,
    &opt::label,
    &opt::subsystem,
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
    &opt::key_description,
    &opt::new_key_description,
    &opt::link_vk_to_keyring,
    &opt::key_slot,
    &opt::new_key_slot,
    &opt::unbound,
    &opt::priority,
    &opt::keyslot_cipher,
    &opt::keyslot_key_size,
    &opt::pbkdf,
    &opt::iter_time,
    &opt::pbkdf_force_iterations,
    &opt::pbkdf_memory,
    &opt::pbkdf_parallel,
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
    &opt::align_payload,
    &opt::offset,
    &opt::skip,
    &opt::size,
    &opt::device_size,
    &opt::luks2_metadata_size,
    &opt::luks2_keyslots_size,
    &opt::disable_blkid,
    &opt::test_passphrase,
    &opt::readonly,
    &opt::allow_discards,
    &opt::persistent,
    &opt::refresh,
    &opt::shared,
    &opt::iv_large_sectors,
    &opt::serialize_memory_hard_pbkdf,
    &opt::deferred,
    &opt::cancel_deferred,
    &opt::disable_keyring,
    &opt::disable_locks,
    &opt::perf_same_cpu_crypt,
    &opt::perf_submit_from_crypt_cpus,
    &opt::perf_no_read_workqueue,
    &opt::perf_no_write_workqueue,
    &opt::perf_high_priority,
    &opt::token_id,
    &opt::new_token_id,
    &opt::token_only,
    &opt::token_replace,
    &opt::token_type,
    &opt::json_file,
    &opt::disable_external_tokens,
    &opt::external_tokens_path,
    &opt::dump_json_metadata,
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
    &opt::json,
    &opt::dry_run,
    &opt::backup_dir,
    &opt::show_keys,
    &opt::verify_fs,
    &opt::expect_signature,
    &opt::compat,
    &opt::probe,
    &opt::losetup,
    &opt::backend,
    &opt::length,
    &opt::from_type,
    &opt::to_type,
    &opt::journal,
    &opt::reader,
    &opt::to,
    &opt::dialect,
    &opt::crypttab,
    &opt::all,
    &opt::strict,
    &opt::name,
    &opt::flags,
    &opt::kdf_max_iterations,
    &opt::kdf_max_time,
    &opt::kdf_max_memory,
    &opt::kdf_max_total,
    &opt::allow_null_cipher,
};

constexpr bool names_are_unique() {
    for (const OptionSpec* one : kOptions)
        for (const OptionSpec* other : kOptions) {
            if (one == other) continue;
            if (one->name == other->name) return false;
            if (one->letter != '\0' && one->letter == other->letter) return false;
        }
    return true;
}
static_assert(names_are_unique());

}  // namespace

std::span<const OptionSpec* const> all_options() {
    return kOptions;
}

const OptionSpec* find_option(std::string_view name) {
    if (name.empty()) return nullptr;
    for (const OptionSpec* option : kOptions)
        if (option->name == name ||
            std::ranges::find(option->aliases, name) != option->aliases.end())
            return option;
    return nullptr;
}

const OptionSpec* find_option(char letter) {
    if (letter == '\0') return nullptr;
    for (const OptionSpec* option : kOptions)
        if (option->letter == letter) return option;
    return nullptr;
}

}  // namespace latchkey::cli
