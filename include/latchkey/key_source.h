// SPDX-License-Identifier: LGPL-2.1-or-later
// Sources of keys, the order in which they are tried, and what follows the failure of one.
//
//   KeySource --read_secret()--> bytes --+-- a passphrase:  Volume::unlock(), plain_key()
//                                        +-- the key itself:  Volume::verify(), plain_key()
//
//   KeyChain, pure: decides which KeyStep is next.  try_keys() and unlock_with() run a chain.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "latchkey/context.h"
#include "latchkey/error.h"
#include "latchkey/keyfile.h"
#include "latchkey/params.h"
#include "latchkey/plain.h"
#include "latchkey/program.h"
#include "latchkey/secret.h"
#include "latchkey/token_unlock.h"
#include "latchkey/volume.h"

namespace latchkey {

// The kinds of sources.
namespace keys {

// The user, asked through the caller's Prompter.
struct Ask {
    std::string prompt = {};            // translated, with the trailing blank
    std::uint64_t timeout_seconds = 0;  // 0 = no limit
    bool twice = false;                 // a new secret: the user must type it twice
    bool echo = false;
};
// A file, device or named pipe.
struct File {
    std::string path = {};
    KeyfileOptions options = {};
};
// An open descriptor: standard input, a socket.
struct Descriptor {
    int descriptor = -1;
    KeyfileOptions options = {};
};
// A key in the kernel's keyrings.  Types that cannot be read ("logon", "trusted", "encrypted") give NotSupported.
struct Keyring {
    std::string description = {};
    std::string type = "user";
};
// The output of a program, whatever its exit status.
struct Script {
    Program program = {};
};
// The first bytes of an endless source.
struct Random {
    std::string path = {};
    std::uint32_t bytes = 0;  // 0 is InvalidArgument
};
// A secret that the caller has already; empty means the empty passphrase.
struct Given {
    SecretBuffer bytes = {};
};

// Parses the name of a volume key as --volume-key-keyring takes it: "user:<description>", "%user:<description>" or a
// description.
[[nodiscard]] LATCHKEY_API Keyring keyring_key(std::string_view name);

}  // namespace keys

// What the bytes of a source are.
enum class KeyIs : std::uint8_t { Passphrase, VolumeKey };

struct KeySource {
    // Token (latchkey/token_unlock.h): the tokens in the volume's header, which give passphrases for their keyslots
    // only.
    std::variant<keys::Ask, keys::File, keys::Descriptor, keys::Keyring, keys::Token, keys::Script,
                 keys::Random, keys::Given>
        from = {};
    KeyIs is = KeyIs::Passphrase;

    template <typename Kind>
    [[nodiscard]] bool is_a() const {
        return std::holds_alternative<Kind>(from);
    }
};

// Asks the user.  `retry` is 0 when a question of a chain is asked for the first time.
using Prompter = std::function<Result<SecretBuffer>(const keys::Ask& question, unsigned retry)>;

// The parameters of reading, besides the source.
struct KeyReading {
    // Called right before each source is read; may be empty.
    std::function<void(const KeySource& source)> before = {};
    Prompter ask = {};  // if empty, Ask gives NotSupported
    // As KeyfileOptions::cancelled, for every file and descriptor.
    const std::atomic<bool>* cancelled = nullptr;
};

// Reads any source except a token (NotSupported).  Errors are those of read_keyfile(), read_program() and the
// Prompter; a keyring can give NotFound and AccessDenied.
[[nodiscard]] LATCHKEY_API Result<SecretBuffer> read_secret(const Context& context,
                                                            const KeySource& source,
                                                            const KeyReading& reading = {},
                                                            unsigned retry = 0);

// ---- plain volumes

// Returns how plain mode reads this source.  A key file gives exactly the key's bytes, which are the key.  So does a
// stream without a final newline if nothing is hashed.  Everything else is a passphrase.  Pure.
[[nodiscard]] LATCHKEY_API KeySource as_plain_source(const plain::Params& params, KeySource source);
// Returns the key: the bytes themselves, or their hash.  Errors are those of plain::key_from_*().
[[nodiscard]] LATCHKEY_API Result<VolumeKey> plain_key(const plain::Params& params, KeyIs is,
                                                       SecretBuffer secret);

// ---- order and retries

// How a source failed.
enum class KeyFailure : std::uint8_t {
    Unread,  // the source gave nothing
    Wrong,   // the secret did not open the volume
};
// What follows a failure.
enum class Then : std::uint8_t {
    Again,  // the same source: the user types again, a program runs again
    Next,   // the next source of the chain
    End,    // the chain ends with this error
};

struct KeyStep {
    KeySource source;
    Then when_unread = Then::End;
    // Applies to WrongPassphrase; for a token, to any failure.  Any other error ends the chain.
    Then when_wrong = Then::End;
    bool counts = true;  // its failures count as tries of the chain
};

// A position in a list of sources.  Pure: it reads nothing and asks no questions.
class LATCHKEY_API KeyChain {
  public:
    // `tries`: number of failures after which the chain ends; 0 = no limit.
    explicit KeyChain(std::vector<KeyStep> steps, unsigned tries = 0);

    // Returns nullptr after the last source.
    [[nodiscard]] const KeyStep* current() const;
    // Returns how often the current source has failed.
    [[nodiscard]] unsigned retry() const { return retry_; }
    // Returns the number of failures that counted.
    [[nodiscard]] unsigned tried() const { return tried_; }
    // Returns true if the chain ended because the tries were used up while another source was left.
    [[nodiscard]] bool used_up() const { return used_up_; }

    // Records a failure of the current source and moves on.  Interrupted always ends the chain, and so does a failure
    // of the last source.
    Then failed(KeyFailure how, const Error& error);
    // Skips the current source because it is not meant for this volume.
    void skip();

  private:
    std::vector<KeyStep> steps_;
    unsigned tries_ = 0;
    std::size_t at_ = 0;
    unsigned retry_ = 0;
    unsigned tried_ = 0;
    bool used_up_ = false;
};

// The callbacks of a running chain.  `failed` receives each failure and what follows it, and returns the error in the
// caller's words.  The error of Then::End is the result.
struct KeyTalk {
    KeyReading reading = {};
    std::function<Error(const KeyStep& step, KeyFailure how, Error error, Then then)> failed = {};
    // Replaces unlock_with_token(), for example in a caller that can ask for a PIN.
    std::function<Result<UnlockedVolume>(const keys::Token& tokens)> open_token = {};
};
// Tries the secret of a step; the step of a token has no bytes.
using KeyAttempt = std::function<Result<UnlockedVolume>(const KeyStep& step, SecretBuffer secret)>;

// Reads and tries one source after the other until the volume opens or the chain ends.  NoUsableKeyslot for a chain
// without steps.
[[nodiscard]] LATCHKEY_API Result<UnlockedVolume> try_keys(const Context& context, KeyChain& chain,
                                                           const KeyTalk& talk,
                                                           const KeyAttempt& attempt);
// Runs the chain with Volume::unlock(), Volume::verify() and unlock_with_token().
[[nodiscard]] LATCHKEY_API Result<UnlockedVolume> unlock_with(Context& context,
                                                              const Volume& volume, KeyChain& chain,
                                                              const UnlockOptions& options = {},
                                                              const KeyTalk& talk = {});

}  // namespace latchkey
