// SPDX-License-Identifier: LGPL-2.1-or-later
#include "capi/device.h"

#include "base/i18n.h"
#include "capi/guard.h"

namespace latchkey::capi {
namespace {

Result<Device> open_known(crypt_device& cd, const std::string& path, const DeviceIdentity& known,
                          Access access) {
    LK_ASSIGN(Device device, Device::open(cd.context, path, access));
    if (known.known() && known != device.identity())
        return fail(Errc::ConcurrentChange,
                    "%s is not the device that it was when it was first used", path.c_str());
    return device;
}

Result<Volume> load(crypt_device& cd, std::string_view type, Access access) {
    LK_ASSIGN(Device device, open_header(cd, access));
    return Volume::load(cd.context, std::move(device),
                        {.type = std::string(type), .data_device = cd.data_path});
}

// Adds a line if nothing is known of the device.
Error of_wrong_type(const crypt_device& cd, Error error) {
    if (type_of(cd).empty())
        error.sentence.insert(
            0, std::string(translate(
                   N_("Cannot determine device type. Incompatible activation of device?"))) +
                   "\n");
    return error;
}

}  // namespace

const char* hand_out(crypt_device& cd, std::string_view call, std::string text) {
    std::string& kept = cd.handed_out[std::string(call)];
    // If the text is unchanged, the caller's pointer stays valid.
    if (kept != text || kept.empty()) kept = std::move(text);
    return kept.c_str();
}

std::string_view type_of(const crypt_device& cd) {
    const char* type = cd.facet == nullptr ? nullptr : cd.facet->type();
    return type == nullptr ? std::string_view() : type;
}
LuksFacet* luks_of(const crypt_device& cd) {
    return cd.facet == nullptr ? nullptr : cd.facet->luks();
}
LuksFacet* luks2_of(const crypt_device& cd) {
    LuksFacet* const luks = luks_of(cd);
    return luks != nullptr && luks->has_json() ? luks : nullptr;
}

const std::string& data_path(const crypt_device& cd) {
    return cd.data_path.empty() ? cd.header_path : cd.data_path;
}
bool is_detached(const crypt_device& cd) {
    return !cd.data_path.empty();
}

Result<Device> open_header(crypt_device& cd, Access access) {
    return open_known(cd, cd.header_path, cd.header_device, access);
}
Result<Device> open_data(crypt_device& cd, Access access) {
    if (!is_detached(cd)) return open_header(cd, access);
    LK_ASSIGN(Device data, open_known(cd, cd.data_path, cd.data_device, access));
    cd.data_device = data.identity();
    return data;
}

Result<void> load_volume(crypt_device& cd, std::string_view type) {
    LK_ASSIGN(Volume volume, load(cd, type, Access::ReadOnly));
    cd.header_device = volume.device().identity();
    // Callers that hold the volume see its new state.
    if (LuksFacet* luks = luks_of(cd); luks != nullptr && type_of(cd) == volume.info().type)
        luks->volume() = std::move(volume);
    else
        cd.facet = make_luks_facet(std::move(volume));
    return {};
}

Result<Volume*> loaded_volume(const crypt_device& cd) {
    if (LuksFacet* luks = luks_of(cd)) return &luks->volume();
    return of_wrong_type(cd, fail_saying(Errc::InvalidArgument,
                                         "This operation is supported only for LUKS device."));
}
Result<Volume*> loaded_luks2(const crypt_device& cd) {
    if (LuksFacet* luks = luks2_of(cd)) return &luks->volume();
    return of_wrong_type(cd, fail_saying(Errc::InvalidArgument,
                                         "This operation is supported only for LUKS2 device."));
}

Result<void> check_requirements(const crypt_device& cd) {
    LK_ASSIGN(const Volume* volume, loaded_volume(cd));
    for (const std::string& requirement : volume->info().requirements) {
        if (requirement.starts_with("offline-reencrypt"))
            return fail_saying(
                Errc::InvalidArgument,
                "Operation incompatible with device marked for legacy reencryption. Aborting.");
        if (requirement.starts_with("online-reencrypt"))
            return fail_saying(
                Errc::InvalidArgument,
                "Operation incompatible with device marked for LUKS2 reencryption. Aborting.");
    }
    return {};
}

Result<int> change_volume(crypt_device& cd, const std::function<Result<int>(Volume&)>& verb) {
    LK_TRY(check_requirements(cd));
    return write_volume(cd, verb);
}

Result<int> write_volume(crypt_device& cd, const std::function<Result<int>(Volume&)>& verb) {
    LK_ASSIGN(const Volume* known, loaded_volume(cd));
    const std::string uuid = known->info().uuid;
    const std::string type(type_of(cd));
    Result<int> outcome = 0;
    {
        LK_ASSIGN(Volume volume, load(cd, type, Access::ReadWrite));
        if (volume.info().uuid != uuid)
            return fail(Errc::ConcurrentChange, "UUID on %s is %s now, was %s",
                        cd.header_path.c_str(), volume.info().uuid.c_str(), uuid.c_str());
        outcome = verb(volume);
    }
    // Whatever the operation returned, the context shows the present state.
    const auto read_again = load_volume(cd, "");
    if (outcome && !read_again) return read_again.error();
    return outcome;
}

Result<SecretBuffer> secret_of(const char* bytes, std::size_t size) {
    if (bytes == nullptr && size != 0)
        return fail(Errc::InvalidArgument, "no bytes given where the size is %zu", size);
    return SecretBuffer::copy_of(std::as_bytes(std::span(bytes, size)));
}
Result<Passphrase> passphrase_of(const char* bytes, std::size_t size) {
    LK_ASSIGN(SecretBuffer copy, secret_of(bytes, size));
    return Passphrase(std::move(copy));
}

NewKeyslot new_keyslot(const crypt_device& cd, int number) {
    NewKeyslot keyslot;
    if (number != CRYPT_ANY_SLOT) keyslot.number = number;
    keyslot.area_cipher = cd.area_cipher.cipher;
    keyslot.area_key_bytes = cd.area_cipher.key_bytes;
    if (!cd.pbkdf) return keyslot;
    const PbkdfSettings& wish = *cd.pbkdf;
    keyslot.kdf.type = wish.type;
    keyslot.kdf.hash = wish.hash;
    keyslot.kdf.time_ms = wish.time_ms;
    if ((wish.flags & CRYPT_PBKDF_NO_BENCHMARK) != 0)
        keyslot.kdf.forced_iterations = wish.iterations;
    if (wish.type != CRYPT_KDF_PBKDF2) {
        keyslot.kdf.memory_kib = wish.max_memory_kb;
        keyslot.kdf.lanes = wish.lanes;
    }
    return keyslot;
}

bool confirmed(const crypt_device& cd, const std::string& question) {
    return cd.confirm == nullptr || cd.confirm(question.c_str(), cd.confirm_user) != 0;
}

}  // namespace latchkey::capi
