# SPDX-License-Identifier: GPL-2.0-or-later
"""Tools that make, grow and mount volumes: tomb, fsadm, ceph-volume, yubikey-luks, FAI, pmount."""
from lines import Line, here, lab

MAPPED = " && [ -b /dev/mapper/vault ]"
OPENS = "cryptsetup open --test-passphrase --key-file"
OPEN = "cryptsetup --key-file one.key luksOpen"
PLAIN_DEFAULTS = (2, 7)  # cipher and hash of plain volumes
# Every line of status that begins with a blank is split at the first ": ".
CEPH_READS = ("python3 -c 'import sys; pairs = [line.strip().split(\": \", 1) for line in sys.stdin if line.startswith(\" \")]; "
              "facts = {key.strip(): value.strip() for key, value in pairs}; print(facts[\"type\"], facts[\"device\"])'")

LINES = [
    Line("tomb", "cryptsetup --type luks1 --key-file - --batch-mode --cipher aes-xts-plain64 --hash sha512 --key-size 512 "
                 "--key-slot 0 luksFormat LOOP",
         here("printf %s one | cryptsetup --type luks1 --key-file - --batch-mode --cipher aes-xts-plain64 --hash sha512 "
              f"--key-size 512 --key-slot 0 luksFormat $blank --pbkdf-force-iterations 1000 && {OPENS} one.key -S 0 $blank && "
              "cryptsetup luksDump $blank | awk '/^Cipher|^Hash|^MK bits/ {print $3}'", "aes\nxts-plain64\nsha512\n512\n")),
    Line("tomb", "cryptsetup --type luks1 --key-file - [--cipher C --hash sha512] luksOpen LOOP NAME",
         lab("printf %s one | cryptsetup --type luks1 --key-file - luksOpen $luks1 vault" + MAPPED),
         lab("printf %s one | cryptsetup --type luks1 --key-file - --cipher aes-xts-plain64 --hash sha512 luksOpen $luks1 vault"
             + MAPPED),
         lab("printf %s bad | cryptsetup --type luks1 --key-file - luksOpen $luks1 vault", status=2)),
    Line("tomb", "cryptsetup isLuks LOOP", here("cryptsetup isLuks $luks1"), here("cryptsetup isLuks $blank", status=1)),
    Line("tomb", "cryptsetup --key-file - luksChangeKey LOOP NEWFILE",
         here("printf %s one | cryptsetup --key-file - luksChangeKey $luks1 new.key --pbkdf-force-iterations 1000 && "
              f"{OPENS} new.key $luks1; {OPENS} one.key $luks1", status=2)),
    Line("tomb", "cryptsetup luksDump LOOP",
         here("cryptsetup luksDump $luks1 | awk '/^Cipher name/ {print $3} /^Cipher mode/ {print $3} /^Hash spec/ {print $3}'",
              "aes\nxts-plain64\nsha256\n"),
         # It looks for "Key slot", which no version prints: it must not warn of a second slot.
         here("cryptsetup luksDump $luks1 | awk '/^Key slot/'")),
    Line("tomb", "cryptsetup status NAME",
         lab(f"{OPEN} $luks1 vault && cryptsetup status vault | awk '/cipher:/ {{print $2}} /keysize:/ {{print $2}} "
             "/device:/ {print $2}' | sed \"s|$luks1|LOOP|\"", "aes-xts-plain64\n512\nLOOP\n")),
    Line("tomb", "cryptsetup resize NAME",
         lab(f"{OPEN} $luks1 vault && cryptsetup resize vault --size 8 && cryptsetup resize vault && "
             "[ $(blockdev --getsz /dev/mapper/vault) -gt 8 ]")),
    Line("tomb", "cryptsetup luksClose NAME", lab(f"{OPEN} $luks1 vault && cryptsetup luksClose vault && [ ! -e /dev/mapper/vault ]")),
    Line("tomb", "cryptsetup --version", here("cryptsetup --version | grep -cE '^cryptsetup [0-9]+\\.[0-9]+\\.[0-9]+'", "1\n"),
         here("cryptsetup --version | wc -l", "1\n")),
    Line("fsadm", "cryptsetup luksDump DEV",
         *(lab(f'{OPEN} ${image} vault; version=$(cryptsetup luksDump ${image} | grep "Version:"); '
               f'version=${{version//[Version:[:space:]]/}}; uuid=$(cryptsetup luksDump ${image} | grep "UUID:"); '
               'uuid="CRYPT-LUKS$version-${uuid//[UID:[:space:]-]/}-"; echo $uuid; '
               f"numbers=$(lsblk -dno MAJ:MIN ${image} | tr -d ' '); "
               "dmsetup info -c --noheadings -S \"UUID=~^$uuid&&segments=1&&devnos_used='$numbers'\" -o name; "
               "dmsetup table vault | cut -d' ' -f8", f"CRYPT-LUKS{number}-{uuid}-\nvault\n{offset}\n")
           for image, number, uuid, offset in (("luks1", 1, "11111111111141118111111111111111", 4096),
                                               ("luks2", 2, "22222222222242228222222222222222", 2048)))),
    Line("fsadm", "cryptsetup status NAME",
         *(lab(f'{open_it} && kind=$(cryptsetup status /dev/mapper/vault 2>/dev/null | grep "type:") && echo ${{kind##*[[:space:]]}}',
               kind + "\n")
           for kind, open_it in (("LUKS1", f"{OPEN} $luks1 vault"), ("LUKS2", f"{OPEN} $luks2 vault"),
                                 ("PLAIN", "cryptsetup -d long.key -c aes-xts-plain64 -s 256 plainOpen $blank vault")))),
    Line("fsadm", "cryptsetup resize NAME --size SECTORS",
         lab(f"{OPEN} $luks1 vault && cryptsetup resize vault --size 512 && blockdev --getsz /dev/mapper/vault", "512\n"),
         lab(f"{OPEN} --disable-keyring $luks2 vault && cryptsetup resize /dev/mapper/vault --size 512 && "
             "blockdev --getsz /dev/mapper/vault", "512\n"),
         # The key is in the kernel's keyring, and there is no passphrase: fsadm fails here with both programs.
         lab(f"{OPEN} $luks2 vault && cryptsetup resize vault --size 512 </dev/null; [ $? -ne 0 ] && echo refused", "refused\n")),
    Line("ceph-volume", "cryptsetup --batch-mode --key-size {256,512} --key-file - luksFormat DEV",
         *(here(f"printf one | cryptsetup --batch-mode --key-size {bits} --key-file - luksFormat $blank $cheap && "
                f"{OPENS} one.key $blank && cryptsetup luksDump $blank | grep -c 'Key: *{bits} bits'", "1\n") for bits in (256, 512))),
    Line("ceph-volume", "cryptsetup --key-size N --key-file - --allow-discards luksOpen DEV NAME",
         lab("printf one | cryptsetup --key-size 512 --key-file - --allow-discards luksOpen $luks2 vault && "
             "dmsetup table vault | cut -d' ' -f9-", "1 allow_discards\n")),
    Line("ceph-volume", "cryptsetup --key-file - --allow-discards open DEV NAME --type plain --key-size 256",
         lab("cat long.key | cryptsetup --key-file - --allow-discards open $blank vault --type plain --key-size 256 && "
             "dmsetup table --showkeys vault | cut -d' ' -f4,5,9-", "aes-cbc-essiv:sha256 115c3d8c26217428b6e8745f87c79d50e28a1d507d3a94932943cef3aac25c18 1 allow_discards\n",
             peer_changed=PLAIN_DEFAULTS)),
    Line("ceph-volume", "cryptsetup remove NAME",
         lab(f"{OPEN} $luks2 vault && cryptsetup remove vault && [ ! -e /dev/mapper/vault ]"),
         lab(f"{OPEN} $luks2 vault && cryptsetup remove /dev/mapper/vault && [ ! -e /dev/mapper/vault ]")),
    Line("ceph-volume", "cryptsetup status NAME",
         lab(f"{OPEN} $luks2 vault && cryptsetup status /dev/mapper/vault | {CEPH_READS} | sed \"s|$luks2|DEV|\"", "LUKS2 DEV\n"),
         lab("cryptsetup -d long.key -c aes-xts-plain64 -s 256 plainOpen $blank vault && "
             f"cryptsetup status vault | {CEPH_READS} | sed \"s|$blank|DEV|\"", "PLAIN DEV\n")),
    # Three lines are sent: old, new, new again.  The third is not read, and not needed.
    Line("yubikey-luks", "cryptsetup --key-slot=N luksAddKey DEV",
         here(f"printf 'one\\ntwo\\ntwo\\n' | cryptsetup --key-slot=7 luksAddKey $luks1 $cheap1 >/dev/null && {OPENS} two.key -S 7 $luks1"),
         here(f"printf 'one\\ntwo\\ntwo\\n' | cryptsetup --key-slot=7 luksAddKey $luks2 $cheap >/dev/null && {OPENS} two.key -S 7 $luks2"),
         here("printf 'bad\\ntwo\\ntwo\\n' | cryptsetup --key-slot=7 luksAddKey $luks2 $cheap >/dev/null", status=2)),
    Line("yubikey-luks", "cryptsetup luksKillSlot DEV N",
         here("cryptsetup luksAddKey -d one.key -S 7 $luks1 two.key $cheap1 >/dev/null && echo one | cryptsetup luksKillSlot $luks1 7 && "
              f"{OPENS} two.key $luks1", status=2)),
    Line("yubikey-luks", "cryptsetup luksOpen DEV NAME",
         lab("echo one | cryptsetup luksOpen $luks2 vault" + MAPPED),
         lab("printf '%s' one | cryptsetup luksOpen $luks1 vault 2>&1" + MAPPED),
         lab("echo bad | cryptsetup luksOpen $luks1 vault", status=2)),
    Line("yubikey-luks", "cryptsetup luksSuspend NAME",
         lab(f"{OPEN} $luks2 vault && cryptsetup luksSuspend vault && dmsetup info -c --noheadings -o suspended vault",
             "Suspended\n")),
    Line("yubikey-luks", "cryptsetup luksResume NAME",
         lab(f"{OPEN} $luks2 vault && cryptsetup luksSuspend vault && echo one | cryptsetup luksResume vault && "
             "dmsetup info -c --noheadings -o suspended vault", "Active\n")),
    # The pipe repeats the answer to every question.
    Line("FAI", "yes YES | cryptsetup luksFormat DEV KEYFILE OPTS",
         here(f"yes YES | cryptsetup luksFormat $blank one.key -c aes-xts-plain64 -s 256 $cheap && {OPENS} one.key $blank"),
         here(f"truncate -s 32M $luks1 && yes YES | cryptsetup luksFormat $luks1 two.key $cheap >/dev/null && "
              f"{OPENS} two.key $luks1")),
    Line("FAI", "cryptsetup luksOpen DEV NAME --key-file F", lab("cryptsetup luksOpen $luks2 vault --key-file one.key" + MAPPED)),
    Line("FAI", "yes PASS | cryptsetup luksAddKey --key-file F DEV",
         here(f"yes two | cryptsetup luksAddKey --key-file one.key $luks2 $cheap && {OPENS} two.key $luks2"),
         here(f"yes two | cryptsetup luksAddKey --key-file one.key $luks1 $cheap1 && {OPENS} two.key $luks1")),
    Line("FAI", "yes PASS | cryptsetup luksRemoveKey DEV F",
         here("cryptsetup luksAddKey -d one.key $luks2 two.key $cheap && yes two | cryptsetup luksRemoveKey $luks2 one.key && "
              f"{OPENS} two.key $luks2 && {OPENS} one.key $luks2", status=2)),
    # NAME comes first here, unlike in open.
    Line("FAI", "cryptsetup --key-file=/dev/urandom create NAME DEV",
         lab("cryptsetup --key-file=/dev/urandom create vault $blank && dmsetup table vault | cut -d' ' -f4", "aes-cbc-essiv:sha256\n",
             peer_changed=PLAIN_DEFAULTS),
         lab("cryptsetup --key-file=/dev/urandom create vault missing", status=4)),
    Line("pmount", "/sbin/cryptsetup isLuks DEV",
         here("/sbin/cryptsetup isLuks $luks2"), here("/sbin/cryptsetup isLuks $blank", status=1)),
    Line("pmount", "/sbin/cryptsetup luksOpen DEV NAME",
         lab("echo one | /sbin/cryptsetup luksOpen $luks2 vault" + MAPPED),
         lab("echo one | /sbin/cryptsetup --readonly luksOpen $luks1 vault && blockdev --getro /dev/mapper/vault", "1\n"),
         lab("on_terminal one -- /sbin/cryptsetup luksOpen $luks2 vault >/dev/null" + MAPPED)),
    Line("pmount", "/sbin/cryptsetup luksClose NAME",
         lab(f"{OPEN} $luks2 vault && /sbin/cryptsetup luksClose vault && [ ! -e /dev/mapper/vault ]")),
]
