#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The served file itself, which root has below the block device: its end, large requests, and the death of its process.
. "$(dirname "$0")/transcript.sh"
# shellcheck source=served.bash
# shellcheck disable=SC2154  # here is the transcript's
. "$here/served.bash"
printf one >key
if [ "$(id -u)" = 0 ]; then served=/run/latchkey/$name; else served=$XDG_RUNTIME_DIR/latchkey/$name; fi
plaintext() { $LATCHKEY read -d key img | sha256sum; }

truncate -s 8M img
quietly luksFormat -q "${fast[@]}" --luks2-metadata-size 16k --luks2-keyslots-size 256k -d key img
head -c 6M /dev/urandom >clear
say "large requests, which several threads divide, at odd places"
run_as open --backend userspace -d key img "$name"
dd if=clear of="$served" bs=1M conv=notrunc,fsync status=none
dd if=clear of="$served" bs=1000001 count=3 iflag=skip_bytes skip=12345 oflag=seek_bytes seek=12345 conv=notrunc,fsync status=none
cmp -n 6291456 clear "$served" && echo "the file has it"
cmp -n 6291456 clear <(dd if="$served" bs=1048575 status=none) && echo "in other pieces, too"
run_as close "$name"
cmp -n 6291456 clear <($LATCHKEY read -d key img) && echo "the image has it"

say "the end of the volume"
before=$(plaintext)
run_as open --backend userspace -d key img "$name"
size=$(stat -c %s "$served")
dd if="$served" bs=1M iflag=skip_bytes skip=$((size - 700001)) status=none | wc -c
dd if="$served" bs=1M iflag=skip_bytes skip="$size" status=none | wc -c
LC_ALL=C dd if=clear of="$served" bs=1M count=1 oflag=seek_bytes seek=$((size - 700000)) conv=notrunc status=none 2>&1 | grep -o "No space left on device"
run_as close "$name"
[ "$before" = "$(plaintext)" ] && echo "what reaches beyond it is refused as a whole"

say "who has it open gets errors once the server is dead, also for what was read before"
run_as open --backend userspace -d key img "$name"
exec {fd}<"$served"
first() { python3 -c 'import os; os.write(1, os.pread('"$fd"', 4096, 0))' 2>&1; }
first | cmp -n 4096 clear - && echo "read"
kill -KILL "$(pgrep -n -f "latchkey-serve $name")"; sleep 0.2
first | grep -o "not connected"
exec {fd}<&-
run_as close "$name"
