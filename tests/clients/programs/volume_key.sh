# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154,SC2016  # client.bash is read before it
# volume_key saves the keys of a volume, and restores access after the passphrase is lost.
# packages: volume-key gnupg
mkdir -m 700 /root/.gnupg 2>/dev/null || :
device=$(volume luks1 luks1)
printf 'one\0packet\0packet\0' | volume_key --batch --save "$device" -o escrow
printf 'packet\0' | volume_key --batch --dump escrow | sed -E "s|$device|DEVICE|; /[Hh]ost/d" | grep -vi uuid
printf 'packet\0' | volume_key --batch --dump --with-secrets escrow | grep -c '[0-9a-fA-F]\{64\}'
# The passphrase is lost.
printf 'one\nforgotten' | cryptsetup luksChangeKey -q --pbkdf-force-iterations 1000 "$device"
refused eval 'printf one | cryptsetup open --test-passphrase "$device"'
printf 'packet\0new\0new\0' | volume_key --batch --restore "$device" escrow
printf new | cryptsetup open --test-passphrase "$device" && echo "the new passphrase opens"
slots "$device"
refused eval 'printf "bad\0packet\0packet\0" | volume_key --batch --save "$device" -o other'
say "LUKS2, which this release of it does not know"
refused eval 'printf "one\0packet\0packet\0" | volume_key --batch --save "$(volume luks2 luks2 --pbkdf pbkdf2)" -o other'
