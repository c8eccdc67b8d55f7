#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Reencryption of volumes that are open, mounted and busy; stopped and killed, and continued by us and by cryptsetup.  The
# transcript is online.out; run by compare_golden inside the kernel lab.  By hand, with "every" as its last argument:
# killed at every flush and at every ioctl.
# shellcheck disable=SC2154  # $as is of transcript.sh
. "$(dirname "$0")/../cli/transcript.sh"
ulimit -c 0
peer=/sbin/cryptsetup
printf one >k; dd if=/dev/urandom of=content bs=1M count=8 status=none
new=(-q --key-file k --hotzone-size 2M "${fast[@]}")
made=0; device=
end() { dmsetup ls 2>&1 | grep -v "No devices"; losetup -D; rm -f image*; }
trap 'umount mnt 2>/dev/null; for i in 1 2 3; do dmsetup remove_all --force; done >/dev/null 2>&1; losetup -D; rm -rf "$scratch"' EXIT

# image FORMAT-ARGS: an open volume v of 8 MiB.
image() {
    made=$((made + 1)); truncate -s 16M image$made; device=$(losetup -f --show image$made)
    quietly luksFormat -q --type luks2 --offset 16384 "${fast[@]}" "$@" "$device" k
    quietly open --key-file k "$device" v
}
fill() { dd if=content of=/dev/mapper/v bs=1M oflag=direct status=none; }
check() { dd if=/dev/mapper/v of=found bs=1M iflag=direct status=none; cmp content found && echo "content: the same"; }
# Writes the content again while the mapping may let some of it wait.
rewrite() { dd if=content of=/dev/mapper/v bs=1M oflag=direct status=none; echo "writer: $?" >writer; }
table() { dmsetup table "${1:-v}" | sed -E 's/:[0-9]+:logon:cryptsetup:[^ ]*-(d[0-9])/\1/'; }
stage() { "$peer" luksDump "$device" | grep -E "Requirements|in-reencryption" || echo "no reencryption"; }
# at CALL N SIGNAL PROGRAM ARGS: the signal arrives with the N-th call.
at() {
    local call=$1 count=$2 signal=$3; shift 3
    strace -f -qq -o /dev/null -e "trace=$call" -e "inject=$call:signal=$signal:when=$count" "$@" >.stdout 2>.stderr
    local status=$?
    echo "$(basename "$1"): $signal, status $status"
}
ours() { at "$1" "$2" "$3" "$LATCHKEY" "${as[@]}" reencrypt "${new[@]}" "$device" 2>/dev/null | sed 's/^[^:]*/ours/'; }
theirs() { at "$1" "$2" "$3" "$peer" reencrypt "${new[@]}" "$device" 2>/dev/null | sed 's/^[^:]*/theirs/'; }
close_v() { quietly close v; end; }

if [ "${!#}" = every ]; then
    for how in fsync:{1..40} ioctl:{30..90}; do
        image; fill; ours "${how%:*}" "${how#*:}" KILL
        rewrite & sleep 0.2
        quietly reencrypt "${new[@]}" --resume-only "$device" || echo "$how: not in progress"
        wait; echo "$how: $(cat writer) $(check)"
        close_v
    done
    exit
fi

say "a mounted file system is written meanwhile"
image; mke2fs -q -t ext4 /dev/mapper/v; mkdir mnt; mount /dev/mapper/v mnt
(for i in $(seq 1 30); do head -c 50000 /dev/urandom >"mnt/file$i"; done; sync -f mnt; sha256sum mnt/file* >sums) &
run reencrypt "${new[@]:1}" "$device"; wait
table; stage; umount mnt
e2fsck -fn /dev/mapper/v >/dev/null 2>&1; echo "fsck: $?"
quietly close v; "$peer" open --key-file k "$device" v; mount -r /dev/mapper/v mnt; sha256sum --quiet -c sums && echo "files: the same"
umount mnt; close_v

say "stopped between two steps: the mapping is an ordinary one, and either program goes on"
image; fill; ours fsync 12 TERM; table; stage; check
"$peer" reencrypt "${new[@]}" --resume-only "$device"; table; stage; check; close_v
image; fill; theirs fdatasync 2 INT; table; check
run reencrypt "${new[@]}" --resume-only --active-name v </dev/null; table; stage; check; close_v

say "killed while it waits, before and after the header, the data and the header again"
for count in 6 9 11; do
    image; fill; ours fsync $count KILL; rewrite & sleep 0.2
    quietly reencrypt "${new[@]}" --resume-only "$device"; echo "resumed: $?"; wait; cat writer; check; close_v
done
say "cryptsetup is killed, and we go on"
for count in 6 9; do
    image; fill; theirs fsync $count KILL; rewrite & sleep 0.2
    quietly reencrypt "${new[@]}" --resume-only "$device"; echo "resumed: $?"; wait; cat writer; check; close_v
done

say "killed, looked at, closed and opened again"
image; fill; ours fsync 9 KILL
table; table v-overlay; table v-hotzone-forward; stage
run status v </dev/null
run luksSuspend v </dev/null
run reencrypt "${new[@]}" "$device" --decrypt --header h </dev/null
quietly close v; echo "closed: $?"; dmsetup ls
quietly open --key-file k "$device" v; echo "opened: $?"; table; check; close_v
image; fill; ours fsync 9 KILL; quietly close v
"$peer" repair -q --key-file k "$device"; "$peer" open --key-file k "$device" v; check; close_v

say "other resilience, smaller sectors, keys in the table, an encryption"
for words in "--resilience journal" "--resilience none" "--sector-size 512" "--disable-keyring"; do
    image --sector-size 4096; fill
    # shellcheck disable=SC2086
    quietly reencrypt "${new[@]}" $words "$device"; echo "$words: $?"; table | sed -E 's/[0-9a-f]{64,}/KEY/'; check; close_v
done
made=$((made + 1)); truncate -s 16M image$made; device=$(losetup -f --show image$made)
dd if=content of="$device" bs=1M conv=notrunc oflag=direct status=none
quietly reencrypt --encrypt --disable-blkid --init-only --reduce-device-size 8M "${new[@]}" "$device"
quietly open --key-file k "$device" v; table; check
ours fsync 5 KILL; table v-overlay; rewrite & sleep 0.2
run reencrypt "${new[@]}" --resume-only "$device" </dev/null; wait; cat writer; table; stage; check; close_v

say "refused before anything is changed"
image; sum=$(sha256sum <"image$made")
with one run reencrypt -q "${fast[@]}" --decrypt --header h "$device"
with one run reencrypt -q "${fast[@]}" --encrypt --header h "$device"
with one run reencrypt -q "${fast[@]}" --active-name w "$device"
with one run reencrypt -q "${fast[@]}" --force-offline-reencrypt "$device"
quietly resize --key-file k --device-size 4M v; with one run reencrypt -q "${fast[@]}" "$device"
quietly close v; quietly open --readonly --key-file k "$device" v; with one run reencrypt -q "${fast[@]}" "$device"
quietly close v; quietly open --key-file k "$device" v
[ "$sum" = "$(sha256sum <"image$made")" ] && echo "nothing was written"
exec 9>"/run/cryptsetup/LN_LUKS2-reencryption-$("$peer" luksUUID "$device")"; flock 9
with one run reencrypt -q "${fast[@]}" --hotzone-size 4M "$device"
exec 9>&-; table; close_v
