// SPDX-License-Identifier: GPL-2.0-or-later
#include "actions/plaintext.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cinttypes>
#include <cstring>

#include "actions/keyslot_options.h"
#include "actions/plain_source.h"
#include "actions/unlocking.h"
#include "latchkey/crypt_device.h"
#include "latchkey/sectors.h"
#include "text/format.h"
#include "ui/facts.h"

namespace latchkey::cli {
namespace {

Result<Plaintext> plaintext_of(Ui& ui, const MappingPlan& plan, const KeyRing& keys,
                               const Device& data) {
    LK_ASSIGN(Device device,
              open_crypt_device(ui.context(), plan, keys, data, {.read_only = data.read_only()}));
    return Plaintext{.device = std::move(device),
                     .type = plan.type,
                     .uuid = plan.uuid,
                     .offset_bytes = plan.lowest().front().device_offset * kSectorSize,
                     .storage = data.storage()};
}

bool opens_without_asking(const Arguments& args) {
    return args.has(opt::key_file) || args.has(opt::volume_key_file) ||
           args.has(opt::volume_key_keyring) || args.has(opt::key_description) ||
           args.has(opt::token_only);
}

}  // namespace

Result<void> check_apart(const StorageRange& from, const StorageRange& to,
                         const std::string& from_path, const std::string& to_path) {
    if (!overlap(from, to)) return {};
    return fail(Errc::InvalidArgument, "source and target of the copy are the same: %s, %s",
                from_path.c_str(), to_path.c_str());
}

bool is_headerless(const Arguments& args) {
    const std::string type = args.text(opt::type);
    return type == "plain" || type == "loopaes";
}

Result<Plaintext> open_plaintext(Ui& ui, const Arguments& args, const std::string& device,
                                 Access access) {
    LK_ASSIGN(const Device data, ui.open_device(device, access));
    if (access != Access::ReadOnly && data.read_only())
        return fail(Errc::AccessDenied, "%s can only be read", device.c_str());
    const std::string type = args.text(opt::type);
    if (type == "plain") {
        const plain::Params params = plain_params(ui, args);
        LK_ASSIGN(const MappingPlan plan, plain::plan(params));
        warn_of_plain_defaults(ui, args, params);
        LK_ASSIGN(const VolumeKey key, read_plain_key(ui, args, params, device));
        return plaintext_of(ui, plan, key, data);
    }
    if (type == "loopaes") {
        const loopaes::Params params = loopaes_params(args);
        LK_ASSIGN(const loopaes::Keys keys, read_loopaes_keys(ui, args, params));
        LK_ASSIGN(const MappingPlan plan, loopaes::plan(params, keys.version));
        return plaintext_of(ui, plan, keys.key, data);
    }
    LK_ASSIGN(const Volume volume, ui.load_volume_of(args, data, Access::ReadOnly));
    LK_ASSIGN(const auto keyslot, keyslot_number(args, opt::key_slot, volume));
    LK_ASSIGN(const UnlockedVolume opened,
              unlock_any(ui, args, volume, ui.prompt_for(device), {.keyslot = keyslot}));
    LK_ASSIGN(const MappingPlan plan, volume.plan(ui.context(), opened));
    return plaintext_of(ui, plan, opened.keys(), data);
}

stream::Range wanted_range(const Arguments& args) {
    stream::Range range;
    // An offset beyond every device stays beyond it.
    if (!is_headerless(args))
        range.offset =
            std::min(args.get(opt::offset).value_or(0), UINT64_MAX / kSectorSize) * kSectorSize;
    if (const auto length = args.get(opt::length)) range.length = length->value;
    return range;
}

Fact streamed_fact(const std::string& device, const Plaintext& plaintext, std::uint64_t bytes) {
    return {.key = {},
            .kind = Fact::Kind::Object,
            .children = {text_fact("device", device), text_fact("type", plaintext.type),
                         number_fact("bytes", bytes)}};
}

Result<Fact> rehearse_writing(Ui& ui, const std::string& device, const Plaintext& plaintext,
                              const stream::Range& range) {
    const std::uint64_t size = plaintext.device.size();
    const std::uint64_t left = size - std::min(size, range.offset);
    if (range.offset > size || range.length.value_or(0) > left)
        return fail(Errc::DeviceTooSmall,
                    "%s has %" PRIu64 " bytes behind offset %" PRIu64 ", not %" PRIu64,
                    plaintext.device.name().c_str(), left, range.offset, range.length.value_or(0));
    const std::uint64_t length = range.length.value_or(left);
    if (range.length)
        ui.say("Would write to %s: %" PRIu64 " bytes at offset %" PRIu64, device.c_str(), length,
               plaintext.offset_bytes + range.offset);
    else
        ui.say("Would write to %s: at most %" PRIu64 " bytes at offset %" PRIu64, device.c_str(),
               length, plaintext.offset_bytes + range.offset);
    Fact lost{.key = "destroyed", .kind = Fact::Kind::Array};
    LK_ASSIGN(const auto signatures, find_plaintext_signatures(plaintext.device));
    for (const Signature& found : signatures) {
        ui.say("The plaintext of %s has a '%s' signature, which this could destroy.",
               device.c_str(), found.name.c_str());
        lost.children.push_back(text_fact({}, found.name));
    }
    return Fact{.key = {},
                .kind = Fact::Kind::Object,
                .children = {text_fact("device", device), text_fact("type", plaintext.type),
                             number_fact("offset", plaintext.offset_bytes + range.offset),
                             number_fact("length", length), std::move(lost)}};
}

Result<int> keep_stdin_for_data(const Arguments& args) {
    if (args.text(opt::key_file) == "-")
        return fail_saying(Errc::InvalidArgument,
                           "Standard input is the plaintext; it cannot be the key file too.");
    if (opens_without_asking(args) || ::isatty(STDIN_FILENO) != 0) return STDIN_FILENO;
    const int terminal = ::open("/dev/tty", O_RDWR | O_CLOEXEC);
    if (terminal < 0)
        return fail_saying(
            Errc::InvalidArgument,
            "Standard input is the plaintext, and there is no terminal to ask for the "
            "passphrase; use --key-file.");
    const int data = ::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
    if (data < 0 || ::dup2(terminal, STDIN_FILENO) < 0)
        return fail(Errc::Io, "standard input: %s", std::strerror(errno));
    ::close(terminal);
    return data;
}

}  // namespace latchkey::cli
