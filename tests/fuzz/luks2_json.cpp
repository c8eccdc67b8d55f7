// SPDX-License-Identifier: GPL-2.0-or-later
// The JSON area.  An accepted document is written unchanged.

#include "base/json.h"
#include "fuzz/explore.h"
#include "luks2/metadata.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    using namespace latchkey;
    constexpr std::size_t kArea = 0x4000 - 4096;
    Bytes area(kArea);
    const ByteView bytes = std::as_bytes(std::span(data, std::min(size, kArea)));
    std::copy(bytes.begin(), bytes.end(), area.begin());
    const luks2::BinaryFields binary{.header_size = 0x4000,
                                     .uuid = "12345678-1234-1234-1234-123456789abc"};
    const auto metadata = luks2::Metadata::parse(binary, area);
    if (!metadata) return 0;
    const auto text = metadata->json_text();
    if (!text) return 0;
    Bytes written(kArea);
    std::copy_n(as_byte_view(*text).begin(), text->size(), written.begin());
    const auto again = luks2::Metadata::parse(binary, written);
    fuzz::require(again.has_value());
    fuzz::require(again->document() == metadata->document());
    return 0;
}
