// SPDX-License-Identifier: LGPL-2.1-or-later
// Plug-ins for a program that does not use libcryptsetup.so.12 itself.  Plug-ins call that library with a separate
// context.  It is therefore loaded at the first token that needs it, and reads the header for the plug-ins.
#include <dlfcn.h>

#include <map>
#include <utility>

#include "latchkey/token_opener.h"
#include "tokens/plugin.h"

namespace latchkey {
namespace {

constexpr const char* kLibrary = "libcryptsetup.so.12";
constexpr int kNormalLevel = 0;  // CRYPT_LOG_NORMAL
constexpr int kErrorLevel = 1;   // CRYPT_LOG_ERROR

// The functions of libcryptsetup.so.12 that are needed to make a context.
struct ClientLibrary {
    using Log = void (*)(int level, const char* message, void* user);
    int (*init)(crypt_device**, const char* path) = nullptr;
    int (*load)(crypt_device*, const char* type, void* params) = nullptr;
    void (*free)(crypt_device*) = nullptr;
    void (*set_log)(crypt_device*, Log, void* user) = nullptr;
    int (*token_json)(crypt_device*, int token, const char** json) = nullptr;
    int (*locking)(crypt_device*, int enable) = nullptr;
    std::shared_ptr<void> handle = {};
};

template <typename Function>
bool find(void* library, const char* name, Function& function) {
    function = reinterpret_cast<Function>(::dlsym(library, name));
    return function != nullptr;
}

Result<ClientLibrary> load_library() {
    void* handle = ::dlopen(kLibrary, RTLD_NOW | RTLD_LOCAL);
    if (handle == nullptr) {
        const char* why = ::dlerror();
        return fail(Errc::NotSupported, "token plug-ins need %s: %s", kLibrary,
                    why != nullptr ? why : "");
    }
    ClientLibrary library;
    library.handle = {handle, [](void* loaded) { ::dlclose(loaded); }};
    if (!find(handle, "crypt_init", library.init) || !find(handle, "crypt_load", library.load) ||
        !find(handle, "crypt_free", library.free) ||
        !find(handle, "crypt_set_log_callback", library.set_log) ||
        !find(handle, "crypt_token_json_get", library.token_json) ||
        !find(handle, "crypt_metadata_locking", library.locking))
        return fail(Errc::NotSupported, "%s lacks a call that token plug-ins need", kLibrary);
    return library;
}

class ExternalTokens final : public TokenOpener {
  public:
    ExternalTokens(Context& context, std::string header, std::string directory)
        : context_(context), header_(std::move(header)), directory_(std::move(directory)) {}
    ExternalTokens(const ExternalTokens&) = delete;
    ExternalTokens& operator=(const ExternalTokens&) = delete;
    ~ExternalTokens() override {
        if (cd_ != nullptr) library_.free(cd_);
    }

    bool opens(std::string_view type) override { return plugin(type) != nullptr; }

    Result<Passphrase> open(const TokenInfo& token, const Passphrase* pin) override {
        const tokens::Calls* calls = plugin(token.type);
        if (calls == nullptr)
            return fail(Errc::NoUsableToken, "there is no plug-in for tokens of type %s",
                        token.type.c_str());
        if (!is_valid(*calls, token.number))
            return fail(Errc::NoUsableToken, "the plug-in for %s refuses token %d",
                        token.type.c_str(), token.number);
        tokens::Answer answer = tokens::open_token(*calls, cd_, token.number, pin, nullptr);
        if (answer.status < 0) return tokens::open_failure(token.type, answer.status);
        return Passphrase(std::move(answer.bytes));
    }

    std::string dump(const TokenInfo& token) override {
        const tokens::Calls* calls = plugin(token.type);
        const char* json = nullptr;
        if (calls == nullptr || calls->dump == nullptr ||
            library_.token_json(cd_, token.number, &json) < 0)
            return {};
        said_.clear();
        collecting_ = true;
        calls->dump(cd_, json);
        collecting_ = false;
        return std::exchange(said_, {});
    }

  private:
    // Returns nullptr if there is no plug-in; logs the reason once, at debug level.
    const tokens::Calls* plugin(std::string_view type) {
        const auto known = plugins_.find(type);
        if (known != plugins_.end())
            return known->second.calls.open != nullptr ? &known->second.calls : nullptr;
        tokens::Plugin& entry = plugins_[std::string(type)];
        auto loaded = load(type);
        if (!loaded) {
            context_.debug("%s", loaded.error().message.c_str());
            return nullptr;
        }
        entry = *std::move(loaded);
        return &entry.calls;
    }

    Result<tokens::Plugin> load(std::string_view type) {
        const std::string_view directory =
            directory_.empty() ? tokens::default_directory() : std::string_view(directory_);
        // Looks for the plug-in first, because most volumes have no token with one.
        LK_ASSIGN(tokens::Plugin found, tokens::load_plugin(directory, type));
        LK_TRY(make_context());
        return found;
    }

    Result<void> make_context() {
        if (cd_ != nullptr) return {};
        if (!library_.handle) {
            LK_ASSIGN(library_, load_library());
        }
        if (!context_.policy.metadata_locks) library_.locking(nullptr, 0);
        crypt_device* cd = nullptr;
        if (library_.init(&cd, header_.c_str()) < 0)
            return fail(Errc::NotSupported, "%s cannot open %s", kLibrary, header_.c_str());
        library_.set_log(cd, &ExternalTokens::heard, this);
        if (library_.load(cd, "LUKS2", nullptr) < 0) {
            library_.free(cd);
            return fail(Errc::NotSupported, "%s cannot load the header of %s", kLibrary,
                        header_.c_str());
        }
        cd_ = cd;
        return {};
    }

    bool is_valid(const tokens::Calls& calls, int token) const {
        const char* json = nullptr;
        if (library_.token_json(cd_, token, &json) < 0) return false;
        return calls.validate == nullptr || calls.validate(cd_, json) == 0;
    }

    static void heard(int level, const char* message, void* user) {
        auto& self = *static_cast<ExternalTokens*>(user);
        std::string_view text = message;
        if (level == kNormalLevel && self.collecting_) {
            self.said_ += text;
            return;
        }
        if (text.ends_with('\n')) text.remove_suffix(1);
        self.context_.log_text(level == kErrorLevel    ? LogLevel::Error
                               : level == kNormalLevel ? LogLevel::Normal
                               : level > kErrorLevel   ? LogLevel::Verbose
                                                       : LogLevel::Debug,
                               text);
    }

    Context& context_;
    std::string header_;
    std::string directory_;
    ClientLibrary library_;
    crypt_device* cd_ = nullptr;
    std::map<std::string, tokens::Plugin, std::less<>> plugins_;
    std::string said_;
    bool collecting_ = false;
};

}  // namespace

std::unique_ptr<TokenOpener> external_token_opener(Context& context, std::string header,
                                                   std::string directory) {
    return std::make_unique<ExternalTokens>(context, std::move(header), std::move(directory));
}

}  // namespace latchkey
