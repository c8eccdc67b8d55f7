# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154  # client.bash is read before it
# systemd-cryptenroll adds, lists and wipes; systemd-cryptsetup and the command open what it enrolled, by the library's token
# plug-ins.  The TPM is a program on this machine.
# packages: systemd systemd-sysv systemd-cryptsetup|systemd swtpm libtss2-esys-3.0.2-0t64|libtss2-esys-3.0.2-0
# packages: libtss2-rc0t64|libtss2-rc0 libtss2-mu-4.0.1-0t64|libtss2-mu0 libtss2-tcti-swtpm0t64|libtss2-tcti-swtpm0 iproute2
# lab: --mem 768M
device=$(volume luks2 luks2 "${cheap[@]}")
list() { systemd-cryptenroll "$device" | sed 's/ *$//'; }
tokens() { cryptsetup luksDump "$device" | sed -n '/^Tokens:/,/^Digests:/p' | grep -E '^  [0-9]+: |Keyslot:' || :; }
opens() { printf '%s' "$1" | cryptsetup open --test-passphrase "$device" && echo "opens"; }
enroll() { systemd-cryptenroll "$@" "$device"; }

say "as it is"
list
say "recovery key"
key=$(PASSWORD=one enroll --recovery-key 2>/dev/null)
[[ $key =~ ^([cbdefghijklnrtuv]{8}-){7}[cbdefghijklnrtuv]{8}$ ]] && echo "a recovery key"
opens "$key"
list
tokens
refused env PASSWORD=bad systemd-cryptenroll --recovery-key "$device"

say "TPM2"
mkdir tpm
swtpm socket --tpm2 --server type=tcp,port=2321,bindaddr=127.0.0.1 --ctrl type=tcp,port=2322,bindaddr=127.0.0.1 \
    --tpmstate dir=tpm --flags not-need-init,startup-clear &
server=$!
trap 'kill $server' EXIT
sleep 1
tpm=swtpm:host=127.0.0.1,port=2321
PASSWORD=one enroll --tpm2-device=$tpm --tpm2-pcrs=7 >/dev/null 2>&1
list
tokens
cryptsetup token export --token-id 1 "$device" | jq -c '[.type, .keyslots, ."tpm2-pcrs"]'
LD_DEBUG=files /lib/systemd/systemd-cryptsetup attach vault "$device" - tpm2-device=$tpm,headless >messages 2>&1
[ -b /dev/mapper/vault ] && echo "systemd-cryptsetup opens by the TPM"
grep -q 'calling init: .*libcryptsetup-token-systemd-tpm2.so' messages && echo "and the library's plug-in did it"
/lib/systemd/systemd-cryptsetup detach vault 2>/dev/null
[ ! -e /dev/mapper/vault ] && echo "detached"

say "wipe"
enroll --wipe-slot=recovery >/dev/null 2>&1
list
refused opens "$key"
enroll --wipe-slot=tpm2 >/dev/null 2>&1
list
tokens
refused /lib/systemd/systemd-cryptsetup attach vault "$device" - tpm2-device=$tpm,headless

say "password"
PASSWORD=one NEWPASSWORD=two enroll --password >/dev/null 2>&1
list
opens two
PASSWORD=one NEWPASSWORD=three enroll --wipe-slot=password --password >/dev/null 2>&1
list
opens three
refused opens one
refused opens two
