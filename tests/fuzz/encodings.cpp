// SPDX-License-Identifier: GPL-2.0-or-later
// Text that decodes encodes to the same text again, so no two texts mean the same bytes.
#include "base/base64.h"
#include "base/hex.h"
#include "base/uuid.h"
#include "fuzz/explore.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    using namespace latchkey;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    if (const auto bytes = from_base64(text)) fuzz::require(to_base64(*bytes) == text);
    if (const auto bytes = from_hex(text)) fuzz::require(to_hex(*bytes).size() == text.size());
    if (const auto uuid = parse_uuid(text)) fuzz::require(uuid->size() == 36);
    return 0;
}
