#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
. "$(dirname "$0")/transcript.sh"
for type in 2 1; do
    say "LUKS$type"
    if [ $type = 2 ]; then make=format; else make=format1; fi
    $make base one
    cp base img
    run repair img </dev/null
    tty_status YES -- repair img
    run repair -q -v img </dev/null
    unchanged_since base img
done
say "LUKS2, second copy damaged"
format base one
cp base img; printf X | dd of=img bs=1 seek=20480 conv=notrunc 2>/dev/null
status repair -v img </dev/null
opens img one
say "LUKS2, first copy damaged"
cp base img; printf X | dd of=img bs=1 seek=4100 conv=notrunc 2>/dev/null
status repair img </dev/null
opens img one
cp base img; printf X | dd of=img bs=1 seek=4100 conv=notrunc 2>/dev/null
tty_status YES -- repair img
opens img one
say "LUKS2, both damaged"
cp base img; for at in 4100 20490; do printf X | dd of=img bs=1 seek=$at conv=notrunc 2>/dev/null; done
status repair -q img </dev/null
say "LUKS1, wrong stripes of an inactive slot"
format1 base one
cp base img; printf '\0\0\0\1' | dd of=img bs=1 seek=$((208+48*3+44)) conv=notrunc 2>/dev/null
with one status open --test-passphrase img
tty_status no -- repair img
tty_status YES -- repair -v img
opens img one
cmp base img && echo mended
cp base img; printf '\0\0\0\1' | dd of=img bs=1 seek=$((208+48*3+44)) conv=notrunc 2>/dev/null
status repair -q img </dev/null
say "LUKS1, slot state unknown"
cp base img; printf '\0\0\0\1' | dd of=img bs=1 seek=$((208+48*3)) conv=notrunc 2>/dev/null
status repair -q -v img </dev/null
opens img one
say "LUKS1, slot offset wrong"
cp base img; printf '\0\0\0\1' | dd of=img bs=1 seek=$((208+48*3+40)) conv=notrunc 2>/dev/null
status repair -q -v img </dev/null
opens img one
say "no header"
truncate -s 1M none
run repair -q none </dev/null
run repair -q missing </dev/null
run repair
run repair -q --type luks1 none </dev/null
run repair -q --type luks2 none </dev/null
