# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154  # client.bash is read before it
# tomb digs, locks, opens and closes a tomb.
# packages: tomb zsh gnupg pinentry-curses sudo
# lab: --mem 512M
# Unpacked packages have no alternatives.
[ -e /usr/bin/pinentry ] || ln -s pinentry-curses /usr/bin/pinentry
options=(--unsafe -f)
export USER=root TOMBTMP=/tmp
tomb_() { tomb "${options[@]}" "$@" >messages 2>&1 || fail "tomb $*: $(cat messages)"; }
tomb_ dig -s 20 grave.tomb
tomb_ forge --tomb-pwd secret first.key
tomb_ lock --tomb-pwd secret -k first.key grave.tomb
cryptsetup luksDump grave.tomb | grep -E '^(Version|Cipher|Hash|MK bits)'
tomb_ open --tomb-pwd secret -k first.key grave.tomb "$PWD/mnt"
echo "hello" >mnt/file
dmsetup info -c --noheadings -o subsystem
tomb_ close grave
dmsetup info -c --noheadings -o name
tomb_ open --tomb-pwd secret -k first.key grave.tomb "$PWD/mnt"
cat mnt/file
tomb_ close grave
