// SPDX-License-Identifier: LGPL-2.1-or-later
// Reports what is active under a name, whichever program made it.
#include <algorithm>
#include <array>
#include <optional>

#include "activate/dm_uuid.h"
#include "activate/helpers.h"
#include "activate/kernel_backend.h"
#include "activate/overlay.h"
#include "base/i18n.h"
#include "base/secret_text.h"
#include "base/strprintf.h"
#include "io/identity.h"

namespace latchkey::activate {
namespace {

// An authenticated cipher in the notation of headers: the kernel's "authenc(hmac(sha256),xts(aes))" with IV plain64 is
// {"aes-xts-plain64", "hmac(sha256)"}.  A name with no such form is shown unchanged.
struct ShownCipher {
    std::string cipher;
    std::string integrity;
};

// Returns "aes-xts" for "xts(aes)"; "" for anything else.
std::string mode_of_cipher(std::string_view kernel_name) {
    const auto open = kernel_name.find('(');
    if (open == std::string_view::npos || !kernel_name.ends_with(')')) return "";
    const std::string_view mode = kernel_name.substr(0, open);
    const std::string_view cipher = kernel_name.substr(open + 1, kernel_name.size() - open - 2);
    if (cipher.find_first_of("(,)") != std::string_view::npos) return "";
    return std::string(cipher) + "-" + std::string(mode);
}

// Returns "b,c" for "a(b,c)" and head "a("; nothing if the text does not begin with `head` or end in ')'.
std::optional<std::string_view> inside(std::string_view text, std::string_view head) {
    if (!text.starts_with(head) || !text.ends_with(')')) return std::nullopt;
    return text.substr(head.size(), text.size() - head.size() - 1);
}

ShownCipher shown_cipher(const CryptParams& params) {
    constexpr std::string_view kCapi = "capi:";
    ShownCipher shown{.cipher = params.cipher, .integrity = params.integrity};
    std::string_view name = params.cipher;
    const auto dash = name.rfind('-');
    if (params.integrity.empty() || !name.starts_with(kCapi) || dash == std::string_view::npos)
        return shown;
    const std::string iv(name.substr(dash));
    name = name.substr(kCapi.size(), dash - kCapi.size());
    if (const auto parts = inside(name, "authenc(")) {
        const auto comma = parts->find(',');
        if (comma == std::string_view::npos) return shown;
        const std::string cipher = mode_of_cipher(parts->substr(comma + 1));
        if (cipher.empty()) return shown;
        return {.cipher = cipher + iv, .integrity = std::string(parts->substr(0, comma))};
    }
    if (const auto parts = inside(name, "rfc7539(")) {
        const auto comma = parts->find(',');
        if (comma == std::string_view::npos) return shown;
        return {.cipher = std::string(parts->substr(0, comma)) + iv,
                .integrity = std::string(parts->substr(comma + 1))};
    }
    if (const auto ccm = inside(name, "rfc4309(")) name = *ccm;
    const std::string cipher =
        name.find('(') == std::string_view::npos ? std::string(name) : mode_of_cipher(name);
    if (!cipher.empty()) shown.cipher = cipher + iv;
    return shown;
}

// Returns the key length of the integrity algorithm.  The key of a keyed hash is as long as its digest unless the table
// gives a length.
std::uint32_t integrity_key_bytes(const CryptParams& params, const std::string& integrity) {
    if (params.integrity_key_bytes != 0) return params.integrity_key_bytes;
    struct Size {
        std::string_view integrity;
        std::uint32_t bytes;
    };
    constexpr std::array<Size, 4> kSizes = {
        {{"hmac(sha1)", 20}, {"hmac(sha256)", 32}, {"hmac(sha512)", 64}, {"cmac(aes)", 16}}};
    for (const Size& size : kSizes)
        if (size.integrity == integrity) return size.bytes;
    return 0;
}

bool is_hotzone(const BlockFacts& device) {
    return parse_dm_uuid(device.dm_uuid).type == kHelperType &&
           device.dm_name.find("-hotzone-") != std::string::npos;
}

// Recognizes the table of a LUKS2 reencryption: lines without a gap, each encrypted or, at the beginning or end, plain.
bool is_reencryption(const DmUuid& uuid, const std::vector<DmTarget>& targets) {
    if (uuid.type != "LUKS2") return false;
    std::uint64_t end = 0;
    for (const DmTarget& target : targets) {
        if (target.start != end || (target.type != "crypt" && target.type != "linear"))
            return false;
        end += target.length;
    }
    return true;
}

}  // namespace

// Returns the device that holds the data: if a dm-integrity device or the hotzone of a reencryption is in between, the
// one below that.
BlockFacts KernelBackend::data_below(const CryptParams& params) {
    BlockFacts below = kernel_.devices->identify(params.major, params.minor);
    if (below.path.empty()) return below;
    const bool integrity = !params.integrity.empty() && below.dm_name.ends_with("_dif");
    const bool hotzone = is_hotzone(below);
    if (!integrity && !hotzone) return below;
    const auto table = kernel_.mapper->table(below.dm_name);
    if (!table || table->targets.empty() ||
        table->targets.front().type != (integrity ? "integrity" : "linear"))
        return below;
    // "7:9 32768 32 J ...", or "7:9 32768"
    const std::string_view text = as_text(table->targets.front().parameters.bytes());
    const auto number = parse_device_number(text.substr(0, text.find(' ')));
    if (!number) return below;
    BlockFacts lowest = kernel_.devices->identify(number->first, number->second);
    return lowest.path.empty() ? below : lowest;
}

// Returns where the hotzone of a reencryption begins on the data device, in sectors, if this line lies on it; else 0.
std::uint64_t KernelBackend::offset_below(const CryptParams& params) {
    const BlockFacts below = kernel_.devices->identify(params.major, params.minor);
    if (!is_hotzone(below)) return 0;
    const auto table = kernel_.mapper->table(below.dm_name);
    if (!table || table->targets.size() != 1) return 0;
    const auto place = linear_place(table->targets.front());
    return place ? place->offset : 0;
}

MappingInfo KernelBackend::describe_mapping(std::string_view name, const DmInfo& dm,
                                            const std::vector<DmTarget>& targets) {
    const DmUuid uuid = parse_dm_uuid(dm.uuid);
    MappingInfo info{.active = dm.exists,
                     .in_use = dm.open_count > 0,
                     .without_table = dm.exists && !dm.live_table,
                     .suspended = dm.suspended,
                     .read_only = dm.read_only,
                     .deferred_remove = dm.deferred_remove,
                     .backend = "kernel",
                     .name = std::string(name),
                     .path = "/dev/mapper/" + std::string(name),
                     .major = dm.major,
                     .minor = dm.minor,
                     .type = uuid.type,
                     .uuid = uuid.uuid,
                     .dm_uuid = dm.uuid};
    for (const DmTarget& target : targets)
        info.size_sectors = std::max(info.size_sectors, target.start + target.length);
    // Only a reencryption has several lines for one volume; other tables with several lines have no single cipher to
    // show.
    const bool reencrypting = targets.size() > 1 && is_reencryption(uuid, targets);
    if (targets.size() > 1 && !reencrypting) return info;
    const auto crypt =
        std::ranges::find_if(targets, [](const DmTarget& t) { return t.type == "crypt"; });
    if (crypt == targets.end()) return info;
    const auto params = parse_crypt_params(as_text(crypt->parameters.bytes()));
    if (!params) return info;
    const ShownCipher shown = shown_cipher(*params);
    info.cipher = shown.cipher;
    info.integrity = shown.integrity;
    if (!info.integrity.empty())
        info.integrity_key_bits = integrity_key_bytes(*params, shown.integrity) * 8;
    info.integrity_tag_bytes = params->tag_bytes;
    info.key_bits = static_cast<std::uint32_t>(params->key_bytes) * 8;
    info.key_in_keyring = params->key_in_keyring;
    info.key_description = params->key_description;
    const BlockFacts below = data_below(*params);
    info.inline_tags = params->tag_bytes != 0 &&
                       kernel_.devices->identify(params->major, params->minor).dm_name.empty();
    // If the device is gone, only its number is known.
    info.device = below.path.empty() ? params->device : below.path;
    info.data = io::block_identity(below.major, below.minor);
    info.loop_file = kernel_.loops->backing_file(info.device);
    info.sector_size = params->sector_size;
    info.iv_large_sectors = params->iv_large_sectors;
    info.offset_sectors = params->offset + offset_below(*params);
    info.iv_offset_sectors = params->iv_offset;
    info.flags = params->flags;
    info.reencrypting = reencrypting;
    return info;
}

Result<KernelBackend::CryptMapping> KernelBackend::crypt_mapping(std::string_view name) {
    if (!check_name(name)) return not_active(name);
    LK_ASSIGN(DeviceMapper::Table table, kernel_.mapper->table(name));
    if (!table.info.exists) return not_active(name);
    LK_ASSIGN(const auto overlay, overlay_below(name, table));
    if (overlay)
        return fail(Errc::NotSupported, "the data of %s are being reencrypted",
                    std::string(name).c_str())
            .with_hint(translate(N_("'reencrypt --resume-only' goes on")));
    CryptMapping mapping{
        .info = std::move(table.info), .targets = std::move(table.targets), .params = {}};
    if (mapping.targets.empty() || mapping.targets.front().type != "crypt")
        return fail(Errc::NotSupported, "device %s is not a crypt mapping",
                    std::string(name).c_str());
    LK_ASSIGN(mapping.params,
              parse_crypt_params(as_text(mapping.targets.front().parameters.bytes())));
    return mapping;
}

// Scripts ask about any text: nothing is active under an invalid name.
Result<MappingInfo> KernelBackend::status(Context&, std::string_view name) {
    if (!check_name(name)) {
        const bool is_path = name.find('/') != std::string_view::npos;
        return MappingInfo{.name = std::string(name),
                           .path = (is_path ? "" : "/dev/mapper/") + std::string(name)};
    }
    LK_ASSIGN(const DeviceMapper::Table table, kernel_.mapper->table(name));
    LK_ASSIGN(const auto overlay, overlay_below(name, table));
    MappingInfo info =
        describe_mapping(name, table.info, overlay ? overlay->targets : table.targets);
    info.reencrypting = info.reencrypting || overlay.has_value();
    return info;
}

Result<std::optional<DeviceMapper::Table>> KernelBackend::overlay_below(
    std::string_view name, const DeviceMapper::Table& mapping) {
    std::optional<DeviceMapper::Table> overlay;
    if (mapping.targets.size() != 1 || mapping.targets.front().type != "linear") return overlay;
    const auto below = device_below(mapping.targets.front());
    if (!below) return overlay;
    const BlockFacts device = kernel_.devices->identify(below->first, below->second);
    if (device.dm_name != overlay_name(name) ||
        !is_helper(device, parse_dm_uuid(mapping.info.uuid), name))
        return overlay;
    LK_ASSIGN(DeviceMapper::Table table, kernel_.mapper->table(device.dm_name));
    overlay.emplace(std::move(table));
    return overlay;
}

Result<SecretBuffer> KernelBackend::table(Context&, std::string_view name, bool show_key) {
    if (!check_name(name)) return not_active(name);
    LK_ASSIGN(const DeviceMapper::Table table, kernel_.mapper->table(name));
    if (!table.info.exists) return not_active(name);
    SecretText text;
    for (const DmTarget& target : table.targets) {
        text.append(strprintf("%llu %llu %s ", static_cast<unsigned long long>(target.start),
                              static_cast<unsigned long long>(target.length), target.type.c_str()));
        const std::string_view parameters = as_text(target.parameters.bytes());
        std::size_t hidden_from = 0;
        std::size_t hidden_size = 0;
        if (!show_key && target.type == "crypt") {
            LK_ASSIGN(const CryptParams params, parse_crypt_params(parameters));
            if (!params.key_in_keyring && params.key_bytes != 0) {
                hidden_from = static_cast<std::size_t>(params.key_field.data() - parameters.data());
                hidden_size = params.key_field.size();
            }
        }
        text.append(parameters.substr(0, hidden_from));
        text.append(std::string(hidden_size, '0'));
        text.append(parameters.substr(hidden_from + hidden_size));
        text.append("\n");
    }
    return std::move(text).take();
}

}  // namespace latchkey::activate
