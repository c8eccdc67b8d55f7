// SPDX-License-Identifier: GPL-2.0-or-later
// The first bytes of a device; missing bytes are zeros.
#include <algorithm>

#include "fuzz/explore.h"
#include "io/mem_device.h"
#include "luks1/header.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    using namespace latchkey;
    constexpr std::size_t kDevice = 600 * 1024;
    const ByteView bytes = std::as_bytes(std::span(data, std::min(size, kDevice)));
    if (const auto header = luks1::parse(bytes)) {
        const auto again = luks1::parse(record_bytes(luks1::serialize(*header)));
        fuzz::require(again.has_value());
    }
    Bytes image(kDevice);
    std::copy(bytes.begin(), bytes.end(), image.begin());
    Context context;
    fuzz::make_cheap(context);
    if (const auto header = formats::load(
            context, std::make_shared<io::MemDevice>(std::move(image)), {.type = "LUKS1"}))
        fuzz::explore(context, **header);
    return 0;
}
