// SPDX-License-Identifier: GPL-2.0-or-later
#include "crypttab/request.h"

#include <sys/stat.h>

#include <algorithm>
#include <utility>

#include "activation/activation.h"
#include "crypttab/ask.h"
#include "crypttab/key_steps.h"
#include "latchkey/crypttab_order.h"
#include "latchkey/keyfile.h"

namespace latchkey::cli {
namespace {

using crypttab::KeyKind;
using crypttab::Readers;
using crypttab::Type;

// Returns the number, or UINT32_MAX if it is larger; later checks refuse that and name the option.
std::uint32_t at_most_32_bits(std::uint64_t number) {
    return static_cast<std::uint32_t>(std::min<std::uint64_t>(number, UINT32_MAX));
}

boot::Format format_of(Type type) {
    switch (type) {
        case Type::Luks: return boot::Format::Luks;
        case Type::Plain: return boot::Format::Plain;
        case Type::AsFound: return boot::Format::LuksOrPlain;
        default: return boot::Format::Other;
    }
}

// Those of systemd 252 to 257, whichever cryptsetup is beside it.
constexpr const char* kSystemdCipher = "aes-cbc-essiv:sha256";
constexpr const char* kSystemdHash = "ripemd160";

plain::Params plain_params_of(const Context& context, const crypttab::Meaning& line,
                              PlainDefaults defaults) {
    plain::Params params{.cipher = line.cipher, .hash = line.hash};
    const bool of_systemd = defaults == PlainDefaults::OfSystemd;
    const PeerHabits& habits = habits_of(context.policy.speaks_as);
    if (params.cipher.empty()) params.cipher = of_systemd ? kSystemdCipher : habits.plain_cipher;
    if (params.hash.empty()) params.hash = of_systemd ? kSystemdHash : habits.plain_hash;
    if (line.key_bits) params.key_bytes = at_most_32_bits(*line.key_bits / 8);
    params.offset_sectors = line.offset_sectors.value_or(0);
    params.skip_sectors = line.skip_sectors.value_or(0);
    if (line.sector_size) params.sector_size = at_most_32_bits(*line.sector_size);
    return params;
}

// Debian's scripts look at the device whatever the key is, and stop if the line names a header that does not exist.
boot::PlainWishes plain_wishes_of(const Context& context, const crypttab::Meaning& line,
                                  PlainDefaults defaults) {
    const bool is_debian = line.reader == Readers::Debian;
    return {.params = plain_params_of(context, line, defaults),
            .relies_on_defaults = line.cipher.empty() || line.hash.empty(),
            .refusal = crypttab::refusal_as_plain(line),
            .must_exist = is_debian ? line.header : std::string(),
            .spares_other_contents = is_debian};
}

ActivateOptions mapping_of(const Context& context, const crypttab::Meaning& line) {
    ActivateOptions options{.flags = {.allow_discards = line.discard,
                                      .same_cpu_crypt = line.same_cpu_crypt,
                                      .submit_from_crypt_cpus = line.submit_from_crypt_cpus,
                                      .no_read_workqueue = line.no_read_workqueue,
                                      .no_write_workqueue = line.no_write_workqueue},
                            .read_only = line.read_only,
                            .key_in_keyring = context.policy.use_kernel_keyring};
    if (!line.link_volume_key.empty()) options.link_key_to.push_back(line.link_volume_key);
    return options;
}

// Returns the keyslot; a number that is too large becomes one that no format has, so that none is found.
std::optional<int> keyslot_of(const crypttab::Meaning& line) {
    constexpr std::uint64_t kMost = 1000;
    if (!line.key_slot) return std::nullopt;
    return static_cast<int>(std::min(*line.key_slot, kMost));
}

boot::KeyWishes keys_of(const crypttab::Meaning& line) {
    const bool is_debian = line.reader == Readers::Debian;
    const bool erases = line.keyfile_erase && line.key == KeyKind::File;
    return {
        .steps = [line](const plain::Params* plain) { return steps_of(line, plain); },
        .device = line.key == KeyKind::FileOnDevice ? line.key_device : std::string(),
        .device_seconds = line.keyfile_timeout_seconds,
        .keyslot = keyslot_of(line),
        .named_tokens = !line.tokens.empty(),
        .exact_file = line.key == KeyKind::Ask,  // a file that the line does not name
        .erase = erases ? line.key_path : std::string(),
        .not_for_others = is_debian ? mode_t{S_IRWXG | S_IRWXO} : mode_t{S_IROTH},
        .must_be_roots = is_debian,
        .tries = line.tries,
        .answer_seconds = line.timeout_seconds,
        .asks_twice = line.verify,
        .echo = line.password_echo == "yes",
    };
}

boot::Afterwards afterwards_of(const crypttab::Meaning& line) {
    const bool is_debian = line.reader == Readers::Debian;
    return {.check = line.check,
            .check_program = crypttab::check_path(line.check),
            .check_argument = line.check_argument,
            .swap = line.swap,
            .file_system = line.tmp,
            .keeps_contents = !is_debian,
            .for_everybody = is_debian};
}

}  // namespace

boot::OpenRequest request_of(const Context& context, crypttab::Meaning line,
                             PlainDefaults defaults) {
    if (line.key == KeyKind::File && gives_random_bytes(line.key_path)) line.key = KeyKind::Random;
    boot::OpenRequest request{
        .name = line.name,
        .source = line.source,
        .line = line.line,
        .nobody_opens = line.skipped,
        .format = format_of(line.type),
        .format_name = std::string(crypttab::name_of(line.type)),
        .header = line.header,
        .header_device = line.header_device,
        .plain = plain_wishes_of(context, line, defaults),
        .mapping = mapping_of(context, line),
        .random_key = line.key == KeyKind::Random,
        .keys = keys_of(line),
        .afterwards = afterwards_of(line),
        .may_be_missing = line.no_fail,
        .device_seconds = line.device_timeout_seconds,
    };
    if (line.skipped)
        request.refusal = fail(Errc::InvalidArgument, "line %u cannot be used: %s", line.line,
                               line.refusal.c_str());
    return request;
}

boot::OpenRequest request_of(const Context& context, const crypttab::Line& line,
                             const crypttab::Entry& entry) {
    boot::OpenRequest request = request_of(
        context, crypttab::meaning(entry),
        entry.reader == Readers::Systemd ? PlainDefaults::OfSystemd : PlainDefaults::OfCryptsetup);
    if (!request.refusal && entry.find("fixate-volume-key") != nullptr)
        request.refusal = fail(Errc::NotSupported, "fixate-volume-key is not looked at here");
    request.wants_measuring = entry.find("tpm2-measure-pcr") != nullptr;
    request.environment = [line, entry](const std::string& device, unsigned tried) {
        return crypttab::script_environment(line, entry, device, tried);
    };
    return request;
}

std::vector<boot::OpenedVolume> open_requests(Ui& ui, std::vector<boot::OpenRequest> requests) {
    return boot::open_all(ui.context(), std::move(requests), reading_of(ui), with_data_holders);
}

}  // namespace latchkey::cli
