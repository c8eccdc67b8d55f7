// SPDX-License-Identifier: LGPL-2.1-or-later
// Implements the interface of formats for LUKS1.
#include "luks1/loaded_header.h"

#include <algorithm>

#include "base/i18n.h"
#include "base/strprintf.h"
#include "base/uuid.h"
#include "crypto/af_splitter.h"
#include "crypto/derive_ahead.h"
#include "crypto/kdf.h"
#include "formats/unlock_walk.h"
#include "luks1/digest.h"
#include "luks1/keyslot.h"
#include "luks1/keyslot_verbs.h"
#include "luks1/layout.h"

namespace latchkey::luks1 {

extern const formats::Format kFormat;

namespace {

constexpr std::string_view kType = "LUKS1";
constexpr std::uint64_t kBackupUnitBytes = 4096;

class Luks1Header final : public formats::LoadedHeader {
  public:
    Luks1Header(std::shared_ptr<io::BlockDevice> device, StoredHeader stored, bool detached)
        : disk_(std::move(device), std::move(stored)), detached_(detached) {}

    std::string_view type() const override { return kType; }
    VolumeInfo info() const override;
    std::vector<KeyslotInfo> keyslots() const override;
    // Every keyslot has an area, used or not.
    Result<ByteRange> keyslot_area(int number) const override {
        return ByteRange{
            .offset = std::uint64_t{header().keyslot(number).area_offset_sectors} * io::kSectorSize,
            .length = header().area_bytes()};
    }
    std::vector<formats::NullCipher> null_ciphers() const override;
    Fact describe() const override { return luks1::describe(header(), device().name()); }
    KdfRequest default_kdf() const override {
        return {.type = std::string(model::kPbkdf2), .hash = header().hash};
    }
    std::uint64_t header_area_bytes() const override;
    std::vector<ByteRange> backup_holes() const override;
    std::vector<ByteRange> header_copies() const override {
        return {{.offset = 0, .length = sizeof(HeaderDisk)}};
    }
    bool equals(const formats::LoadedHeader& other) const override {
        const auto* same_type = dynamic_cast<const Luks1Header*>(&other);
        return same_type != nullptr &&
               std::ranges::equal(record_bytes(disk_.stored().disk),
                                  record_bytes(same_type->disk_.stored().disk));
    }
    std::uint32_t area_key_bytes(const NewKeyslot&, std::uint32_t) const override {
        return header().key_bytes;
    }
    Result<void> check_keyslot(const NewKeyslot& keyslot) const override {
        if (keyslot.token) return fail(Errc::NotSupported, "LUKS1 keyslots have no tokens");
        return check_keyslot_wish(keyslot.kdf.type, keyslot.area_cipher, keyslot.name);
    }

    Result<void> check_cost(const Context& context,
                            const std::vector<int>& keyslots) const override;
    Result<formats::Unlocked> unlock(Context& context, const Passphrase& passphrase,
                                     const UnlockOptions& options) const override;
    Result<VolumeKey> verify(Context& context, CandidateKey key) const override {
        return verify_key(context, header(), std::move(key));
    }
    Result<model::MappingPlan> plan(Context& context, const KeyRing& keys) const override;

    std::shared_ptr<const void> hold(Context& context, formats::MetadataLock lock,
                                     const formats::LoadedHeader& current) override {
        return disk_.hold(context, std::move(lock),
                          dynamic_cast<const Luks1Header&>(current).disk_);
    }
    Result<std::shared_ptr<Transaction>> begin(Context& context) { return disk_.begin(context); }

    Result<int> add_keyslot(Context& context, const VolumeKey& key, const Passphrase& passphrase,
                            const formats::KeyslotSpec& spec) override {
        return with_change<int>(context, [&](Transaction& change) {
            return luks1::add_keyslot(context, change, key, passphrase, spec);
        });
    }
    Result<int> change_keyslot(Context& context, int number, const VolumeKey& key,
                               const Passphrase& passphrase,
                               const formats::KeyslotSpec& spec) override {
        return with_change<int>(context, [&](Transaction& change) {
            return luks1::change_keyslot(context, change, number, key, passphrase, spec);
        });
    }
    Result<void> kill_keyslot(Context& context, int number) override {
        return with_change<void>(context, [&](Transaction& change) {
            return luks1::kill_keyslot(context, change, number);
        });
    }
    Result<void> erase_keyslots(Context& context) override {
        return with_change<void>(
            context, [&](Transaction& change) { return luks1::erase_keyslots(context, change); });
    }
    Result<void> set_uuid(Context& context, std::string_view uuid) override;

  private:
    [[nodiscard]] const Header& header() const { return disk_.stored().header; }
    [[nodiscard]] const io::BlockDevice& device() const { return *disk_.device(); }
    [[nodiscard]] Result<formats::Unlocked> unlock_one(Context& context, int number,
                                                       const Passphrase& passphrase,
                                                       crypto::DeriveAhead& keys) const;
    [[nodiscard]] std::vector<formats::KeyslotToTry> keyslots_in_use() const;

    template <typename T, typename Verb>
    Result<T> with_change(Context& context, Verb verb) {
        LK_ASSIGN(const auto change, disk_.begin(context));
        return verb(*change);
    }

    formats::HeaderOnDisk<Store> disk_;
    bool detached_;
};

VolumeInfo Luks1Header::info() const {
    constexpr std::uint64_t kBeforeAreas = kFirstAreaSector * io::kSectorSize;
    return {.type = std::string(kType),
            .uuid = header().uuid,
            .cipher = header().cipher(),
            .key_bytes = header().key_bytes,
            .hash = header().hash,
            .data_offset = std::uint64_t{header().payload_offset_sectors} * io::kSectorSize,
            .metadata_size = kBeforeAreas,
            .keyslots_size = header().areas_end_bytes() - kBeforeAreas};
}

// The same cipher encrypts keyslots and data.
std::vector<formats::NullCipher> Luks1Header::null_ciphers() const {
    if (!model::names_null_cipher(header().cipher())) return {};
    return {{.field = "cipher", .value = header().cipher(), .of_data = true}};
}

std::vector<KeyslotInfo> Luks1Header::keyslots() const {
    std::vector<KeyslotInfo> infos;
    for (int number = 0; number < kKeyslotCount; ++number) {
        const Keyslot& keyslot = header().keyslot(number);
        if (keyslot.disabled()) continue;
        infos.push_back(
            {.number = number,
             .type = "luks1",
             .usable = keyslot.enabled(),
             .key_bytes = header().key_bytes,
             .kdf_type = std::string(model::kPbkdf2),
             .kdf_hash = header().hash,
             .kdf_iterations = keyslot.iterations,
             .af_hash = header().hash,
             .area_cipher = header().cipher(),
             .area_key_bytes = header().key_bytes,
             .area_offset = std::uint64_t{keyslot.area_offset_sectors} * io::kSectorSize,
             .area_size = header().area_bytes()});
    }
    return infos;
}

std::uint64_t Luks1Header::header_area_bytes() const {
    // A device that holds only the header may end with the last area.
    const std::uint64_t areas_end = header().areas_end_bytes();
    const std::uint64_t end =
        std::min(round_up(areas_end, kBackupUnitBytes), std::max(areas_end, device().size()));
    const std::uint64_t payload = std::uint64_t{header().payload_offset_sectors} * io::kSectorSize;
    // Old layouts may have data in the last page, and a restore must not overwrite newer data with it.
    return payload != 0 && payload < end ? payload : end;
}

std::vector<ByteRange> Luks1Header::backup_holes() const {
    std::vector<ByteRange> holes;
    if (header().keyslot(0).area_offset_sectors == kFirstAreaSector)
        holes.push_back({.offset = sizeof(HeaderDisk),
                         .length = kFirstAreaSector * io::kSectorSize - sizeof(HeaderDisk)});
    const std::uint64_t end = header().areas_end_bytes();
    if (end < header_area_bytes())
        holes.push_back({.offset = end, .length = header_area_bytes() - end});
    return holes;
}

Result<formats::Unlocked> Luks1Header::unlock_one(Context& context, int number,
                                                  const Passphrase& passphrase,
                                                  crypto::DeriveAhead& keys) const {
    const Keyslot& keyslot = header().keyslot(number);
    if (keyslot.invalid()) return invalid_state_error(number, keyslot);
    LK_ASSIGN(VolumeKey key, open_keyslot(context, device(), header(), number, passphrase, keys));
    return formats::Unlocked{.key = std::move(key), .keyslot = number};
}

// Returns them by number.  load() has reported damage in their records.
std::vector<formats::KeyslotToTry> Luks1Header::keyslots_in_use() const {
    std::vector<formats::KeyslotToTry> keyslots;
    for (int number = 0; number < kKeyslotCount; ++number) {
        const Keyslot& keyslot = header().keyslot(number);
        if (keyslot.disabled()) continue;
        keyslots.push_back(
            {.number = number,
             .material = {.offset = std::uint64_t{keyslot.area_offset_sectors} * io::kSectorSize,
                          .length = header().area_bytes()},
             .damage_told = true});
    }
    return keyslots;
}

Result<void> Luks1Header::check_cost(const Context& context,
                                     const std::vector<int>& keyslots) const {
    crypto::KdfTotal total;
    model::KdfParams kdf{.type = std::string(model::kPbkdf2), .hash = header().hash};
    std::size_t tried = 0;
    for (const int number : keyslots) {
        const Keyslot& keyslot = header().keyslot(number);
        // This keyslot alone is too expensive, so it is not tried.
        if (!keyslot.enabled() || keyslot.iterations > context.policy.kdf.max_iterations) continue;
        ++tried;
        kdf.iterations = keyslot.iterations;
        total.add(kdf, header().key_bytes);
        kdf.iterations = header().digest_iterations;
        total.add(kdf, kDigestBytes);
    }
    return total.check(context.policy.kdf, tried);
}

Result<formats::Unlocked> Luks1Header::unlock(Context& context, const Passphrase& passphrase,
                                              const UnlockOptions& options) const {
    LK_TRY(check_cipher(context, header()));
    LK_TRY(check_digest_cost(context, header()));
    if (options.keyslot) LK_TRY(check_keyslot_number(*options.keyslot));
    const auto keyslots = formats::keyslots_to_try(keyslots_in_use(), options.keyslot);
    const std::vector<int> numbers = formats::numbers_of(keyslots);
    LK_TRY(check_cost(context, numbers));
    crypto::DeriveAhead keys(passphrase.bytes(), wanted_keys(context, header(), numbers),
                             context.cancelled());
    return formats::unlock_walk(context, device(), keyslots, options, [&](int number) {
        return unlock_one(context, number, passphrase, keys);
    });
}

Result<model::MappingPlan> Luks1Header::plan(Context&, const KeyRing& keys) const {
    LK_TRY(cipher_spec(header()));
    const std::uint64_t payload = header().payload_offset_sectors;
    if (!detached_ && device().size() <= payload * io::kSectorSize)
        return fail(Errc::DeviceTooSmall, "%s ends at byte %llu <= %llu, where the data begins",
                    device().name().c_str(), static_cast<unsigned long long>(device().size()),
                    static_cast<unsigned long long>(payload * io::kSectorSize));
    return model::MappingPlan{.type = std::string(kType),
                              .uuid = header().uuid,
                              .segments = {{.cipher = header().cipher(), .device_offset = payload}},
                              .keys = {{.bytes = keys.front().size()}}};
}

Result<void> Luks1Header::set_uuid(Context& context, std::string_view text) {
    LK_ASSIGN(const std::string uuid, checked_uuid(text));
    return with_change<void>(context, [&](Transaction& change) {
        Header next = change.current();
        next.uuid = uuid;
        return change.commit(next);
    });
}

// There is no other copy, and repair does not guess: it is unknown whether such a keyslot was in use.
void tell_damage(Context& context, const io::BlockDevice& device, const Header& header) {
    for (int number = 0; number < kKeyslotCount; ++number) {
        const Keyslot& keyslot = header.keyslot(number);
        std::string damage;
        if (keyslot.invalid())
            damage = invalid_state_error(number, keyslot).message;
        else if (keyslot.enabled() && keyslot.iterations == 0)
            damage = no_iterations_error(number).message;
        if (damage.empty()) continue;
        context.log_once(LogLevel::Warning,
                         "the header on %s is damaged (%s); only a header backup repairs it",
                         device.name().c_str(), damage.c_str());
    }
}

Result<std::unique_ptr<formats::LoadedHeader>> load(Context& context,
                                                    std::shared_ptr<io::BlockDevice> device,
                                                    const LoadOptions& options) {
    LK_ASSIGN(StoredHeader stored, read_header(*device));
    if (options.tell_damage) tell_damage(context, *device, stored.header);
    return make_loaded_header(std::move(device), std::move(stored), !options.data_device.empty());
}

}  // namespace

std::unique_ptr<formats::LoadedHeader> make_loaded_header(std::shared_ptr<io::BlockDevice> device,
                                                          StoredHeader stored, bool detached) {
    return std::make_unique<Luks1Header>(std::move(device), std::move(stored), detached);
}

Result<std::shared_ptr<Transaction>> begin_change(Context& context, formats::LoadedHeader& header) {
    auto* luks1 = dynamic_cast<Luks1Header*>(&header);
    if (luks1 == nullptr) return fail(Errc::InvalidArgument, "not a LUKS1 header");
    return luks1->begin(context);
}

const formats::Format kFormat{.type = kType,
                              .load = &load,
                              .create = &create,
                              .repair = &repair,
                              .check_restore = &check_restore,
                              // luks2 knows both formats and converts in both directions.
                              .convert_from = nullptr,
                              .max_keyslots = kKeyslotCount,
                              .usual_data_offset = &usual_data_offset,
                              .check_create = &check_create,
                              .check_room = &check_room};

}  // namespace latchkey::luks1
