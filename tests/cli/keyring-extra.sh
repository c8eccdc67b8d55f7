#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Secrets in the kernel's keyring for actions that need no mapping, in a session keyring of their own.
if [ -z "${KEYRING_OF_ITS_OWN-}" ]; then
    command -v keyctl >/dev/null || { echo "keyctl is not installed"; exit 77; }
    KEYRING_OF_ITS_OWN=1 exec keyctl session - bash "$0" 2> >(grep -v '^Joined session keyring' >&2)
fi
. "$(dirname "$0")/transcript.sh"
if ! keyctl add user pass one @s >/dev/null 2>&1; then echo "no keyring here"; exit 77; fi
keyctl add user next two @s >/dev/null
keyctl add user other x @s >/dev/null
truncate -s 4M img
small=("${fast[@]}" --luks2-keyslots-size 2M --offset 6144 --sector-size 512)

say "luksFormat and luksDump by the description of a key"
run luksFormat -q "${small[@]}" --key-description pass img </dev/null
opens img one two
run luksFormat -q "${small[@]}" --key-description nobody img </dev/null
run luksDump -q --dump-volume-key --key-description pass img </dev/null | grep -c 'MK dump'
run luksDump -q --dump-volume-key --key-description other img </dev/null
run luksDump -q --dump-volume-key --key-description nobody img </dev/null

say "luksAddKey by the volume key in the keyring"
printf one >secret
quietly luksDump -q --dump-volume-key --volume-key-file vk --key-file secret img
# shellcheck disable=SC2094 # "vk" is the name of the key, too
keyctl padd user vk @s <vk >/dev/null
with 'two' run luksAddKey "${fast[@]}" --volume-key-keyring vk img
with 'three' run luksAddKey "${fast[@]}" --volume-key-keyring %user:vk img
run luksAddKey "${fast[@]}" --volume-key-keyring vk --new-key-description next --name n img </dev/null
opens img one two three
with 'four' run luksAddKey "${fast[@]}" --volume-key-keyring other img
with 'four' run luksAddKey "${fast[@]}" --volume-key-keyring nobody img
with 'four' run luksAddKey "${fast[@]}" --unbound --key-size 512 --volume-key-keyring vk img
with 'four' run luksAddKey "${fast[@]}" --unbound --key-size 256 --volume-key-keyring vk img

say "what cannot be together"
for options in "luksFormat --disable-keyring --key-description pass" "luksDump --disable-keyring --key-description pass" \
    "luksAddKey --disable-keyring --new-key-description pass" "open --disable-keyring --link-vk-to-keyring @s::a" \
    "open --link-vk-to-keyring @s::a --link-vk-to-keyring @s::b --link-vk-to-keyring @s::c" \
    "open --volume-key-keyring a --volume-key-keyring b --volume-key-keyring c" \
    "open --volume-key-file a --volume-key-file b --volume-key-file c" "open --volume-key-file a --volume-key-file b" \
    "open -s 256 -s 256 -s 256" "open --type plain --volume-key-keyring vk -h sha256" \
    "open --type plain --volume-key-keyring vk --volume-key-file vk"; do
    # shellcheck disable=SC2086 # words
    run $options img </dev/null
done

say "lanes of the key derivation"
argon=(--pbkdf argon2id --pbkdf-force-iterations 4 --pbkdf-memory 32)
for release in 2.7 2.8; do
    speak_as --compat=$release
    for lanes in 4 5; do
        with one run luksFormat -q "${small[@]:4}" "${argon[@]}" --pbkdf-parallel $lanes img
        "$LATCHKEY" luksDump img | grep Threads
    done
done
with one run luksFormat -q "${small[@]}" --pbkdf-parallel 5 img
with one run luksFormat -q --type luks1 --pbkdf-force-iterations 1000 --pbkdf-parallel 5 img
