// SPDX-License-Identifier: LGPL-2.1-or-later
// /etc/crypttab as its two readers understand it: systemd (252 to 257) and Debian's scripts (cryptsetup 2.6 and 2.7).
// Text -> lines and words with their places -> entries of one reader -> what that reader does.  Pure: nothing here
// reads a file, a device or the environment.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "latchkey/error.h"
#include "latchkey/peer_release.h"
#include "latchkey/report.h"

namespace latchkey::crypttab {

// A set of readers.  A parameter for one reader takes a set with one member.
enum class Readers : std::uint8_t { None = 0, Systemd = 1, Debian = 2, Both = 3 };
constexpr Readers operator&(Readers a, Readers b) {
    return static_cast<Readers>(static_cast<unsigned>(a) & static_cast<unsigned>(b));
}
constexpr Readers operator|(Readers a, Readers b) {
    return static_cast<Readers>(static_cast<unsigned>(a) | static_cast<unsigned>(b));
}
constexpr bool has(Readers set, Readers reader) {
    return (set & reader) == reader;
}
// Returns "systemd", "debian", "systemd and debian"; "both" for programs.
[[nodiscard]] LATCHKEY_API std::string_view name_of(Readers readers);

enum class Severity : std::uint8_t {
    Note,     // good to know
    Warning,  // an option without effect, a message at every boot, a trap
    Error,    // does not open, opens as something else, or breaks other lines
};
[[nodiscard]] LATCHKEY_API std::string_view name_of(Severity severity);

// ---- the table of options

enum class ValueKind : std::uint8_t {
    Flag,          // no value
    Text,          // not empty
    OptionalText,  // may be missing
    AnyText,       // may be empty
    Number,
    KeyBits,      // a multiple of 8
    SectorBytes,  // 512, 1024, 2048, 4096
    Switch,       // yes or no, may be missing
    YesNo,
    Choice,    // one of OptionRow::choices
    Duration,  // seconds, or with units: 1min30s
    Path,
    AbsolutePath,
    AutoOrPath,
    Base64,
    Pcrs,  // 0+7
    YesNoOrPcr,
    Pkcs11,      // auto, or pkcs11:...
    KeyringKey,  // KEYRING::DESCRIPTION
};

enum class Topic : std::uint8_t { Kind, Cipher, Device, Asking, Boot };

// The kinds of volume that an option applies to.
enum class Volumes : std::uint8_t { Any, Luks, Plain, Tcrypt };

struct OptionRow {
    struct Alias {
        std::string_view name = {};
        Readers readers = Readers::None;
    };
    std::string_view name = {};
    std::array<Alias, 2> aliases = {};
    ValueKind value = ValueKind::Flag;
    std::string_view choices = {};  // "yes|no|masked"
    Readers readers = Readers::Both;
    std::uint16_t since = 0;  // version of systemd; 0 = 252 knows it
    std::uint16_t until = 0;  // systemd version from which it has no effect; 0 = it still has
    std::string_view debian_since = {};  // version of cryptsetup; "" = 2.6 knows it
    std::string_view debian_quiet_since =
        {};  // version from which Debian ignores it without a message; "" = never
    Volumes volumes = Volumes::Any;
    std::string_view implies = {};        // the type that systemd gives to a line with this option
    Severity elsewhere = Severity::Note;  // severity if the other reader does not know it
    bool bad_value_fails =
        false;  // systemd: the unit fails; false: the option is ignored.  (Debian skips the line.)
    std::uint64_t most = UINT64_MAX;  // systemd: greater numbers are invalid
    Topic topic = Topic::Kind;
    const char* systemd = "";  // marked N_: what it does, as a sentence
    const char* debian = "";   // marked N_; "" = Debian does not know it
};
[[nodiscard]] LATCHKEY_API std::span<const OptionRow> options();
// Finds an option by name or alias, in the spelling of `reader`.  Null if that reader does not know it; for
// Readers::Both, if neither knows it.
[[nodiscard]] LATCHKEY_API const OptionRow* find_option(std::string_view name, Readers reader);
// Returns the known name nearest to an unknown word, or "".
[[nodiscard]] LATCHKEY_API std::string_view nearest_option(std::string_view name, Readers readers);

// ---- text to lines

inline constexpr std::size_t kMaxFileBytes = 1U << 20;
inline constexpr std::size_t kMaxLineBytes = 16384;
inline constexpr std::size_t kMaxLines = 10000;

struct Word {
    std::string text = {};
    std::uint32_t column = 1;  // of its first byte, from 1
};
struct Line {
    std::uint32_t number = 1;
    std::string text = {};         // without its newline
    std::vector<Word> words = {};  // empty: a comment or an empty line
    bool carriage_return = false;  // ended by \r\n; not part of the text
    bool unfinished = false;  // the last line, without a newline: Debian's scripts do not see it
};
struct File {
    std::vector<Line> lines = {};
};
// Splits text into lines and words.  InvalidArgument names line, column and bound; NUL bytes are refused.
[[nodiscard]] LATCHKEY_API Result<File> parse(std::string_view text);

// ---- lines to entries, as one reader splits and decodes them

struct Option {
    std::string name = {};
    std::optional<std::string> value = {};
    std::string written = {};  // as written in the file
    std::uint32_t column = 1;
    std::uint32_t value_column = 1;
    const OptionRow* row = nullptr;  // null: this reader does not know it
};
struct Entry {
    Readers reader = Readers::Systemd;
    std::uint32_t line = 1;
    bool unfinished = false;
    Word name = {};
    Word source = {};
    Word key = {};  // "" = missing
    std::vector<Option> options = {};
    std::vector<Word> dropped = {};  // words that no reader uses

    [[nodiscard]] const Option* find(
        std::string_view option) const;  // the last one with that row's name
};
[[nodiscard]] LATCHKEY_API Entry read_entry(const Line& line, Readers reader);

// ---- entries to actions

enum class Type : std::uint8_t { Luks, Plain, Tcrypt, Bitlk, Fvault2, AsFound };
[[nodiscard]] LATCHKEY_API std::string_view name_of(Type type);

enum class KeyKind : std::uint8_t {
    Ask,  // with systemd: tokens and systemd's key files first
    File,
    FileOnDevice,  // PATH:DEVICE
    Random,
    Script,         // the output of a program
    StandardInput,  // Debian's "-"
};
[[nodiscard]] LATCHKEY_API std::string_view name_of(KeyKind kind);

struct Meaning {
    Readers reader = Readers::Systemd;
    std::uint32_t line = 1;
    bool skipped =
        false;  // the line is not opened: the reader fails on it, or does not start on it
    std::string refusal = {};  // the reason, translated
    std::string name = {};
    std::string source = {};
    Type type = Type::AsFound;
    KeyKind key = KeyKind::Ask;
    std::string key_path = {};    // File, FileOnDevice, Random; for Script, its argument
    std::string key_device = {};  // FileOnDevice
    std::string script = {};
    std::vector<std::string> tokens =
        {};                    // "tpm2", "fido2", "pkcs11": the listed ones, in the order tried
    std::uint32_t tries = 3;   // 0 = for ever
    std::string timeout = {};  // as written; "" = none
    std::uint64_t timeout_seconds = 0;          // the value of `timeout`; 0 = for ever
    std::uint64_t device_timeout_seconds = 0;   // x-systemd.device-timeout; 0 = not set
    std::uint64_t keyfile_timeout_seconds = 0;  // keyfile-timeout; 0 = not set
    bool verify = false;  // asks twice, and never reuses a passphrase typed for another volume
    bool try_empty_password = false;
    std::string password_echo = {};  // "yes", "no", "masked"; "" = not set
    bool keyfile_erase = false;
    std::string header = {};
    std::string header_device = {};
    std::string cipher = {};  // "" = the reader's default
    std::string hash = {};
    std::optional<std::uint64_t> key_bits = {};  // as the reader interprets the number
    std::optional<std::uint64_t> offset_sectors = {};
    std::optional<std::uint64_t> skip_sectors = {};
    std::optional<std::uint64_t> sector_size = {};  // bytes
    std::optional<std::uint64_t> key_slot = {};
    std::optional<std::uint64_t> keyfile_offset_bytes = {};
    std::optional<std::uint64_t> keyfile_size_bytes = {};
    bool read_only = false;
    bool discard = false;
    bool same_cpu_crypt = false;
    bool submit_from_crypt_cpus = false;
    bool no_read_workqueue = false;
    bool no_write_workqueue = false;
    std::string link_volume_key = {};  // KEYRING::DESCRIPTION
    bool no_auto = false;
    bool no_fail = false;
    bool net_dev = false;
    bool initramfs = false;  // Debian: included in the initramfs by name
    bool no_early = false;
    bool headless = false;
    bool swap = false;
    std::string tmp = {};    // file system; "" = do not make one
    std::string check = {};  // Debian's program; "" = none
    std::string check_argument = {};
};
// Returns what an entry means.  This is the only function that decides whether a line is opened at all (`skipped`).
[[nodiscard]] LATCHKEY_API Meaning meaning(const Entry& entry);
// Returns why the reader would not open a volume that does not come from a line, translated, or "".
[[nodiscard]] LATCHKEY_API std::string refusal(const Meaning& volume);
// Returns why the volume cannot be plain, whatever its type is; or "".
[[nodiscard]] LATCHKEY_API std::string refusal_as_plain(const Meaning& volume);
// Returns whether a plain volume's key file is hashed like a passphrase, instead of being the key itself.  systemd
// hashes it if hash= is set to more than "plain".  It also hashes a file found in cryptsetup-keys.d if hash= is
// missing.
[[nodiscard]] LATCHKEY_API bool hashes_key_file(const Meaning& volume, bool found = false);

// ---- verbs

struct Finding {
    std::uint32_t line = 1;
    std::uint32_t column = 1;
    Severity severity = Severity::Note;
    Readers readers = Readers::Both;
    std::string_view id = {};     // stable, for programs: "unknown-option"
    std::string message = {};     // translated
    std::string suggestion = {};  // a replacement, or ""
};
// The devices that the words of a line lead to.  Different names of one device give the same text; "" means missing
// or unreadable.
struct DeviceLook {
    std::string device = {};
    std::string header = {};
    std::string key = {};       // the key file
    std::string mapping = {};   // /dev/mapper/NAME
    std::string contents = {};  // what plain would destroy on the device: "ext4, swsuspend"
    bool random_key = false;    // the key file gives random bytes, whatever its name
    // What numbers of the line are compared with; nothing: unknown.
    std::optional<std::uint64_t> device_bytes = {};
    std::optional<std::uint64_t> key_file_bytes = {};
    std::string header_type = {};    // "LUKS1", "LUKS2"; "" = unknown
    int keyslots_possible = 0;       // of that type
    std::vector<int> keyslots = {};  // in the header
};
using Look = std::function<DeviceLook(const Meaning&)>;
// Returns findings in the order of the file.  Without `look`, devices are compared by name.  A finding that concerns
// none of the readers in `counting` is a note.
[[nodiscard]] LATCHKEY_API std::vector<Finding> check(const File& file, Readers readers,
                                                      const Look& look = {},
                                                      Readers counting = Readers::Both);

// Returns those readers that the machine has, judged by which of their files `exists` finds.
[[nodiscard]] LATCHKEY_API Readers
installed_readers(const std::function<bool(const char* path)>& exists);

struct Account {
    Readers reader = Readers::Systemd;
    std::vector<std::string> sentences =
        {};  // translated: opener, time, key, tries, failure, options
};
struct Explanation {
    std::uint32_t line = 1;
    std::string name = {};
    std::string source = {};
    std::vector<Account> accounts = {};
    std::vector<std::string> differences = {};  // translated; only if both readers were asked for
};
[[nodiscard]] LATCHKEY_API Explanation explain(const Line& line, Readers readers);

// A setting that the other reader cannot express, or spells differently.
struct Loss {
    std::uint32_t line = 1;
    std::uint32_t column = 1;
    bool matters = false;
    std::string message = {};  // translated
};
struct Conversion {
    std::string text = {};
    std::vector<Loss> losses = {};
};
// Converts the other reader's spelling into that of `to`; comments, order and blanks between fields stay.
// `release` is that of Debian's cryptsetup, whose defaults its lines have.
[[nodiscard]] LATCHKEY_API Conversion convert(const File& file, Readers to,
                                              PeerRelease release = built_peer_release());

// {"entries":[...]}: each line as written and as each reader understands it; one line each in text.
[[nodiscard]] LATCHKEY_API Fact describe(const File& file, Readers readers);
// {"findings":[...]}; in text "NAME:4:9: error (systemd): ...".
[[nodiscard]] LATCHKEY_API Fact describe(std::span<const Finding> findings,
                                         std::string_view file_name);
// {"options":[...]}: the table.
[[nodiscard]] LATCHKEY_API Fact describe_options();

}  // namespace latchkey::crypttab
