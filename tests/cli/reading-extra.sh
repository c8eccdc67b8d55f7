#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Volumes that can only be read: LUKS1 with few AF stripes, a device that ends within an encryption sector.
# shellcheck disable=SC2162  # "read" is the action
. "$(dirname "$0")/transcript.sh"
printf one >key
yes 'a line of data' | head -c 65536 >data

for stripes in 2 3 100 3999; do
    say "$stripes AF stripes"
    truncate -s 0 img; truncate -s 3M img
    printf one | quietly luksFormat -q --type luks1 --pbkdf-force-iterations 1000 -c aes-cbc-plain -s 256 -h sha1 img
    quietly write -q -d key img data
    python3 "$here/few_stripes.py" "$LATCHKEY" img one $stripes
    cp img before
    run open --test-passphrase -v -d key img </dev/null
    with two run open --test-passphrase img
    "$LATCHKEY" read -d key --length 65536 img | cmp - data && echo "the data"
    run copy -q --from-type luks -d key img copied </dev/null
    cmp -n 65536 copied data && rm copied
    run luksAddKey -q --pbkdf-force-iterations 1000 -d key img key </dev/null
    unchanged_since before img
done

say "a device that ends within a sector"
truncate -s 0 img; truncate -s 20M img
printf one | quietly luksFormat -q "${fast[@]}" --sector-size 4096 img
quietly write -q -d key img data
truncate -s +1536 img
cp img before
run read -d key img out </dev/null
cmp -n 65536 out data && stat -c '%s bytes' out
run read -d key --length 65536 img short </dev/null
cmp short data && echo "the data"
run write -q -d key img data </dev/null
unchanged_since before img
