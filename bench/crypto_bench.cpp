// SPDX-License-Identifier: GPL-2.0-or-later
// What unlocking is made of: key derivation, one keyslot area, sectors.
#include <benchmark/benchmark.h>

#include "crypto/af_splitter.h"
#include "crypto/argon2_lanes.h"
#include "crypto/cipher.h"
#include "crypto/gcrypt/kdfs.h"
#include "crypto/kdf.h"
#include "crypto/pbkdf2_streams.h"

namespace latchkey::crypto {
namespace {

const std::atomic<bool> never{false};

Bytes ramp(std::size_t length) {
    Bytes bytes(length);
    for (std::size_t i = 0; i < length; ++i) bytes[i] = static_cast<std::byte>(i * 7);
    return bytes;
}

template <typename T>
bool stop_on_error(benchmark::State& state, const Result<T>& result) {
    if (!result) state.SkipWithError(result.error().message.c_str());
    return !result;
}

void derive_key(benchmark::State& state, const model::KdfParams& params) {
    const Bytes passphrase = ramp(16);
    const Bytes salt = ramp(32);
    for (auto _ : state) {
        const auto key = derive(params, passphrase, salt, 64, never);
        if (stop_on_error(state, key)) break;
    }
}

// Items are iterations, for a key of 64 bytes.
void BM_Pbkdf2(benchmark::State& state, const char* hash) {
    constexpr std::int64_t kIterations = 100'000;
    derive_key(state, {"pbkdf2", hash, kIterations});
    state.SetItemsProcessed(state.iterations() * kIterations);
}
BENCHMARK_CAPTURE(BM_Pbkdf2, sha1, "sha1")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(BM_Pbkdf2, sha256, "sha256")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(BM_Pbkdf2, sha512, "sha512")->Unit(benchmark::kMillisecond);

// Arguments: passes, KiB, lanes.  Bytes are memory times passes.
void BM_Argon2id(benchmark::State& state) {
    derive_key(state, {"argon2id", "", static_cast<std::uint64_t>(state.range(0)),
                       static_cast<std::uint64_t>(state.range(1)),
                       static_cast<std::uint32_t>(state.range(2))});
    state.SetBytesProcessed(state.iterations() * state.range(0) * state.range(1) * 1024);
}
BENCHMARK(BM_Argon2id)
    ->Args({4, 64 * 1024, 1})
    ->Args({4, 64 * 1024, 4})
    ->Args({4, 256 * 1024, 1})
    ->Args({4, 256 * 1024, 4})
    ->Args({4, 1024 * 1024, 4})
    ->Unit(benchmark::kMillisecond)
    ->MeasureProcessCPUTime()
    ->UseRealTime();

// The kernels and the libraries by name, on one thread: 4 passes over 256 MiB, one lane.
void BM_Argon2By(benchmark::State& state, const kernels::Argon2Kernel* kernel) {
    const model::KdfParams params{"argon2id", "", 4, 256 * 1024, 1};
    const Bytes passphrase = ramp(16);
    const Bytes salt = ramp(32);
    for (auto _ : state) {
        const auto key = kernel != nullptr
                             ? argon2_by(*kernel, params, {passphrase, salt}, 64, never)
                             : argon2_by_library(params, passphrase, salt, 64, never);
        if (stop_on_error(state, key)) break;
    }
}

// One iteration of all streams of a kernel; items are streams times iterations.
void BM_Kernel(benchmark::State& state, const kernels::Kernel* kernel) {
    constexpr std::int64_t kIterations = 20'000;
    std::vector<kernels::Stream> streams(kernel->streams, begin_stream(*kernel, ramp(16)));
    for (auto _ : state) kernel->advance(streams.data(), kIterations);
    state.SetItemsProcessed(state.iterations() * kIterations *
                            static_cast<std::int64_t>(kernel->streams));
}

// Registers them by the names of all_kernels(), because what there is depends on the processor.
const bool kKernelsRegistered = [] {
    const auto argon2 = [](const std::string& name, const kernels::Argon2Kernel* kernel) {
        benchmark::RegisterBenchmark(("BM_Argon2By/" + name).c_str(), &BM_Argon2By, kernel)
            ->Unit(benchmark::kMillisecond)
            ->MeasureProcessCPUTime();
    };
    argon2("libgcrypt", nullptr);
    for (const kernels::Argon2Kernel& kernel : kernels::all_argon2_kernels())
        if (kernel.runs_here()) argon2(std::string(kernel.name), &kernel);
    for (const kernels::Kernel& kernel : kernels::all_kernels())
        if (kernel.runs_here())
            benchmark::RegisterBenchmark(("BM_Kernel/" + std::string(kernel.name)).c_str(),
                                         &BM_Kernel, &kernel)
                ->Unit(benchmark::kMillisecond);
    return true;
}();

// Argument: key bytes.
void BM_AfMerge(benchmark::State& state) {
    const auto key_bytes = static_cast<std::size_t>(state.range(0));
    const Bytes material = ramp(af_material_length(key_bytes));
    for (auto _ : state) {
        const auto key = af_merge(material, key_bytes, "sha256");
        if (stop_on_error(state, key)) break;
    }
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(material.size()));
}
BENCHMARK(BM_AfMerge)->Arg(32)->Arg(64)->Unit(benchmark::kMicrosecond);

// Argument: sector size.  1 MiB at a time.
void BM_Sectors(benchmark::State& state, const char* text, std::size_t key_bytes, bool encrypt) {
    const auto spec = model::parse_cipher_spec(text);
    if (stop_on_error(state, spec)) return;
    const auto cipher = make_sector_cipher(
        *spec, ramp(key_bytes), {.sector_size = static_cast<std::uint32_t>(state.range(0))});
    if (stop_on_error(state, cipher)) return;
    Bytes buffer = ramp(1 << 20);
    for (auto _ : state) {
        const auto result =
            encrypt ? (*cipher)->encrypt(2048, buffer) : (*cipher)->decrypt(2048, buffer);
        if (stop_on_error(state, result)) break;
    }
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(buffer.size()));
}
BENCHMARK_CAPTURE(BM_Sectors, aes_xts_512_encrypt, "aes-xts-plain64", 64, true)
    ->Arg(512)
    ->Arg(4096);
BENCHMARK_CAPTURE(BM_Sectors, aes_xts_512_decrypt, "aes-xts-plain64", 64, false)
    ->Arg(512)
    ->Arg(4096);
BENCHMARK_CAPTURE(BM_Sectors, aes_xts_256_decrypt, "aes-xts-plain64", 32, false)
    ->Arg(512)
    ->Arg(4096);
BENCHMARK_CAPTURE(BM_Sectors, aes_cbc_essiv_256_decrypt, "aes-cbc-essiv:sha256", 32, false)
    ->Arg(512)
    ->Arg(4096);
BENCHMARK_CAPTURE(BM_Sectors, aes_lrw_benbi_384_decrypt, "aes-lrw-benbi", 48, false)->Arg(512);
BENCHMARK_CAPTURE(BM_Sectors, serpent_xts_512_decrypt, "serpent-xts-plain64", 64, false)
    ->Arg(512)
    ->Arg(4096);

}  // namespace
}  // namespace latchkey::crypto
