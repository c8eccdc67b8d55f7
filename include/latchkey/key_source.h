// SPDX-License-Identifier: LGPL-2.1-or-later
// Where keys come from, in which order places are tried, and what a failure at one means for the next.
//
//   KeySource --read_secret()--> bytes --+-- a passphrase:  Volume::unlock(), plain_key()
//                                        +-- the key itself:  Volume::verify(), plain_key()
//
//   KeyChain, pure: which KeyStep is next.  try_keys() and unlock_with() run one.
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

// The kinds of places.
namespace keys {

// A person, by the caller's Prompter.
struct Ask {
    std::string prompt = {};            // translated, with its blank at the end
    std::uint64_t timeout_seconds = 0;  // 0 = waits for ever
    bool twice = false;                 // a new secret: it must be typed a second time
    bool echo = false;
};
// A file, device or named pipe.
struct File {
    std::string path = {};
    KeyfileOptions options = {};
};
// What is open already: standard input, a socket.
struct Descriptor {
    int descriptor = -1;
    KeyfileOptions options = {};
};
// A key in the kernel's keyrings.  Types that nobody may read ("logon", "trusted", "encrypted") are NotSupported.
struct Keyring {
    std::string description = {};
    std::string type = "user";
};
// What a program prints, whatever its exit status.
struct Script {
    Program program = {};
};
// The first bytes of a source that never ends.
struct Random {
    std::string path = {};
    std::uint32_t bytes = 0;  // 0 is InvalidArgument
};
// The caller has it: empty for the empty passphrase.
struct Given {
    SecretBuffer bytes = {};
};

// "user:<description>", "%user:<description>" or a description: a volume key's name as --volume-key-keyring has it.
[[nodiscard]] LATCHKEY_API Keyring keyring_key(std::string_view name);

}  // namespace keys

// What the bytes of a source are.
enum class KeyIs : std::uint8_t { Passphrase, VolumeKey };

struct KeySource {
    // Token (latchkey/token_unlock.h): tokens of the volume's header give passphrases for their keyslots alone.
    std::variant<keys::Ask, keys::File, keys::Descriptor, keys::Keyring, keys::Token, keys::Script,
                 keys::Random, keys::Given>
        from = {};
    KeyIs is = KeyIs::Passphrase;

    template <typename Kind>
    [[nodiscard]] bool is_a() const {
        return std::holds_alternative<Kind>(from);
    }
};

// Asks a person.  `retry` is 0 for the first time a question of a chain is asked.
using Prompter = std::function<Result<SecretBuffer>(const keys::Ask& question, unsigned retry)>;

// What reading takes besides the source.
struct KeyReading {
    // Told of each source right before it is read; may be empty.
    std::function<void(const KeySource& source)> before = {};
    Prompter ask = {};  // may be empty: then NotSupported from Ask
    // As KeyfileOptions has it, for every file and descriptor.
    const std::atomic<bool>* cancelled = nullptr;
};

// The bytes of any source but a token (NotSupported).  Errors are those of read_keyfile(), read_program() and the
// Prompter; NotFound, AccessDenied of a keyring.
[[nodiscard]] LATCHKEY_API Result<SecretBuffer> read_secret(const Context& context,
                                                            const KeySource& source,
                                                            const KeyReading& reading = {},
                                                            unsigned retry = 0);

// ---- plain volumes

// How plain mode reads this source: of a key file exactly the key's bytes, which are the key; of a stream that nobody
// ends with a newline likewise where nothing is hashed; all else is a passphrase.  Pure.
[[nodiscard]] LATCHKEY_API KeySource as_plain_source(const plain::Params& params, KeySource source);
// The key that these bytes are, or that the hash makes of them.  Errors of plain::key_from_*().
[[nodiscard]] LATCHKEY_API Result<VolumeKey> plain_key(const plain::Params& params, KeyIs is,
                                                       SecretBuffer secret);

// ---- order and retries

// How a source failed.
enum class KeyFailure : std::uint8_t {
    Unread,  // it gave nothing
    Wrong,   // what it gave did not open
};
// What comes after a failure.
enum class Then : std::uint8_t {
    Again,  // the same source: a person types anew, a program runs anew
    Next,   // the next source of the chain
    End,    // the failure is the answer
};

struct KeyStep {
    KeySource source;
    Then when_unread = Then::End;
    // After WrongPassphrase; of a token after any failure.  Whatever else keeps a volume from being opened ends a chain.
    Then when_wrong = Then::End;
    bool counts = true;  // its failures are among the chain's tries
};

// A position among sources.  Pure: it reads nothing and asks nobody.
class LATCHKEY_API KeyChain {
  public:
    // `tries`: failures after which the chain ends, 0 = no limit.
    explicit KeyChain(std::vector<KeyStep> steps, unsigned tries = 0);

    // nullptr behind the last one.
    [[nodiscard]] const KeyStep* current() const;
    // How often the current source has failed.
    [[nodiscard]] unsigned retry() const { return retry_; }
    // Failures that counted.
    [[nodiscard]] unsigned tried() const { return tried_; }
    // True if it ended because tries were used up, with a source left that could have been tried.
    [[nodiscard]] bool used_up() const { return used_up_; }

    // Goes on from a failure of the current source: Interrupted always ends, and so does the last source.
    Then failed(KeyFailure how, const Error& error);
    // Passes over the current source, which is not for this volume.
    void skip();

  private:
    std::vector<KeyStep> steps_;
    unsigned tries_ = 0;
    std::size_t at_ = 0;
    unsigned retry_ = 0;
    unsigned tried_ = 0;
    bool used_up_ = false;
};

// What running a chain takes: `failed` is told of each failure and what comes then, and returns the error in the
// caller's words; the one of Then::End is the answer.
struct KeyTalk {
    KeyReading reading = {};
    std::function<Error(const KeyStep& step, KeyFailure how, Error error, Then then)> failed = {};
    // In place of unlock_with_token(): whoever can ask for a PIN, say.
    std::function<Result<UnlockedVolume>(const keys::Token& tokens)> open_token = {};
};
// Tries what a step gave; a token's step gives no bytes.
using KeyAttempt = std::function<Result<UnlockedVolume>(const KeyStep& step, SecretBuffer secret)>;

// Reads and tries one source after the other until one opens or the chain ends.  NoUsableKeyslot for a chain without
// steps.
[[nodiscard]] LATCHKEY_API Result<UnlockedVolume> try_keys(const Context& context, KeyChain& chain,
                                                           const KeyTalk& talk,
                                                           const KeyAttempt& attempt);
// The same with Volume::unlock(), Volume::verify() and unlock_with_token().
[[nodiscard]] LATCHKEY_API Result<UnlockedVolume> unlock_with(Context& context,
                                                              const Volume& volume, KeyChain& chain,
                                                              const UnlockOptions& options = {},
                                                              const KeyTalk& talk = {});

}  // namespace latchkey
