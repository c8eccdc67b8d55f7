// SPDX-License-Identifier: GPL-2.0-or-later
// Looks for the volume key where it must not be: in our memory, the log and keyrings.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <fstream>
#include <sstream>

#include "base/unique_fd.h"
#include "volumes.h"

namespace latchkey {
namespace {

using test::SampleVolume;

// Bytes to look for, masked, so that the search does not put them into memory.
using Needle = std::vector<unsigned char>;

bool matches(const unsigned char* at, const Needle& needle) {
    for (std::size_t i = 0; i < needle.size(); ++i)
        if (at[i] != static_cast<unsigned char>(needle[i] ^ SampleVolume::kMask)) return false;
    return true;
}

bool contains(const unsigned char* bytes, std::size_t size, const Needle& needle) {
    for (std::size_t at = 0; at + needle.size() <= size; ++at)
        if (matches(bytes + at, needle)) return true;
    return false;
}

// Returns each 16 bytes of the key, raw and as hexadecimal digits.
std::vector<Needle> needles(const SampleVolume& volume) {
    constexpr std::size_t kPiece = 16;
    std::vector<Needle> all;
    const auto& key = volume.masked_key();
    for (std::size_t from = 0; from + kPiece <= key.size(); from += kPiece) {
        all.emplace_back(key.begin() + static_cast<std::ptrdiff_t>(from),
                         key.begin() + static_cast<std::ptrdiff_t>(from + kPiece));
        Needle hex;
        for (std::size_t i = from; i < from + kPiece; ++i) {
            const unsigned value = key[i] ^ SampleVolume::kMask;
            for (const unsigned digit : {value >> 4, value & 15})
                hex.push_back(
                    static_cast<unsigned char>("0123456789abcdef"[digit] ^ SampleVolume::kMask));
        }
        all.push_back(std::move(hex));
    }
    return all;
}

// Returns the mapping of our memory that contains a needle; "" if there is none.
std::string find_in_memory(const std::vector<Needle>& all) {
    std::ifstream maps("/proc/self/maps");
    std::stringstream listing;
    listing << maps.rdbuf();
    const UniqueFd memory(::open("/proc/self/mem", O_RDONLY | O_CLOEXEC));
    EXPECT_TRUE(memory.valid());
    // A buffer of our own, which is never searched itself.
    static std::array<unsigned char, 1 << 16> window;
    for (std::string line; std::getline(listing, line);) {
        unsigned long from = 0;
        unsigned long end = 0;
        char access[5] = {};
        if (std::sscanf(line.c_str(), "%lx-%lx %4s", &from, &end, access) != 3) continue;
        if (access[0] != 'r' || line.find("[v") != std::string::npos) continue;
        constexpr unsigned long kOverlap = 64;
        for (unsigned long at = from; at < end; at += window.size() - kOverlap) {
            const std::size_t wanted = std::min<unsigned long>(window.size(), end - at);
            const ssize_t got =
                ::pread(memory.get(), window.data(), wanted, static_cast<off_t>(at));
            if (got <= 0) break;
            // The window would be found when it is read into itself.
            const auto own = reinterpret_cast<unsigned long>(window.data());
            if (at < own + window.size() && own < at + wanted) continue;
            for (const Needle& needle : all)
                if (contains(window.data(), static_cast<std::size_t>(got), needle)) {
                    window.fill(0);
                    return line;
                }
        }
    }
    window.fill(0);
    return "";
}

class KernelSecrets : public testing::TestWithParam<bool> {
  protected:
    void SetUp() override { ASSERT_EQ(test::leftovers(), ""); }
    void TearDown() override { EXPECT_EQ(test::leftovers(), ""); }
    test::TempDir directory_;
    SampleVolume volume_{SampleVolume::Kind::Luks2, directory_ / "image"};
    std::vector<Needle> needles_ = needles(volume_);
    ActivateOptions options_{.key_in_keyring = GetParam()};
};

TEST_P(KernelSecrets, TheSearchFindsWhatIsThere) {
    ASSERT_EQ(find_in_memory(needles_), "");
    std::vector<unsigned char> planted(16);
    for (std::size_t i = 0; i < planted.size(); ++i)
        planted[i] = volume_.masked_key()[i] ^ SampleVolume::kMask;
    EXPECT_NE(find_in_memory(needles_), "");
    explicit_bzero(planted.data(), planted.size());
    EXPECT_EQ(find_in_memory(needles_), "");
}

TEST_P(KernelSecrets, NoKeyStaysInMemoryNorInTheLogNorInKeyrings) {
    std::string log;
    Context context;
    context.log_sink = [&](LogLevel, std::string_view text) { log += std::string(text) + "\n"; };
    ASSERT_TRUE(volume_.open(context, "secret", options_));
    EXPECT_NE(log.find("device-mapper: "), std::string::npos) << "debug messages were logged";
    EXPECT_EQ(find_in_memory(needles_), "") << "after open";
    EXPECT_EQ(test::visible_keys(), "") << "after open";

    ASSERT_TRUE(mapping::status(context, "secret"));
    ASSERT_TRUE(mapping::active_table(context, "secret", false));
    EXPECT_EQ(find_in_memory(needles_), "") << "after status";

    ASSERT_TRUE(volume_.resize("secret", 1024));
    ASSERT_TRUE(volume_.refresh("secret", options_));
    EXPECT_EQ(find_in_memory(needles_), "") << "after resize and refresh";

    ASSERT_TRUE(mapping::suspend(context, "secret"));
    EXPECT_EQ(find_in_memory(needles_), "") << "after suspend";
    EXPECT_EQ(test::visible_keys(), "") << "after suspend";
    const auto table = mapping::active_table(context, "secret", true);
    ASSERT_TRUE(table);
    const std::string_view text(reinterpret_cast<const char*>(table->bytes().data()),
                                table->size());
    EXPECT_NE(text.find(std::string(128, '0')), std::string::npos) << "the kernel's key is wiped";

    ASSERT_TRUE(volume_.resume("secret"));
    EXPECT_EQ(find_in_memory(needles_), "") << "after resume";
    ASSERT_TRUE(mapping::close(context, "secret"));
    EXPECT_EQ(find_in_memory(needles_), "") << "after close";
    EXPECT_EQ(test::visible_keys(), "") << "after close";
}

TEST_P(KernelSecrets, AFailedOpenLeavesNoKeyInMemoryEither) {
    ASSERT_TRUE(volume_.open("secret", options_));
    ASSERT_FALSE(volume_.open("secret", options_));
    ActivateOptions too_large = options_;
    too_large.size_sectors = 1ULL << 40;
    ASSERT_FALSE(volume_.open("other", too_large));
    ActivateOptions bad_link = options_;
    bad_link.link_key_to = {"%:nowhere::x"};
    ASSERT_FALSE(volume_.open("other", bad_link));
    EXPECT_EQ(find_in_memory(needles_), "");
    EXPECT_EQ(test::visible_keys(), "");
    ASSERT_TRUE(test::close_mapping("secret"));
}

INSTANTIATE_TEST_SUITE_P(All, KernelSecrets, testing::Bool(), [](const auto& test) {
    return test.param ? "KeyInTheKeyring" : "KeyInTheTable";
});

}  // namespace
}  // namespace latchkey
