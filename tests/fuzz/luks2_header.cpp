// SPDX-License-Identifier: GPL-2.0-or-later
// One header copy with a corrected checksum, so that the fuzzer gets past it; the secondary is damaged.
#include <algorithm>

#include "crypto/hash.h"
#include "fuzz/explore.h"
#include "io/mem_device.h"
#include "luks2/header_disk.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    using namespace latchkey;
    constexpr std::size_t kCopy = 0x4000;
    Bytes image(0x40000);
    const ByteView bytes = std::as_bytes(std::span(data, std::min(size, kCopy)));
    std::copy(bytes.begin(), bytes.end(), image.begin());
    auto disk = read_record<luks2::HeaderDisk>(image);
    disk.checksum = {};
    write_record(image, disk);
    const auto sum = crypto::digest(disk.checksum_algorithm.view(), ByteView(image).first(kCopy));
    if (sum)
        std::copy_n(sum->begin(), std::min(sum->size(), disk.checksum.size()),
                    disk.checksum.begin());
    write_record(image, disk);
    Context context;
    fuzz::make_cheap(context);
    if (const auto header = formats::load(
            context, std::make_shared<io::MemDevice>(std::move(image)), {.type = "LUKS2"}))
        fuzz::explore(context, **header);
    return 0;
}
