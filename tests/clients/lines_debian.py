# SPDX-License-Identifier: GPL-2.0-or-later
"""Debian: cryptdisks and its initramfs, cryptsetup-suspend, nuke-password."""
from lines import Line, here, lab

CRYPTDISKS = "Debian cryptdisks"
# The question of cryptdisks after each unlocking.
BLOCK_DEVICE = 'dev="/dev/$(dmsetup info -c --noheadings -o blkdevname -- NAME)" && [ -b "$dev" ] && echo there'

LINES = [
    Line(CRYPTDISKS, "/sbin/cryptsetup -T1 [OPTIONS] --type=luks --key-file={FILE,-} open -- SOURCE NAME",
         lab("printf one | /sbin/cryptsetup -T1 --type=luks --key-file=- open -- $luks2 vault && "
             + BLOCK_DEVICE.replace("NAME", "vault"), "there\n"),
         lab("printf one | /sbin/cryptsetup -T1 --type=luks --key-file=- open -- $luks1 vault && "
             + BLOCK_DEVICE.replace("NAME", "vault"), "there\n"),
         # A newline from askpass or a key script is part of the key, and there is only one try.
         lab("printf 'one\\n' | /sbin/cryptsetup -T1 --type=luks --key-file=- open -- $luks2 vault", status=2),
         lab("printf 'bad' | /sbin/cryptsetup -T1 --type=luks --key-file=- open -- $luks2 vault; echo $?; dmsetup info vault "
             ">/dev/null 2>&1", "2\n", status=1),
         lab("/sbin/cryptsetup -T1 --header=$header --allow-discards --key-slot=0 --keyfile-size=3 --keyfile-offset=1 "
             "--perf-same_cpu_crypt --perf-submit_from_crypt_cpus --perf-no_read_workqueue --perf-no_write_workqueue "
             "--type=luks --key-file=padded.key open -- $data vault && dmsetup table -- vault | cut -d' ' -f9-",
             "5 allow_discards same_cpu_crypt submit_from_crypt_cpus no_read_workqueue no_write_workqueue\n"),
         lab("/sbin/cryptsetup -T1 --readonly --verify-passphrase --type=luks --key-file=one.key open -- $luks1 vault && "
             "blockdev --getro /dev/mapper/vault", "1\n"),
         lab("/sbin/cryptsetup -T1 --key-slot=1 --type=luks --key-file=one.key open -- $luks1 vault", status=1)),
    Line(CRYPTDISKS, "/sbin/cryptsetup -T1 [OPTIONS] --type=plain --key-file={FILE,-} open -- SOURCE NAME",
         lab("printf one | /sbin/cryptsetup -T1 --cipher=aes-xts-plain64 --key-size=256 --hash=sha256 --offset=8 --skip=4 "
             "--type=plain --key-file=- open -- $blank vault_unformatted && "
             "dmsetup table --showkeys -- vault_unformatted | sed 's/ [0-9]*:[0-9]* / DEV /'",
             "0 65528 crypt aes-xts-plain64 "
             "7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed 4 DEV 8\n"),
         lab("/sbin/cryptsetup -T1 --cipher=aes-cbc-essiv:sha256 --key-size=256 --sector-size=4096 --hash=plain "
             "--type=plain --key-file=long.key open -- $blank vault >/dev/null && dmsetup table --showkeys -- vault | cut -d' ' -f4,5,9-",
             "aes-cbc-essiv:sha256 " + "6b" * 32 + " 1 sector_size:4096\n"),
         lab("/sbin/cryptsetup -T1 --cipher=aes-xts-plain64 --key-size=512 --hash=plain --type=plain "
             "--key-file=/dev/urandom open -- $blank swap0_unformatted >/dev/null && dmsetup table -- swap0_unformatted | wc -w", "8\n"),
         lab("printf one | /sbin/cryptsetup -T1 --cipher=aes-cbc-plain --key-size=256 --hash=ripemd160 --readonly "
             "--type=plain --key-file=- open -- $blank vault && blockdev --getro /dev/mapper/vault", "1\n"),
         lab("printf one | /sbin/cryptsetup -T1 --cipher=nonsense --key-size=256 --hash=sha256 --type=plain --key-file=- "
             "open -- $blank vault; [ $? -ne 0 ] && echo refused; [ ! -e /dev/mapper/vault ]", "refused\n")),
    Line(CRYPTDISKS, "cryptsetup isLuks -- DEV_OR_HEADER",
         here("/sbin/cryptsetup isLuks -- $luks1"), here("/sbin/cryptsetup isLuks -- $luks2"),
         here("/sbin/cryptsetup isLuks -- $header"), here("/sbin/cryptsetup isLuks -- $blank", status=1),
         here("/sbin/cryptsetup isLuks -- nothing", status=4)),
    Line(CRYPTDISKS, "cryptsetup remove -- NAME",
         lab("cryptsetup --key-file=one.key open $luks2 vault && cryptsetup remove -- vault && [ ! -e /dev/mapper/vault ]"),
         lab("cryptsetup remove -- vault", status=4)),
    # cryptdisks opens under a temporary name, checks the content, and then renames: the volume must work under the new name.
    Line(CRYPTDISKS, "dmsetup info, table, rename, mknodes beside it",
         lab("cryptsetup -T1 --type=luks --key-file=one.key open -- $luks2 vault_unformatted && "
             "dmsetup rename -- vault_unformatted vault >/dev/null && dmsetup mknodes -- vault >/dev/null && "
             "dmsetup info -c --noheadings -o subsystem,open,unmangled_name,suspended -- vault; "
             "dmsetup info -c --noheadings -o devnos_used -- vault | grep -c '^[0-9]*:[0-9]*$'; "
             "dmsetup table --target crypt -- vault | cut -d' ' -f4; "
             "cryptsetup status vault | head -n 1; cryptsetup remove -- vault; dmsetup info -c --noheadings -o name",
             "CRYPT:0:vault:Active\n1\naes-xts-plain64\n/dev/mapper/vault is active.\nNo devices found\n")),
    # The key of a volume derives others, if the table contains it.
    Line("Debian decrypt_derived", "dmsetup table --target crypt --showkeys -- NAME",
         lab("cryptsetup open --key-file=one.key $luks2 vault && "
             "dmsetup table --target crypt --showkeys -- vault | cut -d' ' -f5 | cut -c1", ":\n"),
         lab("cryptsetup open --disable-keyring --key-file=one.key $luks2 vault && "
             "dmsetup table --target crypt --showkeys -- vault | cut -d' ' -f5 | grep -cE '^[0-9a-f]{128}$'", "1\n"),
         lab("cryptsetup open --key-file=one.key $luks1 vault && "
             "dmsetup table --target crypt --showkeys -- vault | cut -d' ' -f5 | grep -cE '^[0-9a-f]{128}$'", "1\n")),
    Line("Debian initramfs hook", "cryptsetup luksDump -- DEV",
         here("cryptsetup luksDump -- $luks1 | sed -nr 's/^\\s*(AF hash|Hash|Hash spec)\\s*:\\s*(.*)/\\2/Ip'", "sha256\n"),
         here("cryptsetup luksDump -- $luks2 | sed -nr 's/^\\s*(AF hash|Hash|Hash spec)\\s*:\\s*(.*)/\\2/Ip'",
              "sha256\nsha256\nsha256\n"),
         here("cryptsetup luksFormat -q --type luks1 --hash ripemd160 --pbkdf-force-iterations 1000 $blank one.key && "
              "cryptsetup luksDump -- $blank | sed -nr 's/^\\s*(AF hash|Hash|Hash spec)\\s*:\\s*(.*)/\\2/Ip'", "ripemd160\n")),
    # An initramfs contains what ldd lists and nothing else: no locale, no configuration, no plug-ins.
    Line("Debian initramfs hook", "ldd /sbin/cryptsetup; copy_exec /sbin/cryptsetup",
         lab("mkdir -p ram/sbin ram/dev ram/proc && cp $(readlink -f $cryptsetup) ram/sbin/cryptsetup && "
             "for library in $(ldd $cryptsetup | grep -o '/[^ ]*'); do "
             "mkdir -p ram/${library%/*} && cp -L $library ram/$library; done && cp $luks2 ram/image && cp one.key ram && "
             "! ldd $cryptsetup | grep 'not found' && mount --bind /dev ram/dev && mount --bind /proc ram/proc && "
             "chroot ram /sbin/cryptsetup isLuks -- image && "
             "chroot ram /sbin/cryptsetup --type=luks --key-file=one.key open --test-passphrase -- image && echo opens; "
             "umount ram/dev ram/proc",
             "opens\n")),
    # cryptroot-unlock looks for a process that is /sbin/cryptsetup itself and has the volume's name in its arguments.
    Line("Debian cryptroot-unlock", "/proc/PID/exe and CRYPTTAB_NAME= of the waiting process",
         lab("mkfifo answer; CRYPTTAB_NAME=vault /sbin/cryptsetup -T1 --type=luks --key-file=- open -- $luks2 vault <answer & "
             "exec 5>answer; sleep 0.5; readlink -f /proc/$!/exe; tr '\\0' '\\n' </proc/$!/environ | grep ^CRYPTTAB_NAME=; "
             "printf one >&5; exec 5>&-; wait $! && [ -b /dev/mapper/vault ]", "/usr/sbin/cryptsetup\nCRYPTTAB_NAME=vault\n")),
    Line("Debian cryptsetup-suspend", "cryptsetup -T1 [OPTIONS] --type=luks --key-file={F,-} luksResume NAME",
         lab("cryptsetup open --key-file=one.key $luks2 vault && cryptsetup luksSuspend vault && "
             "printf one | /sbin/cryptsetup -T1 --type=luks --key-file=- luksResume vault && "
             "dmsetup info -c --noheadings -o suspended -- vault", "Active\n"),
         lab("cryptsetup open --key-file=one.key --header=$header $data vault && cryptsetup luksSuspend vault && "
             "/sbin/cryptsetup -T1 --header=$header --key-slot=0 --keyfile-size=3 --keyfile-offset=1 --type=luks "
             "--key-file=padded.key luksResume vault && dmsetup info -c --noheadings -o suspended -- vault", "Active\n"),
         lab("cryptsetup open --key-file=one.key $luks1 vault && cryptsetup luksSuspend vault && "
             "printf bad | /sbin/cryptsetup -T1 --type=luks --key-file=- luksResume vault; echo $?; "
             "dmsetup info -c --noheadings -o suspended -- vault; printf one | /sbin/cryptsetup luksResume vault",
             "2\nSuspended\n")),
    Line("cryptsetup-nuke-password", "cryptsetup --batch-mode erase DEV",
         here("cryptsetup --batch-mode erase $luks2 && cryptsetup luksDump $luks2 | grep -c ': luks2'", "0\n", status=1),
         here("cryptsetup --batch-mode erase $luks1 && cryptsetup luksDump $luks1 | grep -c ENABLED", "0\n", status=1)),
]
