#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
. "$(dirname "$0")/transcript.sh"
printf one >one
head -c 64 /dev/zero | tr '\0' 'k' >vk
for type in 2 1; do
    say "LUKS$type"
    if [ $type = 2 ]; then make=format; else make=format1; fi
    $make img one --volume-key-file vk; add img one two
    rm -f got*
    run luksDump img
    run luksDump -v img
    run luksDump none
    say "volume key"
    show_bytes=1
    with one run luksDump --dump-volume-key img
    with one run luksDump -q --dump-volume-key img
    with one run luksDump --dump-master-key img
    run luksDump --dump-volume-key img -d one </dev/null
    with bad run luksDump --dump-volume-key img
    with '' run luksDump --dump-volume-key img
    tty YES one -- luksDump --dump-volume-key img
    tty no -- luksDump --dump-volume-key img
    tty one -- luksDump -q --dump-volume-key img
    tty YES -- luksDump --dump-volume-key img -d one
    with one run luksDump --dump-volume-key --volume-key-file got img
    cmp vk got && stat -c '%a %s' got
    with one run luksDump --dump-volume-key --volume-key-file got img
    with one run luksDump --dump-volume-key --volume-key-file no/such img
    with one run luksDump --volume-key-file got2 img >/dev/null
    ls got2 2>&1
    say "JSON"
    [ $type = 1 ] && run luksDump --dump-json-metadata img
    show_bytes=
done
say "unbound"
format img one
head -c 32 /dev/zero | tr '\0' 'u' >uk
printf two | quietly luksAddKey "${fast[@]}" --unbound --key-size 256 --volume-key-file uk -S 3 img
run luksDump --unbound -S 3 img </dev/null
run luksDump --unbound -S 0 img </dev/null
run luksDump --unbound -S 5 img </dev/null
run luksDump --unbound img </dev/null
show_bytes=1
with two run luksDump --unbound -S 3 img
tty YES two -- luksDump --unbound -S 3 img
show_bytes=
with two run luksDump --unbound -S 3 --volume-key-file got3 img
cmp uk got3 && stat -c '%a %s' got3
with one run luksDump --unbound -S 0 --volume-key-file got4 img
with bad run luksDump --unbound -S 3 --volume-key-file got5 img
tty two -- luksDump --unbound -S 3 img
run luksDump missing
run luksDump
run luksDump -S 1 img </dev/null
