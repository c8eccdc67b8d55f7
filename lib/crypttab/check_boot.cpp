// SPDX-License-Identifier: LGPL-2.1-or-later
// Checks what happens at boot: who is asked, how often, and which programs and files exist by then.
#include <algorithm>

#include "crypttab/checker.h"

namespace latchkey::crypttab {
namespace {

void check_tries(Checker& on) {
    const Option* tries = on.entry.find("tries");
    if (tries == nullptr || on.systemd() || on.volume.key == KeyKind::Ask ||
        on.volume.key == KeyKind::Script)
        return;
    on.add(tries->column, Severity::Warning, "tries-with-key-file",
           N_("tries has no effect with a key file: it is tried once"));
}

void check_headless(Checker& on) {
    const Option* headless = on.entry.find("headless");
    if (headless == nullptr || !on.volume.headless || on.volume.key != KeyKind::Ask ||
        !on.volume.tokens.empty())
        return;
    on.add(
        headless->column, Severity::Warning, "headless",
        N_("no passphrase is asked for: only a token or /etc/cryptsetup-keys.d/%s.key can open it"),
        on.volume.name.c_str());
}

void check_nofail(Checker& on) {
    const Option* nofail = on.entry.find("nofail");
    const Meaning& volume = on.volume;
    if (nofail == nullptr || !asks_beside_the_boot(volume)) return;
    on.add(nofail->column, Severity::Note, "nofail-prompt",
           N_("the boot does not wait for the passphrase: a login may take the console away from "
              "the question"));
}

void check_programs(Checker& on) {
    if (on.systemd()) return;
    const Option* argument = on.entry.find("checkargs");
    if (argument != nullptr && on.volume.check.empty())
        on.add(argument->column, Severity::Warning, "no-effect",
               N_("checkargs has no effect without check"));
    if (argument != nullptr && on.volume.check == "blkid" && on.volume.check_argument == "none")
        on.add(argument->column, Severity::Error, "check-never-passes",
               N_("blkid finds no file system called none: the check never passes"))
            .suggestion = "check=un_blkid";
    const Option* quiet = on.entry.find("quiet");
    if (quiet != nullptr && on.entry.find("loud") != nullptr)
        on.add(quiet->column, Severity::Warning, "contradiction", N_("quiet wins over loud"));
}

void check_initramfs(Checker& on) {
    if (on.systemd() || !on.volume.initramfs) return;
    for (const std::string_view name : {"swap", "tmp", "noauto", "noearly", "check"})
        if (const Option* option = on.entry.find(name))
            on.add(option->column, Severity::Warning, "not-in-initramfs",
                   N_("'%s' is ignored in the initramfs"), option->name.c_str());
    if (on.volume.key == KeyKind::File)
        on.add(
            on.entry.key.column, Severity::Warning, "key-file-not-copied",
            N_("'%s' is in the initramfs only if KEYFILE_PATTERN in "
               "/etc/cryptsetup-initramfs/conf-hook matches it; otherwise the line of a root file "
               "system is left out, and nothing boots"),
            on.volume.key_path.c_str());
}

}  // namespace

void check_boot(Checker& on) {
    check_tries(on);
    check_headless(on);
    check_nofail(on);
    check_programs(on);
    check_initramfs(on);
}

}  // namespace latchkey::crypttab
