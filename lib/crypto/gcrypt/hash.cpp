// SPDX-License-Identifier: LGPL-2.1-or-later
#include "crypto/hash.h"

#include <algorithm>
#include <cstring>

#include "crypto/gcrypt/algorithms.h"
#include "crypto/gcrypt/library.h"

namespace latchkey::crypto {

struct Hash::State {
    gcry_md_hd_t handle = nullptr;
    std::size_t length = 0;

    State() = default;
    State(const State&) = delete;
    State& operator=(const State&) = delete;
    ~State() { gcry_md_close(handle); }  // wipes
};

Hash::Hash(std::unique_ptr<State> state) : state_(std::move(state)) {}
Hash::Hash(Hash&&) noexcept = default;
Hash& Hash::operator=(Hash&&) noexcept = default;
Hash::~Hash() = default;

Result<Hash> Hash::create(std::string_view name) {
    LK_ASSIGN(const HashAlgorithm* algorithm, find_hash(name));
    auto state = std::make_unique<State>();
    if (const auto error = gcry_md_open(&state->handle, algorithm->id, algorithm->flags))
        return gcrypt_failure(error, algorithm->name.data());
    state->length = gcry_md_get_algo_dlen(algorithm->id);
    return Hash(std::move(state));
}

void Hash::reset() {
    gcry_md_reset(state_->handle);
}

void Hash::update(ByteView bytes) {
    gcry_md_write(state_->handle, bytes.data(), bytes.size());
}

void Hash::finish(MutableByteView into) {
    const unsigned char* digest = gcry_md_read(state_->handle, 0);
    const std::size_t count = std::min(into.size(), state_->length);
    if (count != 0) std::memcpy(into.data(), digest, count);
}

std::size_t Hash::length() const {
    return state_->length;
}

Result<std::size_t> hash_length(std::string_view name) {
    LK_ASSIGN(const HashAlgorithm* algorithm, find_hash(name));
    return std::size_t{gcry_md_get_algo_dlen(algorithm->id)};
}

Result<Bytes> digest(std::string_view hash, ByteView bytes) {
    LK_ASSIGN(Hash state, Hash::create(hash));
    state.update(bytes);
    Bytes result(state.length());
    state.finish(result);
    return result;
}

}  // namespace latchkey::crypto
