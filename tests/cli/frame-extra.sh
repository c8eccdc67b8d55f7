#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Behaviour common to all actions that the peer lacks, or words differently.
. "$(dirname "$0")/transcript.sh"
native=$(dirname "$LATCHKEY")/latchkey
format img one

say "who it says it is"
"$LATCHKEY" "${as[@]}" --version
"$LATCHKEY" "${as[@]}" -V --bogus | cut -d' ' -f1,2
"$native" --version | sed 's/[0-9.]*$/VERSION/'
"$native" luksfoo 2>&1 | sed "s|$native|latchkey|"
"$native" luksUUID 2>&1 | sed "s|$native|latchkey|"

say "help"
"$LATCHKEY" --help | grep -c -- --allow-discards
"$LATCHKEY" --help | grep -A1 '^Usage'
"$LATCHKEY" help isLuks | head -1
"$LATCHKEY" luksOpen --help | head -1
"$LATCHKEY" --usage | head -1 | cut -c1-40
run help luksfoo
"$native" | sed -n 1,6p
echo "= ${PIPESTATUS[0]}"
"$native" help keys | sed -n 1,3p
"$native" help kays 2>&1 | sed "s|$native|latchkey|"
"$native" -v help kays 2>&1 | grep Hint
"$native" --help | grep -c -- --hw-opal
"$LATCHKEY" --help | grep -c -- --hw-opal-only
"$LATCHKEY" --help | sed -n 4p
"$native" help luksKillSlot | sed -n '/^Examples/,/^$/p'

say "unknown words are named, with what was meant"
mkdir bin && ln -s "$native" bin/latchkey
native_says() { echo "\$ latchkey $*"; bin/latchkey "$@" </dev/null 2>&1 | grep -v '^Usage\|^Run' | sed "s|^bin/||"; }
native_says luksDmup img
native_says luksDump --jsno img
native_says luksFormat --pbkdf argon2d img
native_says luksFormat --key-size 12x img
native_says config --priority hihg img
native_says token improt img
native_says crypttab chekc
native_says crypttab check img more
native_says -v open --type lusk img x
native_says -v luksDump --type lusk img
native_says -v luksFormat --type luks3 img
native_says -v luksFormat --cipher aes-xtx-plain64 img
native_says -v luksFormat --cipher aes-cbc-essiv:sha265 img
native_says -v luksFormat --hash sha265 img
native_says -v benchmark --cipher serpnet-xts
native_says -v open --type luks1 img x
native_says -v open -S Ann img x
native_says -v luksKillSlot img Ann
say "names are checked before a passphrase is asked for"
tty -- open --test-passphrase -S 7 img
tty -- luksChangeKey -S 40 img
tty -- luksConvertKey -S 7 img
truncate -s 1M blank
tty -- read --type plain --cipher aes --hash sha265 blank new

say "JSON: the command line was wrong"
for words in "--json" "luksfoo --json" "isLuks --json" "isLuks img --bogus --json"; do
    read -ra split <<<"$words"
    "$LATCHKEY" "${split[@]}" 2>/dev/null
    echo "= $?"
done

say "JSON: standard output has the object and nothing else"
with one run open --test-passphrase --json -v img
with bad run open --test-passphrase --json -v img
with 'one\n' run open --test-passphrase --json -y img
with one "$LATCHKEY" open --test-passphrase --json --debug img 2>/dev/null | wc -l

say "advice on a terminal, once"
python3 "$here/on_terminal.py" bad bad bad -- "$LATCHKEY" open --test-passphrase img | grep -c '^Hint:'
with bad "$LATCHKEY" open --test-passphrase img 2>&1 | grep -c Hint:
with bad "$LATCHKEY" open -v --test-passphrase img 2>&1 >/dev/null | grep Hint:

say "a passphrase too long for a terminal"
long=$(printf 'x%.0s' {1..600})
tty "$long" "$long" -- luksFormat -q -y "${fast[@]}" --luks2-keyslots-size 2M --offset 6144 img
tty "${long:0:512}" -- open --test-passphrase img
printf '%s' "${long:0:512}" | status open --test-passphrase img
printf '%s' "$long" | status open --test-passphrase img
format img one

say "names do not drive the terminal"
run isLuks $'evil\x1b[2Jname'

say "output that is lost"
"$LATCHKEY" luksDump img >/dev/full
echo "= $?"
"$LATCHKEY" --help >/dev/full
echo "= $?"
"$LATCHKEY" luksDump img >&-
echo "= $?"
"$LATCHKEY" isLuks img >&- 2>&- <&-
echo "= $?"
{ sleep 0.2; "$LATCHKEY" --help; echo "= $?" >status; } | true
cat status

say "no core dumps"
(ulimit -c unlimited; exec 3< <(sleep 5); "$LATCHKEY" open --test-passphrase img <&3 & sleep 0.3; grep -c 'core file size *0 *0' /proc/$!/limits; kill $!; wait $!; echo "= $?")
