// SPDX-License-Identifier: LGPL-2.1-or-later
#include "capi/token_handlers.h"

#include <cerrno>
#include <cstdlib>
#include <mutex>
#include <utility>

#include "capi/guard.h"

namespace latchkey::capi {
namespace {

constexpr std::size_t kMostHandlers = 32;
constexpr std::string_view kInternalPrefix = "luks2-";

// The caller's strings and functions live as long as the process, as he promised by registering them.
constinit std::mutex g_mutex;
constinit crypt_token_handler g_handlers[kMostHandlers] = {};
constinit std::size_t g_handler_count = 0;

std::optional<crypt_token_handler> find_locked(std::string_view type) {
    for (std::size_t i = 0; i < g_handler_count; ++i)
        if (type == g_handlers[i].name) return g_handlers[i];
    return {};
}

Error error_of(int status, const TokenInfo& token) {
    switch (-status) {
        case ENOANO: return fail(Errc::TokenNeedsPin, "token %d needs a PIN", token.number);
        case EAGAIN: return fail(Errc::NoDevice, "the hardware of token %d is missing", token.number);
        default:
            return fail(Errc::NoUsableToken, "token %d of type %s failed with code %d", token.number,
                        token.type.c_str(), status);
    }
}

// What a handler gave goes back to it; it knows how it was made.
struct HandlersBuffer {
    const crypt_token_handler& handler;
    char* bytes = nullptr;
    std::size_t size = 0;

    ~HandlersBuffer() {
        if (bytes == nullptr) return;
        if (handler.buffer_free != nullptr) {
            handler.buffer_free(bytes, size);
        } else {
            wipe_memory(std::as_writable_bytes(std::span(bytes, size)));
            std::free(bytes);
        }
    }
};

void append(int, const char* message, void* user) {
    static_cast<std::string*>(user)->append(message);
}

class RegisteredOpener final : public TokenOpener {
  public:
    RegisteredOpener(crypt_device& cd, void* user, TokenOpener* others)
        : cd_(cd), user_(user), others_(others) {}

    bool opens(std::string_view type) override {
        return registered_handler(type) || (others_ != nullptr && others_->opens(type));
    }

    Result<Passphrase> open(const TokenInfo& token, const Passphrase* pin) override {
        const auto handler = registered_handler(token.type);
        if (!handler && others_ != nullptr) return others_->open(token, pin);
        if (!handler || handler->open == nullptr) return error_of(-ENOENT, token);
        HandlersBuffer buffer{.handler = *handler};
        const int status = handler->open(&cd_, token.number, &buffer.bytes, &buffer.size, user_);
        if (status < 0) return error_of(status, token);
        LK_ASSIGN(SecretBuffer copy, secret_of(buffer.bytes, buffer.size));
        return Passphrase(std::move(copy));
    }

    std::string dump(const TokenInfo& token) override {
        const auto handler = registered_handler(token.type);
        if (!handler) return others_ != nullptr ? others_->dump(token) : std::string();
        const char* json = nullptr;
        if (handler->dump == nullptr || crypt_token_json_get(&cd_, token.number, &json) < 0) return {};
        std::string text;
        const LogCallback before = std::exchange(cd_.log, {append, &text});
        handler->dump(&cd_, json);
        cd_.log = before;
        return text;
    }

  private:
    crypt_device& cd_;
    void* user_;
    TokenOpener* others_;
};

}  // namespace

std::optional<crypt_token_handler> registered_handler(std::string_view type) {
    const std::lock_guard lock(g_mutex);
    return find_locked(type);
}

bool has_token_handler(crypt_device& cd, std::string_view type) {
    if (registered_handler(type)) return true;
    const char* directory = crypt_token_external_path();
    return directory != nullptr &&
           external_token_opener(cd.context, cd.header_path, directory)->opens(type);
}

std::unique_ptr<TokenOpener> registered_opener(crypt_device& cd, void* user, TokenOpener* others) {
    return std::make_unique<RegisteredOpener>(cd, user, others);
}

}  // namespace latchkey::capi

using namespace latchkey::capi;

int crypt_token_register(const crypt_token_handler* handler) {
    if (handler == nullptr || handler->name == nullptr || handler->open == nullptr) return -EINVAL;
    return guarded(nullptr, [&] {
        const std::string_view name(handler->name);
        if (name.starts_with(kInternalPrefix)) return -EINVAL;
        const std::lock_guard lock(g_mutex);
        if (find_locked(name) || g_handler_count == kMostHandlers) return -EINVAL;
        g_handlers[g_handler_count++] = *handler;
        return 0;
    });
}
