// SPDX-License-Identifier: GPL-2.0-or-later
// A key file may come from anywhere.  Only 1, 64 or 65 lines give keys.
#include <algorithm>

#include "fuzz/explore.h"
#include "latchkey/loopaes.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    using namespace latchkey;
    if (size == 0) return 0;
    const loopaes::Params params{.key_bytes = data[0],
                                 .hash = data[0] % 3 == 0 ? std::string("sha512") : std::string()};
    const auto file = std::as_bytes(std::span(data + 1, size - 1));
    const auto keys = loopaes::parse_keyfile(params, SecretBuffer::copy_of(file));
    if (!keys) return 0;
    const std::size_t count = keys->version == 1 ? 1 : keys->version == 2 ? 64 : 65;
    fuzz::require(keys->key.size() == count * params.key_bytes);
    fuzz::require(std::ranges::count(file, std::byte{'\n'}) +
                      std::ranges::count(file, std::byte{'\r'}) +
                      std::ranges::count(file, std::byte{0}) >=
                  static_cast<std::ptrdiff_t>(count));
    const auto plan = loopaes::plan(params, keys->version);
    if (plan) fuzz::require(plan->key_bytes() == keys->key.size());
    return 0;
}
