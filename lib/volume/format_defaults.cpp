// SPDX-License-Identifier: LGPL-2.1-or-later
#include "volume/format_defaults.h"

#include <algorithm>
#include <cinttypes>

#include "activate/backend.h"
#include "base/uuid.h"
#include "crypto/cipher.h"
#include "crypto/hash.h"
#include "crypto/kernel_cipher.h"
#include "formats/format.h"
#include "latchkey/ascii.h"
#include "latchkey/volume.h"
#include "model/cipher_spec.h"

namespace latchkey::volume {
namespace {

constexpr const char* kDefaultType = "LUKS2";
constexpr const char* kDefaultCipher = "aes-xts-plain64";
constexpr const char* kDefaultHash = "sha256";
constexpr std::uint32_t kDefaultKeyBytes = 32;
constexpr std::size_t kMinHashLength = 20;  // bytes; for LUKS1's digest, and to exclude md5

Result<void> check_hash(const std::string& hash) {
    const auto length = crypto::hash_length(hash);
    if (length && *length >= kMinHashLength) return {};
    if (!length && length.error().code != Errc::MissingCipher) return length.error();
    return fail(Errc::MissingCipher, "requested LUKS hash %s is not supported", hash.c_str())
        .with_hint(length ? std::string() : length.error().hint);
}

// Returns whether device-mapper would map a volume on this machine.
bool mapped_by_kernel(Context& context) {
    for (const auto& backend : activate::backends(context))
        if (backend->available()) return backend->name() == "kernel";
    return false;
}

Result<void> check_cipher(Context& context, const FormatParams& params) {
    LK_ASSIGN(const model::CipherSpec spec, model::parse_cipher_spec(params.cipher));
    if (spec.is_null() && !context.policy.allow_null_cipher)
        return fail(Errc::InvalidArgument, "cipher %s does not encrypt", params.cipher.c_str());
    if (params.key_bytes > Volume::kMaxKeyBytes)
        return fail(Errc::InvalidArgument, "key size of %" PRIu32 " bytes is greater than %" PRIu32,
                    params.key_bytes, Volume::kMaxKeyBytes);
    if (crypto::kernel_lacks(spec) && mapped_by_kernel(context))
        return fail(
            Errc::MissingCipher,
            "cipher %s is not offered by this kernel, so the volume could not be opened here",
            params.cipher.c_str());
    const auto usable = crypto::check_cipher(spec, params.key_bytes);
    // A cipher that only the kernel has can encrypt data, but not keyslots; the format decides whether that matters.
    if (!usable && usable.error().code == Errc::MissingCipher) return {};
    return usable;
}

}  // namespace

Result<FormatParams> complete_format_params(Context& context, FormatParams params) {
    const bool any_type = params.type.empty() || lower_case(params.type) == "luks";
    LK_ASSIGN(const formats::Format* format,
              formats::find(any_type ? std::string_view(kDefaultType) : params.type));
    params.type = format->type;
    params.cipher = params.cipher.empty() ? kDefaultCipher : model::expand_cipher(params.cipher);
    params.hash = params.hash.empty() ? kDefaultHash : lower_case(params.hash);
    if (params.key_bytes == 0) {
        LK_ASSIGN(const model::CipherSpec spec, model::parse_cipher_spec(params.cipher));
        // XTS needs two keys.
        params.key_bytes = spec.mode == "xts" ? 2 * kDefaultKeyBytes : kDefaultKeyBytes;
    }
    LK_TRY(check_hash(params.hash));
    LK_TRY(check_cipher(context, params));
    if (!params.uuid.empty()) LK_TRY(checked_uuid(params.uuid));
    if (format->check_create != nullptr) LK_TRY(format->check_create(context, params));
    return params;
}

}  // namespace latchkey::volume
