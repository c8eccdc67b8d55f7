# SPDX-License-Identifier: GPL-2.0-or-later
"""Other initramfs makers and live systems: dracut, mkinitcpio, live-boot, overlayroot."""
from lines import Line, here, lab

MAPPED = " && [ -b /dev/mapper/vault ]"

LINES = [
    Line("dracut", "cryptsetup --help", here("cryptsetup --help | grep -q allow-discards")),
    Line("dracut", "cryptsetup -d - [--allow-discards] [--header=F] luksOpen DEV NAME",
         lab("cat one.key | cryptsetup -d - luksOpen $luks2 vault" + MAPPED),
         lab("cat one.key | cryptsetup -d - --allow-discards --header=$header luksOpen $data vault && "
             "dmsetup table vault | cut -d' ' -f9-", "1 allow_discards\n"),
         lab("cat two.key | cryptsetup -d - luksOpen $luks1 vault", status=2)),
    # plymouth passes the answer through a pipe.
    Line("dracut", "cryptsetup luksOpen -T1 DEV NAME",
         lab("printf one | cryptsetup luksOpen -T1 $luks2 vault" + MAPPED),
         lab("printf 'one\\n' | cryptsetup --allow-discards luksOpen -T1 $luks1 vault" + MAPPED),
         lab("printf bad | cryptsetup luksOpen -T1 $luks1 vault", status=2)),
    Line("dracut", "cryptsetup luksOpen -T5 -t SECONDS DEV NAME",
         lab("on_terminal one -- cryptsetup luksOpen -T5 -t 0 $luks2 vault >/dev/null" + MAPPED),
         lab("on_terminal bad bad bad bad one -- cryptsetup luksOpen -T5 -t 60 $luks1 vault | grep -c '^No key available'; "
             "[ -b /dev/mapper/vault ]", "4\n"),
         lab("on_terminal bad bad bad bad bad -- cryptsetup luksOpen -T5 -t 60 $luks1 vault >/dev/null", status=2)),
    Line("dracut", "cryptsetup luksClose /dev/mapper/NAME",
         lab("cryptsetup -d one.key luksOpen $luks2 luks-22222222 && cryptsetup luksClose /dev/mapper/luks-22222222 && "
             "[ ! -e /dev/mapper/luks-22222222 ]")),
    Line("dracut", "cryptsetup close NAME",
         lab("cryptsetup -d one.key luksOpen $luks1 vault && cryptsetup close vault && [ ! -e /dev/mapper/vault ]"),
         lab("cryptsetup close vault", status=4)),
    Line("dracut", "dmsetup table",
         lab("cryptsetup -d one.key luksOpen $luks1 vault && dmsetup table | sed -n 's/^vault: //p' | cut -d' ' -f3,4",
             "crypt aes-xts-plain64\n")),
    Line("mkinitcpio", "cryptsetup isLuks DEV",
         here("cryptsetup isLuks $luks2 >/dev/null 2>&1"), here("cryptsetup isLuks $blank >/dev/null 2>&1", status=1)),
    Line("mkinitcpio", "cryptsetup open --type luks DEV NAME [--allow-discards ...]",
         lab("on_terminal one -- cryptsetup open --type luks $luks2 vault --allow-discards >/dev/null && "
             "dmsetup table vault | cut -d' ' -f9-", "1 allow_discards\n"),
         lab("printf one | cryptsetup open --type luks $luks1 vault --perf-no_read_workqueue --perf-no_write_workqueue && "
             "dmsetup table vault | cut -d' ' -f9-", "2 no_read_workqueue no_write_workqueue\n")),
    # The hook asks again as long as the status is not 0.
    Line("mkinitcpio", "cryptsetup open --type luks --key-file=- DEV NAME",
         lab("printf bad >answers; for try in bad one; do printf $try | cryptsetup open --type luks --key-file=- $luks2 vault "
             "--allow-discards; echo $?; done" + MAPPED, "2\n0\n")),
    Line("mkinitcpio", "cryptsetup --key-file F open --type luks DEV NAME",
         lab("cryptsetup --key-file one.key open --type luks $luks2 vault" + MAPPED),
         lab("cryptsetup --key-file missing open --type luks $luks2 vault", status=1)),
    Line("mkinitcpio", "cryptsetup open --type plain DEV NAME --hash H --cipher C --key-size N --offset N --skip N [--key-file F]",
         lab("printf one | cryptsetup open --type plain $blank vault --hash sha512 --cipher twofish-xts-plain64 --key-size 512 "
             "--offset 0 --skip 0 && dmsetup table --showkeys vault | cut -d' ' -f4-6",
             "twofish-xts-plain64 05f70341078acf6a06d423d21720f9643d5f953626d88a02636dc3a9e79582ae"
             "b0c820857fd3f8dc502aa8360d2c8fa97a985fda5b629b809cad18ffb62d3899 0\n"),
         lab("cryptsetup open --type plain $blank vault --hash plain --cipher aes-xts-plain64 --key-size 256 --offset 16 "
             "--skip 2 --key-file long.key >/dev/null && dmsetup table --showkeys vault | cut -d' ' -f4-6,8",
             "aes-xts-plain64 " + "6b" * 32 + " 2 16\n")),
    Line("live-boot", "cryptsetup isLuks DEV", here("cryptsetup isLuks $luks1"), here("cryptsetup isLuks $blank", status=1)),
    Line("live-boot", "cryptsetup -T 1 luksOpen DEV NAME --key-file=- [--readonly]",
         lab("printf one | cryptsetup -T 1 luksOpen $luks2 vault --key-file=-" + MAPPED),
         lab("printf one | cryptsetup -T 1 luksOpen $luks2 vault --key-file=- --readonly && blockdev --getro /dev/mapper/vault",
             "1\n"),
         lab("printf bad | cryptsetup -T 1 luksOpen $luks1 vault --key-file=-", status=2)),
    Line("live-boot", "cryptsetup status NAME",
         lab("cryptsetup -d one.key luksOpen $luks2 vault && cryptsetup status vault >/dev/null && "
             "device=$(cryptsetup status vault | sed -n 's|^[[:space:]]*device:[[:space:]]*\\([^[:space:]]*\\)$|\\1|p') && "
             '[ "$device" = "$luks2" ]'),
         lab("cryptsetup status vault >/dev/null", status=4)),
    Line("live-boot", "cryptsetup luksClose NAME",
         lab("cryptsetup -d one.key luksOpen $luks2 vault && cryptsetup luksClose vault && [ ! -e /dev/mapper/vault ]")),
    Line("overlayroot", "cryptsetup luksFormat DEV --key-file -",
         here("printf one | cryptsetup luksFormat $blank --key-file - $cheap && "
              "cryptsetup open --test-passphrase --key-file one.key $blank")),
    Line("overlayroot", "cryptsetup luksOpen DEV NAME --key-file -",
         lab("printf one | cryptsetup luksOpen $luks2 vault --key-file -" + MAPPED)),
]
