// SPDX-License-Identifier: GPL-2.0-or-later
// Keys derived in parallel equal those derived one after the other, and derivations that are no longer needed end.
#include "crypto/derive_ahead.h"

#include <gtest/gtest.h>

#include <chrono>

#include "base/hex.h"

namespace latchkey::crypto {
namespace {

using Wanted = DeriveAhead::Wanted;

constexpr unsigned kProcessors = 3;
constexpr std::uint64_t kHours = 4'000'000'000;  // iterations
const std::atomic<bool> kNotCancelled{false};

std::string told(const Result<SecretBuffer>& key) {
    return key ? to_hex(key->bytes()) : key.error().message;
}

// Returns eight keyslots with several hashes and lengths; one has an unknown hash.
std::vector<Wanted> eight_keyslots(ByteView salts) {
    std::vector<Wanted> wanted;
    for (int number = 0; number < 8; ++number) {
        const auto place = static_cast<std::size_t>(number);
        const char* hash = number == 5 ? "nohash" : number % 3 == 0 ? "sha1" : "sha256";
        wanted.push_back({.keyslot = number,
                          .params = {"pbkdf2", hash, 1000 + 500 * place},
                          .salt = salts.subspan(32 * place, 32),
                          .length = number % 2 == 0 ? std::size_t{32} : std::size_t{64}});
    }
    return wanted;
}

TEST(DeriveAhead, GivesWhatDeriveGivesHoweverManyProcessorsThereAre) {
    Bytes salts(8 * 32);
    for (std::size_t i = 0; i < salts.size(); ++i) salts[i] = static_cast<std::byte>(i);
    const ByteView passphrase = as_byte_view("pass phrase");
    const auto wanted = eight_keyslots(salts);
    for (const unsigned processors : {1U, 2U, kProcessors, 64U}) {
        DeriveAhead ahead(passphrase, wanted, kNotCancelled, processors);
        for (const Wanted& each : wanted) {
            EXPECT_TRUE(ahead.wants(each.keyslot));
            EXPECT_EQ(told(ahead.derive_for(each.keyslot)),
                      told(derive(each.params, passphrase, each.salt, each.length, kNotCancelled)))
                << processors << " processors, keyslot " << each.keyslot;
        }
        EXPECT_FALSE(ahead.wants(8));
        EXPECT_EQ(told(ahead.derive_for(2)), told(ahead.derive_for(2))) << "asked for again";
        EXPECT_EQ(told(ahead.derive_for(2)),
                  told(derive(wanted[2].params, passphrase, wanted[2].salt, 32, kNotCancelled)));
    }
}

// Enough keyslots of one hash that they share vectors on any processor that has some, with different costs.
TEST(DeriveAhead, GivesWhatDeriveGivesInLanes) {
    constexpr int kKeyslots = 20;
    Bytes salts(kKeyslots * 32);
    for (std::size_t i = 0; i < salts.size(); ++i) salts[i] = static_cast<std::byte>(i * 3);
    const ByteView passphrase = as_byte_view("pass phrase");
    for (const char* hash : {"sha1", "sha256", "sha512"}) {
        std::vector<Wanted> wanted;
        for (int number = 0; number < kKeyslots; ++number) {
            const auto place = static_cast<std::size_t>(number);
            wanted.push_back(
                {.keyslot = number,
                 .params = {"pbkdf2", hash, number == 7 ? 0 : 1 + place * 13 % 11 * 40},
                 .salt = ByteView(salts).subspan(32 * place, 32),
                 .length = 16 + place * 24 % 64});
        }
        for (const unsigned processors : {2U, kProcessors}) {
            DeriveAhead ahead(passphrase, wanted, kNotCancelled, processors);
            for (const Wanted& each : wanted)
                EXPECT_EQ(
                    told(ahead.derive_for(each.keyslot)),
                    told(derive(each.params, passphrase, each.salt, each.length, kNotCancelled)))
                    << hash << ", " << processors << " processors, keyslot " << each.keyslot;
        }
    }
}

// The first key is ready soon although the others would take hours; they end when the first has opened the volume.
TEST(DeriveAhead, WhatIsNotWantedAnyMoreEnds) {
    const Bytes salt(32);
    std::vector<Wanted> wanted;
    for (int number = 0; number < 4; ++number)
        wanted.push_back({number, {"pbkdf2", "sha256", number == 0 ? 1000 : kHours}, salt, 64});
    std::chrono::steady_clock::time_point opened;
    {
        DeriveAhead ahead(as_byte_view("p"), wanted, kNotCancelled, kProcessors);
        EXPECT_TRUE(ahead.derive_for(0));
        opened = std::chrono::steady_clock::now();
    }
    EXPECT_LT(std::chrono::steady_clock::now() - opened, std::chrono::seconds(1));
}

TEST(DeriveAhead, IsInterrupted) {
    const Bytes salt(32);
    const model::KdfParams hours{"pbkdf2", "sha256", kHours};
    std::atomic<bool> cancelled{false};
    DeriveAhead ahead(as_byte_view("p"), {{0, hours, salt, 64}, {1, hours, salt, 64}}, cancelled,
                      kProcessors);
    std::thread canceller([&cancelled] {
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
        cancelled = true;
    });
    const auto begin = std::chrono::steady_clock::now();
    const auto key = ahead.derive_for(0);
    canceller.join();
    ASSERT_FALSE(key);
    EXPECT_EQ(key.error().code, Errc::Interrupted);
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(1));
}

}  // namespace
}  // namespace latchkey::crypto
