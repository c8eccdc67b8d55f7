// SPDX-License-Identifier: LGPL-2.1-or-later
// Errors as values: Errc, Error, Result<T>, LK_TRY, LK_ASSIGN.
#pragma once

#include <cassert>
#include <cstdarg>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

#define LATCHKEY_API __attribute__((visibility("default")))

namespace latchkey {

// The kinds of failure; each one calls for a different reaction of the caller.  The message carries the details.
// One table, lib/base/error.cpp, has the exit status, errno, stable code and hint of each kind.
enum class Errc : std::uint8_t {
    InvalidArgument,   // a parameter is invalid, alone or combined with another
    NotThisFormat,     // the magic does not match; the next format may try
    CorruptHeader,     // the format matches, but the header is damaged or hostile
    UnmetRequirement,  // the header requires a feature that is not implemented
    NotSupported,      // the operation, type or combination is not implemented
    MissingCipher,     // cipher, hash or KDF unknown to the crypto library
    WrongPassphrase,   // no keyslot or digest matches this secret
    NoUsableKeyslot,   // no keyslot can be tried
    KeyslotInUse,      // the requested keyslot is occupied
    KeyslotInactive,   // the requested keyslot is empty
    LastKeyslot,       // the operation would remove the last keyslot that a person can use
    NoUsableToken,     // no token can be tried, or none worked
    TokenNeedsPin,     // a token needs a PIN, or the PIN was wrong
    CostRefused,       // the header's KDF costs more than the policy allows
    OutOfMemory,       // an allocation failed
    NoSpace,           // no room in the keyslots area or in the JSON area
    DeviceFull,        // the storage below the device is full: a file system, a thin volume
    Io,                // the device, or what carries the mapping, failed
    Unreadable,        // the device cannot be read, so its content is unknown
    Unfinished,        // the requested change is done, but a later step failed
    AccessDenied,      // the system refuses access
    NoDevice,          // the device or file does not exist, or has an unusable kind
    DeviceTooSmall,    // the device is smaller than the header says
    Exists,            // the object to create exists already
    InTheWay,          // something else occupies the place where it would appear
    Busy,              // something else uses the device or mapping
    Locked,            // another process holds the metadata lock
    ConcurrentChange,  // the header changed between reading and writing
    NothingToRead,     // the input ended before the first byte
    NotFound,          // a named token, key or mapping does not exist
    Interrupted,       // the caller or a signal asked to stop
    Refused,           // the user said no
};
inline constexpr int kErrcCount = static_cast<int>(Errc::Refused) + 1;

// One row of the table.
struct ErrcInfo {
    Errc code;
    std::string_view name;  // stable, for programs: "wrong-passphrase"
    int exit_status;   // 1 wrong parameters, 2 passphrase, 3 memory, 4 device, 5 exists or busy
    int errno_value;   // positive; the C ABI returns it negated
    const char* hint;  // untranslated advice for the user, or ""
};
LATCHKEY_API const ErrcInfo& info(Errc code);

// Distinguishes the causes of one Errc; latchkey/condition.h lists them.
enum class Condition : std::uint8_t;

// How a program reports the error that ends it.
enum class Telling : std::uint8_t {
    Aloud,
    Silent,  // no message; the exit status is enough, as for isLuks
    Usage,   // the command line was wrong
};

// A failure.  `message` is translated, in lower case, without a full stop, and names the field and both values.
// `hint` replaces the table's advice where the place of the failure knows better advice.
struct LATCHKEY_API Error {
    Error(Errc code = Errc::InvalidArgument, std::string message = {}, std::string hint = {});
    Error(const Error&);
    Error(Error&&) noexcept;
    Error& operator=(const Error&);
    Error& operator=(Error&&) noexcept;
    ~Error();

    Errc code;
    std::string message;
    std::string hint;

    // The complete sentence that is printed instead of the message; "" = print the message.
    std::string sentence;
    // The exit status and the errno (positive) of the C interface, where they differ from those of the kind.
    std::optional<int> exit_status;
    std::optional<int> errno_value;
    Telling telling = Telling::Aloud;

    // The cause and its details; latchkey/condition.h says which details each cause has.
    Condition condition = {};
    std::optional<long long> number;
    std::optional<long long> limit;
    std::string name;

    // These functions return the changed error.  saying() also copies the sentence into an empty message.
    // within() puts the place in front: "keyslot 3: AF stripes 3999 != 4000".
    [[nodiscard]] Error within(std::string_view place) &&;
    [[nodiscard]] Error with_hint(std::string text) &&;
    [[nodiscard]] Error saying(std::string whole_sentence) &&;
    [[nodiscard]] Error exits_with(int status) &&;
    [[nodiscard]] Error with_errno(int value) &&;
    [[nodiscard]] Error silently() &&;
    [[nodiscard]] Error as_usage() &&;
    [[nodiscard]] Error because(Condition cause, std::string of_name = {},
                                std::optional<long long> of_number = {},
                                std::optional<long long> of_limit = {}) &&;
};

// Has the name and shape of std::expected<T, Error>, and will become an alias of it when the compilers have it.
template <typename T>
class [[nodiscard]] Result {
  public:
    using value_type = T;
    Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
    Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}
    // Converts, for example, a pointer to a derived class into a pointer to its base class.
    template <typename U>
    requires(std::is_convertible_v<U&&, T> && !std::is_same_v<std::remove_cvref_t<U>, T> &&
             !std::is_same_v<std::remove_cvref_t<U>, Error> &&
             !std::is_same_v<std::remove_cvref_t<U>, Result>) Result(U&& value)
        : state_(std::in_place_index<0>, std::forward<U>(value)) {}

    [[nodiscard]] bool has_value() const { return state_.index() == 0; }
    explicit operator bool() const { return has_value(); }
    [[nodiscard]] T& value() & {
        assert(has_value());
        return *std::get_if<0>(&state_);
    }
    [[nodiscard]] const T& value() const& {
        assert(has_value());
        return *std::get_if<0>(&state_);
    }
    [[nodiscard]] T&& value() && {
        assert(has_value());
        return std::move(*std::get_if<0>(&state_));
    }
    [[nodiscard]] T& operator*() & { return value(); }
    [[nodiscard]] const T& operator*() const& { return value(); }
    [[nodiscard]] T&& operator*() && { return std::move(*this).value(); }
    [[nodiscard]] T* operator->() { return &value(); }
    [[nodiscard]] const T* operator->() const { return &value(); }
    [[nodiscard]] T value_or(T other) && {
        return has_value() ? std::move(*this).value() : std::move(other);
    }

    [[nodiscard]] Error& error() & {
        assert(!has_value());
        return *std::get_if<1>(&state_);
    }
    [[nodiscard]] const Error& error() const& {
        assert(!has_value());
        return *std::get_if<1>(&state_);
    }
    [[nodiscard]] Error&& error() && {
        assert(!has_value());
        return std::move(*std::get_if<1>(&state_));
    }

  private:
    std::variant<T, Error> state_;
};

// Success without a value.  [[nodiscard]] is repeated because a specialisation does not inherit it.
template <>
class [[nodiscard]] Result<void> {
  public:
    using value_type = void;
    Result() = default;
    Result(Error error) : error_(std::move(error)) {}

    [[nodiscard]] bool has_value() const { return !error_.has_value(); }
    explicit operator bool() const { return has_value(); }
    void value() const { assert(has_value()); }
    void operator*() const { value(); }
    [[nodiscard]] Error& error() & {
        assert(!has_value());
        return *error_;
    }
    [[nodiscard]] const Error& error() const& {
        assert(!has_value());
        return *error_;
    }
    [[nodiscard]] Error&& error() && {
        assert(!has_value());
        return std::move(*error_);
    }

  private:
    std::optional<Error> error_;
};

// Builds an Error from a printf format, which is translated first (xgettext --keyword=fail:2).
[[gnu::format(printf, 2, 3)]] LATCHKEY_API Error fail(Errc code, const char* format, ...);
// Builds an Error from a complete sentence with its full stop, which is printed unchanged (xgettext
// --keyword=fail_saying:2). Only the command line and the C interface use it: errors of the library are phrases.
[[gnu::format(printf, 2, 3)]] LATCHKEY_API Error fail_saying(Errc code, const char* format, ...);

}  // namespace latchkey

// Returns the error of `expr` from the function, if there is one.
#define LK_TRY(expr)                                                                              \
    do {                                                                                          \
        if (auto lk_try_result = (expr); !lk_try_result) return std::move(lk_try_result).error(); \
    } while (false)

#define LK_CONCAT_INNER(a, b) a##b
#define LK_CONCAT(a, b) LK_CONCAT_INNER(a, b)

// Declares `decl` with the value of `expr`, or returns its error from the function.
// Expands to several statements: never use it under an unbraced `if`.
#define LK_ASSIGN(decl, expr) LK_ASSIGN_INNER(LK_CONCAT(lk_result_, __LINE__), decl, expr)
#define LK_ASSIGN_INNER(result, decl, expr)        \
    auto result = (expr);                          \
    if (!result) return std::move(result).error(); \
    decl = std::move(result).value()
