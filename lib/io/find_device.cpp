// SPDX-License-Identifier: LGPL-2.1-or-later
#include "latchkey/find_device.h"

#include <blkid/blkid.h>

#include <algorithm>
#include <cstdlib>
#include <memory>

namespace latchkey {
namespace {

struct Freed {
    void operator()(char* text) const { std::free(text); }
};
using Text = std::unique_ptr<char, Freed>;

std::string_view without_quotes(std::string_view value) {
    if (value.size() >= 2 && (value.front() == '"' || value.front() == '\'') &&
        value.back() == value.front())
        return value.substr(1, value.size() - 2);
    return value;
}

}  // namespace

Result<std::string> find_device(std::string_view name) {
    constexpr std::string_view kTags[] = {"UUID=", "LABEL=", "PARTUUID=", "PARTLABEL="};
    const auto tag =
        std::ranges::find_if(kTags, [&](std::string_view one) { return name.starts_with(one); });
    if (name.find('\0') != std::string_view::npos)
        return fail(Errc::InvalidArgument, "the name of a device has a NUL byte");
    if (tag == std::end(kTags)) return std::string(name);
    const std::string key(tag->substr(0, tag->size() - 1));
    const std::string value(without_quotes(name.substr(tag->size())));
    // Follows udev's links first.  libblkid's cache file of devices does not help with disks that come and go.
    blkid_cache cache = nullptr;
    if (blkid_get_cache(&cache, "/dev/null") != 0) cache = nullptr;
    const Text path(blkid_evaluate_tag(key.c_str(), value.c_str(), &cache));
    if (cache != nullptr) blkid_put_cache(cache);
    if (!path) return fail(Errc::NoDevice, "device %s=%s is not there", key.c_str(), value.c_str());
    return std::string(path.get());
}

}  // namespace latchkey
