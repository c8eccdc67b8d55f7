// SPDX-License-Identifier: LGPL-2.1-or-later
#include "formats/format.h"

namespace latchkey::formats {

Error LoadedHeader::not_supported(const char* verb) const {
    const std::string name(type());
    return fail(Errc::NotSupported, "%s volumes do not support: %s", name.c_str(), verb);
}

Result<std::string> LoadedHeader::metadata_json() const { return not_supported("JSON metadata"); }
Result<int> LoadedHeader::add_keyslot(Context&, const VolumeKey&, const Passphrase&,
                                      const KeyslotSpec&) {
    return not_supported("adding a keyslot");
}
Result<int> LoadedHeader::add_unbound_keyslot(Context&, CandidateKey, const Passphrase&,
                                              const KeyslotSpec&) {
    return not_supported("unbound keyslots");
}
Result<int> LoadedHeader::change_keyslot(Context&, int, const VolumeKey&, const Passphrase&,
                                         const KeyslotSpec&) {
    return not_supported("changing a keyslot");
}
Result<void> LoadedHeader::kill_keyslot(Context&, int) {
    return not_supported("removing a keyslot");
}
Result<void> LoadedHeader::erase_keyslots(Context&) { return not_supported("erasing keyslots"); }
Result<void> LoadedHeader::set_uuid(Context&, std::string_view) {
    return not_supported("changing the UUID");
}
Result<void> LoadedHeader::set_label(Context&, const std::optional<std::string>&,
                                     const std::optional<std::string>&) {
    return not_supported("labels");
}
Result<void> LoadedHeader::set_priority(Context&, int, Priority) {
    return not_supported("keyslot priorities");
}
Result<void> LoadedHeader::set_keyslot_name(Context&, int, std::string_view) {
    return not_supported("keyslot names");
}
Result<void> LoadedHeader::set_flags(Context&, const std::vector<std::string>&) {
    return not_supported("persistent flags");
}
Result<std::string> LoadedHeader::export_token(int) const { return not_supported("tokens"); }
Result<int> LoadedHeader::import_token(Context&, std::optional<int>, std::string_view, bool) {
    return not_supported("tokens");
}
Result<void> LoadedHeader::remove_token(Context&, int) { return not_supported("tokens"); }
Result<void> LoadedHeader::assign_token(Context&, int, int, bool) {
    return not_supported("tokens");
}

}  // namespace latchkey::formats
