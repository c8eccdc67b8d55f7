// SPDX-License-Identifier: GPL-2.0-or-later
// Known answers from tests/vectors: paragraphs of "name = value" lines, and comments with '#'.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"

namespace latchkey::test {

class Vector {
  public:
    // A missing or malformed field throws std::runtime_error, because the file is wrong, not the library.
    [[nodiscard]] const std::string& text(const std::string& name) const;
    [[nodiscard]] Bytes hex(const std::string& name) const;
    [[nodiscard]] std::uint64_t number(const std::string& name) const;

    // "pbkdf2.vec:15", which is also how it prints.
    [[nodiscard]] std::string place() const;
    friend std::ostream& operator<<(std::ostream& out, const Vector& vector);

  private:
    friend std::vector<Vector> read_vectors(std::string_view file);
    std::string file_;
    int line_ = 0;
    std::map<std::string, std::string> fields_;
};

// Returns all vectors of one file.  Throws if it does not exist or is empty: a test without vectors would pass.
[[nodiscard]] std::vector<Vector> read_vectors(std::string_view file);

}  // namespace latchkey::test
