#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# An open image cannot be overwritten under any name.  A device that was checked is the one that is
# opened, even if its name leads elsewhere by then.
. "$(dirname "$0")/transcript.sh"
# shellcheck source=served.bash
# shellcheck disable=SC2154  # here is the transcript's
. "$here/served.bash"
printf one >key; printf two >key2; head -c 65536 /dev/zero >zeros
open=(open --backend userspace -d key)

for type in luks2 luks1; do
    say "$type: what is open is not destroyed"
    if [ $type = luks2 ]; then format img one; else format1 img one; fi
    add img one two
    quietly luksHeaderBackup img --header-backup-file backup
    ln img hard; ln -s img soft
    run_as "${open[@]}" img "$name"
    put "precious" 0
    cp img before
    for path in img hard soft; do
        with one run_as luksFormat -q "${fast[@]}" $path
        run_as luksErase -q $path
        run_as convert -q --type luks1 $path
        run_as convert -q --type luks2 $path
        run_as luksHeaderRestore -q --header-backup-file backup $path
        run_as write -q -d key $path zeros
        run_as copy -q --to-type raw zeros $path
        run_as "${open[@]}" $path "$name-2" | sed '/^! It is held/d'  # only root sees by whom
    done
    unchanged_since before img
    say "$type: keyslots come and go, but for the last one"
    run_as luksKillSlot -q hard 1
    run_as luksKillSlot -q hard 0
    run_as luksRemoveKey -q hard key
    with 'one\ntwo' run_as luksAddKey -q "${fast[@]}" soft
    run_as luksDump hard >/dev/null && echo "looking is allowed"
    get 8 0; echo
    run_as close "$name"
    run_as luksErase -q hard
    rm -f img hard soft backup
done

say "formatting keeps away who would open it"
format img one; cp img before
mkfifo pipe
$LATCHKEY luksFormat -q "${fast[@]}" --luks2-keyslots-size 256k -d pipe img >/dev/null 2>&1 & formatter=$!
exec 8>pipe  # until it waits for its key
run_as "${open[@]}" img "$name" | sed '/^! It is held/d'
exec 8>&-; wait $formatter; echo "formatter: $?"
cp before img

say "the name leads elsewhere while the key is waited for"
format other one
printf one | $LATCHKEY write -q --offset 0 -d key other >/dev/null 2>&1
ln -s img link; cp other other.before
swapped() {
    "$LATCHKEY" "$@" >.swapped 2>&1 & opener=$!
    exec 8>pipe
    ln -sfn other link
    printf one >&8; exec 8>&-
    wait $opener; echo "status: $?"
    ours <.swapped | stable
}
swapped open --backend userspace --key-file pipe link "$name"
put "to the first" 0; get 12 0; echo
run_as status "$name" | grep -e device:
with one run_as refresh --allow-discards "$name"
with one run_as resize --size 64 "$name"
run_as luksSuspend "$name"
run_as luksSuspend --header img "$name"
with one run_as luksResume "$name"
with one run_as luksResume --header img "$name"
get 12 0; echo
run_as close "$name"
unchanged_since other.before other
cmp -s before img || echo "img has what was written"
say "the same for streams"
ln -sfn img link
swapped write -q --key-file pipe link zeros
unchanged_since other.before other
