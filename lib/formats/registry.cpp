// SPDX-License-Identifier: LGPL-2.1-or-later
// The only list of on-disk formats.  To add one: a folder under lib/, two lines here, one in lib/CMakeLists.txt, one in
// lib/layers.txt.
#include <array>

#include "base/i18n.h"
#include "base/strprintf.h"
#include "formats/format.h"
#include "latchkey/ascii.h"

namespace latchkey {

namespace luks1 {
extern const formats::Format kFormat;
}
namespace luks2 {
extern const formats::Format kFormat;
}

namespace formats {
namespace {

constexpr std::array kFormats = {
    // in the order of probing: the format with the strongest checks first
    &luks2::kFormat,
    &luks1::kFormat,
};

// Formats without keyslots, which are only recognised and opened.
constexpr std::array<const Recognizer*, 0> kRecognizers = {};

bool is_any(std::string_view type) {
    return type.empty() || equal_ignoring_case(type, "LUKS");
}

Error no_header(std::string_view type, const io::BlockDevice& device) {
    if (is_any(type))
        return fail(Errc::NotThisFormat, "no LUKS header on %s", device.name().c_str());
    return fail(Errc::NotThisFormat, "no %s header on %s", std::string(type).c_str(),
                device.name().c_str());
}

// Returns the format whose header is on the device, although another one was asked for; "" if there is none.
std::string_view other_type(const std::shared_ptr<io::BlockDevice>& device,
                            std::string_view asked) {
    Context silent;  // hides messages about that other header
    silent.policy.metadata_locks = false;
    for (const Format* format : kFormats)
        if (!is_any(asked) && !equal_ignoring_case(asked, format->type) &&
            format->load(silent, device, {}))
            return format->type;
    for (const Recognizer* one : kRecognizers)
        if (!equal_ignoring_case(asked, one->type) && one->recognize(silent, device, {}))
            return one->type;
    return {};
}

}  // namespace

Result<std::unique_ptr<LoadedHeader>> load(Context& context,
                                           std::shared_ptr<io::BlockDevice> device,
                                           const LoadOptions& options) {
    for (const Format* format : kFormats) {
        if (!is_any(options.type) && !equal_ignoring_case(options.type, format->type)) continue;
        auto header = format->load(context, device, options);
        // Only "not mine" lets the next format try.  A damaged LUKS header must never be mistaken
        // for some other format that happens to match.
        if (header || header.error().code != Errc::NotThisFormat) return header;
    }
    Error none = no_header(options.type, *device);
    const std::string_view other = other_type(device, options.type);
    if (other.empty()) return none;
    return std::move(none).with_hint(
        strprintf(translate("it is a volume of type %s"), other.data()));
}

Result<std::unique_ptr<Recognized>> recognize(Context& context,
                                              std::shared_ptr<io::BlockDevice> device,
                                              const LoadOptions& options) {
    for (const Format* format : kFormats) {
        if (!is_any(options.type) && !equal_ignoring_case(options.type, format->type)) continue;
        auto header = format->load(context, device, options);
        if (header) return std::unique_ptr<Recognized>(std::move(header).value());
        if (header.error().code != Errc::NotThisFormat) return header.error();
    }
    for (const Recognizer* one : kRecognizers) {
        if (!options.type.empty() && !equal_ignoring_case(options.type, one->type)) continue;
        auto found = one->recognize(context, device, options);
        if (found || found.error().code != Errc::NotThisFormat) return found;
    }
    return no_header(options.type, *device);
}

Result<std::vector<std::string>> repair(Context& context, std::shared_ptr<io::BlockDevice> device,
                                        std::string_view type) {
    for (const Format* format : kFormats) {
        if (!is_any(type) && !equal_ignoring_case(type, format->type)) continue;
        auto done = format->repair(context, device);
        if (done || done.error().code != Errc::NotThisFormat) return done;
    }
    return no_header(type, *device);
}

Result<const Format*> find(std::string_view type) {
    for (const Format* format : kFormats)
        if (equal_ignoring_case(type, format->type)) return format;
    return fail(Errc::NotSupported, "unknown type %.*s", static_cast<int>(type.size()),
                type.data());
}

}  // namespace formats
}  // namespace latchkey
