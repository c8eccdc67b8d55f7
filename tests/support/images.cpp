// SPDX-License-Identifier: GPL-2.0-or-later
#include "support/images.h"

#include <stdexcept>

#include "support/program.h"
#include "support/temp_dir.h"

namespace latchkey::test {

std::filesystem::path source_dir() {
    return LATCHKEY_SOURCE_DIR;
}

Bytes load_image(const std::filesystem::path& path) {
    if (!std::filesystem::exists(path)) throw std::runtime_error("no image " + path.string());
    if (path.extension() != ".zst") return read_file(path);
    ProgramResult result = run_program({"zstd", "-dcq", "--long=27", path.string()});
    if (result.status != 0) throw std::runtime_error("zstd cannot read " + path.string());
    return std::move(result.output);
}

Bytes image(std::string_view name) {
    return load_image(source_dir() / "tests" / "images" / (std::string(name) + ".img.zst"));
}

}  // namespace latchkey::test
