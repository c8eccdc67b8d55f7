// SPDX-License-Identifier: GPL-2.0-or-later
// LUKS1 has no checksum: only the checks and the digest limit the effect of a flipped bit.
#include <gtest/gtest.h>

#include "base/strprintf.h"
#include "luks1/header_disk.h"
#include "tamper/sample.h"

namespace latchkey::test {
namespace {

std::string field_of(std::size_t offset) {
    struct Row {
        std::size_t end;
        const char* name;
    };
    constexpr Row kHead[] = {{6, "magic"},         {8, "version"},
                             {40, "cipher name"},  {72, "cipher mode"},
                             {104, "hash"},        {108, "payload offset"},
                             {112, "key bytes"},   {132, "digest"},
                             {164, "digest salt"}, {168, "digest iterations"},
                             {208, "uuid"}};
    constexpr Row kSlot[] = {
        {4, "state"}, {8, "iterations"}, {40, "salt"}, {44, "area offset"}, {48, "stripes"}};
    for (const Row& row : kHead)
        if (offset < row.end) return row.name;
    if (offset >= 592) return "padding";
    const std::size_t slot = (offset - 208) / 48;
    const char* role = slot < 2 ? "used" : "free";
    for (const Row& row : kSlot)
        if ((offset - 208) % 48 < row.end) return strprintf("%s keyslot: %s", role, row.name);
    return "?";
}

TEST(Luks1Tamper, EveryBitOfTheHeaderIsRefusedOrHarmless) {
    const Sample sample({.type = "LUKS1", .key_bytes = 32, .kdf = {.forced_iterations = 1000}}, 1);
    ASSERT_TRUE(sample.made());

    std::set<std::string> both_open;  // fields with a bit that does not affect the passphrases
    std::set<std::string> one_opens;  // fields with a bit that destroys one keyslot
    on_all_cpus(
        sizeof(luks1::HeaderDisk) * 8,
        [&](std::size_t bit) { return sample.judge({sample.flipped(bit)}, true); },
        [&](std::size_t bit, const Outcome& outcome) {
            EXPECT_FALSE(outcome.another_key) << "bit " << bit << ": opens with another key";
            if (!outcome.loads) return;
            const long open = std::count(outcome.opens.begin(), outcome.opens.end(), true);
            if (open == 2) both_open.insert(field_of(bit / 8));
            if (open == 1) one_opens.insert(field_of(bit / 8));
        });

    // The format protects none of these; each is listed with its reason.
    EXPECT_EQ(both_open, (std::set<std::string>{
                             "cipher mode",          // bytes after the NUL, which are not read
                             "cipher name",          // the same
                             "hash",                 // the same, and the case of letters
                             "uuid",                 // a different name of the same volume
                             "payload offset",       // the start of the data: no key protects it
                             "padding",              // 592 ... 1023, zeros that are not read
                             "free keyslot: state",  // neither state: not usable, not counted
                             "free keyslot: iterations",  // of a keyslot that is disabled
                             "free keyslot: salt",
                             "free keyslot: area offset",
                         }));
    EXPECT_EQ(one_opens, (std::set<std::string>{
                             "used keyslot: state",
                             "used keyslot: iterations",
                             "used keyslot: salt",
                             "used keyslot: area offset",
                         }));
}

}  // namespace
}  // namespace latchkey::test
