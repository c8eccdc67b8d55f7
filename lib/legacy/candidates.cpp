// SPDX-License-Identifier: LGPL-2.1-or-later
#include "legacy/candidates.h"

#include <algorithm>
#include <array>
#include <span>
#include <string_view>

namespace latchkey::legacy {
namespace {

struct Known {
    const char* cipher;
    std::uint32_t bits;
    const char* hash;
    const char* from;
};
constexpr std::array kKnownVolumes = {
    Known{"aes-cbc-plain", 256, "ripemd160", "cryptsetup 0.1 to 1.0.x, losetup (debian)"},
    Known{"aes-cbc-essiv:sha256", 256, "ripemd160", "cryptsetup 1.1.0 to 2.6.x"},
    Known{"aes-xts-plain64", 256, "sha256", "cryptsetup 2.7.0 and later"},
    Known{"aes-cbc-plain", 256, "plain", "losetup (util-linux)"},
    Known{"aes-cbc-plain", 128, "sha256", "losetup (loop-aes) AES128"},
    Known{"aes-cbc-plain", 192, "sha384", "losetup (loop-aes) AES192"},
    Known{"aes-cbc-plain", 256, "sha512", "losetup (loop-aes) AES256"},
    Known{"twofish-cbc-null", 192, "ripemd160:20", "losetup -e twofish of SuSE"},
};

// hashalot fills a longer key with zeros after the digest (sha256:32 and a key of 512 bits).
constexpr std::array<const char*, 12> kHashes = {
    "ripemd160", "sha256", "sha512",       "plain",        "sha1",      "sha384",
    "whirlpool", "md5",    "ripemd160:20", "ripemd160:16", "sha256:32", "sha384:48"};
constexpr std::array<std::uint32_t, 3> kBlock16Bits = {256, 128, 192};
constexpr std::array<std::uint32_t, 4> kBlowfishBits = {256, 128, 160, 448};
constexpr std::array<std::uint32_t, 1> kCast5Bits = {128};
constexpr std::array<std::uint32_t, 1> kDes3Bits = {192};
constexpr std::array<std::uint32_t, 2> kXtsBits = {512, 256};
constexpr std::array<std::uint32_t, 2> kLrwBits = {384, 256};

struct Family {
    std::string_view cipher;
    std::span<const std::uint32_t> bits;
    bool block16;
};
constexpr std::array kFamilies = {
    Family{"aes", kBlock16Bits, true},        Family{"twofish", kBlock16Bits, true},
    Family{"serpent", kBlock16Bits, true},    Family{"camellia", kBlock16Bits, true},
    Family{"blowfish", kBlowfishBits, false}, Family{"cast5", kCast5Bits, false},
    Family{"des3_ede", kDes3Bits, false},
};

void add(std::vector<Candidate>& list, std::string cipher, std::uint32_t bits, const char* hash,
         const char* from = "") {
    const auto same = [&](const Candidate& one) {
        return one.params.cipher == cipher && one.params.key_bytes == bits / 8 &&
               one.params.hash == hash;
    };
    if (std::ranges::any_of(list, same)) return;
    list.push_back({{.cipher = std::move(cipher), .key_bytes = bits / 8, .hash = hash}, from});
}

void add_all(std::vector<Candidate>& list, const std::string& cipher,
             std::span<const std::uint32_t> bits) {
    for (const std::uint32_t one : bits)
        for (const char* hash : kHashes) add(list, cipher, one, hash);
}

}  // namespace

std::vector<Candidate> candidates() {
    std::vector<Candidate> list;
    for (const Known& row : kKnownVolumes) add(list, row.cipher, row.bits, row.hash, row.from);
    for (const Family& family : kFamilies) {
        const std::string name(family.cipher);
        // plain64 is identical below 2 TiB.
        for (const char* mode : {"-cbc-plain", "-cbc-essiv:sha256", "-cbc-null", "-ecb"})
            add_all(list, name + mode, family.bits);
        if (!family.block16) continue;
        add_all(list, name + "-xts-plain64", kXtsBits);
        add_all(list, name + "-lrw-benbi", kLrwBits);
    }
    return list;
}

std::vector<Place> places(std::uint64_t device_sectors,
                          std::optional<std::uint64_t> offset_sectors) {
    std::vector<std::uint64_t> offsets;
    if (offset_sectors) {
        offsets.push_back(*offset_sectors);
    } else {
        // The first partitions of old and of new disks.
        offsets = {0, 63, 2048};
    }
    std::vector<Place> list;
    for (const std::uint64_t offset : offsets) {
        if (offset >= device_sectors) continue;
        list.push_back({offset, 0});
        if (offset != 0) list.push_back({offset, offset});
    }
    return list;
}

}  // namespace latchkey::legacy
