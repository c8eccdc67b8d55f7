#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Command lines of 2003, and their mappings today.
. "$(dirname "$0")/transcript.sh"
truncate -s 1M disk
# The number of ciphers depends on the machine, the number of zeros in a file system on the program that made it.
counts() { sed -E 's/[0-9]+ combinations/N combinations/; s/("(tried|not_available|regular_sectors)":)[0-9]+/\1N/g'; }

say "losetup -e"
run legacy --dry-run -- losetup -e aes -k 256 /dev/loop0 disk
run legacy --dry-run -- losetup -e AES128 -o 1024 /dev/loop0 disk
run legacy --dry-run -v -- losetup -e twofish /dev/loop0 disk
run legacy --dry-run --losetup=util-linux -v -- losetup -e twofish /dev/loop0 disk
run legacy --dry-run -- losetup -e xor /dev/loop0 disk
run legacy --dry-run -- losetup -e aes -o 100 /dev/loop0 disk
run legacy --dry-run --losetup=suse -- losetup -e aes /dev/loop0 disk

say "hashalot"
run legacy --dry-run 'hashalot -n 32 ripemd160 | dmsetup create x --table "0 2048 crypt aes-plain KEY 0 disk 0"'
# shellcheck disable=SC2016  # it is for the old shell
run legacy --dry-run 'echo 0 `blockdev --getsize disk` crypt twofish-ecb `hashalot -x -n 16 sha256` 0 disk 8 | dmsetup create x'
run legacy --dry-run -- hashalot -n 64 sha512 '|' dmsetup create x --table '0 2048 crypt aes-xts-plain64 KEY 0 disk 0 1 sector_size:4096'
run legacy --dry-run -- hashalot sha256 '|' dmsetup create x --table '0 2048 crypt aes-plain 00112233445566778899aabbccddeeff 0 disk 0'
run legacy --dry-run 'hashalot -n 64 ripemd160 | dmsetup create x --table "0 2048 crypt aes-xts-plain64 KEY 0 disk 0"'

say "cryptsetup 0.1"
run legacy --dry-run -- cryptsetup create x disk
run legacy --dry-run --json -- cryptsetup -c serpent-ecb -h sha1 -s 128 -b 64 -o 16 -p 8 create x disk
run legacy --dry-run -- cryptsetup remove x
run legacy --dry-run -- cryptsetup create x nosuchdisk

say "other lines"
run legacy --dry-run -- mount -o loop disk /mnt
run legacy --dry-run -- hashalot sha256
run legacy --dry-run 'losetup "'
run legacy -- losetup -e aes -k 256 -f disk

say "a file system behind an old line"
truncate -s 1M fs && mkfs.ext4 -q -F fs 2>/dev/null
truncate -s 1M volume
# The old program itself makes the key, byte for byte.
printf 'secret\n' | hashalot -q -n 16 ripemd160 >key
run write -q --type plain --cipher twofish-cbc-plain --key-size 128 --key-file key volume fs
with 'secret\n' run legacy --dry-run --verify-fs -- losetup -e twofish -k 128 /dev/loop0 volume
with 'wrong\n' run legacy --dry-run --verify-fs -- losetup -e twofish -k 128 /dev/loop0 volume
with 'secret\n' run legacy --probe volume | counts
with 'secret\n' run legacy -v --probe --offset 0 volume | counts
with 'secret\n' run legacy --json --probe volume | counts
with 'wrong\n' run legacy --probe volume | counts
run legacy --probe volume disk
with 'secret\n' run legacy --probe --offset 99999 volume
cmp volume <($LATCHKEY read --type plain --cipher null --key-size 8 --key-file key volume) && echo "nothing was written"
