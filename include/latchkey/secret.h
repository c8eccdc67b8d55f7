// SPDX-License-Identifier: LGPL-2.1-or-later
// Types for secrets that cannot be copied, printed or left in memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include "latchkey/error.h"

namespace latchkey {

// Bytes that are wiped at the end of their life; movable, not copyable.
// There is no conversion to std::string and no operator<<, so that a secret cannot reach a log line, an error text or
// a core file by accident.
class LATCHKEY_API SecretBuffer {
  public:
    SecretBuffer() = default;
    // Allocates zero-filled memory on separate pages, excluded from core dumps, and locked if allowed.
    // Throws std::bad_alloc if there is no memory.
    explicit SecretBuffer(std::size_t size);
    SecretBuffer(SecretBuffer&& from) noexcept
        : bytes_(std::exchange(from.bytes_, {})), random_(std::exchange(from.random_, false)) {}
    SecretBuffer& operator=(SecretBuffer&& from) noexcept {
        std::swap(bytes_, from.bytes_);
        std::swap(random_, from.random_);
        return *this;
    }
    SecretBuffer(const SecretBuffer&) = delete;
    SecretBuffer& operator=(const SecretBuffer&) = delete;
    ~SecretBuffer();

    [[nodiscard]] static SecretBuffer copy_of(std::span<const std::byte> bytes);

    [[nodiscard]] std::span<std::byte> bytes() { return bytes_; }
    [[nodiscard]] std::span<const std::byte> bytes() const { return bytes_; }
    [[nodiscard]] std::size_t size() const { return bytes_.size(); }
    [[nodiscard]] bool empty() const { return bytes_.empty(); }

    // Keeps the first `size` bytes and wipes the rest.  `size` must be at most size().
    void shrink(std::size_t size);

    // Marks bytes from an endless random source (/dev/urandom by any name): they can never be read again.  Keys made
    // from these bytes keep the mark, so that code that gives such a key to a device can call latchkey/swap_guard.h
    // first.
    void set_random() { random_ = true; }
    [[nodiscard]] bool is_random() const { return random_; }

  private:
    std::span<std::byte> bytes_;
    bool random_ = false;
};

// Overwrites memory in a way that the compiler does not remove.
LATCHKEY_API void wipe_memory(std::span<std::byte> bytes);

// Returns true if both are equal.  The time depends on the length only.
[[nodiscard]] LATCHKEY_API bool equal_in_constant_time(std::span<const std::byte> a,
                                                       std::span<const std::byte> b);

// The input of a keyslot's KDF: from the user, a file or a token.
class Passphrase {
  public:
    explicit Passphrase(SecretBuffer bytes) : buffer_(std::move(bytes)) {}
    [[nodiscard]] std::span<const std::byte> bytes() const { return buffer_.bytes(); }
    [[nodiscard]] std::size_t size() const { return buffer_.size(); }
    [[nodiscard]] bool is_random() const {
        return buffer_.is_random();
    }  // as SecretBuffer::is_random()

  private:
    SecretBuffer buffer_;
};

// The key that encrypts a keyslot's area: the output of the KDF.
class KeyslotKey {
  public:
    explicit KeyslotKey(SecretBuffer bytes) : buffer_(std::move(bytes)) {}
    [[nodiscard]] std::span<const std::byte> bytes() const { return buffer_.bytes(); }

  private:
    SecretBuffer buffer_;
};

// A key from a keyslot or a file that nothing has verified yet.
class CandidateKey {
  public:
    explicit CandidateKey(SecretBuffer bytes) : buffer_(std::move(bytes)) {}
    [[nodiscard]] std::span<const std::byte> bytes() const { return buffer_.bytes(); }
    [[nodiscard]] std::size_t size() const { return buffer_.size(); }
    [[nodiscard]] SecretBuffer release() && { return std::move(buffer_); }

  private:
    SecretBuffer buffer_;
};

// How a key was verified.
enum class Vouched : std::uint8_t {
    ByDigest,  // a digest in the volume's header matches the key, or was made from it
    ByCaller,  // the caller gave or made the key; a plain or loop-AES volume has nothing to check it against
};

// The key that encrypts the data.  For a LUKS volume Volume::plan() refuses a key that is only ByCaller.
class VolumeKey {
  public:
    VolumeKey(Vouched vouched, SecretBuffer bytes, int digest = -1)
        : buffer_(std::move(bytes)), vouched_(vouched), digest_(digest) {}
    [[nodiscard]] std::span<const std::byte> bytes() const { return buffer_.bytes(); }
    [[nodiscard]] std::size_t size() const { return buffer_.size(); }
    [[nodiscard]] Vouched vouched() const { return vouched_; }
    // Returns the number of the LUKS2 digest that matches; -1 = the digest of the data, or a format with one key.
    [[nodiscard]] int digest() const { return digest_; }
    [[nodiscard]] bool is_random() const {
        return buffer_.is_random();
    }  // as SecretBuffer::is_random()
    [[nodiscard]] VolumeKey copy() const {
        SecretBuffer bytes = SecretBuffer::copy_of(buffer_.bytes());
        if (is_random()) bytes.set_random();
        return {vouched_, std::move(bytes), digest_};
    }

  private:
    SecretBuffer buffer_;
    Vouched vouched_;
    int digest_;
};

}  // namespace latchkey
