#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The choice of a keyslot's cost ends, whatever the clocks report, and is at least the minimum.
#   run.sh PROGRAM PRELOADED
set -u
program=$1 preloaded=$2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
[ -r "$preloaded" ] || exit 1
cd "$folder" || exit 1
printf secret >key
failed=0

# The limit is for runs that hang: normal runs take less than half of it.
odd() { LD_PRELOAD=$preloaded ODD_CLOCK=$clock timeout 60 "$program" "$@"; }
check() {
    "$@" >out 2>&1 && return
    echo "$clock: $*: status $?"
    cat out
    failed=1
}
# number FIELD MINIMUM: checks a number that luksDump prints for the only keyslot.
number() {
    local value
    value=$("$program" luksDump image | sed -n "s/^\t$1: *\([0-9]*\).*/\1/p" | head -1)
    [ "${value:-0}" -ge "$2" ] && return
    echo "$clock: $1 is '$value', less than $2"
    failed=1
}

for clock in ticks thread still backwards huge; do
    rm -f image
    truncate -s 20M image
    check odd -q luksFormat image --key-file key --pbkdf pbkdf2 -i 1
    number Iterations 1000
    check odd -q luksConvertKey image -S0 --key-file key --pbkdf argon2i -i 1 --pbkdf-memory 32
    number "Time cost" 4
    check odd -q luksConvertKey image -S0 --key-file key --pbkdf argon2id -i 100 --pbkdf-memory 65536
    number "Time cost" 4
    check odd open --test-passphrase image --key-file key
done
# If a cipher's rate cannot be measured, it is reported as unknown, without waiting.
clock=still
odd benchmark --cipher aes-xts >out 2>&1
[ $? -ne 124 ] || { echo "benchmark does not end"; failed=1; }
exit "$failed"
