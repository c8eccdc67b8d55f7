// SPDX-License-Identifier: LGPL-2.1-or-later
// Measures the speed of a cipher on this machine.
#include <algorithm>
#include <chrono>

#include "crypto/cipher.h"
#include "latchkey/secret.h"
#include "latchkey/sectors.h"

namespace latchkey::crypto {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kBufferBytes = 1 << 20;
constexpr std::chrono::milliseconds kSample{250};
constexpr int kMostRounds = 16384;  // 16 GiB: more than any cipher processes in a sample

using Operation = Result<void> (SectorCipher::*)(std::uint64_t, MutableByteView) const;

Result<double> measure(const SectorCipher& cipher, Operation operation, MutableByteView buffer) {
    LK_TRY((cipher.*operation)(0, buffer));  // warms up caches and page tables
    const auto begin = Clock::now();
    std::uint64_t done = 0;
    Clock::duration elapsed{};
    for (int round = 0; round < kMostRounds && elapsed < kSample; ++round) {
        LK_TRY((cipher.*operation)(done / kSectorSize, buffer));
        done += buffer.size();
        elapsed = Clock::now() - begin;
    }
    if (elapsed <= Clock::duration::zero())
        return fail(Errc::NotSupported, "the clock of this machine stands still");
    return static_cast<double>(done) / (1 << 20) / std::chrono::duration<double>(elapsed).count();
}

}  // namespace

Result<CipherRate> measure_cipher(const model::CipherSpec& spec, std::size_t key_length) {
    SecretBuffer key(key_length);
    // Not zeros: some ciphers have weak keys, and XTS requires two different ones.
    for (std::size_t i = 0; i < key.size(); ++i) key.bytes()[i] = static_cast<std::byte>(i * 7 + 1);
    LK_ASSIGN(auto cipher, make_sector_cipher(spec, key.bytes(), {.sector_size = 4096}));
    Bytes buffer(kBufferBytes);
    CipherRate rate;
    LK_ASSIGN(rate.encrypt_mib_s, measure(*cipher, &SectorCipher::encrypt, buffer));
    LK_ASSIGN(rate.decrypt_mib_s, measure(*cipher, &SectorCipher::decrypt, buffer));
    return rate;
}

}  // namespace latchkey::crypto
