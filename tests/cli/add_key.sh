#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
. "$(dirname "$0")/transcript.sh"
printf one >one; printf two >two; printf 'xxtwoyy' >padded; printf wrong >wrong; : >empty
for type in ${TYPES:-2}; do
    say "LUKS$type"
    if [ "$type" = 2 ]; then make=format; else make=format1; fi
    $make base one
    rm -f vk
    "$LATCHKEY" luksDump -q --dump-volume-key --volume-key-file vk base -d one >/dev/null 2>&1
    fresh() { cp base img; say "$@"; }
    fresh "two lines on stdin"
    with 'one\ntwo\n' run luksAddKey "${fast[@]}" img
    opens img one two
    fresh "verbose"
    with 'one\ntwo' run luksAddKey -v "${fast[@]}" img
    fresh "a wrong passphrase"
    with 'wrong\ntwo' run luksAddKey "${fast[@]}" img
    slots img
    fresh "only one line"
    with 'one\n' run luksAddKey "${fast[@]}" img
    with 'one' run luksAddKey "${fast[@]}" img
    with '' run luksAddKey "${fast[@]}" img
    slots img
    fresh "new key file as operand"
    with 'one\n' run luksAddKey "${fast[@]}" img two
    opens img one two
    fresh "new key file as option"
    with 'one' run luksAddKey "${fast[@]}" img --new-keyfile two
    opens img one two
    fresh "the operand wins over the option"
    with 'one' run luksAddKey "${fast[@]}" img wrong --new-keyfile two
    opens img one two wrong
    fresh "offset and size of the new key file"
    with 'one' run luksAddKey "${fast[@]}" img padded --new-keyfile-offset 2 --new-keyfile-size 3
    opens img one two
    fresh "both key files"
    run luksAddKey "${fast[@]}" img two -d one </dev/null
    opens img one two
    fresh "both key files, verbose"
    run luksAddKey -v "${fast[@]}" img two -d one </dev/null
    with 'three\n' run luksAddKey -v -q "${fast[@]}" img -d one
    run luksAddKey -v "${fast[@]}" img padded -d - <one
    fresh "both key files, wrong, missing, empty"
    status luksAddKey "${fast[@]}" img two -d wrong </dev/null
    run luksAddKey "${fast[@]}" img two -d missing </dev/null
    run luksAddKey "${fast[@]}" img missing -d one </dev/null
    run luksAddKey "${fast[@]}" img empty -d one </dev/null
    slots img
    fresh "key file for the old, stdin for the new"
    with 'two\n' run luksAddKey "${fast[@]}" img -d one
    opens img one two
    fresh "- as the new key file"
    with 'two\n' run luksAddKey "${fast[@]}" img - -d one
    opens img one two
    fresh "--key-slot is the new slot"
    with 'one\ntwo' run luksAddKey "${fast[@]}" img --key-slot 5
    with 'one\nthree' run luksAddKey -q "${fast[@]}" img -S 6
    opens img one two three
    fresh "--new-key-slot, --key-slot is the old one"
    with 'one\ntwo' run luksAddKey "${fast[@]}" img --new-key-slot 3
    with 'two\nthree' status luksAddKey "${fast[@]}" img --new-key-slot 4 --key-slot 0
    with 'two\nthree' run luksAddKey "${fast[@]}" img --new-key-slot 4 --key-slot 3
    opens img one two three
    fresh "slots that cannot be"
    with 'one\ntwo' run luksAddKey "${fast[@]}" img --new-key-slot 0
    with 'one\ntwo' run luksAddKey "${fast[@]}" img --key-slot 0
    with 'one\ntwo' run luksAddKey "${fast[@]}" img --new-key-slot 32
    with 'one\ntwo' status luksAddKey "${fast[@]}" img --new-key-slot 1 --key-slot 2
    slots img
    fresh "volume key file"
    with 'two' run luksAddKey "${fast[@]}" img --volume-key-file vk
    with 'three' run luksAddKey "${fast[@]}" img --master-key-file vk
    head -c 64 /dev/zero >zero; head -c 10 /dev/zero >short
    with 'three' run luksAddKey "${fast[@]}" img --volume-key-file zero
    with 'three' run luksAddKey "${fast[@]}" img --volume-key-file short
    with 'three' run luksAddKey "${fast[@]}" img --volume-key-file missing
    opens img one two three
    fresh "terminal"
    tty one two two -- luksAddKey "${fast[@]}" img
    opens img one two
    fresh "terminal, a slip"
    tty one two too -- luksAddKey "${fast[@]}" img
    tty bad bad bad -- luksAddKey "${fast[@]}" img
    tty one two -- luksAddKey -q "${fast[@]}" img
    fresh "terminal, second attempt"
    tty bad one two two -- luksAddKey "${fast[@]}" img
    fresh "terminal, --tries"
    tty bad -- luksAddKey -T 1 "${fast[@]}" img
    fresh "terminal, key files"
    tty -- luksAddKey "${fast[@]}" img two -d one
    tty three three -- luksAddKey "${fast[@]}" img -d one
    tty two -- luksAddKey "${fast[@]}" img wrong
    tty four four -- luksAddKey "${fast[@]}" img --volume-key-file vk
    slots img
    fresh "too low a cost"
    with 'one\ntwo' run luksAddKey --pbkdf pbkdf2 --pbkdf-force-iterations 999 img
    with 'one\ntwo' run luksAddKey --pbkdf nonsense img
    with 'one\ntwo' run luksAddKey "${fast[@]}" --iter-time 100 img
    fresh "options that do not belong here"
    run luksAddKey --label x img </dev/null
    run luksAddKey --keyslot-cipher aes-xts-plain64 img </dev/null
    run luksAddKey --token-replace img </dev/null
    run luksAddKey </dev/null
    run luksAddKey missing </dev/null
done
