// SPDX-License-Identifier: GPL-2.0-or-later
#include "support/vectors.h"

#include <fstream>
#include <ostream>
#include <stdexcept>

#include "base/hex.h"

namespace latchkey::test {

const std::string& Vector::text(const std::string& name) const {
    const auto field = fields_.find(name);
    if (field == fields_.end()) throw std::runtime_error(place() + ": no field " + name);
    return field->second;
}

Bytes Vector::hex(const std::string& name) const {
    auto bytes = from_hex(text(name));
    if (!bytes) throw std::runtime_error(place() + ": not hexadecimal: " + name);
    return *std::move(bytes);
}

std::uint64_t Vector::number(const std::string& name) const {
    return std::stoull(text(name));
}

std::string Vector::place() const {
    return file_ + ":" + std::to_string(line_);
}

std::ostream& operator<<(std::ostream& out, const Vector& vector) {
    return out << vector.place();
}

std::vector<Vector> read_vectors(std::string_view file) {
    std::ifstream in(std::string(LATCHKEY_SOURCE_DIR "/tests/vectors/").append(file));
    std::vector<Vector> vectors;
    bool inside = false;
    std::string line;
    for (int number = 1; std::getline(in, line); ++number) {
        if (line.empty()) inside = false;
        if (line.empty() || line.front() == '#') continue;
        if (!inside) {
            vectors.emplace_back();
            vectors.back().file_ = file;
            vectors.back().line_ = number;
            inside = true;
        }
        const std::size_t equals = line.find(" =");
        if (equals == std::string::npos)
            throw std::runtime_error(std::string(file) + ": line without '='");
        const bool empty = equals + 2 == line.size();
        vectors.back().fields_[line.substr(0, equals)] = empty ? "" : line.substr(equals + 3);
    }
    if (vectors.empty()) throw std::runtime_error(std::string(file) + ": no vectors");
    return vectors;
}

}  // namespace latchkey::test
