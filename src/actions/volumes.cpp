// SPDX-License-Identifier: GPL-2.0-or-later
#include "actions/volumes.h"

#include <sys/stat.h>

#include <algorithm>

#include "crypttab/table.h"
#include "latchkey/condition.h"
#include "latchkey/crypttab.h"
#include "latchkey/find_device.h"
#include "text/format.h"
#include "text/wording.h"
#include "ui/facts.h"

namespace latchkey::cli {
namespace {

void add_warning(KnownVolume& volume, std::string warning) {
    if (std::ranges::find(volume.warnings, warning) == volume.warnings.end())
        volume.warnings.push_back(std::move(warning));
}

void add_header(KnownVolume& volume, const Volume& header, const std::vector<int>& lost) {
    const VolumeInfo info = header.info();
    volume.type = info.type;
    volume.uuid = info.uuid;
    volume.label = info.label;
    volume.cipher = info.cipher;
    volume.keyslots = header.keyslots();
    for (std::string& warning : header.warnings()) add_warning(volume, std::move(warning));
    if (!info.reencryption_mode.empty())
        add_warning(volume, text("a reencryption is not finished"));
    for (const Signature& foreign : header.foreign_signatures())
        add_warning(volume, text("a signature of '%s' lies inside the header; 'latchkey repair %s' "
                                 "removes it",
                                 foreign.name.c_str(), volume.device.c_str()));
    const bool opens = std::ranges::any_of(volume.keyslots, [&lost](const KeyslotInfo& slot) {
        return slot.usable && !slot.unbound && std::ranges::count(lost, slot.number) == 0;
    });
    if (!opens) add_warning(volume, text("no keyslot opens it"));
}

// Adds what udev knows of a device that this user may not read.
void add_known_content(KnownVolume& volume) {
    const machine::KnownContent content = machine::content_by_udev(volume.identity);
    if (content.type != "crypto_LUKS") return;
    volume.type = "LUKS" + content.version;
    volume.uuid = content.uuid;
    volume.label = content.label;
}

std::string why_unread(const Error& error) {
    return error.code == Errc::AccessDenied ? text("this user may not read the device")
                                            : phrase(error);
}

std::vector<std::string> mounts_of(const std::vector<machine::Disk>& disks,
                                   const MappingInfo& info) {
    const auto disk = std::ranges::find_if(disks, [&](const machine::Disk& one) {
        return one.mapping == info.name || one.backing_file == info.path ||
               (!info.path.empty() && one.path == info.path);
    });
    const auto served = std::ranges::find_if(
        disks, [&](const machine::Disk& one) { return one.served == info.name; });
    if (disk != disks.end()) return machine::mounted_at(disk->identity);
    return served == disks.end() ? std::vector<std::string>()
                                 : machine::mounted_at(served->identity);
}

KnownVolume of_mapping(const std::vector<machine::Disk>& disks, const MappingInfo& info) {
    KnownVolume volume{.name = info.name,
                       .device = info.loop_file.empty() ? info.device : info.loop_file,
                       .uuid = info.uuid,
                       .type = info.type,
                       .cipher = info.cipher,
                       .open = true,
                       .suspended = info.suspended,
                       .server_ended = info.server_ended,
                       .mounts = mounts_of(disks, info),
                       .identity = info.data};
    if (info.server_ended)
        add_warning(volume, text("its process has ended; 'close' removes what is left"));
    return volume;
}

// Reads crypttab's lines as systemd does; a table that cannot be read is one row.
std::vector<crypttab::Meaning> crypttab_lines(Ui& ui, std::vector<KnownVolume>& volumes) {
    std::vector<crypttab::Meaning> lines;
    struct stat status = {};
    if (::stat(kSystemTable, &status) != 0 || S_ISCHR(status.st_mode))
        return lines;  // or /dev/null
    if (!S_ISREG(status.st_mode)) {
        volumes.push_back({.device = kSystemTable,
                           .warnings = {text("it is not a regular file, and is not read")}});
        return lines;
    }
    const auto file = read_table(ui, kSystemTable);
    if (!file) {
        volumes.push_back({.device = kSystemTable, .warnings = {phrase(file.error())}});
        return lines;
    }
    for (const crypttab::Line& line : file->lines)
        if (!line.words.empty())
            lines.push_back(
                crypttab::meaning(crypttab::read_entry(line, crypttab::Readers::Systemd)));
    return lines;
}

class Collector {
  public:
    // A line of the log would stand between those of the list; warnings belong to the volume.
    explicit Collector(Ui& ui) : disks_(machine::disks()) {
        context_.policy = ui.context().policy;
        context_.repair_command = ui.context().repair_command;
        context_.log_sink = [this](LogLevel level, std::string_view said) {
            if (level == LogLevel::Warning) heard_.emplace_back(said);
        };
    }

    // Reads the header; returns whether there is one, or an error that hides whether there is.
    Result<bool> look_into(KnownVolume& volume) {
        LK_ASSIGN(const Device device, Device::open(context_, volume.device, Access::ReadOnly));
        volume.identity = device.identity();
        volume.size_bytes = device.size();
        heard_.clear();
        auto header = Volume::load(context_, device);
        if (!header && header.error().code == Errc::NotThisFormat) return false;
        if (!header) return std::move(header).error();
        add_header(volume, *header, header->lost_keyslots(context_));
        for (std::string& said : heard_) add_warning(volume, std::move(said));
        return true;
    }

    // The mappings that the kernel or a process of ours has.
    void add_mappings() {
        std::vector<std::string> names;
        for (const machine::Disk& disk : disks_)
            if (disk.dm_uuid.starts_with("CRYPT-")) names.push_back(disk.mapping);
        for (std::string& name : machine::served_names()) names.push_back(std::move(name));
        for (const std::string& name : names) {
            auto info = mapping::status(context_, name);
            if (info && info->active) {
                volumes.push_back(of_mapping(disks_, *info));
                read_below(volumes.back());
            } else if (!info) {
                volumes.push_back(
                    {.name = name, .device = {}, .open = true, .warnings = {phrase(info.error())}});
                add_by_uuid(volumes.back());
            }
        }
    }

    // Devices with a header that no mapping uses.
    void add_devices() {
        for (const machine::Disk& disk : disks_) {
            if (is_known(disk.identity)) continue;
            KnownVolume volume{
                .device = disk.path, .size_bytes = disk.size_bytes, .identity = disk.identity};
            if (!disk.answers) continue;
            const auto found = look_into(volume);
            if (!found) {
                add_known_content(volume);
                const bool might_be = found.error().code != Errc::AccessDenied &&
                                      found.error().code != Errc::NoDevice;
                if (volume.type.empty() && !might_be) {
                    if (found.error().code == Errc::AccessDenied)
                        unread += (unread.empty() ? "" : ", ") + disk.path;
                    continue;
                }
                add_warning(volume, why_unread(found.error()));
            }
            if (!found || *found) volumes.push_back(std::move(volume));
        }
    }

    void add_crypttab(Ui& ui) {
        for (const crypttab::Meaning& line : crypttab_lines(ui, volumes)) {
            const auto path = find_device(line.source);
            const DeviceIdentity identity = path ? storage_at(*path).on : DeviceIdentity{};
            auto known = std::ranges::find_if(volumes, [&](const KnownVolume& one) {
                if (one.open) return one.name == line.name;
                return identity.known() && one.identity == identity && !one.in_crypttab;
            });
            if (known == volumes.end()) {
                volumes.push_back({.name = line.name, .device = path ? *path : line.source});
                known = volumes.end() - 1;
                known->missing = !identity.known();
                if (known->missing)
                    add_warning(*known, text("the device that crypttab names is not there"));
                else if (line.type != crypttab::Type::AsFound)
                    known->type = crypttab::name_of(line.type);
                known->identity = identity;
            }
            known->name = line.name;
            known->in_crypttab = true;
            if (!line.refusal.empty()) add_warning(*known, line.refusal);
        }
    }

    // Returns the volume of a line of crypttab that is not open; a file or device of that name comes first.
    std::optional<KnownVolume> of_crypttab(Ui& ui, const std::string& word) {
        struct stat status = {};
        const bool is_open =
            std::ranges::any_of(volumes, [&](const KnownVolume& one) { return one.name == word; });
        if (is_open || ::stat(word.c_str(), &status) == 0) return std::nullopt;
        std::vector<KnownVolume> unreadable;
        for (const crypttab::Meaning& line : crypttab_lines(ui, unreadable)) {
            if (line.name != word) continue;
            KnownVolume volume{.name = line.name, .device = line.source, .in_crypttab = true};
            if (const auto path = find_device(line.source)) volume.device = *path;
            const auto found = look_into(volume);
            if (!found) add_warning(volume, why_unread(found.error()));
            if (found && !*found && line.type != crypttab::Type::AsFound)
                volume.type = crypttab::name_of(line.type);
            volume.missing = !found && found.error().code == Errc::NoDevice;
            if (!line.refusal.empty()) add_warning(volume, line.refusal);
            return volume;
        }
        return std::nullopt;
    }

    // Adds what the header of an open volume says.
    void read_below(KnownVolume& volume) {
        for (const machine::Disk& disk : disks_)
            if (disk.identity == volume.identity) {
                volume.size_bytes = disk.size_bytes;
                if (!disk.answers) return;
            }
        if (volume.device.empty() || !volume.type.starts_with("LUKS")) return;
        KnownVolume below{.device = volume.device};
        const auto found = look_into(below);
        if (!found) return add_warning(volume, why_unread(found.error()));
        // Its header may be on another device.
        if (!*found || below.uuid != volume.uuid) return;
        volume.size_bytes = below.size_bytes;
        volume.label = below.label;
        volume.keyslots = below.keyslots;
        for (std::string& warning : below.warnings) add_warning(volume, std::move(warning));
    }

    // Says of a mapping that this user may not ask about what its name in the kernel says.
    void add_by_uuid(KnownVolume& volume) {
        const auto disk = std::ranges::find(disks_, volume.name, &machine::Disk::mapping);
        if (disk == disks_.end()) return;
        volume.size_bytes = disk->size_bytes;
        volume.mounts = machine::mounted_at(disk->identity);
        const std::string_view rest = std::string_view(disk->dm_uuid).substr(6);
        volume.type = rest.substr(0, rest.find('-'));
    }

    std::vector<KnownVolume> volumes;
    std::string unread;  // devices of which nothing is known, "/dev/sdb, /dev/sdc"

  private:
    [[nodiscard]] bool is_known(const DeviceIdentity& identity) const {
        return std::ranges::any_of(
            volumes, [&](const KnownVolume& one) { return one.identity == identity; });
    }

    Context context_;
    std::vector<std::string> heard_;  // warnings of the header that is being read
    std::vector<machine::Disk> disks_;
};

Fact list_fact(std::string key, const std::vector<std::string>& words) {
    Fact list{.key = std::move(key), .kind = Fact::Kind::Array};
    for (const std::string& word : words) list.children.push_back(text_fact("", word));
    return list;
}

}  // namespace

std::vector<KnownVolume> known_volumes(Ui& ui) {
    Collector collector(ui);
    collector.add_mappings();
    collector.add_devices();
    collector.add_crypttab(ui);
    if (!collector.unread.empty())
        ui.warn("This user may not read these devices: %s.", collector.unread.c_str());
    return std::move(collector.volumes);
}

Result<KnownVolume> known_volume(Ui& ui, const std::string& word) {
    Collector collector(ui);
    collector.add_mappings();
    if (auto line = collector.of_crypttab(ui, word)) return *std::move(line);
    // By the name alone first: a volume whose process does not answer must not be looked at.
    const std::string name = mapping::name_of(word);
    for (KnownVolume& known : collector.volumes)
        if (known.name == name) return known;
    LK_ASSIGN(const std::string path, find_device(word));
    const DeviceIdentity identity = storage_at(path).on;
    for (KnownVolume& known : collector.volumes)
        if (identity.known() && known.identity == identity) return known;
    KnownVolume volume{.device = path};
    LK_ASSIGN(const bool found, collector.look_into(volume));
    if (!found)
        return fail(Errc::NotThisFormat, "%s has no LUKS header", path.c_str())
            .because(Condition::NoLuksHeader, path);
    for (const KnownVolume& known : collector.volumes)
        if (known.open && !known.identity.known())
            add_warning(volume,
                        text("it may be open as %s, whose state is not known", known.name.c_str()));
    return volume;
}

std::string state_of(const KnownVolume& volume) {
    if (volume.missing) return "missing";
    if (volume.server_ended) return "server ended";
    if (volume.suspended) return "suspended";
    return volume.open ? "open" : "locked";
}

std::string state_text(const KnownVolume& volume) {
    if (volume.missing) return translate(N_("missing"));
    if (volume.server_ended) return translate(N_("server ended"));
    if (volume.suspended) return translate(N_("suspended"));
    if (!volume.open) return translate(N_("locked"));
    std::string state = translate(N_("open"));
    for (const std::string& place : volume.mounts) state += ", " + place;
    return state;
}

std::string keyslots_text(const KnownVolume& volume) {
    std::string all;
    for (const KeyslotInfo& slot : volume.keyslots) {
        all += (all.empty() ? "" : ", ") + std::to_string(slot.number);
        if (!slot.name.empty()) all += " '" + slot.name + "'";
    }
    return all;
}

Fact volume_fact(const KnownVolume& volume) {
    Fact fact{.key = {},
              .kind = Fact::Kind::Object,
              .children = {text_fact("name", volume.name), text_fact("device", volume.device)}};
    if (volume.size_bytes) fact.children.push_back(number_fact("size_bytes", *volume.size_bytes));
    for (Fact& one : std::vector<Fact>{
             text_fact("label", volume.label), text_fact("uuid", volume.uuid),
             text_fact("type", volume.type), text_fact("cipher", volume.cipher),
             text_fact("state", state_of(volume)), list_fact("mounted", volume.mounts),
             flag_fact("in_crypttab", volume.in_crypttab)})
        fact.children.push_back(std::move(one));
    Fact slots{.key = "keyslots", .kind = Fact::Kind::Array};
    for (const KeyslotInfo& slot : volume.keyslots)
        slots.children.push_back(
            {.key = {},
             .kind = Fact::Kind::Object,
             .children = {number_fact("number", static_cast<std::uint64_t>(slot.number)),
                          text_fact("name", slot.name)}});
    fact.children.push_back(std::move(slots));
    fact.children.push_back(list_fact("warnings", volume.warnings));
    return fact;
}

}  // namespace latchkey::cli
