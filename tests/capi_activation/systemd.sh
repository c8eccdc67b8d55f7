#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# systemd-cryptsetup attaches and detaches volumes of every kind.  Usage: systemd.sh LIBRARY_DIR|-, inside the kernel lab.
program=/lib/systemd/systemd-cryptsetup
[ -x "$program" ] || { echo "$program is not installed"; exit 1; }
export SYSTEMD_LOG_LEVEL=notice SYSTEMD_LOG_TARGET=console SYSTEMD_LOG_COLOR=0 LC_ALL=C
fast=(--pbkdf pbkdf2 --pbkdf-force-iterations 1000)
# Both libraries open the same volumes.
if [ ! -d volumes ]; then
    mkdir volumes
    cd volumes || exit 1
    truncate -s 4M one blank; truncate -s 20M two token; truncate -s 2M data
    printf one >one.key; printf bad >bad.key; head -c 64 /dev/zero | tr '\0' k >raw.key
    chmod 0600 ./*.key
    cryptsetup luksFormat -q --type luks1 --pbkdf-force-iterations 1000 one one.key
    for image in two token; do cryptsetup luksFormat -q --type luks2 "${fast[@]}" $image one.key; done
    cryptsetup luksFormat -q --type luks2 "${fast[@]}" --header header data one.key
    cryptsetup token add --key-description lk:systemd token
    cd ..
fi
cd volumes || exit 1
one=$(losetup -f --show one); two=$(losetup -f --show two); blank=$(losetup -f --show blank)
data=$(losetup -f --show data); token=$(losetup -f --show token)
trap 'losetup -d $one $two $blank $data $token' EXIT
keyctl add user lk:systemd one @s >/dev/null
[ "$1" = - ] || export LD_LIBRARY_PATH=$1
echo "library: $(LD_TRACE_LOADED_OBJECTS=1 "$program" | grep -c "${LD_LIBRARY_PATH:-/lib/x86_64-linux-gnu}/libcryptsetup")"

# attach NAME DEVICE KEY OPTIONS: prints its output, its status, the table without its key, and the first bytes.
attach() {
    echo "\$ attach $1 $3 $4"
    "$program" attach "$1" "$2" "$3" "$4" </dev/null 2>&1
    echo "= $?"
    dmsetup table "$1" 2>/dev/null | sed -E 's/:[0-9]+:logon:cryptsetup:[^ ]*/KEYRING/; s/ 0{16,} / ZEROS /'
    [ ! -b "/dev/mapper/$1" ] || head -c 512 "/dev/mapper/$1" | sha256sum
}
detach() {
    echo "\$ detach $1"
    "$program" detach "$1" 2>&1
    echo "= $?"
}
both() { attach "$@"; detach "$1"; }

both l1 "$one" "$PWD/one.key" luks
both l2 "$two" "$PWD/one.key" luks
both l2 "$two" "$PWD/one.key" luks,discard,read-only,no-read-workqueue,same-cpu-crypt
both l2 "$two" "$PWD/one.key" luks,key-slot=0
both l2 "$two" "$PWD/one.key" luks,key-slot=1,headless=1
both l2 "$two" "$PWD/bad.key" luks,headless=1
both l2 "$two" "$PWD/missing.key" luks,headless=1
both l2 "$two" "$PWD/raw.key" luks,keyfile-size=3,headless=1
both h1 "$data" "$PWD/one.key" "luks,header=$PWD/header"
both t1 "$token" - luks,headless=1
both p1 "$blank" "$PWD/raw.key" plain,cipher=aes-xts-plain64,size=512
both p1 "$blank" "$PWD/raw.key" plain,cipher=aes-cbc-essiv:sha256,size=256,hash=sha256,skip=8,offset=16
both p1 "$blank" "$PWD/raw.key" plain,cipher=aes-xts-plain64,size=512,sector-size=4096
both s1 "$blank" /dev/urandom swap,cipher=aes-xts-plain64,size=256 | sed 's/^[0-9a-f]\{64\} .*/DIGEST/'
both b1 "$blank" "$PWD/one.key" luks,headless=1
attach l2 "$two" "$PWD/one.key" luks
attach l2 "$two" "$PWD/one.key" luks
detach l2
detach l2
