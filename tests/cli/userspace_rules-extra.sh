#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The options of "open" and the actions on mappings, in userspace: as with device-mapper.
# shellcheck disable=SC2162  # "run read" is the action
. "$(dirname "$0")/transcript.sh"
# shellcheck source=served.bash
# shellcheck disable=SC2154  # here is the transcript's
. "$here/served.bash"
printf one >key
open=(open --backend userspace)
blocks() { stat -c %b "$1"; }
# For root it is a block device, which is called differently.
punch() { if [ -b "$(file)" ]; then blkdiscard -o "$1" -l "$2" "$(file)"; else fallocate -p -o "$1" -l "$2" "$(file)"; fi 2>/dev/null; }
flags() { $LATCHKEY status "$name" | grep flags: || echo "no flags"; }

say "discards are refused unless they were allowed"
truncate -s 8M img
quietly luksFormat -q "${fast[@]}" --luks2-metadata-size 16k --luks2-keyslots-size 256k --sector-size 4096 -d key img
head -c 2M /dev/urandom | $LATCHKEY write -d key img; cp img before
run_as "${open[@]}" -d key img "$name"
flags
punch 0 1048576  # whether that is an error depends on the kind of device
run_as close "$name"
unchanged_since before img
say "allowed, they punch holes into the image"
run_as "${open[@]}" --allow-discards -d key img "$name"
flags
full=$(blocks img); punch 4096 1048576; sync img; left=$(blocks img)
echo "sectors of 512 that became free: $((full - left))"
cmp -n 1048576 -i 4096:0 "$(file)" /dev/zero && echo "they read as zeros"
run_as close "$name"
cmp -n 4096 <($LATCHKEY read -d key img) <($LATCHKEY read -d key before) && echo "what is before the hole is whole"
cmp -i 1052672 <($LATCHKEY read -d key img) <($LATCHKEY read -d key before) && echo "what is behind the hole is whole"
say "flags change while it is open"
run_as "${open[@]}" -d key img "$name"
with one run_as refresh --allow-discards "$name"; flags
with one run_as refresh "$name"; flags
with wrong run_as refresh --allow-discards "$name"; flags
run_as close "$name"
say "flags that the header keeps"
with one run_as "${open[@]}" --allow-discards --persistent img "$name"
run_as close "$name"
run_as "${open[@]}" -d key img "$name"; flags
with one run_as refresh "$name"; flags
run_as close "$name"

say "one user, unless it is shared"
truncate -s 1M disk
plain=(--type plain -c aes-xts-plain64 -h sha256 -s 512)
with a run_as "${open[@]}" "${plain[@]}" --size 1024 disk "$name"
with a run_as "${open[@]}" "${plain[@]}" --size 512 --offset 1024 disk "$name-2"
with a run_as "${open[@]}" "${plain[@]}" --size 512 --offset 1024 --shared disk "$name-2"
run_as close "$name"
with a run_as "${open[@]}" "${plain[@]}" --size 1024 disk "$name"
with a run_as "${open[@]}" "${plain[@]}" --readonly --size 1024 disk "$name"
run_as close "$name-2"
with a run_as "${open[@]}" "${plain[@]}" --readonly --size 1024 disk "$name"
run_as close "$name"

say "a plain volume with all that it can be told"
with a run_as "${open[@]}" "${plain[@]}" --offset 8 --skip 16 --sector-size 4096 --iv-large-sectors disk "$name"
run_as status "$name" | grep -v mode
put "in a plain volume" 5000; get 17 5000; echo
run_as close "$name"
with a run read "${plain[@]}" --offset 8 --skip 16 --sector-size 4096 --iv-large-sectors disk out; cmp -n 17 -i 5000:0 out <(printf "in a plain volume") && echo "the stream has it"
with b run_as "${open[@]}" "${plain[@]}" --offset 8 disk "$name"
get 17 5000 | cmp -s - <(printf "in a plain volume") || echo "another passphrase, other bytes"
run_as close "$name"

say "loop-AES of three kinds"
for keys in 1 64 65; do
    for i in $(seq $keys); do printf 'key number %02d of the volume, as long as it takes\n' "$i"; done >lkeys
    run_as "${open[@]}" --type loopaes -d lkeys -s 256 disk "$name"
    run_as status "$name" | grep cipher:
    put "loop-AES" 700; run_as close "$name"
    rm -f out
    run read --type loopaes -d lkeys -s 256 disk out; cmp -n 8 -i 700:0 out <(printf loop-AES) && echo "the stream has it"
done

say "a detached header"
truncate -s 2M data
with one quietly luksFormat -q "${fast[@]}" --header head data
run_as "${open[@]}" --header head -d key data "$name"
run_as status "$name" | grep -e offset: -e size:
put "detached" 0
run_as luksSuspend --header head "$name"
with one run_as luksResume --header head "$name"
get 8 0; echo
run_as close "$name"
rm out
run read --header head -d key --length 8 data out; cat out; echo

say "read only"
run_as "${open[@]}" --readonly -d key img "$name"
run_as status "$name" | grep mode:
put x 0 2>/dev/null || echo "no writing"
cp img before
punch 0 4096 && echo "a hole"
with one run_as refresh --allow-discards "$name"; punch 0 4096 && echo "a hole"
run_as close "$name"
unchanged_since before img

say "sizes"
size() { $LATCHKEY status "$name" | sed -n 's/^  size: *//p'; stat -L -c %s "$XDG_RUNTIME_DIR/latchkey/$name" 2>/dev/null || blockdev --getsize64 "$(file)"; }
run_as "${open[@]}" -d key img "$name"
run_as resize --size 2048 "$name"; size
run_as resize --device-size 512K "$name"; size
run_as resize --size 2049 "$name"; size
run_as resize --size 99999999 "$name"; size
truncate -s 16M img
run_as resize "$name"; size
put "grown" 15000000; get 5 15000000; echo
run_as close "$name"
run_as "${open[@]}" --size 1024 -d key img "$name"; size
run_as close "$name"

say "suspended: nothing is read, who writes waits; and goes on with the key"
run_as "${open[@]}" -d key img "$name"
put "before" 4096
run_as luksSuspend "$name"
run_as luksSuspend "$name"
run_as status "$name" | grep mode:
put "written meanwhile" 0 &
writer=$!
sleep 0.5; kill -0 $writer && echo "it waits"
with wrong run_as luksResume "$name"
run_as resize --size 64 "$name"
with one run_as luksResume "$name"
wait $writer; echo "writer: $?"
run_as luksResume "$name" </dev/null
get 17 0; echo; get 6 4096; echo
run_as luksSuspend "$name"
run_as close "$name"
run_as status "$name"
rm -f out
run read -d key --length 17 img out; cat out; echo
