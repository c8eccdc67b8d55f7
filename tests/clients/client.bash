# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# What the scripts in programs/ share.  Each prints what has to be the same with both, and ends with an error at
# the first thing that goes wrong.
set -euo pipefail
export LC_ALL=C.UTF-8 DM_DISABLE_UDEV=1
# shellcheck disable=SC2034  # used by the scripts
cheap=(--pbkdf pbkdf2 --pbkdf-force-iterations 1000)
fail() { echo "FAILED: $*"; exit 1; }
trap 'echo "FAILED at line $LINENO: $BASH_COMMAND"' ERR

say() { printf '## %s\n' "$*"; }
# volume FILE TYPE [OPTION...]: a small volume with the passphrase "one"; prints its loop device.
volume() {
    local file=$1 type=$2
    shift 2
    truncate -s 20M "$file"
    printf one | cryptsetup luksFormat -q --type "$type" --pbkdf-force-iterations 1000 "$@" "$file" >/dev/null
    losetup -f --show "$file"
}
# refused COMMAND...: it must not succeed.
refused() { if "$@" >/dev/null 2>&1; then fail "succeeds: $*"; else echo "refused: $1"; fi; }
slots() { cryptsetup luksDump "$1" | grep -cE '^  [0-9]+: luks2$|^Key Slot [0-7]: ENABLED$' || :; }
wait_for() { # SECONDS COMMAND...
    local left=$(($1 * 10))
    shift
    until "$@" >/dev/null 2>&1; do
        ((left-- > 0)) || fail "in vain: $*"
        sleep 0.1
    done
}
