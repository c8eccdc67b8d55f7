# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Sourced by the scripts beside it.  Each prints a transcript, which must equal its .out file.  The program
# under test is $LATCHKEY.  Scripts without "-extra" in their name were recorded from cryptsetup and hold for both.
set -uo pipefail
export LC_ALL=C LANGUAGE=C
: "${LATCHKEY:?the program under test}"
# The transcripts are of cryptsetup 2.6.1.  Ours speaks as that, whatever distribution it was built for.
speak_as() { as=("$@"); }
speak_as
case $("$LATCHKEY" --version 2>/dev/null) in *latchkey*) speak_as --compat=2.6 ;; esac
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
cd "$scratch" || exit 1

# Costs that tests can afford, requested with options that any user has.
# shellcheck disable=SC2034  # used by those who source this
fast=(--pbkdf pbkdf2 --pbkdf-force-iterations 1000)
# shellcheck disable=SC2034
small_argon=(--pbkdf argon2id --pbkdf-force-iterations 4 --pbkdf-memory 32 --pbkdf-parallel 1)

# Removes what differs from run to run: UUIDs, salts, digests (the latter unless $show_bytes, for known keys).
show_bytes=
show_uuid=
stable() {
    local bytes='s/([0-9a-f]{2} ){8,}/BYTES /g'
    local uuid='s/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/UUID/g'
    sed -E -e "${show_uuid:+#}$uuid" \
        -e "${show_bytes:+#}$bytes" -e "s|$scratch/||g" -e "s|$LATCHKEY|cryptsetup|g" | plain
}
# Removes hints for users, the message that there is no token when none was requested, and what a busy machine says of
# derivations that take more than two seconds.
plain() {
    sed -E -e '/^Hint: /d' -e '/^No usable token is available\.$/d' -e '/^Failed to set pbkdf parameters\.$/d' \
        -e '/^Existing .* signature on device/d' -e '/^(WARNING: k|K)eyslots area \(/d' -e '/^Operation aborted\.$/,/^$/d' \
        -e '/: [0-9]+ s so far\.$/d'
}
# The usage text before a usage error is different in ours.
without_usage() { awk '/^cryptsetup: / { usage = 0 } /^Usage: / { usage = 1 } !usage'; }
say() { printf '\n## %s\n' "$*"; }
show_command() { printf '$ cryptsetup'; printf ' %s' "$@"; echo; }

# run ARGS: prints stdout, then stderr with "! " in front, then the status.  Input is what the caller redirects; none by default.
run() {
    show_command "$@"
    "$LATCHKEY" ${1:+"${as[@]}"} "$@" >.stdout 2>.stderr
    local status=$?
    stable <.stdout
    stable <.stderr | without_usage | sed 's/^/! /'
    echo "= $status"
    return $status
}
# Prints only the status, for texts whose words may differ.
status() {
    show_command "$@"
    "$LATCHKEY" "${as[@]}" "$@" >.stdout 2>.stderr
    echo "= $?"
}
# with TEXT run ...: TEXT (printf %b) on a stdin that is not a terminal.
with() {
    local text=$1
    shift
    "$@" < <(printf '%b' "$text")
}
# hold PATH: starts a process that has PATH open, and waits until it has; its number is $holder.
# shellcheck disable=SC2034  # the scripts use it
hold() {
    (exec 8<"$1"; exec sleep 600) & holder=$!
    local tries
    for ((tries = 0; tries < 100; ++tries)); do
        [ "$(cat "/proc/$holder/comm" 2>/dev/null)" = sleep ] && return
        sleep 0.1
    done
}
# tty ANSWER... -- ARGS: on a terminal.
tty() {
    local answers=()
    while [ "$1" != -- ]; do answers+=("$1"); shift; done
    shift
    show_command "$@"
    python3 "$here/on_terminal.py" "${answers[@]}" -- "$LATCHKEY" "${as[@]}" "$@" </dev/null >.stdout
    local status=$?
    stable <.stdout
    echo "= $status"
    return $status
}
# For calls whose effect is promised, but not the words of their questions.
tty_status() { tty "$@" >.tty; sed -n -e '1p' -e '$p' .tty; }
# Preparation that must work and is not part of the transcript.
quietly() {
    "$LATCHKEY" "${as[@]}" "$@" >.stdout 2>.stderr || { echo "PREPARATION FAILED ($?): $*"; cat .stdout .stderr; exit 1; }
}
# format FILE PASSPHRASE [ARGS]: a small volume.
format() {
    local file=$1 passphrase=$2
    shift 2
    truncate -s 0 "$file" && truncate -s 4M "$file"
    printf '%s' "$passphrase" | quietly luksFormat -q "${fast[@]}" --luks2-keyslots-size 2M --offset 6144 --sector-size 512 "$file" "$@"
}
format1() {
    local file=$1 passphrase=$2
    shift 2
    truncate -s 0 "$file" && truncate -s 3M "$file"
    printf '%s' "$passphrase" | quietly luksFormat -q --type luks1 --pbkdf-force-iterations 1000 "$file" "$@"
}
# add FILE OLD NEW [ARGS]
add() {
    local file=$1 old=$2 new=$3
    shift 3
    printf '%s\n%s' "$old" "$new" | quietly luksAddKey -q "${fast[@]}" "$file" "$@"
}
# Which of the passphrases open which slot: "one=0 two=- ..."
opens() {
    local file=$1 passphrase out
    shift
    for passphrase; do
        out=$(printf '%s' "$passphrase" | "$LATCHKEY" open -v --test-passphrase "$file" 2>/dev/null | sed -n 's/^Key slot \([0-9]*\) unlocked.*/\1/p')
        printf '%s=%s ' "$passphrase" "${out:--}"
    done
    echo
}
slots() { "$LATCHKEY" luksDump "$1" | sed -n -E 's/^  ([0-9]+): luks2.*/\1/p; s/^Key Slot ([0-9]+): ENABLED/\1/p' | tr '\n' ' '; echo; }
unchanged_since() { cmp -s "$1" "$2" && echo "$2 is unchanged" || echo "$2 has changed"; }
