// SPDX-License-Identifier: LGPL-2.1-or-later
// What people had before LUKS: command lines of losetup -e (cryptoloop, loop-AES), hashalot and cryptsetup 0.1, read
// as plain mappings; and a search for the parameters of a volume whose command line is lost.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "latchkey/context.h"
#include "latchkey/device.h"
#include "latchkey/error.h"
#include "latchkey/plain.h"
#include "latchkey/secret.h"

namespace latchkey::legacy {

// hashalot's options; its hashes are ripemd160, rmd160, rmd160compat, sha256, sha384 and sha512.
struct Hashalot {
    std::string hash = {};
    std::size_t bytes = 0;  // -n; 0 = the hash's own length
    std::string salt = {};  // -s, appended to the passphrase
    bool hex = false;       // -x: digits and a newline, not bytes
};
// What hashalot prints for the first line of a passphrase.  InvalidArgument: an unknown hash.  NotSupported: more
// than 40 bytes of RIPEMD160, where it prints memory that nobody has written.
[[nodiscard]] LATCHKEY_API Result<SecretBuffer> hashalot(const Hashalot& options,
                                                         const Passphrase& passphrase);

// What the tool made its key of.
enum class KeyRule : std::uint8_t {
    Passphrase,          // hashed as `params` say
    KeyFile,             // the first bytes of `key_file`
    HashalotKey,         // hashalot's output is the key
    HashalotFile,        // its first bytes are
    HashalotPassphrase,  // its output is hashed again as `params` say
    Digits,  // the key itself is asked for, in hexadecimal digits; params.key_bytes 0 = as many as are typed
};

// An old command line, understood.
struct CommandLine {
    std::string tool = {};    // "losetup (debian)", "hashalot | dmsetup", "cryptsetup 0.1" ...
    std::string name = {};    // of the mapping; "" = the line has none
    std::string device = {};  // device or image file
    plain::Params params = {};
    KeyRule rule = KeyRule::Passphrase;
    std::string key_file = {};
    Hashalot hashalot = {};
    std::string salt = {};  // appended to the passphrase (loop-AES -S)
    bool read_only = false;
    std::vector<std::string> notes = {};  // what was taken for granted; translated sentences
};

// Whose losetup it was: they made different keys of one passphrase.
inline constexpr std::string_view kLosetups[] = {"debian", "util-linux", "loop-aes"};

// Reads the file that a command line names, which may hold a key.
using ReadTable = std::function<Result<SecretBuffer>(const std::string& path)>;

// `words` as the shell splits them, or one word that is the whole line; stages of a pipeline stand between words
// "|".  A table in a file is read by `read_table`; the key in one is never kept.  `losetup` is one of kLosetups, or "" to tell by the options.  InvalidArgument names the word; NotSupported
// says why no mapping of dm-crypt is the same.
[[nodiscard]] LATCHKEY_API Result<CommandLine> parse_command_line(
    const std::vector<std::string>& words, std::string_view losetup = {},
    const ReadTable& read_table = {});

[[nodiscard]] LATCHKEY_API Result<MappingPlan> plan(const CommandLine& line);
// Of what was typed.  Not for KeyRule::KeyFile: there it is plain::key_from_file().
[[nodiscard]] LATCHKEY_API Result<VolumeKey> key_from_passphrase(const CommandLine& line,
                                                                 const Passphrase& passphrase);

struct Finding {
    plain::Params params = {};
    std::vector<Signature> signatures = {};  // not empty
    std::string known_from = {};             // "cryptsetup 0.1, losetup (debian)", or ""
    std::size_t regular_sectors =
        0;  // sectors that begin as they go on: most where the IV is right
};
struct ProbeResult {
    std::size_t tried = 0;
    std::size_t not_available = 0;       // combinations whose cipher is not to be had here
    std::vector<Finding> findings = {};  // the likeliest first
};
// Tries hashes, key sizes, ciphers, IVs and offsets (0, those of usual partitions, and `offset_sectors`) with one
// passphrase and looks for file systems.  Only reads.  Interrupted if the context is cancelled.
[[nodiscard]] LATCHKEY_API Result<ProbeResult> probe(
    Context& context, const Device& device, const Passphrase& passphrase,
    std::optional<std::uint64_t> offset_sectors = {});

}  // namespace latchkey::legacy
