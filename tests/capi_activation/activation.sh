#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Runs a program of this folder on volumes that the peer made.  Usage: activation.sh LIBRARY_DIR|- PROGRAM
# Run inside the kernel lab; "-" is the peer's library.
set -e
scratch=$(mktemp -d); cd "$scratch"
fast=(--pbkdf pbkdf2 --pbkdf-force-iterations 1000)
truncate -s 4M one; truncate -s 20M two; truncate -s 4M blank
printf one >one.key; printf two >two.key
cryptsetup luksFormat -q --type luks1 --pbkdf-force-iterations 1000 -s 256 one one.key
cryptsetup luksFormat -q --type luks2 "${fast[@]}" -s 256 --sector-size 512 two one.key
for image in one two; do cryptsetup luksAddKey -q --pbkdf pbkdf2 --pbkdf-force-iterations 1000 -d one.key $image two.key; done
cryptsetup luksHeaderBackup two --header-backup-file header
# 65 lines of 44 characters, from a fixed beginning.
for i in $(seq 100 164); do printf '%s' "$i$(printf '%s' "$i" | sha256sum | cut -c1-41)"; echo; done >keys
one=$(losetup -f --show one); two=$(losetup -f --show two); blank=$(losetup -f --show blank)
trap 'losetup -d $one $two $blank; rm -rf "$scratch"' EXIT
[ "$1" = - ] || export LD_LIBRARY_PATH=$1
# With $VALGRIND: no error and nothing lost.
${VALGRIND:+"$VALGRIND" -q --leak-check=full --errors-for-leak-kinds=definite --error-exitcode=9} "$2" "$one" "$two" "$blank" header one.key keys
