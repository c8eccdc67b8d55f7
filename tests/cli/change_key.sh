#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
. "$(dirname "$0")/transcript.sh"
printf one >one; printf new >new; printf xnewx >padded
for type in ${TYPES:-2}; do
    say "LUKS$type"
    if [ "$type" = 2 ]; then make=format; else make=format1; fi
    $make base one; add base one two
    fresh() { cp base img; say "$@"; }
    fresh "two lines on stdin"
    with 'one\nnew\n' run luksChangeKey -v "${fast[@]}" img
    opens img one two new
    fresh "a slot by number"
    with 'two\nnew' run luksChangeKey -v "${fast[@]}" -S 1 img
    with 'one\nnew' run luksChangeKey "${fast[@]}" -S 1 img
    with 'one\nnew' run luksChangeKey "${fast[@]}" -S 5 img
    with 'one\nnew' run luksChangeKey "${fast[@]}" -S 35 img
    opens img one two new
    fresh "a wrong passphrase"
    with 'bad\nnew' run luksChangeKey "${fast[@]}" img
    with 'one' run luksChangeKey "${fast[@]}" img
    with '' run luksChangeKey "${fast[@]}" img
    opens img one two new
    fresh "key files"
    run luksChangeKey "${fast[@]}" img new -d one </dev/null
    opens img one two new
    fresh "offset and size"
    run luksChangeKey "${fast[@]}" img padded -d one --new-keyfile-offset 1 --new-keyfile-size 3 </dev/null
    opens img one two new
    fresh "new key file, old on stdin"
    with one run luksChangeKey "${fast[@]}" img new
    opens img one two new
    fresh "old key file, new on stdin"
    with new run luksChangeKey "${fast[@]}" img -d one
    opens img one two new
    fresh "terminal"
    tty one new new -- luksChangeKey "${fast[@]}" img
    opens img one two new
    fresh "terminal, slips"
    tty bad bad bad -- luksChangeKey "${fast[@]}" img
    tty bad one new new -- luksChangeKey "${fast[@]}" img
    fresh "terminal, slip in the new one"
    tty one new neu -- luksChangeKey "${fast[@]}" img
    tty one new -- luksChangeKey -q "${fast[@]}" img
    opens img one two new
    fresh "not there"
    run luksChangeKey missing </dev/null
    run luksChangeKey </dev/null
    run luksChangeKey --new-keyfile new img </dev/null
done
