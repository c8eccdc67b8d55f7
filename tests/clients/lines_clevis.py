# SPDX-License-Identifier: GPL-2.0-or-later
"""clevis: luks bind, unlock, regen, unbind, and its initramfs scripts."""
from lines import Line, here, lab

PBKDF = "--pbkdf pbkdf2 --pbkdf-force-iterations 1000"
TOKEN = '{"type":"clevis","keyslots":["0"],"jwe":{"protected":"e30"}}'
IMPORT = f"printf '%s' '{TOKEN}' | cryptsetup token import $luks2"
# A token that gives the passphrase, for the lines that take the old one from a token.
KEYRING = ("keyctl add user latchkey:clevis one @s >/dev/null && "
           "cryptsetup token add --key-description latchkey:clevis --key-slot 0 $luks2 && ")
OPENS = "cryptsetup open --test-passphrase --key-file"

LINES = [
    Line("clevis", "cryptsetup isLuks DEV",
         here("cryptsetup isLuks $luks1"), here("cryptsetup isLuks $luks2"), here("cryptsetup isLuks $blank", status=1)),
    Line("clevis", "cryptsetup isLuks --type {luks1,luks2} DEV",
         here("cryptsetup isLuks --type luks1 $luks1"), here("cryptsetup isLuks --type luks2 $luks1", status=1),
         here("cryptsetup isLuks --type luks1 $luks2", status=1), here("cryptsetup isLuks --type luks2 $luks2")),
    Line("clevis", "cryptsetup luksDump DEV (LUKS1)",
         here("cryptsetup luksDump $luks1 | sed -rn 's|^Key Slot ([0-7]): ENABLED$|\\1|p'", "0\n"),
         here("cryptsetup luksDump $luks1 | sed -rn 's|^Key Slot ([0-7]): DISABLED$|\\1|p' | sed -n 1p", "1\n"),
         here("cryptsetup luksDump $luks1 | sed -rn 's|MK bits:[ \\t]*([0-9]+)|\\1|p'", "512\n")),
    Line("clevis", "cryptsetup luksDump DEV (LUKS2)",
         here(f"cryptsetup luksAddKey -q $luks2 two.key --key-slot 3 --key-file one.key {PBKDF} && "
              "cryptsetup luksDump $luks2 | sed -rn 's|^\\s+([0-9]+): luks2$|\\1|p'", "0\n3\n"),
         here("cryptsetup luksDump $luks2 | sed -rn 's|^\\s+Key:\\s+([0-9]+) bits\\s*$|\\1|p'", "512\n"),
         here(f"{IMPORT} && cryptsetup luksDump $luks2 | sed -rn 's|^\\s+([0-9]+): clevis|\\1|p'", "0\n"),
         here(f"printf '%s' '{TOKEN}' | cryptsetup token import --token-id 2 $luks2 && "
              "cryptsetup luksDump $luks2 | grep -E -B1 '^\\s+Keyslot:\\s+0$' | sed -n 1p | "
              "sed -rn 's|^\\s+([0-9]+): clevis|\\1|p'", "2\n")),
    Line("clevis", "cryptsetup luksUUID DEV",
         here("cryptsetup luksUUID $luks1", "11111111-1111-4111-8111-111111111111\n"),
         here("cryptsetup luksUUID $luks2", "22222222-2222-4222-8222-222222222222\n"),
         here("cryptsetup luksUUID $blank", status=1)),
    Line("clevis", "cryptsetup [OPTS] open -d- DEV NAME",
         lab('echo -n one | cryptsetup open -d- "$luks2" luks-vault && [ -b /dev/mapper/luks-vault ]'),
         lab('echo -n one | cryptsetup --allow-discards open -d- "$luks1" luks-vault && dmsetup table luks-vault | cut -d" " -f9-',
             "1 allow_discards\n"),
         lab('echo -n bad | cryptsetup open -d- "$luks2" luks-vault', status=2)),
    Line("clevis", "cryptsetup open --test-passphrase DEV {--key-file F, --token-id N, (stdin)} [--key-slot N]",
         here("cryptsetup open --test-passphrase $luks2 --key-file one.key --key-slot 0"),
         here("cryptsetup open --test-passphrase $luks2 --key-file two.key", status=2),
         here("printf '%s' one | cryptsetup open --test-passphrase $luks1"),
         here("printf '%s' one | cryptsetup open --test-passphrase $luks1 --key-slot 0"),
         here("printf '%s' one | cryptsetup open --test-passphrase $luks1 --key-slot 1; [ $? -ne 0 ] && echo not", "not\n"),
         lab(KEYRING + "cryptsetup open --test-passphrase $luks2 --token-id 0"),
         lab(KEYRING + "cryptsetup open --test-passphrase $luks2 --token-id 1 </dev/null; [ $? -ne 0 ] && echo not", "not\n")),
    Line("clevis", "cryptsetup token export --token-id N DEV",
         here(f"{IMPORT} && cryptsetup token export --token-id 0 $luks2 | jq -c .jwe", '{"protected":"e30"}\n'),
         here("cryptsetup token export --token-id 0 $luks2", status=1)),
    Line("clevis", "cryptsetup token import [--token-id N] DEV",
         here(IMPORT), here(f"{IMPORT} && {IMPORT} && cryptsetup luksDump $luks2 | grep -c ': clevis'", "2\n"),
         here(f"{IMPORT} && printf '%s' '{TOKEN}' | cryptsetup token import --token-id 0 $luks2; [ $? -ne 0 ] && echo taken",
              "taken\n"),
         here("printf 'no JSON' | cryptsetup token import --token-id 0 $luks2", status=1)),
    Line("clevis", "cryptsetup token remove --token-id N DEV",
         here(f"{IMPORT} && cryptsetup token remove --token-id 0 $luks2 && cryptsetup luksDump $luks2 | grep -c clevis", "0\n",
              status=1),
         here("cryptsetup token remove --token-id 0 $luks2", status=1)),
    Line("clevis", "cryptsetup luksAddKey [--force-password] --batch-mode --key-slot N DEV --pbkdf pbkdf2 "
                   "--pbkdf-force-iterations 1000 [--key-file F | --token-id N]",
         here(f"printf 'one\\ntwo' | cryptsetup luksAddKey --batch-mode --key-slot 1 $luks2 {PBKDF} && {OPENS} two.key $luks2"),
         here(f"printf 'one\\ntwo' | cryptsetup luksAddKey --force-password --batch-mode --key-slot 7 $luks1 {PBKDF} && "
              f"{OPENS} two.key $luks1 --key-slot 7"),
         here(f"printf 'two' | cryptsetup luksAddKey --batch-mode --key-slot 1 $luks1 {PBKDF} --key-file one.key && "
              f"{OPENS} two.key $luks1"),
         here(f"printf 'two' | cryptsetup luksAddKey --batch-mode --key-slot 1 $luks2 {PBKDF} --key-file two.key", status=2),
         here(f"printf 'one\\ntwo' | cryptsetup luksAddKey --batch-mode --key-slot 0 $luks2 {PBKDF}", status=1),
         lab(KEYRING + f"printf 'two' | cryptsetup luksAddKey --batch-mode --key-slot 1 $luks2 {PBKDF} --token-id 0 && "
             f"{OPENS} two.key $luks2")),
    Line("clevis", "cryptsetup luksChangeKey DEV --key-slot N --batch-mode --pbkdf pbkdf2 --pbkdf-force-iterations 1000 "
                   "[--key-file F | --token-id N]",
         here(f"printf 'one\\ntwo' | cryptsetup luksChangeKey $luks2 --key-slot 0 --batch-mode {PBKDF} && {OPENS} two.key $luks2"),
         here(f"printf 'one\\ntwo' | cryptsetup luksChangeKey $luks1 --key-slot 0 --batch-mode {PBKDF} && {OPENS} two.key $luks1"),
         here(f"printf 'two' | cryptsetup luksChangeKey $luks2 --key-slot 0 --batch-mode {PBKDF} --key-file one.key && "
              f"{OPENS} two.key $luks2; {OPENS} one.key $luks2", status=2)),
    Line("clevis", "cryptsetup luksKillSlot DEV N [-q / --batch-mode / --key-file F]",
         here(f"cryptsetup luksAddKey -q $luks2 two.key --key-file one.key {PBKDF} && cryptsetup luksKillSlot $luks2 1 -q && "
              "cryptsetup luksDump $luks2 | grep -c ': luks2'", "1\n"),
         here(f"cryptsetup luksAddKey -q $luks1 two.key --key-file one.key {PBKDF} && "
              "cryptsetup luksKillSlot $luks1 1 --batch-mode && cryptsetup luksDump $luks1 | grep -c ENABLED", "1\n"),
         here(f"cryptsetup luksAddKey -q $luks2 two.key --key-file one.key {PBKDF} && "
              "cryptsetup luksKillSlot $luks2 1 --key-file one.key && cryptsetup luksDump $luks2 | grep -c ': luks2'", "1\n"),
         here(f"cryptsetup luksAddKey -q $luks2 two.key --key-file one.key {PBKDF} && "
              "printf 'one\\nthree' | cryptsetup luksKillSlot $luks2 1 && cryptsetup luksDump $luks2 | grep -c ': luks2'", "1\n"),
         here(f"cryptsetup luksAddKey -q $luks2 two.key --key-file one.key {PBKDF} && "
              "printf 'bad\\nthree' | cryptsetup luksKillSlot $luks2 1", status=2)),
    Line("clevis", "cryptsetup luksHeaderBackup DEV --batch-mode --header-backup-file F",
         here("cryptsetup luksHeaderBackup $luks2 --batch-mode --header-backup-file saved && cryptsetup isLuks saved"),
         here("cryptsetup luksHeaderBackup $luks1 --batch-mode --header-backup-file saved && cryptsetup isLuks saved"),
         here("touch saved; cryptsetup luksHeaderBackup $luks2 --batch-mode --header-backup-file saved; echo $?; wc -c <saved",
              "1\n0\n")),
    Line("clevis", "cryptsetup luksHeaderRestore DEV --batch-mode --header-backup-file F",
         *(here(f"cryptsetup luksHeaderBackup ${image} --batch-mode --header-backup-file saved && "
                f"cryptsetup erase -q ${image} && cryptsetup luksHeaderRestore ${image} --batch-mode --header-backup-file saved && "
                f"{OPENS} one.key ${image}") for image in ("luks1", "luks2"))),
]
