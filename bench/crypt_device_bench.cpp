// SPDX-License-Identifier: GPL-2.0-or-later
// Plaintext over a device in memory: what CryptDevice costs beside the cipher itself (BM_Sectors).
#include <benchmark/benchmark.h>

#include "io/mem_device.h"
#include "latchkey/crypt_device.h"

namespace latchkey {
namespace {

constexpr std::size_t kDevice = 64 << 20;  // bytes; more than any cache holds

// Device and key of one run, shared by its threads.
struct CryptBench {
    std::shared_ptr<io::MemDevice> base = std::make_shared<io::MemDevice>(Bytes(kDevice));
    Result<Device> device;

    CryptBench(const char* cipher, std::size_t key_bytes, std::uint32_t sector_size)
        : device(open(base, cipher, key_bytes, sector_size)) {}

    static Result<Device> open(std::shared_ptr<io::MemDevice> base, const char* cipher,
                               std::size_t key_bytes, std::uint32_t sector_size) {
        Context context;
        MappingPlan plan{.type = "PLAIN"};
        plan.segments.push_back({.cipher = cipher, .sector_size = sector_size});
        plan.keys = {{.bytes = key_bytes}};
        SecretBuffer key(key_bytes);
        for (std::size_t i = 0; i < key_bytes; ++i) key.bytes()[i] = static_cast<std::byte>(7 * i);
        return open_crypt_device(context, plan, VolumeKey(Vouched::ByDigest, std::move(key)),
                                 Device(std::move(base)));
    }
};

// Arguments: sector size, bytes a request.  From end to end, again and again.
void transfer(benchmark::State& state, bool write, const char* cipher, std::size_t key_bytes) {
    static std::shared_ptr<CryptBench> shared;
    if (state.thread_index() == 0)
        shared = std::make_shared<CryptBench>(cipher, key_bytes,
                                              static_cast<std::uint32_t>(state.range(0)));
    const auto request = static_cast<std::size_t>(state.range(1));
    Bytes buffer(request);
    // Threads begin apart from each other.
    std::uint64_t offset = kDevice / 8 * static_cast<std::uint64_t>(state.thread_index());
    for (auto _ : state) {
        io::BlockDevice& device = *shared->device->io();
        const auto result = write ? device.write(offset, buffer) : device.read(offset, buffer);
        if (!result) {
            state.SkipWithError(result.error().message.c_str());
            break;
        }
        offset += request;
        if (offset + request > kDevice) offset = 0;
    }
    state.SetBytesProcessed(state.iterations() * state.range(1));
}

void BM_CryptDeviceRead(benchmark::State& state, const char* cipher, std::size_t key_bytes) {
    transfer(state, false, cipher, key_bytes);
}
void BM_CryptDeviceWrite(benchmark::State& state, const char* cipher, std::size_t key_bytes) {
    transfer(state, true, cipher, key_bytes);
}

void sizes(benchmark::internal::Benchmark* bench) {
    for (const std::int64_t sector : {512, 4096})
        for (const std::int64_t request : {4096, 128 * 1024, 1024 * 1024})
            bench->Args({sector, request});
}
BENCHMARK_CAPTURE(BM_CryptDeviceRead, aes_xts_512, "aes-xts-plain64", 64)->Apply(sizes);
BENCHMARK_CAPTURE(BM_CryptDeviceWrite, aes_xts_512, "aes-xts-plain64", 64)->Apply(sizes);
BENCHMARK_CAPTURE(BM_CryptDeviceRead, aes_cbc_essiv, "aes-cbc-essiv:sha256", 32)
    ->Args({512, 1024 * 1024});
BENCHMARK_CAPTURE(BM_CryptDeviceRead, aes_lmk_v3, "aes:64-cbc-lmk", 65 * 32)
    ->Args({512, 1024 * 1024});
// All in one chunk's lock and apart.
BENCHMARK_CAPTURE(BM_CryptDeviceRead, aes_xts_512_threads, "aes-xts-plain64", 64)
    ->Args({4096, 4096})
    ->Args({4096, 1024 * 1024})
    ->Threads(2)
    ->UseRealTime();
// What memory alone does: the copy out of the device below.
void BM_MemDeviceRead(benchmark::State& state) {
    const io::MemDevice device{Bytes(kDevice)};
    Bytes buffer(static_cast<std::size_t>(state.range(0)));
    std::uint64_t offset = 0;
    for (auto _ : state) {
        benchmark::DoNotOptimize(device.read(offset, buffer));
        offset += buffer.size();
        if (offset + buffer.size() > kDevice) offset = 0;
    }
    state.SetBytesProcessed(state.iterations() * state.range(0));
}
BENCHMARK(BM_MemDeviceRead)->Arg(128 * 1024)->Arg(1024 * 1024);

}  // namespace
}  // namespace latchkey
