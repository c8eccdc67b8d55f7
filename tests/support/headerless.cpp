// SPDX-License-Identifier: GPL-2.0-or-later
#include "support/headerless.h"

#include <algorithm>
#include <string>

#include "base/hex.h"

namespace latchkey::test {
namespace {

std::string text_of(const nlohmann::json& entry, const char* name) {
    const auto found = entry.find(name);
    return found != entry.end() && found->is_string() ? found->get<std::string>() : std::string();
}

// Reads a value that the manifest gives only in the command line: "--keyfile-offset 38".
std::size_t keyfile_offset(const nlohmann::json& entry) {
    const std::string command = entry.at("commands").at(0).get<std::string>();
    const std::string option = "--keyfile-offset ";
    const std::size_t at = command.find(option);
    return at == std::string::npos ? 0 : std::stoul(command.substr(at + option.size()));
}

Result<VolumeKey> plain_key(const plain::Params& params, const nlohmann::json& entry) {
    const std::string source = entry.at("key_source").get<std::string>();
    Bytes secret = *from_hex(entry.at("keyslots").at(0).at("passphrase_hex").get<std::string>());
    secret.erase(secret.begin(),
                 secret.begin() + static_cast<std::ptrdiff_t>(keyfile_offset(entry)));
    if (source == "keyfile") return plain::key_from_file(params, SecretBuffer::copy_of(secret));
    // On standard input a passphrase ends at the first newline; with --key-file=- it does not.
    if (source == "passphrase")
        secret.erase(std::ranges::find(secret, std::byte{'\n'}), secret.end());
    return plain::key_from_passphrase(params, Passphrase(SecretBuffer::copy_of(secret)));
}

}  // namespace

Result<HeaderlessVolume> headerless_volume(const Corpus& corpus, const CorpusEntry& entry) {
    const nlohmann::json& all = entry.all;
    const auto key_bytes = all.at("key_bits").get<std::uint32_t>() / 8;
    const std::uint64_t offset_sectors = all.at("data_offset").get<std::uint64_t>() / 512;
    const auto skip_sectors = all.at("iv_offset").get<std::uint64_t>();
    const std::string dm_cipher = all.at("dm_cipher").get<std::string>();
    if (entry.format == "loopaes") {
        const loopaes::Params params{.cipher = dm_cipher.substr(0, dm_cipher.find_first_of(":-")),
                                     .key_bytes = key_bytes,
                                     .hash = text_of(all, "hash"),
                                     .offset_sectors = offset_sectors,
                                     .skip_sectors = skip_sectors};
        LK_ASSIGN(auto keys, loopaes::parse_keyfile(
                                 params, SecretBuffer::copy_of(corpus.load(entry, "keyfile"))));
        LK_ASSIGN(MappingPlan plan, loopaes::plan(params, keys.version));
        return HeaderlessVolume{std::move(plan), std::move(keys.key), keys.version};
    }
    const std::string table = all.at("dm_table").get<std::string>();
    plain::Params params{.cipher = dm_cipher,
                         .key_bytes = key_bytes,
                         .hash = text_of(all, "hash"),
                         .offset_sectors = offset_sectors,
                         .skip_sectors = skip_sectors,
                         .sector_size = all.at("sector_size").get<std::uint32_t>(),
                         .iv_large_sectors = table.ends_with("iv_large_sectors")};
    LK_ASSIGN(VolumeKey key, plain_key(params, all));
    LK_ASSIGN(MappingPlan plan, plain::plan(params));
    return HeaderlessVolume{std::move(plan), std::move(key)};
}

}  // namespace latchkey::test
