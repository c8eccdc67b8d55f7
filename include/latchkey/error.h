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

// What went wrong, by what a caller does about it.  The message carries the rest.
// Exit status, errno, stable code and hint of each kind stand in one table, lib/base/error.cpp.
enum class Errc : std::uint8_t {
    InvalidArgument,   // a parameter makes no sense, alone or with another
    NotThisFormat,     // no such magic here: the next format may try
    CorruptHeader,     // it is this format, and damaged or hostile
    UnmetRequirement,  // the header asks for a feature that we do not have
    NotSupported,      // a verb, type or combination that we do not do
    MissingCipher,     // cipher, hash or KDF unknown to the crypto library
    WrongPassphrase,   // no keyslot (or digest) agrees with this secret
    NoUsableKeyslot,   // there is no keyslot that could be tried
    KeyslotInUse,      // the keyslot asked for is occupied
    KeyslotInactive,   // the keyslot asked for is empty
    LastKeyslot,       // would remove the last keyslot that a person can use
    NoUsableToken,     // no token that could be tried, or none worked
    TokenNeedsPin,     // a token wants a PIN, or another one
    CostRefused,       // the header's KDF costs more than the policy allows
    OutOfMemory,       // memory could not be had
    NoSpace,           // no room in the keyslots area or in the JSON area
    DeviceFull,        // no room where the device's bytes are stored: a file system, a thin volume
    Io,                // the device, or what carries a mapping, failed
    Unreadable,        // the device cannot be read: what is on it is not known
    Unfinished,        // what was asked for holds already; what comes after it failed
    AccessDenied,      // the system refuses access
    NoDevice,          // no such device or file, or not one of a usable kind
    DeviceTooSmall,    // the device ends before what the header promises
    Exists,            // what is to be created is there already
    InTheWay,          // something else stands where it would be seen
    Busy,              // in use by somebody else
    Locked,            // another process holds the metadata lock
    ConcurrentChange,  // the header changed between reading and writing
    NothingToRead,     // input ended before there was any
    NotFound,          // a named thing inside (token, key, mapping) is not there
    Interrupted,       // the caller or a signal asked to stop
    Refused,           // a person said no
};
inline constexpr int kErrcCount = static_cast<int>(Errc::Refused) + 1;

// The row of the table for one kind.
struct ErrcInfo {
    Errc code;
    std::string_view name;  // stable, for programs: "wrong-passphrase"
    int exit_status;   // 1 wrong parameters, 2 passphrase, 3 memory, 4 device, 5 exists or busy
    int errno_value;   // positive; the C ABI returns it negated
    const char* hint;  // untranslated advice for a person, or ""
};
LATCHKEY_API const ErrcInfo& info(Errc code);

// Which cause of an Errc it is, where causes are told apart: latchkey/condition.h lists them.
enum class Condition : std::uint8_t;

// How an error that ends a program is told.
enum class Telling : std::uint8_t {
    Aloud,
    Silent,  // the exit status says it all, as with isLuks
    Usage,   // the command line was wrong
};

// A failure.  `message` is translated, lower case, without full stop, and names the field and
// both values.  `hint` replaces the table's advice where the place of failure knows better.
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

    // The whole sentence that is told in the place of the message; "" = the message is told.
    std::string sentence;
    // What the program exits with where that is not the kind's; the C interface's errno, positive, likewise.
    std::optional<int> exit_status;
    std::optional<int> errno_value;
    Telling telling = Telling::Aloud;

    // The cause, and what it is about, as latchkey/condition.h says for each.
    Condition condition = {};
    std::optional<long long> number;
    std::optional<long long> limit;
    std::string name;

    // These return the error, changed.  saying() makes a message of the sentence where there is none.
    // The same error seen from further out: "keyslot 3: AF stripes 3999 != 4000".
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

// Named and shaped as std::expected<T, Error>; to become an alias of it when the compilers can.
template <typename T>
class [[nodiscard]] Result {
  public:
    using value_type = T;
    Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
    Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}
    // A derived pointer where a base pointer is promised, and the like.
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

// Success without a value.  Nodiscard again: the primary template's attribute is not inherited.
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
// The same from a whole sentence, with its full stop, which is told as it is (xgettext --keyword=fail_saying:2).
// The faces' own: the library's errors are phrases.
[[gnu::format(printf, 2, 3)]] LATCHKEY_API Error fail_saying(Errc code, const char* format, ...);

}  // namespace latchkey

// Leaves the function with the error of `expr`, if it has one.
#define LK_TRY(expr)                                                                              \
    do {                                                                                          \
        if (auto lk_try_result = (expr); !lk_try_result) return std::move(lk_try_result).error(); \
    } while (false)

#define LK_CONCAT_INNER(a, b) a##b
#define LK_CONCAT(a, b) LK_CONCAT_INNER(a, b)

// Declares `decl` with the value of `expr`, or leaves the function with its error.
// Several statements: never under an unbraced `if`.
#define LK_ASSIGN(decl, expr) LK_ASSIGN_INNER(LK_CONCAT(lk_result_, __LINE__), decl, expr)
#define LK_ASSIGN_INNER(result, decl, expr)        \
    auto result = (expr);                          \
    if (!result) return std::move(result).error(); \
    decl = std::move(result).value()
