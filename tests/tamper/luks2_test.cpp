// SPDX-License-Identifier: GPL-2.0-or-later
// LUKS2 has two copies with checksums, so a flipped bit in one copy is repaired from the other.  An attacker who
// corrects the checksums is limited by the checks and the digests.
#include <gtest/gtest.h>

#include "base/json.h"
#include "base/strprintf.h"
#include "crypto/hash.h"
#include "luks2/header_disk.h"
#include "tamper/sample.h"

namespace latchkey::test {
namespace {

using luks2::HeaderDisk;
constexpr std::size_t kHeaderSize = 0x4000;

FormatParams first_params() {
    return {.type = "LUKS2",
            .cipher = "aes-xts-plain64",
            .key_bytes = 64,
            .label = "tamper",
            .kdf = {.type = "pbkdf2", .forced_iterations = 1000}};
}
FormatParams second_params() {
    return {.type = "LUKS2",
            .cipher = "aes-cbc-essiv:sha256",
            .key_bytes = 32,
            .hash = "sha512",
            .sector_size = 4096,
            .kdf = {.type = "argon2id", .forced_iterations = 4, .memory_kib = 32, .lanes = 1}};
}

void flip_each_bit_of_one_copy(const FormatParams& params) {
    const Sample sample(params, 2);
    ASSERT_TRUE(sample.made());
    constexpr std::size_t kSpareChecksum =
        offsetof(HeaderDisk, checksum) + 32;  // SHA-256 leaves 32 of 64 bytes unused
    constexpr std::size_t kChecksumEnd = offsetof(HeaderDisk, checksum) + luks2::kMaxChecksumBytes;

    on_all_cpus(
        2 * kHeaderSize * 8,
        [&](std::size_t bit) { return sample.judge({sample.flipped(bit)}, false); },
        [&](std::size_t bit, const Outcome& outcome) {
            const std::size_t at = bit / 8 % kHeaderSize;
            EXPECT_TRUE(outcome.loads) << "bit " << bit << ": " << outcome.refusal;
            EXPECT_EQ(outcome.metadata, sample.metadata()) << "bit " << bit;
            const bool unread =
                at >= kSpareChecksum &&
                at < kChecksumEnd;  // the only bytes that do not affect whether a copy is valid
            EXPECT_EQ(outcome.copy_damaged, !unread) << "bit " << bit;
        });
}

TEST(Luks2Tamper, OneCopyOfTheFirstSampleIsRepairedFromTheOther) {
    flip_each_bit_of_one_copy(first_params());
}
TEST(Luks2Tamper, OneCopyOfTheSecondSampleIsRepairedFromTheOther) {
    flip_each_bit_of_one_copy(second_params());
}

// Changes both copies in the same way, with correct checksums, as an attacker would.
std::vector<Patch> sealed(const Sample& sample, std::size_t bit) {
    std::vector<Patch> patches;
    for (std::size_t copy = 0; copy < 2; ++copy) {
        const ByteView original = sample.bytes().subspan(copy * kHeaderSize, kHeaderSize);
        Bytes area(original.begin(), original.end());
        area[bit / 8] ^= static_cast<std::byte>(1U << (bit % 8));
        auto disk = read_record<HeaderDisk>(area);
        disk.checksum = {};
        write_record(area, disk);
        const auto sum = crypto::digest("sha256", area);
        EXPECT_TRUE(sum);
        std::copy(sum->begin(), sum->end(), disk.checksum.begin());
        write_record(area, disk);
        patches.push_back({copy * kHeaderSize, std::move(area)});
    }
    return patches;
}

// Returns every member with its value, without the numbers in its path: "/keyslots/*/kdf/salt".
std::multiset<std::pair<std::string, std::string>> members_of(std::string text) {
    // Strings may contain any byte, as in the peer; nlohmann's JSON may not.
    for (char& c : text)
        if ((c & 0x80) != 0) c = '?';
    std::multiset<std::pair<std::string, std::string>> members;
    const auto document = nlohmann::json::parse(text, nullptr, false);
    EXPECT_FALSE(document.is_discarded()) << text;
    const auto flat = document.flatten();  // lives longer than the loop
    for (const auto& [path, value] : flat.items()) {
        std::string general;
        for (const char c : path)
            if (c < '0' || c > '9')
                general += c;
            else if (!general.ends_with('*'))
                general += '*';
        members.emplace(general, value.dump());
    }
    return members;
}

// Returns the members in which two documents differ.  A different number of an object is not a difference.
std::set<std::string> changed_members(const std::string& before, const std::string& after) {
    std::set<std::string> changed;
    const auto now = members_of(after);
    auto left = members_of(before);
    for (const auto& member : now)
        if (const auto same = left.find(member); same != left.end()) left.erase(same);
    for (const auto& [path, value] : left) changed.insert(path);
    return changed;
}

void flip_each_bit_of_both_copies(const FormatParams& params,
                                  const std::set<std::string>& harmless) {
    const Sample sample(params, 3);
    ASSERT_TRUE(sample.made());
    std::size_t text_end = luks2::kBinaryHeaderBytes;
    while (sample.bytes()[text_end] != std::byte{0}) ++text_end;
    text_end += 64;  // and some of the padding

    std::vector<std::size_t> offsets;
    for (std::size_t at = 0; at < offsetof(HeaderDisk, padding4096); ++at) offsets.push_back(at);
    for (std::size_t at = luks2::kBinaryHeaderBytes; at < text_end; ++at) offsets.push_back(at);

    std::set<std::string> open_members;
    on_all_cpus(
        offsets.size() * 8,
        [&](std::size_t i) {
            return sample.judge(sealed(sample, offsets[i / 8] * 8 + i % 8), true);
        },
        [&](std::size_t i, const Outcome& outcome) {
            EXPECT_FALSE(outcome.another_key)
                << "byte " << offsets[i / 8] << ": opens with another key";
            if (!outcome.loads || std::count(outcome.opens.begin(), outcome.opens.end(), true) != 2)
                return;
            if (offsets[i / 8] < luks2::kBinaryHeaderBytes)
                return;  // label, sequence id and similar: names only
            const auto changed = changed_members(sample.metadata(), outcome.metadata);
            open_members.insert(changed.begin(), changed.end());
        });
    EXPECT_EQ(open_members, harmless);
}

// Members that no digest covers, by design of the format.
const std::set<std::string> kHarmless = {
    "/keyslots/*/af/hash",     // the case of letters
    "/keyslots/*/kdf/hash",    // the same
    "/digests/*/hash",         // the same
    "/keyslots/*/af/stripes",  // every program uses 4000, whatever is stored
    "/keyslots/*/area/size",   // larger than the used part
    "/segments/*/encryption",  // no longer a listed cipher: opens no data, plan() refuses it
    "/segments/*/iv_tweak",    // no key protects the place of the data
    "/segments/*/offset",      // the same
    "/segments/*/type",        // an unknown type is kept, as by the peer
};

TEST(Luks2Tamper, SealedChangesOfTheFirstSampleAreRefusedOrHarmless) {
    flip_each_bit_of_both_copies(first_params(), kHarmless);
}
TEST(Luks2Tamper, SealedChangesOfTheSecondSampleAreRefusedOrHarmless) {
    std::set<std::string> harmless = kHarmless;
    harmless.erase("/keyslots/*/kdf/hash");  // Argon2 has no hash
    flip_each_bit_of_both_copies(second_params(), harmless);
}

}  // namespace
}  // namespace latchkey::test
