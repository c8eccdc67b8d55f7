// SPDX-License-Identifier: GPL-2.0-or-later
#include "mount/request.h"

#include <algorithm>
#include <optional>

#include "latchkey/keyfile.h"
#include "latchkey/mounts.h"
#include "latchkey/number.h"

namespace latchkey::cli {
namespace {

using crypttab::KeyKind;
using crypttab::Meaning;
using crypttab::Type;

// The options of this helper.  Each has its name here first, then the names that pam_mount's helper, which this one
// replaces, and cryptsetup give the same option.  '_' and '-' mean the same.
struct TextOption {
    std::string_view names[3];
    std::string Meaning::*field;
};
constexpr TextOption kTexts[] = {
    {{"cipher"}, &Meaning::cipher},
    {{"hash"}, &Meaning::hash},
    {{"keyfile", "key-file"}, &Meaning::key_path},
    {{"header"}, &Meaning::header},
    {{"name", "dm-name", "crypto-name"}, &Meaning::name},
    {{"password-echo"}, &Meaning::password_echo},
};
struct NumberOption {
    std::string_view names[3];
    std::optional<std::uint64_t> Meaning::*field;
};
constexpr NumberOption kNumbers[] = {
    {{"size", "keysize", "key-size"}, &Meaning::key_bits},
    {{"offset"}, &Meaning::offset_sectors},
    {{"skip"}, &Meaning::skip_sectors},
    {{"sector-size"}, &Meaning::sector_size},
    {{"key-slot", "keyslot"}, &Meaning::key_slot},
    {{"keyfile-offset"}, &Meaning::keyfile_offset_bytes},
    {{"keyfile-size"}, &Meaning::keyfile_size_bytes},
};
struct FlagOption {
    std::string_view names[3];
    bool Meaning::*field;
};
constexpr FlagOption kFlags[] = {
    {{"crypt-discard", "allow-discards", "allow-discard"}, &Meaning::discard},
    {{"same-cpu-crypt"}, &Meaning::same_cpu_crypt},
    {{"submit-from-crypt-cpus"}, &Meaning::submit_from_crypt_cpus},
    {{"no-read-workqueue"}, &Meaning::no_read_workqueue},
    {{"no-write-workqueue"}, &Meaning::no_write_workqueue},
    {{"headless"}, &Meaning::headless},
    {{"verify"}, &Meaning::verify},
    {{"try-empty-password"}, &Meaning::try_empty_password},
};

// Options for mount(8) and systemd, which no file system knows; mount passes some of them to its helpers.
constexpr std::string_view kForOthers[] = {"auto",  "noauto",  "user",     "nouser",
                                           "users", "owner",   "group",    "nofail",
                                           "fail",  "_netdev", "defaults", "loop"};

template <std::size_t N>
bool is_one_of(const std::string_view (&names)[N], std::string_view name) {
    return !name.empty() && std::ranges::find(names, name) != std::end(names);
}

struct Word {
    std::string name;  // with '-' for '_'
    std::optional<std::string> value;
    std::string text;
};

// Splits at commas, except between quotation marks, as mount does for SELinux contexts.
std::vector<Word> split(std::string_view text) {
    std::vector<Word> words;
    while (!text.empty()) {
        bool quoted = false;
        std::size_t end = 0;
        for (; end < text.size() && (quoted || text[end] != ','); ++end)
            if (text[end] == '"') quoted = !quoted;
        const std::string_view part = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (part.empty()) continue;
        const std::size_t equals = part.find('=');
        Word word{std::string(part.substr(0, equals)), std::nullopt, std::string(part)};
        std::replace(word.name.begin() + (word.name.starts_with('_') ? 1 : 0), word.name.end(), '_',
                     '-');
        if (equals != std::string_view::npos) word.value = std::string(part.substr(equals + 1));
        words.push_back(std::move(word));
    }
    return words;
}

Error needs(const Word& word, const char* what) {
    return fail(Errc::InvalidArgument, "option '%s' needs %s", word.text.c_str(), what);
}

// Sets the field of an option that has one; returns false if the option has none.
Result<bool> take_field(const Word& word, Meaning& volume) {
    for (const TextOption& option : kTexts) {
        if (!is_one_of(option.names, word.name)) continue;
        if (!word.value || word.value->empty()) return needs(word, "a value");
        volume.*option.field = *word.value;
        return true;
    }
    for (const NumberOption& option : kNumbers) {
        if (!is_one_of(option.names, word.name)) continue;
        const auto number = parse_number(word.value.value_or(""));
        if (!number) return needs(word, "a number");
        volume.*option.field = *number;
        return true;
    }
    for (const FlagOption& option : kFlags) {
        if (!is_one_of(option.names, word.name)) continue;
        if (word.value) return needs(word, "no value");
        volume.*option.field = true;
        return true;
    }
    return false;
}

void pass_on(MountRequest& request, const std::string& option) {
    if (!request.options.empty()) request.options += ',';
    request.options += option;
}

Result<void> take_number(const Word& word, std::uint64_t most, std::uint64_t& into) {
    const auto number = parse_number(word.value.value_or(""));
    if (!number || *number > most) return needs(word, "a number");
    into = *number;
    return {};
}

Result<void> take_option(const Word& word, MountRequest& request) {
    Meaning& volume = request.volume;
    LK_ASSIGN(const bool taken, take_field(word, volume));
    if (taken) return {};
    if (word.name == "plain" || word.name == "luks") {
        volume.type = word.name == "plain" ? Type::Plain : Type::Luks;
    } else if (word.name == "fstype") {
        if (!word.value || word.value->empty()) return needs(word, "a value");
        request.file_system = *word.value;
    } else if (word.name == "tmp") {
        volume.tmp = word.value.value_or("ext4");
        if (volume.tmp.empty()) return needs(word, "a value");
    } else if (word.name == "fsck") {
        request.check = true;
    } else if (word.name == "fsk-cipher" || word.name == "fsk-hash") {
        // These options describe an encrypted key file; with the cipher "none" the file is not encrypted.
        if (word.name == "fsk-cipher" && word.value.value_or("none") != "none" &&
            !word.value->empty())
            return fail(Errc::NotSupported, "option '%s': encrypted key files are not supported",
                        word.text.c_str());
    } else if (word.name == "swap") {
        volume.swap = true;
    } else if (word.name == "tries") {
        std::uint64_t tries = 0;
        LK_TRY(take_number(word, UINT32_MAX, tries));
        volume.tries = static_cast<std::uint32_t>(tries);
    } else if (word.name == "timeout") {
        LK_TRY(take_number(word, UINT32_MAX, volume.timeout_seconds));
    } else if (word.name == "ro") {
        volume.read_only = true;
        pass_on(request, word.text);
    } else if (word.name == "rw") {
        volume.read_only = false;
        pass_on(request, word.text);
    } else if (word.name ==
               "discard") {  // the file system sends them, the mapping lets them through
        volume.discard = true;
        pass_on(request, word.text);
    } else if (!is_one_of(kForOthers, word.name) && !word.name.starts_with("x-") &&
               !word.name.starts_with("X-") && word.name != "comment") {
        pass_on(request, word.text);
    }
    return {};
}

// Checks the options against each other, and sets the values that follow from several of them.
Result<void> complete(MountRequest& request) {
    Meaning& volume = request.volume;
    if (volume.swap && !volume.tmp.empty())
        return fail(Errc::InvalidArgument, "options swap and tmp exclude each other");
    const bool fresh = volume.swap || !volume.tmp.empty();
    if (fresh) {
        if (volume.key_path.empty()) volume.key_path = "/dev/urandom";
        volume.type = Type::Plain;
    }
    if (!volume.key_path.empty())
        volume.key = gives_random_bytes(volume.key_path) ? KeyKind::Random : KeyKind::File;
    if (volume.key == KeyKind::Random && !fresh)
        return fail(Errc::InvalidArgument, "a random key can only be used with swap or tmp");
    // A key file is not hashed, as with cryptsetup; systemd hashes it.
    if (volume.key == KeyKind::File) volume.hash.clear();
    if (volume.name.find('/') != std::string::npos || volume.name == "." || volume.name == "..")
        return fail(Errc::InvalidArgument, "'%s' is not a valid mapping name", volume.name.c_str());
    Meaning named = volume;
    if (named.name.empty()) named.name = "unnamed";
    if (const std::string refused = crypttab::refusal(named); !refused.empty())
        return fail(Errc::InvalidArgument, "%s", refused.c_str());
    if (!volume.tmp.empty() && request.file_system.empty()) request.file_system = volume.tmp;
    request.swap = volume.swap;
    return {};
}

// Returns the file system that a type names: "ext4" of "crypto_LUKS.ext4"; "" if it names none.
std::string inner_type(std::string_view type) {
    const auto point = std::ranges::find(type, '.');
    if (point != type.end()) return std::string(point + 1, type.end());
    return type.starts_with("crypto_") || type == "crypt" || type == "auto" ? std::string()
                                                                            : std::string(type);
}

// Walks over the words; a word may be the value of the flag before it.
struct Splitter {
    std::span<const char* const> words;
    std::size_t at = 0;

    Result<std::string> value(std::string_view rest) {
        if (!rest.empty()) return std::string(rest);
        if (at >= words.size()) return fail(Errc::InvalidArgument, "the last option needs a value");
        return std::string(words[at++]);
    }
};

Result<void> take_mount_flags(std::string_view letters, Splitter& splitter, MountRequest& request) {
    while (!letters.empty()) {
        const char letter = letters.front();
        letters.remove_prefix(1);
        switch (letter) {
            case 'f': request.fake = true; break;
            case 's': request.sloppy = true; break;
            case 'n': request.no_table = true; break;
            case 'v': request.verbose = true; break;
            case 'r':
                request.volume.read_only = true;
                pass_on(request, "ro");
                break;
            case 'w': break;
            case 'o': {
                LK_ASSIGN(const std::string options, splitter.value(letters));
                for (const Word& word : split(options)) LK_TRY(take_option(word, request));
                return {};
            }
            case 't': {
                LK_ASSIGN(const std::string type, splitter.value(letters));
                if (const std::string inner = inner_type(type); !inner.empty())
                    request.file_system = inner;
                return {};
            }
            case 'N': return fail(Errc::NotSupported, "another namespace is not supported");
            default: return fail(Errc::InvalidArgument, "unknown option -%c", letter);
        }
    }
    return {};
}

}  // namespace

Result<MountRequest> parse_mount(std::span<const char* const> words) {
    MountRequest request;
    request.volume.type = Type::Luks;
    std::vector<std::string> operands;
    Splitter splitter{words};
    while (splitter.at < words.size()) {
        const std::string_view word = words[splitter.at++];
        if (word.size() > 1 && word.front() == '-')
            LK_TRY(take_mount_flags(word.substr(1), splitter, request));
        else
            operands.emplace_back(word);
    }
    if (operands.size() != 2)
        return fail(Errc::InvalidArgument, "a device and a folder are needed");
    request.volume.source = operands[0];
    request.directory = operands[1];
    LK_TRY(complete(request));
    return request;
}

Result<UnmountRequest> parse_unmount(std::span<const char* const> words) {
    UnmountRequest request;
    Splitter splitter{words};
    while (splitter.at < words.size()) {
        const std::string_view word = words[splitter.at++];
        if (word.size() < 2 || word.front() != '-') {
            if (!request.target.empty())
                return fail(Errc::InvalidArgument, "only one mount point may be given");
            request.target = word;
        } else if (word.starts_with("-t")) {
            LK_TRY(splitter.value(word.substr(2)));
        } else if (word.starts_with("-N")) {
            return fail(Errc::NotSupported, "another namespace is not supported");
        } else if (word.find_first_not_of("flnrv", 1) != std::string_view::npos) {
            return fail(Errc::InvalidArgument, "unknown option %s", std::string(word).c_str());
        } else {
            request.flags.emplace_back(word);
            request.lazy = request.lazy || word.find('l') != std::string_view::npos;
        }
    }
    if (request.target.empty()) return fail(Errc::InvalidArgument, "a folder is needed");
    return request;
}

std::string mounted_device(std::string_view mountinfo, std::string_view target) {
    std::string device;
    for (Mount& mount : mounts_in(mountinfo))
        if (mount.folder == target || mount.source == target) device = std::move(mount.source);
    return device;
}

bool is_mounted(std::string_view mountinfo, std::string_view device) {
    const auto mounts = mounts_in(mountinfo);
    return std::ranges::find(mounts, device, &Mount::source) != mounts.end();
}

std::string mapping_name(std::string_view text) {
    constexpr std::string_view kGood =
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz#+-.:=@_";
    std::string name(text.substr(0, 120));
    for (char& c : name)
        if (kGood.find(c) == std::string_view::npos) c = '_';
    return name;
}

}  // namespace latchkey::cli
