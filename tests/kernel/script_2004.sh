#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A script of 2004 for the first cryptsetup, unchanged, and the resulting kernel tables: run inside the kernel lab by
# compare_golden.  Only the program's name is new.
. "$(dirname "$0")/../cli/transcript.sh"
cryptsetup() { run "$@" --compat=0.1; }
truncate -s 4M disk other
head -c 64 /dev/zero | tr '\0' k >keyfile
disk=$(losetup -f --show disk); other=$(losetup -f --show other)
trap 'losetup -d "$disk" "$other"; rm -rf "$scratch"' EXIT
table() { dmsetup table --showkeys "$1"; }

# ---- /etc/init.d/cryptdisks, as people had it
echo mypassphrase | cryptsetup create crypt1 "$disk"
table crypt1
cryptsetup status crypt1 </dev/null
mke2fs -q /dev/mapper/crypt1
echo mypassphrase | cryptsetup -h sha256 -c aes -s 128 -o 16 -p 4 -b 1024 create crypt2 "$other"
table crypt2
cryptsetup -b 512 resize crypt2 </dev/null
table crypt2
cryptsetup resize crypt2 </dev/null
table crypt2
echo mypassphrase | cryptsetup -h sha1 -c twofish -s 256 reload crypt2 "$other"
table crypt2
echo mypassphrase | cryptsetup reload crypt1 "$disk"
table crypt1
hold /dev/mapper/crypt2
echo another | cryptsetup -h sha1 -c twofish -s 256 reload crypt2 "$other" 2>&1 | sed 's/process [0-9]*/process PID/'
kill "$holder"; wait "$holder" 2>/dev/null
cryptsetup remove crypt2 </dev/null
cryptsetup -c serpent -d keyfile create crypt2 "$other" </dev/null
table crypt2
cryptsetup remove crypt2 </dev/null
cryptsetup -d /dev/urandom create swap1 "$other" </dev/null
mkswap /dev/mapper/swap1 >/dev/null && echo "swap made"
cryptsetup remove swap1 </dev/null
echo mypassphrase | cryptsetup -y -c aes-cbc-essiv:sha256 create crypt2 "$other"
cryptsetup remove crypt2 </dev/null
cryptsetup remove crypt1 </dev/null
cryptsetup status crypt1 </dev/null
# The file system is still there, and the defaults are those of 2004.
echo mypassphrase | cryptsetup create crypt1 "$disk"
blkid -o value -s TYPE -p /dev/mapper/crypt1
cryptsetup remove crypt1 </dev/null
dmsetup ls
