#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# list and show with device-mapper, loop devices, crypttab, an ordinary user, and a served volume that does not answer.
# Run by compare_golden inside the kernel lab.
. "$(dirname "$0")/../cli/transcript.sh"

# Blanks in columns depend on the names of scratch folders; loop devices are numbered by the kernel.
lines() { stable | sed -E -e 's|/dev/loop[0-9]+|LOOP|g' -e 's/  +/  /g'; }
list() {
    timeout 20 "$LATCHKEY" list >.stdout 2>.stderr
    local status=$?
    lines <.stdout
    sed 's/^/! /' .stderr
    echo "= $status"
}

format locked one --label away
format used two --name main
format served three --name guest
locked=$(losetup -f --show locked); used=$(losetup -f --show used); served=$(losetup -f --show served)
trap 'losetup -d "$locked" "$used" "$served"; rm -rf "$scratch"' EXIT

say "locked"
list
say "open, mounted"
with two quietly open "$used" home
mke2fs -q /dev/mapper/home 2>/dev/null
mkdir mnt
mount /dev/mapper/home mnt
list
"$LATCHKEY" show home | lines
"$LATCHKEY" show "$used" | lines | head -3
umount mnt
say "crypttab: names that show takes, a table that is no file"
cat >/etc/crypttab <<END
safe    $locked            none  luks
plain   $scratch/blank     /k    plain,cipher=aes-xts-plain64,size=512
away    /dev/disk/by-partlabel/away  none luks
END
truncate -s 1M blank
for name in safe plain away nobody; do "$LATCHKEY" show $name 2>&1 </dev/null | lines | grep -v '^Cipher\|^Deriv\|^UUID'; done
rm /etc/crypttab; mkfifo /etc/crypttab
timeout 20 "$LATCHKEY" list 2>&1 </dev/null | lines | grep crypttab
rm /etc/crypttab; ln -s /dev/null /etc/crypttab
timeout 20 "$LATCHKEY" list 2>&1 </dev/null | grep -c crypttab
rm /etc/crypttab
say "suspended"
quietly luksSuspend home
list
quietly close home 2>/dev/null || { with two quietly luksResume home; quietly close home; }
say "a user who may not read them"
chmod 755 "$scratch"
setpriv --reuid 65534 --regid 65534 --clear-groups "$LATCHKEY" list 2>&1 | lines
echo "= ${PIPESTATUS[0]}"
say "a served volume that does not answer"
with three quietly open --backend userspace "$served" guest
list
# A process that serves and the one that watches it.
mapfile -t server < <(pgrep -f "latchkey-serve guest")
kill -STOP "${server[@]}"
sleep 2  # the kernel remembers what the server said for a second
before=$SECONDS
timeout 60 "$LATCHKEY" list >.stdout 2>.stderr
echo "= $?, $((SECONDS - before < 30)) "
grep -c away .stdout
for words in "status guest" "close guest" "show guest"; do
    before=$SECONDS
    # shellcheck disable=SC2086
    timeout 60 "$LATCHKEY" $words </dev/null 2>&1 | lines | grep -v '^[A-Z].*:  '
    echo "$words: = ${PIPESTATUS[0]}, $((SECONDS - before < 30))"
done
kill -CONT "${server[@]}"
kill -KILL "${server[@]}"
sleep 1
list
quietly close guest
