#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A detached header that is named as the device is refused: its data would overlap it.  Its identity counts, not its name.
# shellcheck disable=SC2162  # "run read" is the action
. "$(dirname "$0")/transcript.sh"
printf one >key; head -c 65536 /dev/zero >zeros; truncate -s 2M data

for type in luks1 luks2; do
    say "$type: data offset 0"
    with one quietly luksFormat -q --type $type "${fast[@]}" --header hdr data
    ln -s hdr soft; ln hdr hard; cp hdr before
    run open --dry-run -d key hdr x
    run open --dry-run -d key soft x
    run open --dry-run -d key --header hdr hard x
    run open --dry-run -d key --header soft hdr x
    run open --dry-run -d key --header ././hdr ./hdr x
    run read -d key hdr out
    run write -q -d key hdr zeros
    run write -q -d key --header hard soft zeros
    run copy -q -d key hdr out
    run copy -q -d key --to-type $type --new-keyfile key zeros hdr
    unchanged_since before hdr
    run open --dry-run -d key --header hdr data x
    run open --test-passphrase -d key hdr
    run open --test-passphrase -d key --header hdr data
    status luksDump hdr
    status isLuks hdr
    status luksUUID hdr
    rm -f hdr soft hard out
done

say "header and data one file, by an attached header: the attached case"
format img one
ln img hard
run open --dry-run -d key --header img img x
run open --dry-run -d key --header hard img x
run read -d key --length 16 --header hard img out; rm -f out

say "no such header is made"
cp img before
with one run luksFormat -q "${fast[@]}" --header img hard
with one run luksFormat -q "${fast[@]}" --type luks1 --header hard img
with one run luksFormat -q "${fast[@]}" --header img --align-payload 8 img
unchanged_since before img
truncate -s 20M large; ln large larger
with one run luksFormat -q "${fast[@]}" --header larger --offset 32768 large
run open --dry-run -d key large x

say "a copy of a file to itself"
run copy -q --from-type raw --to-type raw img hard
unchanged_since before img
