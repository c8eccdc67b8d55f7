// SPDX-License-Identifier: LGPL-2.1-or-later
// Tools from before LUKS.  Reads the command lines of losetup -e (cryptoloop, loop-AES), hashalot and cryptsetup 0.1
// as plain mappings, and searches for the parameters of a volume whose command line is lost.
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
    std::uint64_t bytes = 0;  // -n; 0 = the hash's own length
    std::string salt = {};    // -s, appended to the passphrase
    bool hex = false;         // -x: prints digits and a newline instead of bytes
};
// Returns what hashalot prints for the first line of a passphrase.  InvalidArgument for an unknown hash.
// NotSupported for more than 40 bytes of RIPEMD160, because hashalot prints uninitialised memory there.
[[nodiscard]] LATCHKEY_API Result<SecretBuffer> hashalot(const Hashalot& options,
                                                         const Passphrase& passphrase);

// How the tool made its key.
enum class KeyRule : std::uint8_t {
    Passphrase,          // hashed as `params` say
    KeyFile,             // the first bytes of `key_file`
    HashalotKey,         // hashalot's output is the key
    HashalotFile,        // the first bytes of hashalot's output are the key
    HashalotPassphrase,  // hashalot's output is hashed again as `params` say
    Digits,  // the user types the key in hexadecimal digits; params.key_bytes 0 = as many as are typed
};

// A parsed old command line.
struct CommandLine {
    std::string tool = {};    // "losetup (debian)", "hashalot | dmsetup", "cryptsetup 0.1" ...
    std::string name = {};    // of the mapping; "" = not in the line
    std::string device = {};  // device or image file
    plain::Params params = {};
    KeyRule rule = KeyRule::Passphrase;
    std::string key_file = {};
    Hashalot hashalot = {};
    std::string salt = {};  // appended to the passphrase (loop-AES -S)
    bool read_only = false;
    std::vector<std::string> notes = {};  // assumptions, as translated sentences
};

// The variants of losetup.  They made different keys from the same passphrase.
inline constexpr std::string_view kLosetups[] = {"debian", "util-linux", "loop-aes"};

// Reads a file that the command line names; the file may hold a key.
using ReadTable = std::function<Result<SecretBuffer>(const std::string& path)>;

// Parses `words` as the shell splits them, or one word that is the whole line.  Stages of a pipeline are separated by
// the word "|".  `read_table` reads a table that is in a file; a key in that table is never kept.  `losetup` is one
// of kLosetups, or "" to guess from the options.  InvalidArgument names the word; NotSupported says why no dm-crypt
// mapping is equivalent.
[[nodiscard]] LATCHKEY_API Result<CommandLine> parse_command_line(
    const std::vector<std::string>& words, std::string_view losetup = {},
    const ReadTable& read_table = {});

[[nodiscard]] LATCHKEY_API Result<MappingPlan> plan(const CommandLine& line);
// Makes the key from what was typed.  For KeyRule::KeyFile use plain::key_from_file() instead.
[[nodiscard]] LATCHKEY_API Result<VolumeKey> key_from_passphrase(const CommandLine& line,
                                                                 const Passphrase& passphrase);

struct Finding {
    plain::Params params = {};
    std::vector<Signature> signatures = {};  // not empty
    std::string known_from = {};             // "cryptsetup 0.1, losetup (debian)", or ""
    std::size_t regular_sectors =
        0;  // sectors whose first two cipher blocks are equal; the right IV gives the most
};
struct ProbeResult {
    std::size_t tried = 0;
    std::size_t not_available = 0;       // combinations whose cipher is not available here
    std::vector<Finding> findings = {};  // the most likely first
};
// Tries hashes, key sizes, ciphers, IVs and offsets with one passphrase and looks for file systems.  The offsets are
// 0, those of usual partitions, and `offset_sectors`.  Only reads.  Interrupted if the context is cancelled.
[[nodiscard]] LATCHKEY_API Result<ProbeResult> probe(
    Context& context, const Device& device, const Passphrase& passphrase,
    std::optional<std::uint64_t> offset_sectors = {});

}  // namespace latchkey::legacy
