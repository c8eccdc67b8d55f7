#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Which cryptsetup we speak as: --compat, for one command.
# shellcheck disable=SC2162  # "run read" is the action
. "$(dirname "$0")/transcript.sh"
speak_as

say "what is claimed"
for release in 2.6 2.7 2.8; do run --compat $release --version; done
for release in 2.6 2.7 2.8; do "$LATCHKEY" --compat=$release --help | grep "Plain:"; done
run --compat=2.5 isLuks img </dev/null
"$LATCHKEY" --compat=1.7.3 isLuks img 2>&1 </dev/null | tail -n 1 | sed 's|^/.*/||'

say "a plain volume: the same command, the data of that release"
head -c 4096 /dev/zero | tr '\0' Q >text
# written ARGS: what a passphrase makes of the text on a plain volume
written() {
    show_command write --type plain "$@"
    truncate -s 0 img; truncate -s 8K img
    printf abc | "$LATCHKEY" write -q --type plain "$@" img text 2>&1 | stable
    sha256sum <img
}
written -c aes-cbc-essiv:sha256 -s 256 -h ripemd160
written -c aes-xts-plain64 -s 256 -h sha256
written -c aes-cbc-plain -s 256 -h ripemd160
for release in 2.6 2.7 2.8 0.1; do written --compat=$release; done
for release in 2.6 2.7; do written --compat=$release -c aes; written --compat=$release -h sha1; done
written -c aes -h ripemd160; written -c aes -h sha256

say "what is shown of it"
for release in 2.6 2.7 2.8 0.1; do run --compat=$release open --type plain --dry-run img v </dev/null; done
for options in "-c aes" "-h sha1" "-d text" "-c aes -h sha1" "-c aes -d text"; do
    for release in 2.6 2.7; do
        # shellcheck disable=SC2086 # words
        run --compat=$release open --type plain $options --dry-run img v </dev/null
    done
done

say "copies, and reading them"
head -c 32 /dev/urandom >key
for release in 2.6 2.7; do
    truncate -s 0 img; truncate -s 8K img
    run --compat=$release copy -q --from-type raw --to-type plain --new-keyfile key text img </dev/null
    for other in 2.6 2.7 2.8; do
        "$LATCHKEY" --compat=$other read --type plain -d key --length 4096 img out 2>/dev/null; cmp -s out text && echo "$release reads as $other"
        rm out
    done
done

say "crypttab: systemd has its own defaults, Debian's scripts have cryptsetup's"
echo "v img none plain" >tab
for release in 2.6 2.7; do run --compat=$release crypttab convert --to systemd tab; done
for release in 2.6 2.7; do run --compat=$release crypttab convert --to debian tab; done
