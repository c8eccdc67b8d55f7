#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# With udev: a file at /dev/mapper/NAME is in the way, but udev's own links are not.  Usage: in_the_way_udev.sh OURS
set -u
ours=$1; cd "$(mktemp -d)" || exit 1
truncate -s 16M plain; device=$(losetup -f --show plain); bad=0
failed() { echo "FAILED: $*"; bad=1; }
open() { printf word | "$ours" open --type plain -c aes -h sha256 "$device" v 2>message; }
refused() {
    open; local status=$?
    [ $status = 5 ] || failed "$1: exit status $status"
    grep -q "^In the place of device v is .*: /dev/mapper/v" message || failed "$1: $(cat message)"
    ! dmsetup ls | grep -q ^v || { failed "$1: it is mapped"; dmsetup remove v; }
}
: >/dev/mapper/v; refused "a regular file"; [ -f /dev/mapper/v ] || failed "the file is gone"; rm -f /dev/mapper/v
ln -s "$device" /dev/mapper/v; refused "a link"; rm -f /dev/mapper/v
mkdir /dev/mapper/v; refused "a directory"; rm -rf /dev/mapper/v
ln -s ../dm-77 /dev/mapper/v; open || failed "a link that udev left: $(cat message)"
[ "$(stat -Lc %t:%T /dev/mapper/v)" = "$(dmsetup info -c --noheadings -o major,minor v | awk -F: '{ printf "%x:%x", $1, $2 }')" ] || failed "the link is another's"
"$ours" close v || failed close
open || failed "again: $(cat message)"; "$ours" close v || failed close
losetup -d "$device"
exit $bad
