// SPDX-License-Identifier: LGPL-2.1-or-later
// Checks lines against each other and against the devices that they name: one device in two lines, a random key that
// overwrites a device in use, a line that waits for itself.
#include <algorithm>
#include <map>

#include "crypttab/checker.h"
#include "latchkey/crypttab_order.h"

namespace latchkey::crypttab {
namespace {

// Returns the identity of a device, or its name if the device was not looked at.
std::string identity_of(const std::string& seen, const std::string& source) {
    return seen.empty() ? device_name(source) : seen;
}

bool has_random_key(const Checker& on) {
    return on.volume.key == KeyKind::Random || on.look.random_key;
}

// Returns whether opening the line destroys what is on the device.
bool overwrites(const Checker& on) {
    const Type type = on.volume.type;
    if (type != Type::Plain && type != Type::AsFound) return false;
    return has_random_key(on) || on.volume.swap || !on.volume.tmp.empty();
}

struct Place {
    std::uint32_t column;
    std::string path;
    std::string seen;
};

// Returns the words of the line that must exist before its mapping does.
std::vector<Place> needed_places(const Checker& on) {
    const Meaning& volume = on.volume;
    std::vector<Place> places = {{on.entry.source.column, volume.source, on.look.device}};
    if (volume.key == KeyKind::File)
        places.push_back({on.entry.key.column, volume.key_path, on.look.key});
    if (volume.key == KeyKind::FileOnDevice)
        places.push_back({on.entry.key.column, volume.key_device, {}});
    if (volume.script.ends_with("decrypt_derived"))
        places.push_back({on.entry.key.column, "/dev/mapper/" + volume.key_path, {}});
    if (const Option* header = on.entry.find("header")) {
        const bool elsewhere = !volume.header_device.empty();
        places.push_back({header->value_column, elsewhere ? volume.header_device : volume.header,
                          elsewhere ? std::string() : on.look.header});
    }
    return places;
}

// Returns true if it reported something.
bool check_own_mapping(Checker& on) {
    bool found = false;
    for (const Place& place : needed_places(on)) {
        const bool named = !on.volume.name.empty() && mapping_named(place.path) == on.volume.name;
        const bool seen = !place.seen.empty() && place.seen == on.look.mapping;
        if (!named && !seen) continue;
        found = true;
        on.add(place.column, Severity::Error, "own-mapping",
               N_("'%s' is what this line opens: it waits for itself for ever"),
               place.path.c_str());
    }
    return found;
}

void check_header(Checker& on) {
    const Meaning& volume = on.volume;
    const Option* header = on.entry.find("header");
    if (header == nullptr || volume.header.empty() || !volume.header_device.empty()) return;
    if (identity_of(on.look.header, volume.header) != identity_of(on.look.device, volume.source))
        return;
    // The header itself says where the data begins, as it does without the option.
    on.add(header->value_column, Severity::Note, "header-is-device",
           N_("'%s' is the device itself: header= has no effect, except that a header is refused "
              "if the data would overwrite it"),
           volume.header.c_str());
}

// Debian's scripts look at the device before they map it as plain; systemd does not.
void check_buried(Checker& on) {
    if (on.look.contents.empty()) return;
    const std::uint32_t column = on.entry.source.column;
    const char* const source = on.volume.source.c_str();
    const char* const contents = on.look.contents.c_str();
    if (has_random_key(on) && overwrites(on))
        on.add(column, Severity::Error, "random-key-over-data",
               N_("'%s' shows %s, which a random key would destroy"), source, contents);
    else if (on.volume.type != Type::Plain)
        return;
    else if (on.volume.reader == Readers::Debian)
        on.add(column, Severity::Error, "plain-over-data",
               N_("'%s' shows %s, so that it is not opened as a plain volume"), source, contents);
    else if (overwrites(on))
        on.add(column, Severity::Error, "plain-over-data",
               N_("'%s' shows %s, which %s would overwrite"), source, contents,
               on.volume.swap ? "swap" : ("tmp=" + on.volume.tmp).c_str());
    else
        on.add(column, Severity::Warning, "plain-over-data",
               N_("'%s' shows %s: writing to it as a plain volume destroys that"), source,
               contents);
}

void check_shared_device(Checker& first, Checker& second) {
    const bool harm = overwrites(first) || overwrites(second);
    Checker& on = overwrites(first) && !overwrites(second) ? first : second;
    const Checker& other = &on == &first ? second : first;
    if (harm)
        on.add(on.entry.source.column, Severity::Error, "overwrites-line",
               N_("'%s' is also the device of line %u (%s), and its contents are overwritten"),
               on.volume.source.c_str(), other.line.number, other.volume.name.c_str());
    else
        on.add(on.entry.source.column,
               on.volume.no_auto || other.volume.no_auto ? Severity::Warning : Severity::Error,
               "one-device",
               N_("'%s' is also the device of line %u (%s): only one of them can be open"),
               on.volume.source.c_str(), other.line.number, other.volume.name.c_str());
}

void check_circles(std::vector<Checker>& lines) {
    std::vector<Meaning> volumes;
    for (const Checker& on : lines) volumes.push_back(on.volume);
    for (const std::size_t one : lines_in_circles(volumes)) {
        Checker& on = lines[one];
        const auto needed = needed_mappings(on.volume);
        if (std::ranges::find(needed, on.volume.name) == needed.end())
            on.add(on.entry.name.column, Severity::Error, "circle",
                   N_("this line and others wait for each other for ever"));
    }
}

}  // namespace

void check_together(std::vector<Checker>& lines) {
    std::map<std::string, Checker*, std::less<>> by_device;
    std::map<std::string, int, std::less<>> names;
    for (Checker& on : lines) {
        const bool waits = check_own_mapping(on);
        // If two lines have the same name, the first counts.
        if (on.volume.skipped || names[on.volume.name]++ > 0) continue;
        if (!waits) check_header(on);
        check_buried(on);
        const auto [first, is_new] =
            by_device.emplace(identity_of(on.look.device, on.volume.source), &on);
        if (!is_new) check_shared_device(*first->second, on);
    }
    check_circles(lines);
}

}  // namespace latchkey::crypttab
