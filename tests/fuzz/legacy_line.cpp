// SPDX-License-Identifier: GPL-2.0-or-later
// Old command lines: an accepted line is a mapping of bounded size, or plan() refuses it.
#include "fuzz/explore.h"
#include "latchkey/legacy.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    using namespace latchkey;
    const std::string line(reinterpret_cast<const char*>(data), size);
    const auto parsed = legacy::parse_command_line({line});
    if (!parsed) return 0;
    fuzz::require(parsed->params.key_bytes > 0 && parsed->params.key_bytes <= plain::kMaxKeyBytes);
    const auto plan = legacy::plan(*parsed);
    if (!plan) return 0;
    // A field of a table, which must not contain a blank.
    fuzz::require(plan->segments.front().cipher.find_first_of(" \n\t") == std::string::npos);
    if (parsed->rule != legacy::KeyRule::KeyFile)
        (void)legacy::key_from_passphrase(*parsed, Passphrase(SecretBuffer(8)));
    return 0;
}
