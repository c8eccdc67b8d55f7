// SPDX-License-Identifier: LGPL-2.1-or-later
#include "model/cipher_spec.h"

#include <algorithm>
#include <array>
#include <bit>
#include <span>

#include "base/i18n.h"
#include "base/nearest.h"
#include "latchkey/ascii.h"
#include "latchkey/number.h"

namespace latchkey::model {
namespace {

using Names = std::span<const std::string_view>;

// Ciphers that existing volumes use.  The kernel may know some that libgcrypt lacks.
constexpr std::string_view kCiphers[] = {
    "aes", "serpent",  "twofish", "camellia", "cast5", "cast6",  "blowfish",
    "des", "des3_ede", "seed",    "sm4",      "aria",  "anubis", "khazad",
    "tea", "xtea",     "xeta",    "fcrypt",   "paes",  "phmac",  "cipher_null"};
constexpr std::string_view kModes[] = {"xts",  "cbc", "ecb", "ctr",  "lrw",
                                       "pcbc", "cfb", "ofb", "hctr2"};
constexpr std::string_view kIvs[] = {"null",  "plain", "plain64", "plain64be", "essiv",   "benbi",
                                     "eboiv", "lmk",   "tcw",     "random",    "elephant"};
constexpr std::string_view kEssivHashes[] = {
    "md5",         "sha1",        "sha224",      "sha256",      "sha384",      "sha512",
    "sha3-224",    "sha3-256",    "sha3-384",    "sha3-512",    "ripemd160",   "rmd160",
    "wp256",       "wp384",       "wp512",       "whirlpool",   "sm3",         "streebog256",
    "streebog512", "blake2b-160", "blake2b-256", "blake2b-384", "blake2b-512", "blake2s-128",
    "blake2s-160", "blake2s-224", "blake2s-256", "rmd128",      "rmd256",      "rmd320",
    "tgr128",      "tgr160",      "tgr192",      "md4"};
constexpr std::string_view kAuthenticators[] = {"hmac(sha1)",   "hmac(sha256)", "hmac(sha384)",
                                                "hmac(sha512)", "cmac(aes)",    "xcbc(aes)"};

// Constructions that are more than a cipher in a mode, by their name in headers and in the kernel.
struct Construction {
    std::string_view cipher;
    std::string_view mode;  // "" = `cipher` is the whole name
    std::string_view kernel_name;
};
constexpr std::array kConstructions = {
    Construction{"xchacha12,aes", "adiantum", "adiantum(xchacha12,aes)"},
    Construction{"xchacha20,aes", "adiantum", "adiantum(xchacha20,aes)"},
    Construction{"aes", "gcm", "gcm(aes)"},
    Construction{"aes", "ccm", "rfc4309(ccm(aes))"},
    Construction{"chacha20", "", "rfc7539(chacha20,poly1305)"},
    Construction{"aegis128", "", "aegis128"},
    Construction{"aegis128l", "", "aegis128l"},
    Construction{"aegis256", "", "aegis256"},
};

bool contains(Names names, std::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

// Headers may name only listed ciphers; a user who writes for the kernel may use any name.
enum class Accept : std::uint8_t { Listed, AnyName };

bool is_accepted(Accept accept, Names names, std::string_view name) {
    return contains(names, name) || (accept == Accept::AnyName && !name.empty());
}

int width(std::string_view text) {
    return static_cast<int>(text.size());
}

// Returns the text before the first `separator` and removes both from `rest`; returns all of it if there is none.
std::string_view take_until(std::string_view& rest, char separator) {
    const std::size_t at = rest.find(separator);
    const std::string_view part = rest.substr(0, at);
    rest = at == std::string_view::npos ? std::string_view() : rest.substr(at + 1);
    return part;
}

Error refuse(std::string_view text, const char* what, std::string_view part, Names known = {}) {
    return fail(Errc::InvalidArgument, "cipher '%.*s': unknown %s '%.*s'", width(text), text.data(),
                what, width(part), part.data())
        .with_hint(did_you_mean(part, known));
}

Result<void> parse_iv(std::string_view text, std::string_view part, CipherSpec& spec,
                      Accept accept = Accept::Listed) {
    std::string_view option = part;
    const std::string_view iv = take_until(option, ':');
    const bool has_option = iv.size() != part.size();
    if (!contains(kIvs, iv)) return refuse(text, "IV", iv, kIvs);
    if (has_option != (iv == "essiv"))
        return fail(Errc::InvalidArgument, "cipher '%.*s': IV '%.*s' %s", width(text), text.data(),
                    width(iv), iv.data(),
                    has_option ? translate("takes no option") : translate("needs a hash"));
    if (has_option && !is_accepted(accept, kEssivHashes, option))
        return refuse(text, "ESSIV hash", option, kEssivHashes);
    spec.iv = iv;
    spec.iv_option = option;
    return {};
}

// Parses "xts(aes)", "authenc(hmac(sha256),xts(aes))", "essiv(cbc(aes),sha256)" or a construction.
// Driver names ("xts-aes-aesni") and wrappers ("cryptd(...)") are not in the lists, so they are refused.
bool parse_kernel_name(std::string_view name, CipherSpec& spec) {
    for (const Construction& row : kConstructions)
        if (row.kernel_name == name) {
            spec.cipher = row.cipher;
            spec.mode = row.mode;
            return true;
        }
    std::string_view inner = name;
    const std::string_view mode = take_until(inner, '(');
    if (!inner.ends_with(')')) return false;
    inner.remove_suffix(1);
    if (contains(kModes, mode) && contains(kCiphers, inner)) {
        spec.cipher = inner;
        spec.mode = mode;
        return true;
    }
    const std::size_t comma = inner.rfind(',');
    if (comma == std::string_view::npos) return false;
    const std::string_view first = inner.substr(0, comma);
    const std::string_view second = inner.substr(comma + 1);
    const bool known = mode == "essiv"     ? contains(kEssivHashes, second)
                       : mode == "authenc" ? contains(kAuthenticators, first)
                                           : false;
    CipherSpec nested;
    if (!known || !parse_kernel_name(mode == "essiv" ? first : second, nested)) return false;
    if (!contains(kModes, nested.mode) || (mode == "essiv" && nested.mode != "cbc")) return false;
    spec.cipher = nested.cipher;
    spec.mode = mode;  // the whole is no longer a plain cipher in a mode
    return true;
}

Result<CipherSpec> parse_capi(std::string_view text) {
    constexpr std::string_view kPrefix = "capi:";
    CipherSpec spec;
    spec.text = text;
    const std::string_view body = text.substr(kPrefix.size());
    // The IV follows the last ')': neither names of constructions nor IVs contain '-'.
    const std::size_t close = body.rfind(')');
    const std::size_t dash = body.find('-', close == std::string_view::npos ? 0 : close);
    const std::string_view name = body.substr(0, dash);
    if (!parse_kernel_name(name, spec)) return refuse(text, "kernel cipher", name);
    spec.kernel_name = name;
    if (dash == std::string_view::npos && spec.mode == "ecb") return spec;
    if (dash == std::string_view::npos)
        return fail(Errc::InvalidArgument, "cipher '%.*s' has no IV", width(text), text.data());
    LK_TRY(parse_iv(text, body.substr(dash + 1), spec));
    return spec;
}

// Parses "aes" or "aes:64".
Result<void> parse_key_count(std::string_view text, std::string_view digits, CipherSpec& spec) {
    const std::uint32_t count = parse_number<std::uint32_t>(digits).value_or(0);
    if (count > 64 || !std::has_single_bit(count) || digits.front() == '0')
        return fail(Errc::InvalidArgument,
                    "cipher '%.*s': key count '%.*s' is not a power of two up to 64", width(text),
                    text.data(), width(digits), digits.data());
    spec.key_count = count;
    return {};
}

Result<CipherSpec> parse(std::string_view text, Accept accept) {
    if (text.starts_with("capi:")) return parse_capi(text);
    CipherSpec spec;
    spec.text = text;
    std::string_view rest = text;
    std::string_view count = take_until(rest, '-');
    const std::size_t name_length = count.size();
    const std::string_view name = take_until(count, ':');
    if (name.size() != name_length) LK_TRY(parse_key_count(text, count, spec));
    if (name_length == text.size())
        return fail(Errc::InvalidArgument, "cipher '%.*s' has no mode", width(text), text.data());
    spec.cipher = name;

    for (const Construction& row : kConstructions) {
        if (row.cipher != name) continue;
        std::string_view iv = rest;
        if (!row.mode.empty() && take_until(iv, '-') != row.mode) continue;
        spec.mode = row.mode;
        LK_TRY(parse_iv(text, iv, spec, accept));
        return spec;
    }
    if (!is_accepted(accept, kCiphers, name)) return refuse(text, "cipher", name, kCiphers);

    // The oldest notation of dm-crypt, which implies CBC.
    if (rest == "plain") {
        spec.mode = "cbc";
        spec.iv = "plain";
        return spec;
    }
    const std::size_t dash = rest.find('-');
    spec.mode = rest.substr(0, dash);
    if (!is_accepted(accept, kModes, spec.mode)) return refuse(text, "mode", spec.mode, kModes);
    if (dash != std::string_view::npos) {
        // ECB is checked, too: old headers name an IV for it, which old kernels ignored.
        LK_TRY(parse_iv(text, rest.substr(dash + 1), spec, accept));
    } else if (spec.mode != "ecb" && !spec.is_null()) {
        return fail(Errc::InvalidArgument, "cipher '%.*s' has no IV", width(text), text.data());
    }
    if (spec.key_count > 1 && spec.iv != "lmk")
        return fail(Errc::InvalidArgument, "cipher '%.*s': %u keys need IV lmk", width(text),
                    text.data(), spec.key_count);
    return spec;
}

}  // namespace

Result<CipherSpec> parse_cipher_spec(std::string_view text) {
    return parse(text, Accept::Listed);
}

Result<CipherSpec> parse_cipher_for_kernel(std::string_view text) {
    return parse(text, Accept::AnyName);
}

bool names_null_cipher(std::string_view text) {
    const std::string lower = lower_case(text);
    return lower == "null" || lower.find("cipher_null") != std::string::npos;
}

std::string expand_cipher(std::string_view text) {
    if (text == "null" || text == "cipher_null") return "cipher_null-ecb";
    if (text.starts_with("capi:")) return std::string(text);
    const std::string_view mode = cipher_mode_part(text);
    if (mode.empty() || mode == "plain") return std::string(cipher_name_part(text)) + "-cbc-plain";
    return std::string(text);
}

std::string_view cipher_name_part(std::string_view text) {
    return text.substr(0, text.find('-'));
}

std::string_view cipher_mode_part(std::string_view text) {
    const std::size_t dash = text.find('-');
    return dash == std::string_view::npos ? std::string_view() : text.substr(dash + 1);
}

}  // namespace latchkey::model
