#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Behaviour common to all actions: usage errors, channels, sources of passphrases, prompts.
. "$(dirname "$0")/transcript.sh"
printf one >one; printf 'xxoneyy' >padded; : >empty; : >blank; truncate -s 1M blank
format img one
format1 old one

say "command lines that are wrong"
run
run luksfoo img
run -
run --bogus
run isLuks
run luksKillSlot img
run luksOpen
run luksHeaderBackup
run isLuks --iter-time 5 img
run luksErase --iter-time 5 img
run luksDump -Sx img
run luksDump --key-slot= img
run luksDump -S -1 img
run luksFormat --key-size 7 img
run luksFormat --key-size 0x100 img
run open --timeout=-5 --test-passphrase img
run open --device-size 1Q img name
run open --device-size 513 img name
run open --size 8 --device-size 512 img name
run luksFormat --use-random --use-urandom img
run luksFormat --align-payload 8 --offset 8 img
run luksFormat -i 5 --pbkdf-force-iterations 1000 img
run luksFormat --keyslot-cipher aes-xts-plain64 img
run luksFormat --pbkdf argon2 img
run luksFormat --sector-size 513 img
run config --priority foo -S 1 img
run config --priority prefer img
run luksAddKey --unbound img
run open --unbound img name
run open --test-passphrase --persistent img
run open --test-passphrase --type plain img
run open --type luks --skip 5 img name
run open --shared img name
run open --tcrypt-hidden img name
run open -d one -d one --test-passphrase img
run create name

say "command lines that are checked and not run"
run --test-args isLuks missing
run --test-args luksFormat --key-size 512 missing -q
run --test-args isLuks

say "every spelling"
run isLuks -- img
run -v isLuks img
run isLuks img -v
run open --test-passphrase -d one -T1 -- img
run open --test-passphrase -vd one img
run open --test-passphrase -v --key-file=one img
run -vqdone open img --test-passphrase --tries 2
with one run open --test-passphrase -d- -v img
with one run open --test-passphrase -d=- -v img

say "devices"
run luksDump missing
run luksDump blank
run luksDump /dev/null
run luksDump .
run -v luksDump blank
run isLuks img img

say "secrets from a pipe"
with 'one\n' run -v open --test-passphrase img
with 'one\nmore' run -v open --test-passphrase img
with 'one' run -v open --test-passphrase img
with 'one\0' run -v open --test-passphrase img
with 'one\n' run -v open --test-passphrase --key-file - img
with 'one' run -v open --test-passphrase --key-file - img
with '' run -v open --test-passphrase img
with '' run -v open --test-passphrase --key-file - img
with '\n' run -v open --test-passphrase img
with 'onemore' run -v open --test-passphrase --keyfile-size 3 img
with 'one\n' run -v open --test-passphrase --keyfile-size 10 img
with 'xxone\n' run -v open --test-passphrase --keyfile-offset 2 img
with 'one\n' run -v open --test-passphrase -y img
with 'bad\none\n' run -v open --test-passphrase --tries 3 img

say "secrets from a file"
run -v open --test-passphrase --key-file padded --keyfile-offset 2 --keyfile-size 3 img
run -v open --test-passphrase --key-file padded img
run open --test-passphrase --key-file padded --keyfile-offset 5 --keyfile-size 3 img
run open --test-passphrase --key-file padded --keyfile-offset 50 img
run open --test-passphrase --key-file missing img
run open --test-passphrase --key-file empty img
truncate -s 8388609 large
run open --test-passphrase --key-file large img

say "secrets from a terminal"
tty one -- open --test-passphrase img
tty one -- open --test-passphrase -d - img
tty one one -- open -y --test-passphrase img
tty one two -- open -y --test-passphrase img
tty one one -- open -y -q --test-passphrase img
tty bad one -- open -v --test-passphrase img
tty bad bad bad -- open -v --test-passphrase img
tty bad bad -- open --tries 2 --test-passphrase img
tty '' one -- open --test-passphrase img
tty ^C -- open -v --test-passphrase img
tty ^D -- open -v --test-passphrase img
tty '<wait>' -- open -v -t 1 --test-passphrase img

say "questions"
cp old volume
tty no -- luksFormat -v --type luks1 volume
tty yes -- luksFormat --type luks1 volume
tty ^D -- luksFormat -v --type luks1 volume
unchanged_since old volume
tty YES two two -- luksFormat --type luks1 --pbkdf-force-iterations 1000 volume
tty YES two three -- luksFormat --type luks1 --pbkdf-force-iterations 1000 volume
tty two -- luksFormat -q --type luks1 --pbkdf-force-iterations 1000 volume
opens volume one two
