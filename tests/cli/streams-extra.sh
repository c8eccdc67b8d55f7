#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Plaintext as a stream: read, write, copy.  No mapping, no root.
# shellcheck disable=SC2162  # "run read" is the action
. "$(dirname "$0")/transcript.sh"
same() { cmp -s "$1" "$2" && echo "$1 and $2 are the same" || echo "$1 and $2 differ"; }
sizes() { stat -c '%n: %s bytes' "$@"; }
printf one >key; printf two >key2
format img one
python3 -c 'import random, sys; sys.stdout.buffer.write(random.Random(1).randbytes(700000))' >plain

say "in and out again"
run write -d key img plain
run read -d key --length 700000 img out; same plain out
$LATCHKEY read -d key img | head -c 700000 | cmp - plain; echo "by a pipe: ${PIPESTATUS[*]}"
with one run read --length 4096 img first; cmp -n 4096 first plain && sizes first
say "anywhere"
printf 'hello' | $LATCHKEY write -d key --offset 3 img; echo "exit $?"
run read -d key --offset 3 --length 5 img hello; cat hello; echo
run read -d key --length 1536 img before3; cmp -n 1536 before3 plain && echo "nothing before it changed"
say "refusals"
run read -d key img out
run read -d key --offset 99999999 img nowhere; ls nowhere 2>&1
# 2^55 sectors are 2^64 bytes, which must not overflow to the beginning.
run read -d key --offset 36028797018963968 img nowhere
printf 'hello' | $LATCHKEY write -d key --offset 36028797018963968 img 2>&1; echo "exit ${PIPESTATUS[1]}"
with wrong run read img nowhere
run read -d key --json img
run read -d key --json --length 512 img json.out
run write -d - img
head -c 512 /dev/zero | setsid -w "$LATCHKEY" write img 2>&1; echo "exit ${PIPESTATUS[1]}"
yes | head -c 20000000 | $LATCHKEY write -d key img 2>&1; echo "exit ${PIPESTATUS[2]}"
head -c 100 /dev/zero | $LATCHKEY write -d key --length 200 img 2>&1; echo "exit ${PIPESTATUS[1]}"
run write -d key --length 200 img missing
say "what is known before is refused before"
cp img before
head -c 20000000 /dev/zero >long
run write -d key img long
run write -d key img <long
run write -d key --dry-run img long
run write -d key --length 20000001 img long
run write -d key --length 9 img <hello
unchanged_since before img
tail -c +19999998 long >three; end=2047
run write -d key --offset $end img three
cp img before
for offset in $((end + 1)) $((end + 2)); do
    run write -d key --offset $offset img three
    run write -d key --offset $offset img <three
    printf 'hello' | $LATCHKEY write -d key --offset $offset img 2>&1; echo "exit ${PIPESTATUS[1]}"
done
printf '' | $LATCHKEY write -d key --offset $((end + 1)) img 2>&1; echo "exit ${PIPESTATUS[1]}"
unchanged_since before img
(read -rn 5; run write -d key img) <hello
cp before img
say "copies"
run write -d key img plain
run copy -v -d key img raw; sizes raw
run read -d key img whole; same raw whole
format1 img1 two
truncate -s $(($(stat -c %s img1) - 2097152)) small
run copy -d key img img1
run copy --new-keyfile key2 small img1
run copy -d key2 img1 small2; same small small2
printf 'written' >plain512; truncate -s 512 plain512; truncate -s 65536 disk
run copy -q --to-type plain -c aes-xts-plain64 -s 512 --new-keyfile key2 plain512 disk
with two run copy -q --to-type plain -c aes-xts-plain64 -s 512 -h sha512 plain512 disk
with two run read --type plain -c aes-xts-plain64 -s 512 -h sha512 --length 7 disk back; cat back; echo
run copy --from-type zork a b
run copy raw raw
run copy -q -d key --to-type raw img small
say "a copy that goes on"
cp raw again
printf 'latchkey copy 1\nof raw to again\nfrom-bytes %s\nto-bytes %s\nto-file %s\ndone-bytes 524288\n' \
    "$(stat -c %s raw)" "$(stat -c %s raw)" "$(stat -c %i again)" >journal
head -c 524288 /dev/zero | dd of=again conv=notrunc status=none
run copy -v --journal journal raw again; ls journal 2>&1
cmp raw again | sed 's/,.*//'
echo junk >journal; run copy --journal journal raw again
say "not into another file of that name"
copied() { printf 'latchkey copy 1\nof raw to again\nfrom-bytes %s\nto-bytes %s\nto-file %s\ndone-bytes 524288\n' \
    "$(stat -c %s raw)" "$(stat -c %s raw)" "$1" >journal; }
cp raw other; copied "$(stat -c %i again)"; mv other again
run copy --journal journal raw again 2>&1 | sed 's/inode .*/inode/'
copied "$(stat -c %i again)"; rm again
run copy -v --journal journal raw again; same raw again; ls journal 2>&1
say "what does not fit is refused before it is written"
cp img before
truncate -s 2M large; run write -q -d key img large
run write -q -d key --length 700001 img plain
run write -q -d key img img
ln img hard; run write -q -d key img hard; run write -q -d key img <hard
unchanged_since before img
say "a copy that fails leaves no new file, and says what it did to an old one"
# Several processors write at once: which write fails first is chance.
(ulimit -f 400; trap '' XFSZ; run copy -d key img part; run copy -q -d key img small; run copy -d key --journal j img kept) |
    sed 's/at offset [0-9]*: File too large/at offset N: File too large/'
ls part kept j 2>&1

say "zeros take no space in a new file, with a journal or without"
truncate -s 64M zeros
for journal in "" --journal=j; do
    rm -f sparse
    status copy ${journal:+"$journal"} zeros sparse
    [ "$(stat -c %b sparse)" -lt 1000 ] && echo sparse
done

say "progress does not go into the plaintext"
format img one
printf one >key
"$LATCHKEY" read -d key --progress-frequency 1 img 2>told | cmp -s - <("$LATCHKEY" read -d key img) && echo "the plaintext alone"
grep -c '^Finished' told
truncate -s 32M wide
with one quietly luksFormat -q "${fast[@]}" --sector-size 512 wide
python3 - "$LATCHKEY" <<'END'
import os, pty, subprocess, sys
pid, master = pty.fork()
if pid == 0:
    os.execvp("sh", ["sh", "-c", 'f() { for i in 1 2 3 4 5 6; do head -c 2000000 /dev/zero; sleep 0.3; done; }; f | "$0" write -d key wide; '
                     'f | "$0" write -q -d key wide', sys.argv[1]])
told = b""
while True:
    try:
        got = os.read(master, 4096)
    except OSError:
        break
    if not got:
        break
    told += got
os.waitpid(pid, 0)
lines = [line for line in told.replace(b"\x1b[2K\r", b"\n").splitlines() if line]
print(f"from a pipe, {'some' if len(lines) > 1 else 'no'} lines of progress:", lines[-1].decode().split(":")[0] if lines else "")
print("the line is ended" if told.endswith(b"\n") else "the line is not ended")
END
