#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
. "$(dirname "$0")/transcript.sh"
printf one >one; printf 'one\n' >line; printf xxoneyy >padded; : >empty; printf wrong >wrong
for type in ${TYPES:-2}; do
    say "LUKS$type"
    if [ "$type" = 2 ]; then make=format; else make=format1; fi
    rm -f vk
    $make img one; add img one two; add img one "with
newline" 2>/dev/null
    cp img before
    "$LATCHKEY" luksDump -q --dump-volume-key --volume-key-file vk img -d one >/dev/null 2>&1
    say "stdin"
    with one run open --test-passphrase img
    with 'one\n' run open --test-passphrase img
    with 'one\nmore' run open -v --test-passphrase img
    with 'two' run open -v --test-passphrase img name
    with 'bad' run open --test-passphrase img
    with 'bad' run open -v --test-passphrase img
    with '' run open --test-passphrase img
    with '\n' run open --test-passphrase img
    with 'one\0' run open --test-passphrase img
    with 'one' run luksOpen --test-passphrase img
    with 'one' status open --type luks1 --test-passphrase img
    with 'one' status open --type luks2 --test-passphrase img
    with 'one' run open --type luks --test-passphrase img
    say "slots"
    with one run open --test-passphrase -S 0 img
    with one run open --test-passphrase -S 1 img
    with one run open --test-passphrase -S 5 img
    with one status open --test-passphrase -S 33 img
    with two run open -v --test-passphrase -S 1 img
    say "key files"
    run open --test-passphrase img -d one </dev/null
    run open --test-passphrase img -d line </dev/null
    run open --test-passphrase img -d line -l 3 </dev/null
    run open --test-passphrase img -d padded --keyfile-offset 2 --keyfile-size 3 </dev/null
    run open --test-passphrase img -d padded --keyfile-offset 20 </dev/null
    run open --test-passphrase img -d padded --keyfile-size 20 </dev/null
    run open --test-passphrase img -d one --keyfile-size 0 --keyfile-offset ' 0' </dev/null
    run open --test-passphrase img -d empty </dev/null
    run open --test-passphrase img -d wrong </dev/null
    run open --test-passphrase img -d missing </dev/null
    status open --test-passphrase img -d . </dev/null
    truncate -s 9M big
    run open --test-passphrase img -d big </dev/null
    with 'one' run open --test-passphrase img -d -
    with 'one\n' run open --test-passphrase img -d -
    with 'onemore' run open --test-passphrase img -d - -l 3
    with 'xxonemore' run open --test-passphrase img -d - -l 3 --keyfile-offset 2
    with 'onemore' run open --test-passphrase img -l 3
    run open --test-passphrase img -d one -d one </dev/null
    say "volume key"
    run open -v --test-passphrase img --volume-key-file vk </dev/null
    head -c 64 /dev/zero >zero; head -c 10 /dev/zero >short
    run open --test-passphrase img --volume-key-file zero </dev/null
    run open --test-passphrase img --volume-key-file short </dev/null
    run open --test-passphrase img --volume-key-file missing </dev/null
    say "terminal"
    tty one -- open --test-passphrase img
    tty bad bad two -- open -v --test-passphrase img
    tty bad bad bad -- open --test-passphrase img
    tty bad bad -- open --test-passphrase -T 2 img
    tty one one -- open --test-passphrase -y img
    tty one eno one one -- open --test-passphrase -y img
    tty one -- open --test-passphrase -d - img
    tty_status '^C' -- open --test-passphrase img
    tty_status '<wait>' -- open --test-passphrase -t 1 img
    tty '' one -- open --test-passphrase img
    tty bad one -- open --test-passphrase img -d one
    say "header"
    cp img hdr; truncate -s 1M data
    with one run open --test-passphrase --header hdr data
    with one run open --test-passphrase --header missing data
    with one run open --test-passphrase --header hdr missing
    say "refusals"
    with one run open --test-passphrase data
    with one run open --test-passphrase missing
    with one run open --test-passphrase
    with one run open img
    unchanged_since before img
done
