# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154  # client.bash is read before it
# clevis binds volumes to a tang server on this machine, by our command (and on LUKS1, by libluksmeta, our library).
# packages: clevis-luks tang curl iproute2 socat
mkdir -p /var/cache/cracklib
printf 'password\n' | cracklib-packer /var/cache/cracklib/cracklib_dict >/dev/null 2>&1 # as its package does at installation
say "tang"
mkdir db
/usr/libexec/tangd-keygen db >/dev/null
socat TCP-LISTEN:8080,bind=127.0.0.1,reuseaddr,fork EXEC:"/usr/libexec/tangd $PWD/db" &
server=$!
trap 'kill $server' EXIT
wait_for 10 curl -sf http://127.0.0.1:8080/adv
printf one >one.key

for type in luks1 luks2; do
    say "$type"
    options=()
    [ $type = luks1 ] || options=(--pbkdf pbkdf2)
    device=$(volume $type $type "${options[@]}")
    clevis luks bind -y -k one.key -d "$device" tang '{"url":"http://127.0.0.1:8080"}'
    clevis luks list -d "$device"
    clevis luks unlock -d "$device" -n vault
    [ -b /dev/mapper/vault ] && echo "unlocked"
    cryptsetup close vault
    # The server gets new keys; volumes bound to the old ones are bound again, and the old keys are removed.
    /usr/libexec/tangd-rotate-keys -d db >/dev/null
    clevis luks regen -q -d "$device" -s 1 | sed 's|/dev/loop[0-9]*|LOOP|'
    rm -f db/.*.jwk
    clevis luks unlock -d "$device" -n vault
    [ -b /dev/mapper/vault ] && echo "unlocked"
    cryptsetup close vault
    slots "$device"
    clevis luks unbind -f -d "$device" -s 1
    slots "$device"
    refused clevis luks unlock -d "$device" -n vault
    cryptsetup open --test-passphrase --key-file one.key "$device" && echo "the passphrase opens"
    losetup -d "$device"
done
