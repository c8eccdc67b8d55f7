// SPDX-License-Identifier: LGPL-2.1-or-later
// Explains a line in plain words: who opens it, when, with what, how often it asks, and what happens if it fails.
#include <algorithm>
#include <cstdarg>

#include "base/i18n.h"
#include "base/strprintf.h"
#include "crypttab/other_words.h"
#include "crypttab/values.h"
#include "latchkey/ascii.h"

namespace latchkey::crypttab {
namespace {

// `format` is marked N_ and translated here.
[[gnu::format(printf, 1, 2)]] std::string told(const char* format, ...) {
    std::va_list arguments;
    va_start(arguments, format);
    std::string text = vstrprintf(translate(format), arguments);
    va_end(arguments);
    return text;
}

// Escapes a name as systemd-escape does.
std::string unit_name(std::string_view name) {
    std::string unit = "systemd-cryptsetup@";
    for (std::size_t i = 0; i < name.size(); ++i) {
        const char c = name[i];
        const bool plain = is_letter_or_digit(c) || c == ':' || c == '_' || (c == '.' && i > 0);
        if (c == '/')
            unit += '-';
        else if (plain)
            unit += c;
        else
            unit += strprintf("\\x%02x", static_cast<unsigned>(static_cast<unsigned char>(c)));
    }
    return unit + ".service";
}

class Teller {
  public:
    Teller(const Entry& entry, const Meaning& volume) : entry_(entry), volume_(volume) {}

    std::vector<std::string> tell() && {
        if (volume_.skipped) {
            add(told(N_("It is not opened: %s."), volume_.refusal.c_str()));
            return std::move(sentences_);
        }
        if (volume_.reader == Readers::Systemd)
            tell_systemd();
        else
            tell_debian();
        for (const Option& option : entry_.options) tell_option(option);
        return std::move(sentences_);
    }

  private:
    void add(std::string sentence) { sentences_.push_back(std::move(sentence)); }

    void tell_systemd() {
        const std::string unit = unit_name(volume_.name);
        add(told(N_("%s opens it as %s."), unit.c_str(), words_for(volume_.type)));
        tell_systemd_when();
        tell_systemd_key();
        if (volume_.tries == 0)
            add(told(N_("It tries for ever.")));
        else
            add(told(N_("It tries %u times in all, key files and answers alike."), volume_.tries));
        tell_systemd_failure();
        if (asks_beside_the_boot(volume_))
            add(
                told(N_("The question comes while the boot goes on: a login may take the console "
                        "away from it.")));
        tell_systemd_end();
        if (volume_.swap)
            add(told(N_("Afterwards swap is made on it, unless a file system is found there.")));
        if (!volume_.tmp.empty())
            add(told(N_("Afterwards %s is made on it, unless a file system is found there."),
                     volume_.tmp.c_str()));
    }

    void tell_systemd_when() {
        const Option* timeout = entry_.find("x-systemd.device-timeout");
        const std::string wait = timeout == nullptr ? "90s" : timeout->value.value_or("");
        const char* target = volume_.net_dev ? "remote-cryptsetup.target" : "cryptsetup.target";
        if (volume_.no_auto)
            add(told(N_("Not by itself at boot, but when /dev/mapper/%s is needed; the device is "
                        "waited for %s."),
                     volume_.name.c_str(), wait.c_str()));
        else
            add(told(N_("At boot, for %s, beside all other lines; the device is waited for %s."),
                     target, wait.c_str()));
    }

    void tell_systemd_key() {
        const std::string& key = volume_.key_path;
        for (const std::string& token : volume_.tokens)
            add(told(N_("First it tries the token: %s."), token.c_str()));
        switch (volume_.key) {
            case KeyKind::Random:
                add(told(
                    N_("The key is random, from %s: what was there before is lost at every boot."),
                    key.c_str()));
                return;
            case KeyKind::File: tell_systemd_key_file(); break;
            case KeyKind::FileOnDevice:
                add(told(N_("The key is the file %s on %s, which is mounted read-only for that."),
                         key.c_str(), volume_.key_device.c_str()));
                break;
            case KeyKind::Ask:
            case KeyKind::Script:
            case KeyKind::StandardInput:
                add(told(N_("It looks for /etc/cryptsetup-keys.d/%s.key, then "
                            "/run/cryptsetup-keys.d/%s.key, then for LUKS2 tokens."),
                         volume_.name.c_str(), volume_.name.c_str()));
                break;
        }
        if (volume_.headless)
            add(told(N_("It never asks.")));
        else if (volume_.key == KeyKind::Ask)
            add(told(N_("Then it asks for the passphrase.")));
        else
            add(told(N_("If that file is missing or does not fit, it asks for the passphrase.")));
        if (!volume_.headless && !volume_.timeout.empty() && seconds_of(volume_.timeout) > 0)
            add(told(N_("A question waits %s."), volume_.timeout.c_str()));
    }

    void tell_systemd_key_file() {
        const std::string& key = volume_.key_path;
        const auto bytes = static_cast<unsigned long long>(volume_.key_bits.value_or(256) / 8);
        if (volume_.type != Type::Plain)
            add(told(N_("The key is the file %s."), key.c_str()));
        else if (hashes_key_file(volume_))
            add(told(N_("The key is the hash %s of the file %s, of its first %llu bytes at most."),
                     volume_.hash.c_str(), key.c_str(), bytes));
        else
            add(told(N_("The key is the file %s, its first %llu bytes."), key.c_str(), bytes));
    }

    void tell_systemd_failure() {
        if (volume_.no_fail)
            add(told(N_("If it fails, the boot goes on; the boot does not wait for it either.")));
        else if (volume_.no_auto)
            add(told(N_("If it fails, what needed it fails.")));
        else
            add(told(N_(
                "If it fails, cryptsetup.target fails with it, and the boot ends in emergency mode "
                "if a file system depends on it.")));
    }

    void tell_systemd_end() {
        const bool implied = volume_.name == "root" || volume_.name == "usr";
        if (implied && entry_.find("x-initrd.attach") == nullptr)
            add(told(
                N_("As it is called %s, it stays open at shutdown until the root file system is "
                   "gone, as with x-initrd.attach (since systemd 257)."),
                volume_.name.c_str()));
    }

    void tell_debian() {
        tell_debian_when();
        tell_debian_key();
        const bool asks = volume_.key == KeyKind::Ask || volume_.key == KeyKind::Script;
        if (asks && volume_.tries == 0)
            add(told(N_("It tries for ever.")));
        else if (asks)
            add(told(N_("It tries %u times."), volume_.tries));
        else
            add(told(N_("It tries once, and never asks.")));
        if (volume_.type != Type::Luks && volume_.type != Type::Bitlk)
            add(told(
                N_("cryptdisks refuses a device that shows a known content other than swap.")));
        if (!volume_.check.empty())
            add(told(N_("The check %s looks at the mapping; if it fails, the mapping is removed."),
                     volume_.check.c_str()));
        add(told(N_(
            "If it fails, the mapping is left out and the boot goes on; for the root file system "
            "a shell in the initramfs is what remains.")));
        if (volume_.swap)
            add(told(
                N_("Afterwards mkswap runs if the mapping shows nothing or old swap; anything else "
                   "removes it.")));
        if (!volume_.tmp.empty())
            add(told(N_("Afterwards mkfs -t %s runs, and its root folder gets mode 1777."),
                     volume_.tmp.c_str()));
    }

    void tell_debian_when() {
        const char* type = words_for(volume_.type);
        if (volume_.initramfs)
            add(told(N_("The initramfs opens it as %s, before the root file system is mounted."),
                     type));
        else if (volume_.no_auto)
            add(told(
                N_("Only 'cryptdisks_start %s' opens it, as %s; at boot it is left alone, unless "
                   "it is below /, /usr or the resume device."),
                volume_.name.c_str(), type));
        else
            add(told(N_("The init script %s opens it at boot as %s, one line after the other; the "
                        "initramfs does if it is below /, /usr or the resume device."),
                     volume_.no_early ? "cryptdisks" : "cryptdisks-early", type));
        add(told(
            N_("Where systemd runs, the init scripts are masked and 'cryptdisks_start %s' works by "
               "hand."),
            volume_.name.c_str()));
        if (!volume_.initramfs) add(told(N_("A missing device is not waited for.")));
    }

    void tell_debian_key() {
        const std::string& key = volume_.key_path;
        switch (volume_.key) {
            case KeyKind::Ask: add(told(N_("It asks for the passphrase."))); break;
            case KeyKind::File:
            case KeyKind::FileOnDevice:
                add(told(N_("The key is the file %s, to its last byte."), key.c_str()));
                if (volume_.initramfs)
                    add(told(N_(
                        "It is copied into the initramfs only if KEYFILE_PATTERN in "
                        "/etc/cryptsetup-initramfs/conf-hook matches it; otherwise the line of a "
                        "root file system is left out.")));
                break;
            case KeyKind::Random:
                add(told(
                    N_("The key is random, from %s: what was there before is lost at every boot."),
                    key.c_str()));
                break;
            case KeyKind::Script:
                add(told(N_("The key is what the program %s prints, called with '%s'."),
                         volume_.script.c_str(), key.c_str()));
                break;
            case KeyKind::StandardInput:
                add(told(N_("The key is read from standard input, where there is nothing.")));
                break;
        }
    }

    void tell_option(const Option& option) {
        if (option.written.empty()) return;
        if (option.row == nullptr) return tell_unknown(option);
        const char* words =
            volume_.reader == Readers::Systemd ? option.row->systemd : option.row->debian;
        add(strprintf("%s: %s.", option.written.c_str(), translate(words)));
    }

    void tell_unknown(const Option& option) {
        const char* const written = option.written.c_str();
        const bool foreign = find_option(option.name, Readers::Both) != nullptr;
        if (entry_.options.size() == 1 && stands_for_no_options(option.written))
            add(told(N_("%s: means no options; it is ignored with a message."), written));
        else if (!foreign && other_word(option.name, entry_.reader).home == Home::Others)
            add(told(N_("%s: for other programs, ignored with a message."), written));
        else
            add(told(N_("%s: unknown, ignored with a message."), written));
    }

    const Entry& entry_;
    const Meaning& volume_;
    std::vector<std::string> sentences_ = {};
};

void tell_different_options(const Entry& a, const Entry& b, const char* who,
                            std::vector<std::string>& differences) {
    for (const Option& option : a.options) {
        const OptionRow* row = option.row;
        if (row == nullptr || b.find(row->name) != nullptr) continue;
        differences.push_back(told(N_("Only %s knows %s."), who, option.written.c_str()));
    }
}

// Returns whether Debian's /bin/cat prints the file that systemd reads itself.  For a plain volume the output is
// hashed.
bool prints_the_file(const Meaning& systemd, const Meaning& debian) {
    return debian.key == KeyKind::Script && debian.script == "/bin/cat" &&
           systemd.key == KeyKind::File && systemd.key_path == debian.key_path &&
           (systemd.type != Type::Plain || systemd.hash == "plain");
}

std::vector<std::string> differences_of(const Entry& systemd, const Entry& debian) {
    const Meaning a = meaning(systemd);
    const Meaning b = meaning(debian);
    std::vector<std::string> differences;
    const auto add = [&](std::string sentence) { differences.push_back(std::move(sentence)); };
    if (a.skipped != b.skipped)
        add(told(N_("Only %s opens it."), a.skipped ? "debian" : "systemd"));
    if (a.skipped || b.skipped) return differences;
    if (a.name != b.name || a.source != b.source)
        add(told(N_("Name or device are read differently: '%s' on '%s', and '%s' on '%s'."),
                 a.name.c_str(), a.source.c_str(), b.name.c_str(), b.source.c_str()));
    if (a.type != b.type)
        add(told(N_("systemd reads it as %s, Debian's scripts as %s."), words_for(a.type),
                 words_for(b.type)));
    if ((a.key != b.key || a.key_path != b.key_path) && !prints_the_file(a, b))
        add(told(N_("The key comes from elsewhere: %s with systemd, %s with Debian's scripts."),
                 std::string(name_of(a.key)).c_str(), std::string(name_of(b.key)).c_str()));
    if (a.tries != b.tries && a.key != KeyKind::Random)
        add(told(N_("systemd tries %u times, Debian's scripts %u (0 is for ever)."), a.tries,
                 b.tries));
    if (a.key == KeyKind::File && b.key == KeyKind::File)
        add(told(
            N_("When the key file does not fit, systemd asks, and Debian's scripts give up.")));
    if (a.type == Type::Plain && a.key == KeyKind::File && b.key == KeyKind::File &&
        hashes_key_file(a))
        add(told(N_("systemd hashes the key file with %s, Debian's scripts take it as it is: the "
                    "keys differ."),
                 a.hash.c_str()));
    if (a.type == Type::Plain && b.type == Type::Plain && a.key != KeyKind::Random &&
        (a.cipher.empty() || !a.key_bits || (a.hash.empty() && a.key == KeyKind::Ask)))
        add(
            told(N_("The defaults of plain dm-crypt differ: what one of them wrote the other may "
                    "not read.")));
    if (a.swap || !a.tmp.empty())
        add(
            told(N_("systemd leaves the mapping when it finds a file system there, Debian's "
                    "scripts remove it.")));
    if (!a.no_auto && !a.no_fail)
        add(told(
            N_("A missing device holds systemd's boot up, Debian's scripts go on without it.")));
    tell_different_options(systemd, debian, "systemd", differences);
    tell_different_options(debian, systemd, "debian", differences);
    return differences;
}

}  // namespace

Explanation explain(const Line& line, Readers readers) {
    const Entry systemd = read_entry(line, Readers::Systemd);
    const Entry debian = read_entry(line, Readers::Debian);
    Explanation explanation{.line = line.number};
    explanation.name = (has(readers, Readers::Systemd) ? systemd : debian).name.text;
    explanation.source = (has(readers, Readers::Systemd) ? systemd : debian).source.text;
    for (const Entry* entry : {&systemd, &debian}) {
        if (!has(readers, entry->reader)) continue;
        const Meaning volume = meaning(*entry);
        explanation.accounts.push_back({entry->reader, Teller(*entry, volume).tell()});
    }
    if (readers == Readers::Both) explanation.differences = differences_of(systemd, debian);
    return explanation;
}

}  // namespace latchkey::crypttab
