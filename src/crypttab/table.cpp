// SPDX-License-Identifier: GPL-2.0-or-later
#include "crypttab/table.h"

#include <unistd.h>

#include "latchkey/keyfile.h"
#include "text/format.h"

namespace latchkey::cli {

Result<crypttab::File> read_table(Ui& ui, const std::string& path) {
    // One byte more than allowed, so that the library refuses the file by its size.
    const KeyfileOptions options{.limit = crypttab::kMaxFileBytes + 1};
    auto bytes = ui.read_file(path, options);
    if (!bytes && bytes.error().code == Errc::NothingToRead) return crypttab::File{};
    if (!bytes && bytes.error().code == Errc::Interrupted) return std::move(bytes).error();
    if (!bytes && path != "-" && ::access(path.c_str(), R_OK) != 0)
        return fail_saying(Errc::NoDevice, "Cannot read file %s.", path.c_str());
    if (!bytes) return std::move(bytes).error().within(text("crypttab %s", path.c_str()));
    const auto content = bytes->bytes();
    auto file = crypttab::parse({reinterpret_cast<const char*>(content.data()), content.size()});
    if (!file) return std::move(file).error().within(text("crypttab %s", path.c_str()));
    return file;
}

}  // namespace latchkey::cli
