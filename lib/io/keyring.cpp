// SPDX-License-Identifier: LGPL-2.1-or-later
// Keyring access by system calls; libkeyutils would add a dependency for four of them.
#include "io/keyring.h"

#include <linux/keyctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "base/i18n.h"
#include "io/kernel_text.h"
#include "latchkey/number.h"

namespace latchkey::io {
namespace {

constexpr std::size_t kMaxPayload = 32767;  // bytes; the kernel's limit for user and logon keys

long keyctl(int operation, long a = 0, long b = 0, long c = 0, long d = 0) {
    return ::syscall(SYS_keyctl, operation, a, b, c, d);
}

// Returns the serial number, or -1 with errno set.
std::int32_t add_key(const std::string& type, const std::string& description, ByteView payload,
                     std::int32_t keyring) {
    return static_cast<std::int32_t>(::syscall(SYS_add_key, type.c_str(), description.c_str(),
                                               payload.data(), payload.size(), keyring));
}

std::int32_t request_key(const std::string& type, const std::string& description) {
    return static_cast<std::int32_t>(
        ::syscall(SYS_request_key, type.c_str(), description.c_str(), nullptr, 0));
}

// Returns the number of "@u" and the like, as keyctl(1) writes them.
std::optional<std::int32_t> special_keyring(std::string_view text) {
    struct Special {
        std::string_view text;
        std::int32_t id;
    };
    constexpr std::array<Special, 6> kSpecial = {{{"@t", KEY_SPEC_THREAD_KEYRING},
                                                  {"@p", KEY_SPEC_PROCESS_KEYRING},
                                                  {"@s", KEY_SPEC_SESSION_KEYRING},
                                                  {"@u", KEY_SPEC_USER_KEYRING},
                                                  {"@us", KEY_SPEC_USER_SESSION_KEYRING},
                                                  {"@g", KEY_SPEC_GROUP_KEYRING}}};
    for (const Special& special : kSpecial)
        if (text == special.text) return special.id;
    return std::nullopt;
}

std::optional<std::int32_t> number(std::string_view text) {
    const auto value = parse_number<std::int32_t>(text);
    return value.value_or(0) > 0 ? value : std::nullopt;
}

Result<std::int32_t> resolve_keyring(const std::string& text) {
    if (const auto id = special_keyring(text)) return *id;
    if (const auto id = number(text)) return *id;
    std::string_view name = text;
    for (const std::string_view prefix : {"%:", "%keyring:"})
        if (name.starts_with(prefix)) name.remove_prefix(prefix.size());
    const std::int32_t found = request_key("keyring", std::string(name));
    if (found > 0) return found;
    // request_key searches only the keyrings that this process links; /proc/keys lists every key it may view.
    const std::string listing = kernel_text("/proc/keys").value_or("");
    if (const auto id = find_keyring(listing, name)) return *id;
    return fail(Errc::NotFound, "there is no keyring %s", text.c_str())
        .with_hint(translate(N_("'keyctl show' lists the keyrings; 'keyctl newring' makes one")));
}

class SystemKeyring final : public Keyring {
  public:
    Result<KeyLink> add_logon(std::string_view description, ByteView key) override {
        const std::string text(description);
        const std::int32_t id = add_key("logon", text, key, KEY_SPEC_THREAD_KEYRING);
        if (id < 0) return keyring_error("add_key", text, errno);
        return KeyLink{.key = id, .keyring = KEY_SPEC_THREAD_KEYRING};
    }

    Result<void> unlink(const KeyLink& link) override {
        if (keyctl(KEYCTL_UNLINK, link.key, link.keyring) == 0 || errno == ENOENT) return {};
        return keyring_error("keyctl unlink", std::to_string(link.key), errno);
    }

    Result<void> forget(std::string_view description) override {
        const std::string text(description);
        // Thread, process and session keyring may each hold one.  The bound stops the loop if the kernel keeps finding
        // keys.
        for (int round = 0; round < 16; ++round) {
            const std::int32_t id = request_key("logon", text);
            if (id < 0 && (errno == ENOKEY || errno == EKEYREVOKED || errno == EKEYEXPIRED ||
                           errno == ENOSYS))
                return {};
            if (id < 0) return keyring_error("request_key", text, errno);
            // Removes the key from all keyrings at once.
            if (keyctl(KEYCTL_INVALIDATE, id) == 0) continue;
            bool unlinked = false;
            for (const std::int32_t keyring :
                 {KEY_SPEC_THREAD_KEYRING, KEY_SPEC_PROCESS_KEYRING, KEY_SPEC_SESSION_KEYRING,
                  KEY_SPEC_USER_SESSION_KEYRING, KEY_SPEC_USER_KEYRING})
                unlinked = keyctl(KEYCTL_UNLINK, id, keyring) == 0 || unlinked;
            if (!unlinked) return keyring_error("keyctl unlink", text, errno);
        }
        return fail(Errc::Io, "key %s comes back as often as it is removed", text.c_str());
    }

    Result<SecretBuffer> read(std::string_view type, std::string_view description) override {
        const std::string text(description);
        const std::int32_t id = request_key(std::string(type), text);
        if (id < 0) return keyring_error("request_key", text, errno);
        SecretBuffer payload(kMaxPayload);
        const long size = keyctl(KEYCTL_READ, id, reinterpret_cast<long>(payload.bytes().data()),
                                 static_cast<long>(payload.size()));
        if (size < 0) return keyring_error("keyctl read", text, errno);
        if (static_cast<std::size_t>(size) > payload.size())
            return fail(Errc::InvalidArgument, "key %s has %ld bytes > %zu", text.c_str(), size,
                        payload.size());
        payload.shrink(static_cast<std::size_t>(size));
        return payload;
    }

    Result<KeyLink> link(std::string_view target, ByteView key) override {
        LK_ASSIGN(const LinkTarget wanted, parse_link_target(target));
        LK_ASSIGN(const std::int32_t keyring, resolve_keyring(wanted.keyring));
        const std::int32_t id = add_key(wanted.key_type, wanted.description, key, keyring);
        if (id < 0) return keyring_error("add_key", wanted.description, errno);
        return KeyLink{.key = id, .keyring = keyring};
    }
};

}  // namespace

Error keyring_error(const char* call, const std::string& description, int error) {
    const char* key = description.c_str();
    switch (error) {
        case ENOSYS:
            return fail(Errc::NotSupported, "key %s: this kernel has no keyrings (%s)", key, call)
                .with_hint(translate(N_("give the key in another way; --disable-keyring opens "
                                        "volumes without keyrings")));
        case ENOKEY:
            return fail(Errc::NotFound, "there is no key %s in the keyrings of this session", key)
                .with_hint(translate(N_("'keyctl show' lists them. su and sudo may begin a new "
                                        "session: 'keyctl link @u @s' brings the user's keys")));
        case EKEYEXPIRED:
            return fail(Errc::NotFound, "the key %s has expired", key)
                .with_hint(translate(N_("add it to its keyring again; 'keyctl timeout' sets how "
                                        "long it lives")));
        case EKEYREVOKED:
            return fail(Errc::NotFound, "the key %s is revoked", key)
                .with_hint(translate(N_("add it to its keyring again")));
        case EKEYREJECTED:
            return fail(Errc::NotFound, "the service for the key %s rejected the request", key);
        case EDQUOT:
            return fail(Errc::NoSpace,
                        "no room for the key %s: this user's quota of keys is used "
                        "up",
                        key)
                .with_hint(translate(N_("/proc/key-users shows it, /proc/sys/kernel/keys/maxkeys "
                                        "and maxbytes limit it; or use --disable-keyring")));
        case EACCES:
        case EPERM:
            return fail(Errc::AccessDenied, "this process may not use the key %s (%s: %s)", key,
                        call, std::strerror(error))
                .with_hint(translate(N_("'keyctl describe' shows whose key it is, and for whom; a "
                                        "container may forbid keyrings: --disable-keyring")));
        default:
            return fail(Errc::Io, "%s of key %s failed: %s", call, key, std::strerror(error))
                .with_hint(translate(N_("--disable-keyring opens volumes without keyrings")));
    }
}

Result<LinkTarget> parse_link_target(std::string_view text) {
    const std::string shown(text);
    const auto middle = text.find("::");
    if (middle == std::string_view::npos)
        return fail(Errc::InvalidArgument, "\"%s\" is not <keyring>::<key>", shown.c_str());
    LinkTarget target{
        .keyring = std::string(text.substr(0, middle)), .key_type = "user", .description = {}};
    std::string_view key = text.substr(middle + 2);
    if (key.starts_with('%')) {
        const auto colon = key.find(':');
        if (colon == std::string_view::npos)
            return fail(Errc::InvalidArgument, "\"%s\": key type without a description",
                        shown.c_str());
        target.key_type = key.substr(1, colon - 1);
        key.remove_prefix(colon + 1);
    }
    target.description = key;
    if (target.keyring.empty() || target.description.empty())
        return fail(Errc::InvalidArgument, "\"%s\": keyring or key has no name", shown.c_str());
    if (target.key_type != "user" && target.key_type != "logon")
        return fail(Errc::InvalidArgument, "\"%s\": key type %s is neither user nor logon",
                    shown.c_str(), target.key_type.c_str());
    // The kernel requires it of logon keys: a service name before a colon.
    const auto colon = target.description.find(':');
    if (target.key_type == "logon" && (colon == std::string::npos || colon == 0))
        return fail(Errc::InvalidArgument, "\"%s\": a logon key is named <service>:<description>",
                    shown.c_str());
    return target;
}

std::optional<std::int32_t> find_keyring(std::string_view proc_keys, std::string_view name) {
    // Each line: serial (hex), flags, usage, time, permissions, uid, gid, type, "description: summary".
    while (!proc_keys.empty()) {
        const auto end = proc_keys.find('\n');
        std::string_view line = proc_keys.substr(0, end);
        proc_keys.remove_prefix(end == std::string_view::npos ? proc_keys.size() : end + 1);
        std::array<std::string_view, 8> fields;
        bool whole = true;
        for (std::string_view& field : fields) {
            const auto from = line.find_first_not_of(' ');
            if (from == std::string_view::npos) {
                whole = false;
                break;
            }
            line.remove_prefix(from);
            const auto length = line.find(' ');
            field = line.substr(0, length);
            line.remove_prefix(length == std::string_view::npos ? line.size() : length);
        }
        if (!whole || fields[7] != "keyring") continue;
        line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
        const auto colon = line.rfind(": ");
        if (line.substr(0, colon) != name) continue;
        if (const auto serial = parse_number<std::uint32_t>(fields[0], 16))
            return static_cast<std::int32_t>(*serial);
    }
    return std::nullopt;
}

std::unique_ptr<Keyring> system_keyring() {
    return std::make_unique<SystemKeyring>();
}

}  // namespace latchkey::io
