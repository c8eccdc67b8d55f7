// SPDX-License-Identifier: LGPL-2.1-or-later
// Secrets have types that cannot be copied, printed or forgotten.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include "latchkey/error.h"

namespace latchkey {

// Bytes that must not outlive their use: moved, never copied, wiped when they go.
// No conversion to std::string and no operator<< exist, so that a secret cannot
// reach a log line, an error text or a core file by a slip of the keyboard.
class LATCHKEY_API SecretBuffer {
  public:
    SecretBuffer() = default;
    // Zero-filled; on pages of its own, out of core dumps, locked in memory if allowed.
    // Throws std::bad_alloc when there is no memory at all.
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

    // Keeps the first `size` bytes and wipes the rest.  `size` must not be greater than size().
    void shrink(std::size_t size);

    // Marks bytes that came out of a source of endless random ones (/dev/urandom by any name): nobody reads the same
    // ones again.  The mark stays with what is made of them, so that whoever gives a device such a key can ask
    // latchkey/swap_guard.h first.
    void set_random() { random_ = true; }
    [[nodiscard]] bool is_random() const { return random_; }

  private:
    std::span<std::byte> bytes_;
    bool random_ = false;
};

// Overwrites memory in a way that the compiler keeps.
LATCHKEY_API void wipe_memory(std::span<std::byte> bytes);

// True if both are equal; the time taken depends on the length alone.
[[nodiscard]] LATCHKEY_API bool equal_in_constant_time(std::span<const std::byte> a,
                                                       std::span<const std::byte> b);

// What opens a keyslot by way of a KDF: from a person, a file or a token.
class Passphrase {
  public:
    explicit Passphrase(SecretBuffer bytes) : buffer_(std::move(bytes)) {}
    [[nodiscard]] std::span<const std::byte> bytes() const { return buffer_.bytes(); }
    [[nodiscard]] std::size_t size() const { return buffer_.size(); }
    [[nodiscard]] bool is_random() const { return buffer_.is_random(); }  // as SecretBuffer has it

  private:
    SecretBuffer buffer_;
};

// Encrypts one keyslot's area: what the KDF makes of a passphrase.
class KeyslotKey {
  public:
    explicit KeyslotKey(SecretBuffer bytes) : buffer_(std::move(bytes)) {}
    [[nodiscard]] std::span<const std::byte> bytes() const { return buffer_.bytes(); }

  private:
    SecretBuffer buffer_;
};

// Came out of a keyslot or a file; nothing has vouched for it yet.
class CandidateKey {
  public:
    explicit CandidateKey(SecretBuffer bytes) : buffer_(std::move(bytes)) {}
    [[nodiscard]] std::span<const std::byte> bytes() const { return buffer_.bytes(); }
    [[nodiscard]] std::size_t size() const { return buffer_.size(); }
    [[nodiscard]] SecretBuffer release() && { return std::move(buffer_); }

  private:
    SecretBuffer buffer_;
};

// Who says that a key is the volume's.
enum class Vouched : std::uint8_t {
    ByDigest,  // a digest of the volume's header agrees with the key, or was made of it
    ByCaller,  // whoever gave or made the key: nothing in a plain or loop-AES volume could contradict
};

// The key that encrypts the data.  Volume::plan() takes none of a LUKS volume that only a caller vouches for.
class VolumeKey {
  public:
    VolumeKey(Vouched vouched, SecretBuffer bytes, int digest = -1)
        : buffer_(std::move(bytes)), vouched_(vouched), digest_(digest) {}
    [[nodiscard]] std::span<const std::byte> bytes() const { return buffer_.bytes(); }
    [[nodiscard]] std::size_t size() const { return buffer_.size(); }
    [[nodiscard]] Vouched vouched() const { return vouched_; }
    // Number of the LUKS2 digest that vouches for it; -1 = that of the data, or of a format with one key.
    [[nodiscard]] int digest() const { return digest_; }
    [[nodiscard]] bool is_random() const { return buffer_.is_random(); }  // as SecretBuffer has it
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
