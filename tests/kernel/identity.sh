#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A device has one identity, and a device in use is not touched: with device-mapper, loop devices, partitions and mounts.
# The transcript is identity.out; run by compare_golden inside the kernel lab.
# shellcheck disable=SC2162  # "run read" is the action
. "$(dirname "$0")/../cli/transcript.sh"
F=("${fast[@]}" --luks2-metadata-size 16k --luks2-keyslots-size 512k --sector-size 512)
printf one >key; head -c 65536 /dev/zero >zeros
show_uuid=
hint() { sed -n 's/^Hint: /  hint: /p' .stderr | sed -E -e "s|$scratch/||g" -e 's/process [0-9]+/process PID/g'; }
busy() { run "$@" -v </dev/null | sed -E -e 's/process [0-9]+/process PID/' -e '/^! Command failed with/d'; hint; }
make() { rm -f "$1"; truncate -s 8M "$1"; quietly luksFormat -q "${F[@]}" -d key "$1"; }
cleanup() { local m; for m in v w x; do "$LATCHKEY" close $m >/dev/null 2>&1; done; losetup -D; umount mnt 2>/dev/null; rm -rf "$scratch"; }
trap cleanup EXIT
mkdir mnt

say "a symbolic link that is swapped while the key is waited for"
make img; make other; mkfifo pipe
first=$(losetup -f --show img); second=$(losetup -f --show other)
# swapped FROM TO ARGS
swapped() {
    ln -sfn "$1" link; to=$2; shift 2
    "$LATCHKEY" "$@" >.swapped 2>&1 & opener=$!
    exec 8>pipe; ln -sfn "$to" link; printf one >&8; exec 8>&-
    wait $opener; echo "status: $?"; stable <.swapped
}
cp other other.before
for pair in "$first $second" "img other"; do
    # shellcheck disable=SC2086  # two words
    swapped $pair open --backend kernel --key-file pipe link v
    run status v </dev/null | grep -E -e device: -e loop:
    printf precious | dd of=/dev/mapper/v conv=fsync status=none
    run close v </dev/null
done
losetup -d "$first" "$second"
unchanged_since other.before other
run read -d key --length 8 img out </dev/null; cat out; echo

say "a header under another name of the device is not decrypted over"
cp img img.before; loop=$(losetup -f --show img); loop2=$(losetup -f --show img); ln -s img alias; ln img twin
for pair in "$loop img" "img $loop" "$loop2 $loop" "alias img" "twin img"; do
    # shellcheck disable=SC2086  # two words
    set -- $pair
    run reencrypt --decrypt -q --force-offline-reencrypt -d key --header "$1" "$2" </dev/null
    run reencrypt --encrypt -q -d key --header "$1" "$2" </dev/null
done
losetup -d "$loop" "$loop2"; rm alias twin
unchanged_since img.before img

say "a key file that is swapped before it is erased"
printf wrong >v.key; printf precious >precious
echo "v $PWD/img $PWD/v.key luks,keyfile-erase" >tab
"$LATCHKEY" crypttab open --crypttab tab v <pipe >.swapped 2>&1 & opener=$!
exec 8>pipe
for _ in $(seq 200); do [ -s .swapped ] && break; sleep 0.05; done  # until it says that the key file does not open it
rm v.key; ln precious v.key; printf 'one\n' >&8; exec 8>&-
wait $opener; echo "status: $?"; stable <.swapped
cat precious; echo
run close v </dev/null

say "mapped through a loop device: the file by any name"
ln img hard; ln -s img soft; : >bound; mount --bind img bound
loop=$(losetup -f --show img); loop2=$(losetup -f --show hard)
quietly luksHeaderBackup img --header-backup-file backup
quietly open -d key "$loop" v; cp img before
for path in img hard soft bound "$loop2"; do
    busy luksFormat -q "${F[@]}" -d key "$path"
    busy erase -q "$path"
    busy convert -q --type luks1 "$path"
    busy luksHeaderRestore -q --header-backup-file backup "$path"
    busy luksKillSlot -q "$path" 0
    busy write -q -d key "$path" zeros
    busy open -d key "$path" w
    busy open --backend userspace -d key "$path" w
done
unchanged_since before img
say "the busy block device itself: as the peer has it"
busy luksFormat -q "${F[@]}" -d key "$loop"
busy erase -q "$loop"
dd if=before of="$loop" bs=1M count=1 conv=notrunc,fsync status=none
run close v </dev/null
say "a loop device that nobody holds is in nobody's way"
busy erase -q img
umount bound; losetup -d "$loop" "$loop2"
cp before img

say "opened by the name of the file"
quietly open -d key img v
busy luksFormat -q "${F[@]}" -d key hard
busy erase -q soft
busy open -d key hard w
run close v </dev/null
quietly open -d key img v
run close v </dev/null
busy convert -q --type luks1 hard
busy convert -q --type luks2 hard

say "a file system on a loop device"
truncate -s 8M fs; mkfs.ext4 -q fs 2>/dev/null; mount -o loop fs mnt
busy luksFormat -q "${F[@]}" -d key fs
umount mnt

say "a file that is served, by its loop device"
quietly open --backend userspace -d key img v
loop=$(losetup -f --show hard)
busy luksFormat -q "${F[@]}" -d key img
busy luksFormat -q "${F[@]}" -d key "$loop"
busy erase -q "$loop"
busy open --backend kernel -d key "$loop" w
busy open --backend userspace -d key "$loop" w
run close v </dev/null
run luksAddKey -q "${fast[@]}" -d key "$loop" key </dev/null
losetup -d "$loop"

say "a detached header by other names"
truncate -s 4M data; quietly luksFormat -q "${fast[@]}" --luks2-metadata-size 16k --luks2-keyslots-size 512k --sector-size 512 --header hdr -d key data
truncate -s 4M hdr; cp hdr hdr.before
loop=$(losetup -f --show hdr); upper=$(losetup -f --show "$loop"); rm -f out
for path in "$loop" "$upper"; do
    run open -d key --header hdr "$path" v </dev/null
    run open -d key --header "$path" hdr v </dev/null
    run read -d key "$path" out </dev/null
done
echo "v $loop $PWD/key luks" >tab; run crypttab open --crypttab tab v </dev/null
echo "v $loop $PWD/key luks,header=$PWD/hdr" >tab; run crypttab open --crypttab tab v </dev/null
losetup -d "$upper" "$loop"
unchanged_since hdr.before hdr
say "behind the header on the same file"
loop=$(losetup -f --show -o 1M hdr)
run open -d key --header hdr "$loop" v </dev/null
run status v </dev/null | grep -E -e offset: -e size:
run close v </dev/null
losetup -d "$loop"
