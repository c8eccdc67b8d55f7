// SPDX-License-Identifier: LGPL-2.1-or-later
// Tries candidates.  The key is the same for all ciphers with one hash and length.  The start of the ciphertext is
// read only once for each place.
#include "io/probe.h"

#include <algorithm>
#include <array>
#include <map>

#include "io/mem_device.h"
#include "latchkey/crypt_device.h"
#include "latchkey/legacy.h"
#include "latchkey/sectors.h"
#include "legacy/candidates.h"

namespace latchkey::legacy {
namespace {

constexpr std::uint64_t kHead = 72 * 1024;  // bytes; btrfs has its superblock at 64 KiB

constexpr std::size_t kBlock = 16;  // bytes; the longest block of our ciphers

bool is_constant(ByteView block) {
    return std::ranges::all_of(block, [&](std::byte byte) { return byte == block[0]; });
}

// Returns false if a block of 16 equal bytes, mostly zeros, lies where superblocks are.  Every file system leaves
// such blocks; a wrong key practically never makes one.  This is cheaper than libblkid, which would also find
// signatures by chance: some have 16 bits.
Result<bool> is_noise(const Device& plaintext) {
    constexpr std::array kWindows = {ByteRange{0, 8 * 1024}, ByteRange{32 * 1024, 4096},
                                     ByteRange{64 * 1024, 4096}};
    std::array<std::byte, 8 * 1024> buffer;
    for (const ByteRange& window : kWindows) {
        if (window.offset >= plaintext.size()) break;
        auto part = MutableByteView(buffer).first(
            std::min(window.length, plaintext.size() - window.offset));
        LK_TRY(read_device(plaintext, window.offset, part));
        for (; part.size() >= kBlock; part = part.subspan(kBlock))
            if (is_constant(part.first(kBlock))) return false;
    }
    return true;
}

// Counts sectors whose first two blocks are equal, mostly zeros.  The right IV gives the most: without it, CBC
// decrypts all but the first block of a sector correctly.
std::size_t count_regular_sectors(ByteView plaintext) {
    std::size_t count = 0;
    for (; plaintext.size() >= kSectorSize; plaintext = plaintext.subspan(kSectorSize))
        if (std::ranges::equal(plaintext.first(kBlock), plaintext.subspan(kBlock, kBlock))) ++count;
    return count;
}

bool may_be_ntfs(ByteView head) {
    return head.size() >= 16 && std::ranges::equal(head.subspan(3, 4), as_byte_view("NTFS"));
}

class Prober {
  public:
    Prober(Context& context, const Device& device, const Passphrase& passphrase)
        : context_(context), device_(device), passphrase_(passphrase) {}

    Result<void> try_place(const Place& place) {
        const std::uint64_t begin = place.offset_sectors * kSectorSize;
        Bytes head(std::min(kHead, (device_.size() - begin) / kSectorSize * kSectorSize));
        LK_TRY(read_device(device_, begin, head));
        const Device cipher_head(std::make_shared<io::MemDevice>(std::move(head)));
        for (const Candidate& candidate : candidates_) {
            if (context_.cancelled())
                return fail(Errc::Interrupted, "stopped before all was tried");
            LK_TRY(try_one(candidate, place, cipher_head));
        }
        return {};
    }
    ProbeResult take() {
        std::ranges::stable_sort(result_.findings, std::ranges::greater(),
                                 &Finding::regular_sectors);
        return std::move(result_);
    }
    [[nodiscard]] bool found() const { return !result_.findings.empty(); }

  private:
    // Returns null if an earlier hash in the list gives the same key: ripemd160:16 for 16 bytes.
    Result<const VolumeKey*> key_of(const plain::Params& params) {
        const auto index = std::pair(params.hash, params.key_bytes);
        const auto known = keys_.find(index);
        if (known != keys_.end()) return known->second ? &*known->second : nullptr;
        LK_ASSIGN(VolumeKey key, plain::key_from_passphrase(params, passphrase_));
        const auto same = [&](const auto& one) {
            return one.second && equal_in_constant_time(one.second->bytes(), key.bytes());
        };
        const bool again = std::ranges::any_of(keys_, same);
        auto& kept = keys_[index];
        if (again) return nullptr;
        return &kept.emplace(std::move(key));
    }

    Result<void> try_one(const Candidate& candidate, const Place& place,
                         const Device& cipher_head) {
        plain::Params params = candidate.params;
        params.skip_sectors = place.skip_sectors;
        const auto key = key_of(params);
        const auto plan = plain::plan(params);
        // Skips a hash longer than the key, a cipher that does not accept the key, and a key that was tried already.
        if (!key || !plan || *key == nullptr) return {};
        const auto head = open_crypt_device(context_, *plan, **key, cipher_head);
        if (!head) {
            ++result_.not_available;
            return {};
        }
        ++result_.tried;
        LK_ASSIGN(const bool noise, is_noise(*head));
        if (noise) return {};
        Bytes plaintext(head->size());
        LK_TRY(read_device(*head, 0, plaintext));
        LK_ASSIGN(const auto glimpse, io::find_signatures_in_copy(*head->io()));
        if (glimpse.empty() && !may_be_ntfs(plaintext)) return {};

        params.offset_sectors = place.offset_sectors;
        LK_ASSIGN(const MappingPlan whole, plain::plan(params));
        LK_ASSIGN(auto signatures, find_plaintext_signatures(context_, whole, **key, device_));
        if (signatures.empty()) return {};
        result_.findings.push_back({.params = std::move(params),
                                    .signatures = std::move(signatures),
                                    .known_from = candidate.known_from,
                                    .regular_sectors = count_regular_sectors(plaintext)});
        return {};
    }

    Context& context_;
    const Device& device_;
    const Passphrase& passphrase_;
    std::vector<Candidate> candidates_ = candidates();
    std::map<std::pair<std::string, std::uint32_t>, std::optional<VolumeKey>> keys_;
    ProbeResult result_;
};

}  // namespace

Result<ProbeResult> probe(Context& context, const Device& device, const Passphrase& passphrase,
                          std::optional<std::uint64_t> offset_sectors) {
    const auto where = places(device.size() / kSectorSize, offset_sectors);
    if (where.empty())
        return fail(Errc::DeviceTooSmall, "device %s has no sector there", device.name().c_str());
    Prober prober(context, device, passphrase);
    for (const Place& place : where) {
        LK_TRY(prober.try_place(place));
        // At other places there would only be findings by chance.
        if (prober.found()) break;
    }
    return prober.take();
}

}  // namespace latchkey::legacy
