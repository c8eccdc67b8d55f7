# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Sourced after transcript.sh: volumes served by a process of their own, which an ordinary user has, too.
if ! [ -w /dev/fuse ]; then echo "skipped: there is no /dev/fuse"; exit 77; fi
if [ "$(id -u)" = 0 ] && ! { [ -w /dev/loop-control ] && unshare -m true; }; then
    echo "skipped: this root may not mount, or has no loop devices"
    exit 77
fi
if [ "$(id -u)" != 0 ] && ! command -v fusermount3 >/dev/null; then echo "skipped: there is no fusermount3"; exit 77; fi
# shellcheck disable=SC2154  # scratch is the transcript's
export XDG_RUNTIME_DIR=$scratch/run
mkdir -m 700 "$XDG_RUNTIME_DIR"
name=vol$$
# Root's volumes appear elsewhere; the transcript does not say where.
ours() { sed -E -e "s|$name|NAME|g" -e 's|/dev/mapper/|FOLDER/|g' -e 's|run/latchkey/|FOLDER/|g' -e 's|/dev/loop[0-9]+|LOOP|g'; }
# By whom an image is held only root sees.
run_as() { run "$@" 2>&1 | ours | sed '/^! It is held open by process /d'; }
file() { [ -e "/dev/mapper/$name" ] && echo "/dev/mapper/$name" || echo "$XDG_RUNTIME_DIR/latchkey/$name"; }
# put TEXT OFFSET: into the open volume, onto the disk.  get LENGTH OFFSET: from it.
put() { printf '%s' "$1" | dd of="$(file)" bs=1M oflag=seek_bytes seek="$2" conv=notrunc,fsync status=none; }
get() { dd if="$(file)" bs="$1" count=1 iflag=skip_bytes skip="$2" status=none; }
