// SPDX-License-Identifier: LGPL-2.1-or-later
#include "capi/token_plugins.h"

#include <map>
#include <mutex>
#include <string>
#include <utility>

#include "base/i18n.h"
#include "capi/guard.h"
#include "capi/token_handlers.h"
#include "latchkey/peer.h"

namespace latchkey::capi {
namespace {

constexpr std::size_t kMaxPlugins = 32;  // types come from headers

// All plug-ins of the process.  They are never unloaded, because their threads may be running.
class Plugins {
  public:
    static Plugins& instance() {
        // Never destroyed: any thread may call plug-ins until the process ends.
        static Plugins* const plugins = new Plugins;
        return *plugins;
    }

    std::optional<tokens::Calls> find(const crypt_device& cd, std::string_view type) {
        const std::lock_guard lock(mutex_);
        const auto known = plugins_.find(type);
        if (known != plugins_.end()) return known->second.calls;
        if (disabled_ || plugins_.size() >= kMaxPlugins) return std::nullopt;
        auto loaded = tokens::load_plugin(directory_, type);
        if (!loaded) {
            log_debug(&cd, "# %s", loaded.error().message.c_str());
            return std::nullopt;
        }
        return plugins_.emplace(std::string(type), *std::move(loaded)).first->second.calls;
    }

    // Returns nullptr if plug-ins are disabled.
    const char* directory() {
        const std::lock_guard lock(mutex_);
        return disabled_ ? nullptr : directory_.c_str();
    }
    Result<void> set_directory(const char* path) {
        const std::lock_guard lock(mutex_);
        if (disabled_ || path == nullptr || *path != '/') return silent(EINVAL);
        directory_ = path;
        return {};
    }
    void disable() {
        const std::lock_guard lock(mutex_);
        disabled_ = true;
    }

  private:
    std::mutex mutex_;
    std::map<std::string, tokens::Plugin, std::less<>> plugins_;  // by type
    std::string directory_{tokens::default_directory()};
    bool disabled_ = false;
};

// If the handler's own failure stopped the attempt, returns its errno.
int token_errno(const Error& error, int last_status) {
    switch (error.code) {
        case Errc::NoDevice: return -EAGAIN;
        case Errc::TokenNeedsPin:
        case Errc::WrongPassphrase:
        case Errc::NoUsableToken: return -errno_of(error);
        default: return last_status < 0 ? last_status : -errno_of(error);
    }
}

}  // namespace

std::optional<tokens::Calls> token_calls(const crypt_device& cd, std::string_view type) {
    if (const auto handler = registered_handler(type))
        return tokens::Calls{.open = handler->open,
                             .buffer_free = handler->buffer_free,
                             .validate = handler->validate,
                             .dump = handler->dump};
    return Plugins::instance().find(cd, type);
}

int check_token_json(crypt_device& cd, std::string_view type, const char* json) {
    const auto calls = token_calls(cd, type);
    if (!calls || calls->validate == nullptr) return 0;
    return calls->validate(&cd, json) == 0 ? 0 : -EINVAL;
}

bool HandlerOpener::opens(std::string_view type) {
    return token_calls(cd_, type).has_value();
}

Result<Passphrase> HandlerOpener::open(const TokenInfo& token, const Passphrase* pin) {
    last_status_ = -ENOENT;
    const auto calls = token_calls(cd_, token.type);
    const Error nobody =
        fail(Errc::NoUsableToken, "nobody opens tokens of type %s", token.type.c_str());
    if (!calls) return nobody;
    LK_ASSIGN(const Volume* volume, loaded_luks2(cd_));
    LK_ASSIGN(const std::string json, volume->export_token(token.number));
    if (check_token_json(cd_, token.type, json.c_str()) < 0) return nobody;
    tokens::Answer answer = tokens::open_token(*calls, &cd_, token.number, pin, user_);
    last_status_ = answer.status;
    if (answer.status < 0) {
        log_debug(&cd_, "# Token %d (%s) open failed with %d.", token.number, token.type.c_str(),
                  answer.status);
        return tokens::open_failure(token.type, answer.status);
    }
    return Passphrase(std::move(answer.bytes));
}

std::string HandlerOpener::dump(const TokenInfo& token) {
    const auto calls = token_calls(cd_, token.type);
    const auto volume = loaded_luks2(cd_);
    if (!calls || calls->dump == nullptr || !volume) return {};
    const auto json = (*volume)->export_token(token.number);
    if (!json) return {};
    std::string text;
    const auto collect = [](int level, const char* message, void* user) {
        if (level == CRYPT_LOG_NORMAL) static_cast<std::string*>(user)->append(message);
    };
    const LogCallback before = std::exchange(cd_.log, {collect, &text});
    calls->dump(&cd_, json->c_str());
    cd_.log = before;
    return text;
}

Result<UnlockedVolume> open_by_token(crypt_device& cd, crypt_keyslot_context& kc,
                                     const UnlockOptions& options) {
    const auto& given = std::get<keys::Token>(kc.source.from);
    const bool any = !given.number && given.type.empty();
    // The caller's pointer belongs to tokens chosen by number or type.
    HandlerOpener opener(cd, any ? nullptr : kc.user);
    const auto open = [&]() -> Result<UnlockedVolume> {
        LK_ASSIGN(const Volume* volume, loaded_luks2(cd));
        // A copy, because handlers are the caller's code and may change `kc`.
        keys::Token tokens{.number = given.number, .type = given.type, .opener = &opener};
        if (given.pin) tokens.pin.emplace(SecretBuffer::copy_of(given.pin->bytes()));
        return unlock_with_token(cd.context, *volume, tokens, options);
    };
    auto opened = open();
    kc.error = opened ? 0 : token_errno(opened.error(), opener.last_status());
    return opened;
}

}  // namespace latchkey::capi

using namespace latchkey::capi;

const char* crypt_token_external_path(void) {
    return guarded_or(nullptr, static_cast<const char*>(nullptr),
                      [] { return Plugins::instance().directory(); });
}

int crypt_token_set_external_path(const char* path) {
    return guarded(nullptr, [&] { return Plugins::instance().set_directory(path); });
}

void crypt_token_external_disable(void) {
    (void)guarded(nullptr, []() -> latchkey::Result<void> {
        Plugins::instance().disable();
        return {};
    });
}
