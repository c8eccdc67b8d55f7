// SPDX-License-Identifier: GPL-2.0-or-later
// Runs the loops of lib/crypto/kernels over bytes that valgrind takes for undefined: it reports each jump and each address
// that depends on them.  A program of its own, for valgrind; `kdf_secrets leak` does what must be reported.
#include <valgrind/memcheck.h>

#include <cstdio>
#include <string_view>
#include <vector>

#include "crypto/kernels/argon2.h"
#include "crypto/kernels/blake2b.h"
#include "crypto/kernels/kernel.h"

namespace latchkey::crypto::kernels {
namespace {

template <typename T>
void make_secret(std::vector<T>& objects) {
    VALGRIND_MAKE_MEM_UNDEFINED(objects.data(), objects.size() * sizeof(T));
}

void run_pbkdf2() {
    for (const Kernel& kernel : all_kernels()) {
        if (!kernel.runs_here()) {
            std::printf("%s: skipped, valgrind does not know its instructions\n",
                        kernel.name.data());
            continue;
        }
        std::vector<Stream> streams(kernel.streams);
        make_secret(streams);
        kernel.advance(streams.data(), 3);
        std::vector<std::byte> block(kernel.block_bytes);
        make_secret(block);
        State state = kernel.initial;
        kernel.absorb(state, block);
        std::printf("%s\n", kernel.name.data());
    }
}

// Argon2i: the addresses of Argon2id depend on the passphrase, as the standard says.
void run_argon2() {
    constexpr Argon2Shape kShape{.type = 1, .passes = 2, .lanes = 2, .lane_blocks = 16};
    for (const Argon2Kernel& kernel : all_argon2_kernels()) {
        if (!kernel.runs_here()) {
            std::printf("%s: skipped, valgrind does not know its instructions\n",
                        kernel.name.data());
            continue;
        }
        std::vector<Argon2Block> memory(kShape.all_blocks());
        make_secret(memory);
        for (std::uint32_t pass = 0; pass < kShape.passes; ++pass)
            for (std::uint32_t slice = 0; slice < kSlices; ++slice)
                for (std::uint32_t lane = 0; lane < kShape.lanes; ++lane)
                    kernel.fill({kShape, memory.data(), pass, slice, lane,
                                 pass == 0 && slice == 0 ? 2U : 0U, kShape.segment_blocks()});
        std::printf("%s\n", kernel.name.data());
    }
    std::vector<std::byte> passphrase(200);
    make_secret(passphrase);
    std::vector<std::byte> hash(300);
    const std::span<const std::byte> parts[] = {passphrase};
    argon2_hash(parts, hash);
}

int leak() {
    std::vector<std::byte> passphrase(200);
    make_secret(passphrase);
    std::vector<std::byte> hash(32);
    const std::span<const std::byte> parts[] = {passphrase};
    argon2_hash(parts, hash);
    return hash[0] == std::byte{0} ? std::puts("zero") : std::puts("not zero");
}

}  // namespace
}  // namespace latchkey::crypto::kernels

int main(int count, char** arguments) {
    using namespace latchkey::crypto::kernels;
    if (count > 1 && std::string_view(arguments[1]) == "leak") return leak() < 0 ? 1 : 0;
    if (RUNNING_ON_VALGRIND == 0) std::puts("without valgrind nothing is checked");
    run_pbkdf2();
    run_argon2();
    return 0;
}
