#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Reencryption of volumes that are not open: refusals, continuing with a passphrase, and the final state.
. "$(dirname "$0")/transcript.sh"
F=("${fast[@]}" --luks2-metadata-size 16k --luks2-keyslots-size 768k --sector-size 512)
show_uuid=
again() { run reencrypt -q --force-offline-reencrypt "$@" </dev/null; }
show_slots() { "$LATCHKEY" luksDump image | grep -E '^  [0-9]+: (luks2|reencrypt)|Priority: *pref|Keyslot: |Requirements|cipher: |^  [0-9]: (crypt|linear)'; }
content() { rm -f out; quietly read -q -d "$1" image out; cmp out plain && echo "the same content"; }
printf one >one; printf two >two; head -c 3145728 /dev/urandom >plain
truncate -s 4M image; quietly luksFormat -q "${F[@]}" -d one image
quietly luksAddKey -q "${fast[@]}" -d one image two
quietly token add --key-description x --key-slot 1 image
quietly config --priority prefer --key-slot 1 image
quietly write -q -d one image plain
cp image before

say "refused, and nothing is written"
run reencrypt -q -d one image </dev/null
for words in "-d one" "-d one -S 5" "-d two -S 0" "-d one -S 0 -c zork" "-d one -S 0 -c cipher_null-ecb" "-d one -S 0 --hotzone-size 512" \
    "-d one --encrypt" "-d one --decrypt" "-d one --resume-only" "-d one --keep-key"; do
    # shellcheck disable=SC2086  # words
    again $words image
done
content one
show_slots

say "what fails late leaves no keyslot"
again -d one -S 0 --resilience zork image
again -d one -S 0 --sector-size 4096 image
show_slots

say "begun, and in contradiction to what was begun"
again -d two -S 1 -c aes-cbc-essiv:sha256 -s 256 --init-only image
show_slots
content two
again -d two --decrypt --header image image
again -d two --init-only image
run luksAddKey -q "${fast[@]}" -d two image one </dev/null
again -d one image
again -d two --resume-only -S 7 image
again -d two --resume-only -c aes-xts-plain64 image
again -d two --resume-only -s 128 image
again -d two --resume-only --sector-size 4096 image

say "copied while it is under way"
rm -f out; run copy -q -d two image out </dev/null; cmp out plain && echo "the same content"

say "ended: the keyslot that went on, with its token and priority"
again -d two --resume-only -c aes-cbc-essiv:sha256 -s 256 image
show_slots
content two
run open --test-passphrase -d one image </dev/null

say "a person may mistype"
tty wrong two -- reencrypt --force-offline-reencrypt -T 2 "${fast[@]}" --init-only image
run reencrypt -q --force-offline-reencrypt -d two --resume-only image </dev/null

say "another key for the same cipher, in one run"
again "${fast[@]}" -d two --dry-run image
run reencrypt --force-offline-reencrypt -v -d two image </dev/null
show_slots
content two
