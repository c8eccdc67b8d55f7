// SPDX-License-Identifier: GPL-2.0-or-later
// Measures the speed of key derivation and encryption; the text has the peer's layout.
#include "latchkey/benchmark.h"

#include "actions/keyslot_options.h"
#include "actions/option_groups.h"
#include "cli/action.h"
#include "text/format.h"
#include "ui/facts.h"
#include "ui/ui.h"

namespace latchkey::cli {
namespace {

constexpr std::uint32_t kKdfKeyBits = 256;

constexpr const char* kHashes[] = {"sha1", "sha256", "sha512", "ripemd160", "whirlpool"};
constexpr const char* kArgon2[] = {"argon2i", "argon2id"};

struct CipherCase {
    const char* cipher;
    std::uint32_t key_bits;
};
constexpr CipherCase kCiphers[] = {
    {"aes-cbc", 128},     {"serpent-cbc", 128}, {"twofish-cbc", 128}, {"aes-cbc", 256},
    {"serpent-cbc", 256}, {"twofish-cbc", 256}, {"aes-xts", 256},     {"serpent-xts", 256},
    {"twofish-xts", 256}, {"aes-xts", 512},     {"serpent-xts", 512}, {"twofish-xts", 512},
};

struct Rows {
    Fact pbkdf2{.key = "pbkdf2", .kind = Fact::Kind::Array};
    Fact argon2{.key = "argon2", .kind = Fact::Kind::Array};
    Fact ciphers{.key = "ciphers", .kind = Fact::Kind::Array};
};

Fact row(std::vector<Fact> members) {
    return {.key = {}, .kind = Fact::Kind::Object, .children = std::move(members)};
}

// Facts are integers.
std::uint64_t kib_per_second(double mib_per_second) {
    return static_cast<std::uint64_t>(mib_per_second * 1024);
}

// An unknown algorithm becomes a row that says so; only an interruption ends the list.
template <typename T>
Result<bool> is_there(const Result<T>& measured) {
    if (measured) return true;
    if (measured.error().code == Errc::Interrupted) return measured.error();
    return false;
}

// Null if a library derives.
Fact kernel_fact(std::string_view type, std::string_view hash, std::uint32_t key_bits) {
    const std::string kernel = kdf_kernel(type, hash, key_bits / 8);
    if (kernel.empty()) return {.key = "kernel"};
    return text_fact("kernel", kernel);
}

Result<bool> pbkdf2_row(Ui& ui, Rows& rows, const std::string& hash, std::uint32_t key_bits) {
    const auto rate = benchmark_pbkdf2(ui.context(), hash, key_bits / 8);
    LK_ASSIGN(const bool there, is_there(rate));
    if (!there) {
        ui.print(untranslated("PBKDF2-%-9s     N/A\n", hash.c_str()));
        rows.pbkdf2.children.push_back(row({text_fact("hash", hash), {.key = "per_second"}}));
        return false;
    }
    ui.print(untranslated("PBKDF2-%-9s %7llu iterations per second for %u-bit key\n", hash.c_str(),
                          static_cast<unsigned long long>(*rate), key_bits));
    rows.pbkdf2.children.push_back(
        row({text_fact("hash", hash), number_fact("key_bits", key_bits),
             number_fact("per_second", *rate), kernel_fact("pbkdf2", hash, key_bits)}));
    return true;
}

Result<bool> argon2_row(Ui& ui, Rows& rows, KdfRequest request, std::uint32_t key_bits) {
    const auto cost = benchmark_kdf(ui.context(), request, key_bits / 8);
    LK_ASSIGN(const bool there, is_there(cost));
    if (!there) {
        ui.print(untranslated("%-10s N/A\n", request.type.c_str()));
        rows.argon2.children.push_back(row({text_fact("type", request.type), {.key = "passes"}}));
        return false;
    }
    ui.print(
        untranslated("%-10s %4llu iterations, %5llu memory, %1u parallel threads (CPUs) for "
                     "%u-bit key (requested %llu ms time)\n",
                     request.type.c_str(), static_cast<unsigned long long>(cost->iterations),
                     static_cast<unsigned long long>(cost->memory_kib), cost->lanes, key_bits,
                     static_cast<unsigned long long>(request.time_ms)));
    rows.argon2.children.push_back(
        row({text_fact("type", request.type), number_fact("key_bits", key_bits),
             number_fact("passes", cost->iterations), number_fact("memory_kib", cost->memory_kib),
             number_fact("lanes", cost->lanes), number_fact("time_ms", request.time_ms),
             kernel_fact(request.type, {}, key_bits)}));
    return true;
}

Result<bool> kdf_row(Ui& ui, Rows& rows, KdfRequest request, std::uint32_t key_bits) {
    if (request.type != "pbkdf2") return argon2_row(ui, rows, std::move(request), key_bits);
    return pbkdf2_row(ui, rows, request.hash.empty() ? "sha256" : request.hash, key_bits);
}

// Returns where the IV begins in "capi:xts(aes)-plain64": names of drivers have dashes of their own.
std::size_t iv_of_kernel_name(const std::string& cipher) {
    return cipher.find('-', cipher.find_last_of(')') + 1);
}

bool is_kernel_name(const std::string& cipher) {
    return cipher.starts_with("capi:");
}

// "aes-xts" is measured with an IV that every kernel has.
std::string measured_cipher(const std::string& cipher) {
    if (is_kernel_name(cipher))
        return iv_of_kernel_name(cipher) == std::string::npos ? cipher + "-plain64" : cipher;
    const std::size_t dash = cipher.find('-');
    if (dash == std::string::npos || cipher.find('-', dash + 1) != std::string::npos) return cipher;
    return cipher + "-plain64";
}

void cipher_heading(Ui& ui) {
    ui.print("#     Algorithm |       Key |      Encryption |      Decryption\n");
}

// The peer prints only algorithm and mode.
std::string shown_cipher(const std::string& cipher) {
    if (is_kernel_name(cipher)) return cipher.substr(0, iv_of_kernel_name(cipher));
    const std::size_t dash = cipher.find('-');
    return dash == std::string::npos ? cipher : cipher.substr(0, cipher.find('-', dash + 1));
}

Result<void> cipher_row(Ui& ui, Rows& rows, const std::string& cipher, std::uint32_t key_bits) {
    const auto speed = benchmark_cipher(ui.context(), measured_cipher(cipher), key_bits / 8);
    LK_ASSIGN(const bool there, is_there(speed));
    const std::string shown = shown_cipher(cipher);
    if (!there) {
        ui.print(untranslated("%15s  %9ub %17s %17s\n", shown.c_str(), key_bits, "N/A", "N/A"));
        rows.ciphers.children.push_back(row({text_fact("cipher", cipher),
                                             number_fact("key_bits", key_bits),
                                             {.key = "encrypt_kib_per_second"},
                                             {.key = "decrypt_kib_per_second"}}));
        return {};
    }
    ui.print(untranslated("%15s  %9ub  %10.1f MiB/s  %10.1f MiB/s\n", shown.c_str(), key_bits,
                          speed->encrypt_mib_s, speed->decrypt_mib_s));
    rows.ciphers.children.push_back(
        row({text_fact("cipher", cipher), number_fact("key_bits", key_bits),
             number_fact("encrypt_kib_per_second", kib_per_second(speed->encrypt_mib_s)),
             number_fact("decrypt_kib_per_second", kib_per_second(speed->decrypt_mib_s))}));
    return {};
}

Result<void> one_cipher(Ui& ui, const Arguments& args, Rows& rows) {
    std::string cipher = args.text(opt::cipher);
    if (!is_kernel_name(cipher) && cipher.find('-') == std::string::npos) cipher += "-cbc";
    const bool xts = cipher.find("-xts") != std::string::npos ||
                     (is_kernel_name(cipher) && cipher.find("xts(") != std::string::npos);
    const std::uint32_t key_bits = args.get(opt::key_size).value_or(xts ? 512 : 256);
    const auto known = benchmark_cipher(ui.context(), measured_cipher(cipher), key_bits / 8);
    if (!known && known.error().code != Errc::Interrupted) {
        ui.debug("%s", known.error().message.c_str());
        return fail_saying(Errc::MissingCipher, "Cipher %s (with %u bits key) is not available.",
                           args.text(opt::cipher).c_str(), key_bits)
            .with_hint(known.error().hint);
    }
    cipher_heading(ui);
    return cipher_row(ui, rows, cipher, key_bits);
}

// An algorithm that the user named must exist.
Result<void> one_kdf(Ui& ui, const Arguments& args, Rows& rows, KdfRequest request,
                     std::uint32_t key_bits) {
    if (!args.has(opt::pbkdf)) request.type = "pbkdf2";
    LK_ASSIGN(const bool there, kdf_row(ui, rows, request, key_bits));
    if (there) return {};
    // The table's hint is for users who cannot unlock.
    return fail(Errc::MissingCipher, "key derivation with %s is not available here",
                request.type == "pbkdf2" ? request.hash.c_str() : request.type.c_str())
        .with_hint(text("without options it lists what there is"));
}

Result<void> everything(Ui& ui, const KdfRequest& request, std::uint32_t key_bits, Rows& rows) {
    for (const char* hash : kHashes) LK_TRY(pbkdf2_row(ui, rows, hash, key_bits));
    for (const char* type : kArgon2) {
        KdfRequest argon2 = request;
        argon2.type = type;
        LK_TRY(argon2_row(ui, rows, std::move(argon2), key_bits));
    }
    cipher_heading(ui);
    for (const CipherCase& one : kCiphers) LK_TRY(cipher_row(ui, rows, one.cipher, one.key_bits));
    return {};
}

Result<void> run(Ui& ui, const Arguments& args) {
    LK_ASSIGN(const KdfRequest request, kdf_request(args));
    const std::uint32_t key_bits = args.get(opt::key_size).value_or(kKdfKeyBits);
    Rows rows;
    ui.say("# Tests are approximate using memory only (no storage IO).");
    if (args.has(opt::cipher) && !args.has(opt::pbkdf)) {
        LK_TRY(one_cipher(ui, args, rows));
    } else if (args.has(opt::pbkdf) || args.has(opt::hash)) {
        LK_TRY(one_kdf(ui, args, rows, request, key_bits));
    } else {
        LK_TRY(everything(ui, request, key_bits, rows));
    }
    ui.result(
        {.key = {},
         .kind = Fact::Kind::Object,
         .children = {std::move(rows.pbkdf2), std::move(rows.argon2), std::move(rows.ciphers)}});
    return {};
}

constexpr OptionGroup<8> kOptions = {
    &opt::cipher,       &opt::key_size,       &opt::hash,      &opt::pbkdf,
    &opt::pbkdf_memory, &opt::pbkdf_parallel, &opt::iter_time, &opt::unlock_on,
};

}  // namespace

extern constexpr Action kBenchmark{
    .name = "benchmark",
    .operands = N_("[--cipher <cipher>]"),
    .summary = N_("measure key derivation and ciphers in memory"),
    .options = kOptions,
    .run = &run,
    .examples = {{{N_("measure what is used most"), "benchmark"},
                  {N_("measure one cipher"), "benchmark --cipher aes-xts --key-size 512"}}},
};

}  // namespace latchkey::cli
