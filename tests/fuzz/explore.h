// SPDX-License-Identifier: GPL-2.0-or-later
// Calls everything that reads a loaded header, with a policy that allows only cheap work.
#pragma once

#include <cstdlib>

#include "formats/format.h"
#include "latchkey/report.h"

namespace latchkey::fuzz {

inline void require(bool promise) {
    if (!promise) std::abort();
}

inline void make_cheap(Context& context) {
    context.policy.kdf.max_iterations = 1000;
    context.policy.kdf.max_memory_kib = 256;
    context.policy.kdf.max_time = 4;
    context.policy.kdf.max_lanes = 4;
}

// None of this may crash, hang or allocate an amount that the header gives.
inline void explore(Context& context, const formats::LoadedHeader& header) {
    const Fact facts = header.describe();
    (void)to_text(facts);
    (void)to_json(facts, 2);
    (void)header.info();
    (void)header.keyslots();
    (void)header.tokens();
    (void)header.metadata_json();
    (void)header.header_area_bytes();
    const Passphrase passphrase(SecretBuffer::copy_of(as_byte_view("fuzz")));
    const auto opened = header.unlock(context, passphrase, {});
    if (opened) (void)header.plan(context, KeyRing(opened->key, opened->more_keys));
}

}  // namespace latchkey::fuzz
