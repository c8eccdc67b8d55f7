// SPDX-License-Identifier: LGPL-2.1-or-later
// The key is the same for all ciphers of one hash and length; the ciphertext's head is read once a place.
#include "io/probe.h"

#include <algorithm>
#include <array>
#include <map>

#include "io/mem_device.h"
#include "latchkey/crypt_device.h"
#include "latchkey/legacy.h"
#include "legacy/candidates.h"

namespace latchkey::legacy {
namespace {

constexpr std::uint64_t kSector = 512;       // bytes
constexpr std::uint64_t kHead = 128 * 1024;  // bytes; btrfs has its superblock at 64 KiB

struct Texture {
    bool plausible = false;
    std::size_t regular_sectors = 0;
};

// What noise has not: a byte that is frequent.  And what only the right IV leaves: zeros (or another byte) from the
// first byte of a sector on, as CBC decrypts all but the first block without an IV.
Texture texture_of(ByteView plaintext) {
    constexpr std::size_t kBlock = 16;  // bytes; the longest of our ciphers
    std::array<std::size_t, 256> counts{};
    for (const std::byte byte : plaintext) ++counts[std::to_integer<std::size_t>(byte)];
    Texture texture;
    // In noise every byte has a share of 1/256, and 128 KiB of it come near.
    texture.plausible = *std::ranges::max_element(counts) > plaintext.size() / 100;
    for (; plaintext.size() >= kSector; plaintext = plaintext.subspan(kSector))
        if (std::ranges::equal(plaintext.first(kBlock), plaintext.subspan(kBlock, kBlock)))
            ++texture.regular_sectors;
    return texture;
}

bool may_be_ntfs(ByteView head) {
    return head.size() >= 16 && std::ranges::equal(head.subspan(3, 4), as_byte_view("NTFS"));
}

class Prober {
  public:
    Prober(Context& context, const Device& device, const Passphrase& passphrase)
        : context_(context), device_(device), passphrase_(passphrase) {}

    Result<void> try_place(const Place& place) {
        const std::uint64_t begin = place.offset_sectors * kSector;
        Bytes head(std::min(kHead, (device_.size() - begin) / kSector * kSector));
        LK_TRY(read_device(device_, begin, head));
        const Device cipher_head(std::make_shared<io::MemDevice>(std::move(head)));
        for (const Candidate& candidate : candidates_) {
            if (context_.cancelled()) return fail(Errc::Interrupted, "interrupted");
            LK_TRY(try_one(candidate, place, cipher_head));
        }
        return {};
    }
    ProbeResult take() {
        const auto likelier = [](const Finding& a, const Finding& b) {
            if (a.plausible != b.plausible) return a.plausible;
            return a.regular_sectors > b.regular_sectors;
        };
        std::ranges::stable_sort(result_.findings, likelier);
        return std::move(result_);
    }
    [[nodiscard]] bool found() const {
        return std::ranges::any_of(result_.findings, &Finding::plausible);
    }

  private:
    Result<const VolumeKey*> key_of(const plain::Params& params) {
        const auto index = std::pair(params.hash, params.key_bytes);
        const auto known = keys_.find(index);
        if (known != keys_.end()) return &known->second;
        LK_ASSIGN(VolumeKey key, plain::key_from_passphrase(params, passphrase_));
        return &keys_.emplace(index, std::move(key)).first->second;
    }

    Result<void> try_one(const Candidate& candidate, const Place& place,
                         const Device& cipher_head) {
        plain::Params params = candidate.params;
        params.skip_sectors = place.skip_sectors;
        const auto key = key_of(params);
        const auto plan = plain::plan(params);
        // A hash that is longer than the key, or a cipher without that key.
        if (!key || !plan) return {};
        const auto head = open_crypt_device(context_, *plan, **key, cipher_head);
        if (!head) {
            ++result_.not_available;
            return {};
        }
        ++result_.tried;
        Bytes plaintext(head->size());
        LK_TRY(read_device(*head, 0, plaintext));
        const Texture texture = texture_of(plaintext);
        LK_ASSIGN(const auto glimpse, io::find_signatures_in_copy(*head->io()));
        if (glimpse.empty() && !may_be_ntfs(plaintext)) return {};

        params.offset_sectors = place.offset_sectors;
        LK_ASSIGN(const MappingPlan whole, plain::plan(params));
        LK_ASSIGN(auto signatures, find_plaintext_signatures(context_, whole, **key, device_));
        if (signatures.empty()) return {};
        result_.findings.push_back({.params = std::move(params),
                                    .signatures = std::move(signatures),
                                    .known_from = candidate.known_from,
                                    .plausible = texture.plausible,
                                    .regular_sectors = texture.regular_sectors});
        return {};
    }

    Context& context_;
    const Device& device_;
    const Passphrase& passphrase_;
    std::vector<Candidate> candidates_ = candidates();
    std::map<std::pair<std::string, std::uint32_t>, VolumeKey> keys_;
    ProbeResult result_;
};

}  // namespace

Result<ProbeResult> probe(Context& context, const Device& device, const Passphrase& passphrase,
                          std::optional<std::uint64_t> offset_sectors) {
    const auto where = places(device.size() / kSector, offset_sectors);
    if (where.empty())
        return fail(Errc::DeviceTooSmall, "device %s has no sector there", device.name().c_str());
    Prober prober(context, device, passphrase);
    for (const Place& place : where) {
        LK_TRY(prober.try_place(place));
        // Elsewhere there would be chance alone.
        if (prober.found()) break;
    }
    return prober.take();
}

}  // namespace latchkey::legacy
