// SPDX-License-Identifier: LGPL-2.1-or-later
#include "crypto/kernel_cipher.h"

#include <linux/if_alg.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <mutex>
#include <optional>

#include "base/unique_fd.h"
#include "crypto/sector_iv.h"

#ifndef SOL_ALG
#define SOL_ALG 279
#endif

namespace latchkey::crypto {
namespace {

constexpr std::size_t kLongestIv = 32;  // bytes

// Ciphers that libgcrypt lacks.  `iv_bytes` is the kernel's ivsize, which AF_ALG does not report.
struct WideBlock {
    std::string_view cipher;
    std::string_view mode;
    const char* kernel_name;
    std::size_t iv_bytes;
};
constexpr std::array kWideBlocks = {
    WideBlock{"xchacha12,aes", "adiantum", "adiantum(xchacha12,aes)", 32},
    WideBlock{"xchacha20,aes", "adiantum", "adiantum(xchacha20,aes)", 32},
    WideBlock{"aes", "hctr2", "hctr2(aes)", 32},
};
struct BlockCipher {
    std::string_view name;
    std::size_t block_bytes;
};
constexpr std::array kBlockCiphers = {
    BlockCipher{"anubis", 16}, BlockCipher{"aria", 16}, BlockCipher{"cast6", 16},
    BlockCipher{"khazad", 8},  BlockCipher{"tea", 8},   BlockCipher{"xtea", 8},
};

struct KernelRecipe {
    std::string kernel_name;
    IvKind iv = IvKind::Null;
    std::size_t iv_bytes = 0;  // 0 = the mode uses none
};

std::optional<KernelRecipe> resolve(const model::CipherSpec& spec) {
    if (spec.key_count != 1) return {};
    KernelRecipe recipe;
    for (const WideBlock& row : kWideBlocks)
        if (spec.cipher == row.cipher && spec.mode == row.mode)
            recipe = {.kernel_name = row.kernel_name, .iv_bytes = row.iv_bytes};
    for (const BlockCipher& row : kBlockCiphers)
        if (spec.cipher == row.name &&
            (spec.mode == "cbc" || spec.mode == "ctr" || spec.mode == "ecb" || spec.mode == "xts"))
            recipe = {.kernel_name = spec.mode + "(" + spec.cipher + ")",
                      .iv_bytes = spec.mode == "ecb" ? 0 : row.block_bytes};
    if (recipe.kernel_name.empty()) return {};
    if (recipe.iv_bytes == 0) return recipe;
    const auto iv = find_iv(spec.iv);
    if (!iv || *iv == IvKind::Eboiv) return {};
    recipe.iv = *iv;
    if (*iv == IvKind::Essiv) {
        // The kernel's essiv template takes the sector number and encrypts it with the hash of the key.
        recipe.kernel_name = "essiv(" + recipe.kernel_name + "," + spec.iv_option + ")";
        recipe.iv = IvKind::Plain64;
    }
    return recipe;
}

Error unavailable(const model::CipherSpec& spec, const KernelRecipe& recipe, int error) {
    return fail(Errc::MissingCipher,
                "cipher '%s' is not available in userspace, and the kernel does not offer '%s': %s",
                spec.text.c_str(), recipe.kernel_name.c_str(), std::strerror(error));
}

// Returns a bound socket; invalid, with errno set, on failure.
UniqueFd bind_name(const std::string& kernel_name) {
    sockaddr_alg address{};
    address.salg_family = AF_ALG;
    constexpr std::string_view kType = "skcipher";
    std::memcpy(address.salg_type, kType.data(), kType.size());
    if (kernel_name.size() >= sizeof address.salg_name) {
        errno = ENAMETOOLONG;
        return {};
    }
    std::memcpy(address.salg_name, kernel_name.data(), kernel_name.size());
    UniqueFd socket_fd(socket(AF_ALG, SOCK_SEQPACKET | SOCK_CLOEXEC, 0));
    if (!socket_fd.valid()) return {};
    if (bind(socket_fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0)
        return socket_fd;
    const int error = errno;
    socket_fd = {};
    errno = error;
    return {};
}

Result<UniqueFd> bind_cipher(const model::CipherSpec& spec, const KernelRecipe& recipe) {
    UniqueFd bound = bind_name(recipe.kernel_name);
    if (!bound.valid()) return unavailable(spec, recipe, errno);
    return bound;
}

// Returns the name that dm-crypt requests from the kernel, without the IV, which dm-crypt computes if the kernel does
// not.
std::string kernel_name_of(const model::CipherSpec& spec) {
    if (!spec.kernel_name.empty()) return spec.kernel_name;
    for (const WideBlock& row : kWideBlocks)
        if (spec.cipher == row.cipher && spec.mode == row.mode) return row.kernel_name;
    return spec.mode + "(" + spec.cipher + ")";
}

class KernelCipher final : public SectorCipher {
  public:
    // `bound` holds the key while `operations` is open.
    KernelCipher(KernelRecipe recipe, SectorGeometry geometry, UniqueFd bound, UniqueFd operations)
        : recipe_(std::move(recipe)),
          geometry_(geometry),
          bound_(std::move(bound)),
          operations_(std::move(operations)) {}

    Result<void> encrypt(std::uint64_t first_sector, MutableByteView bytes) const override {
        return run(ALG_OP_ENCRYPT, first_sector, bytes);
    }
    Result<void> decrypt(std::uint64_t first_sector, MutableByteView bytes) const override {
        return run(ALG_OP_DECRYPT, first_sector, bytes);
    }

  private:
    Result<void> run(std::uint32_t operation, std::uint64_t first_sector,
                     MutableByteView bytes) const;
    Result<void> run_sector(std::uint32_t operation, ByteView iv, MutableByteView sector) const;

    KernelRecipe recipe_;
    SectorGeometry geometry_;
    UniqueFd bound_;
    UniqueFd operations_;
    mutable std::mutex one_operation_;  // a socket takes one request at a time
};

Result<void> KernelCipher::run(std::uint32_t operation, std::uint64_t first_sector,
                               MutableByteView bytes) const {
    if (bytes.size() % geometry_.sector_size != 0)
        return fail(Errc::InvalidArgument, "%zu bytes are not a multiple of sector size %u",
                    bytes.size(), geometry_.sector_size);
    const std::lock_guard lock(one_operation_);
    const std::uint32_t step = geometry_.sector_size / 512;
    std::array<std::byte, kLongestIv> storage{};
    const auto iv = MutableByteView(storage).first(recipe_.iv_bytes);
    for (std::size_t at = 0; at < bytes.size(); at += geometry_.sector_size) {
        const std::uint64_t number =
            geometry_.iv_large_sectors ? first_sector / step : first_sector;
        if (!iv.empty()) write_iv(recipe_.iv, number, geometry_.sector_size, iv);
        LK_TRY(run_sector(operation, iv, bytes.subspan(at, geometry_.sector_size)));
        first_sector += step;
    }
    return {};
}

Result<void> KernelCipher::run_sector(std::uint32_t operation, ByteView iv,
                                      MutableByteView sector) const {
    alignas(cmsghdr)
        std::array<char, CMSG_SPACE(sizeof operation) + CMSG_SPACE(sizeof(af_alg_iv) + kLongestIv)>
            control{};
    iovec data{sector.data(), sector.size()};
    msghdr message{};
    message.msg_control = control.data();
    message.msg_controllen = CMSG_SPACE(sizeof operation);
    if (!iv.empty()) message.msg_controllen += CMSG_SPACE(sizeof(af_alg_iv) + iv.size());
    message.msg_iov = &data;
    message.msg_iovlen = 1;

    cmsghdr* header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_ALG;
    header->cmsg_type = ALG_SET_OP;
    header->cmsg_len = CMSG_LEN(sizeof operation);
    std::memcpy(CMSG_DATA(header), &operation, sizeof operation);
    if (!iv.empty()) {
        header = CMSG_NXTHDR(&message, header);
        header->cmsg_level = SOL_ALG;
        header->cmsg_type = ALG_SET_IV;
        header->cmsg_len = CMSG_LEN(sizeof(af_alg_iv) + iv.size());
        const auto length = static_cast<std::uint32_t>(iv.size());
        std::memcpy(CMSG_DATA(header), &length, sizeof length);
        std::memcpy(CMSG_DATA(header) + sizeof length, iv.data(), iv.size());
    }
    const auto failed = [this](const char* call) {
        return fail(Errc::Io, "kernel cipher '%s': %s: %s", recipe_.kernel_name.c_str(), call,
                    std::strerror(errno));
    };
    if (sendmsg(operations_.get(), &message, 0) != static_cast<ssize_t>(sector.size()))
        return failed("sendmsg");
    if (::read(operations_.get(), sector.data(), sector.size()) !=
        static_cast<ssize_t>(sector.size()))
        return failed("read");
    return {};
}

}  // namespace

bool is_kernel_cipher(const model::CipherSpec& spec) {
    return resolve(spec).has_value();
}

Result<std::unique_ptr<SectorCipher>> make_kernel_cipher(const model::CipherSpec& spec,
                                                         ByteView key, SectorGeometry geometry) {
    auto recipe = resolve(spec);
    if (!recipe)
        return fail(Errc::MissingCipher, "cipher '%s' is not available in userspace",
                    spec.text.c_str());
    LK_ASSIGN(UniqueFd bound, bind_cipher(spec, *recipe));
    if (setsockopt(bound.get(), SOL_ALG, ALG_SET_KEY, key.data(),
                   static_cast<socklen_t>(key.size())) != 0)
        return fail(Errc::InvalidArgument, "cipher '%s' has no keys of %zu bytes: %s",
                    spec.text.c_str(), key.size(), std::strerror(errno));
    UniqueFd operations(accept4(bound.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (!operations.valid()) return unavailable(spec, *recipe, errno);
    return std::make_unique<KernelCipher>(std::move(*recipe), geometry, std::move(bound),
                                          std::move(operations));
}

Result<void> check_kernel_cipher(const model::CipherSpec& spec) {
    const auto recipe = resolve(spec);
    if (!recipe)
        return fail(Errc::MissingCipher, "cipher '%s' is not available in userspace",
                    spec.text.c_str());
    LK_TRY(bind_cipher(spec, *recipe));
    return {};
}

bool kernel_lacks(const model::CipherSpec& spec) {
    // Authenticated ciphers are of another AF_ALG type, which a kernel may offer to dm-crypt but not to programs.
    const bool authenticates = spec.mode.empty() || spec.mode == "gcm" || spec.mode == "ccm";
    if (authenticates || spec.is_null() || bind_name(kernel_name_of(spec)).valid() ||
        errno != ENOENT)
        return false;
    // A kernel that offers no ciphers to programs at all gives the same answer; every kernel that does offer them has
    // cbc(aes).
    return bind_name("cbc(aes)").valid();
}

}  // namespace latchkey::crypto
