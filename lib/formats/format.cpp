// SPDX-License-Identifier: LGPL-2.1-or-later
#include "formats/format.h"

#include "base/i18n.h"

namespace latchkey::formats {

Error LoadedHeader::not_supported(const char* verb) const {
    const std::string name(type());
    return fail(Errc::NotSupported, "%s volumes do not support: %s", name.c_str(), translate(verb));
}

Result<std::string> LoadedHeader::metadata_json() const {
    return not_supported(N_("JSON metadata"));
}
Result<void> LoadedHeader::begin_reencryption(Context&, io::BlockDevice&, const VolumeKey&,
                                              const VolumeKey*, std::optional<int>,
                                              const ReencryptParams&) {
    return not_supported(N_("reencryption"));
}
Result<int> LoadedHeader::add_keyslot_of_new_key(Context&, const VolumeKey&, const Passphrase&,
                                                 const KeyslotSpec&) {
    return not_supported(N_("reencryption"));
}
Result<void> LoadedHeader::recover_reencryption(Context&, io::BlockDevice&, const KeyRing&,
                                                LostData) {
    return not_supported(N_("reencryption"));
}
Result<void> LoadedHeader::run_reencryption(Context&, io::BlockDevice&, const KeyRing&,
                                            std::uint64_t, model::DataUsers*) {
    return not_supported(N_("reencryption"));
}
Result<int> LoadedHeader::add_keyslot(Context&, const VolumeKey&, const Passphrase&,
                                      const KeyslotSpec&) {
    return not_supported(N_("adding a keyslot"));
}
Result<int> LoadedHeader::add_unbound_keyslot(Context&, CandidateKey, const Passphrase&,
                                              const KeyslotSpec&) {
    return not_supported(N_("unbound keyslots"));
}
Result<int> LoadedHeader::add_keyslot_as(Context&, CandidateKey, const Passphrase&,
                                         const KeyslotSpec&, const KeyBinding&) {
    return not_supported(N_("keyslots of other keys"));
}
Result<void> LoadedHeader::make_volume_key(Context&, int, const VolumeKey&,
                                           const std::optional<KeyslotToken>&) {
    return not_supported(N_("keyslots of other keys"));
}
Result<int> LoadedHeader::change_keyslot(Context&, int, const VolumeKey&, const Passphrase&,
                                         const KeyslotSpec&) {
    return not_supported(N_("changing a keyslot"));
}
Result<void> LoadedHeader::kill_keyslot(Context&, int) {
    return not_supported(N_("removing a keyslot"));
}
Result<void> LoadedHeader::erase_keyslots(Context&) {
    return not_supported(N_("erasing keyslots"));
}
Result<void> LoadedHeader::set_uuid(Context&, std::string_view) {
    return not_supported(N_("changing the UUID"));
}
Result<void> LoadedHeader::set_label(Context&, const std::optional<std::string>&,
                                     const std::optional<std::string>&) {
    return not_supported(N_("labels"));
}
Result<void> LoadedHeader::set_priority(Context&, int, Priority) {
    return not_supported(N_("keyslot priorities"));
}
Result<void> LoadedHeader::set_keyslot_name(Context&, int, std::string_view) {
    return not_supported(N_("keyslot names"));
}
Result<void> LoadedHeader::set_flags(Context&, const std::vector<std::string>&) {
    return not_supported(N_("persistent flags"));
}
Result<void> LoadedHeader::set_requirements(Context&, const std::vector<std::string>&) {
    return not_supported(N_("requirements"));
}
Result<std::string> LoadedHeader::export_token(int) const {
    return not_supported(N_("tokens"));
}
Result<int> LoadedHeader::import_token(Context&, std::optional<int>, std::string_view, bool,
                                       std::optional<int>) {
    return not_supported(N_("tokens"));
}
Result<void> LoadedHeader::remove_token(Context&, int) {
    return not_supported(N_("tokens"));
}
Result<void> LoadedHeader::assign_token(Context&, int, int, bool) {
    return not_supported(N_("tokens"));
}

}  // namespace latchkey::formats
