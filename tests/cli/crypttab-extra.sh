#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What systemd and Debian's scripts do with a crypttab.
. "$(dirname "$0")/transcript.sh"

cat >good <<'END'
# <name> <device> <key> <options>
root    UUID=1111-2222  none          luks,discard
swap    PARTUUID=33-44  /dev/urandom  plain,swap,cipher=aes-xts-plain64,size=512
END
cat >mixed <<'END'
root	UUID=1111-2222	-	luks,nofail
stick	/dev/vg/data	/key:LABEL=stick	luks,keyfile-timeout=10s,tpm2-device=auto
END
cat >bad <<'END'
a/b   uuid=5      key        lusk,tries=many
swap  /dev/sdzz2   /dev/urandom swap,tmp
late  /dev/mapper/data /etc/k luks,tries=2
data  /dev/sdzz1   ask        luks,keyscript=decrypt_keyctl,check
END

say "check"
run crypttab check --for both good
run crypttab check -v --for both mixed
run crypttab check --for systemd mixed
run crypttab check --for=debian bad
run crypttab check --for both bad
run crypttab check --strict --for debian mixed
run crypttab check --strict --for both good
printf 'a /dev/vg/a /k luks,tries=2\n' >warned
run crypttab check --for both warned
run crypttab check --strict --for both warned
with 'a UUID=1 none luks,dicard\n' run crypttab check --for both -
run crypttab check --json --for both mixed
say "check where one of them reads it"
run crypttab check --dialect systemd mixed
run crypttab check --dialect debian mixed
run crypttab check --dialect debian --json mixed

say "explain"
run crypttab explain good
run crypttab explain --for debian mixed root
run crypttab explain --json --for systemd mixed stick
run crypttab explain good nobody
printf 'my\\040data LABEL=My\\040Disk none luks\n' >blanks
run crypttab explain --for debian blanks 'my data'
run crypttab explain blanks 'my data' | head -n 1

say "convert"
run crypttab convert --to debian good
run crypttab convert --to debian mixed
run crypttab convert --to systemd bad
run crypttab convert --to systemd --json good
run crypttab convert good
run crypttab convert --to systemd blanks

say "list"
run crypttab list mixed
run crypttab list --for debian --json mixed
run crypttab options | head -n 12
run crypttab options --json | head -c 600
echo

say "other words"
run crypttab
run crypttab guess good
run crypttab check good more
run crypttab check nosuchfile
run crypttab check --for everybody good
run crypttab convert --to windows good
with 'a\0b\n' run crypttab check -
with '' run crypttab check -
head -c 2000000 /dev/zero | tr '\0' '#' >large
run crypttab list large

say "open and close: the plan, which looks at no device"
cat >chain <<'TAB'
inner  /dev/mapper/outer  /key:/dev/mapper/stick  luks,discard
stick  LABEL=stick        none                    luks,noauto
outer  UUID=1111-2222     none                    luks,header=/h
swap   /dev/sdzz2          /dev/urandom            swap,cipher=aes-xts-plain64
late   /dev/sdzz1          -                       noauto
TAB
run crypttab open --dry-run --all --crypttab chain --dialect systemd
run crypttab open --dry-run --json late --crypttab chain --dialect systemd
run crypttab open --dry-run --all --crypttab bad --dialect debian
run crypttab close --dry-run --all --crypttab chain --dialect systemd
run crypttab open --crypttab chain
run crypttab open --crypttab chain --all late
run crypttab open --crypttab chain --dry-run nobody
run crypttab open --crypttab nowhere --all
run crypttab open --all --dialect=both
printf 'a /dev/mapper/b\nb /dev/mapper/a\n' >circle
run crypttab open --dry-run --all --crypttab circle --dialect systemd

run crypttab open --all chain
run crypttab close --all --crypttab chain late

say "words of other tools"
cat >words <<'TAB'
a UUID=11111111-2222-4333-8444-555555555555 none -
b UUID=22222222-2222-4333-8444-555555555555 none LUKS,perf-no_read_workqueue,x-udisks-auth,defaults
c /dev/vg/c /etc/key plain,cipher=xchacha12,aes-adiantum-plain64,size=256,hash=plain
d UUID=44444444-2222-4333-8444-555555555555 /k luks,initramfs
e UUID=55555555-2222-4333-8444-555555555555 none luks,nofail,keyfile=/k
TAB
run crypttab check --for both words
run crypttab explain words
run crypttab convert --to debian words
run crypttab convert --to systemd words

say "lines that nobody opens"
cat >refused <<'TAB'
swap0  /dev/vg/s  /dev/urandom  swap,cipher=aes-xts-plain64,size=256,offset=1M
data   /dev/mapper/data  none  luks
TAB
run crypttab explain refused swap0
run crypttab convert --to debian refused
run crypttab list refused
run crypttab open --dry-run swap0 --crypttab refused --dialect systemd
run crypttab open --dry-run data --crypttab refused --dialect systemd
run crypttab open swap0 --crypttab refused --dialect debian

say "devices by several names"
ln -s image link
truncate -s 1M image
printf 'one %s none luks\ntwo %s none luks\nthree %s /dev/urandom plain,swap,size=512,cipher=aes-xts-plain64\n' \
  "$PWD/image" "$PWD/link" "$PWD/image" >same
run crypttab check --for both same | sed "s,$PWD/,,g"
say "a plain volume where something else is"
format volume one
printf 'a %s none plain,size=512,cipher=aes-xts-plain64,hash=plain%s\n' "$PWD/volume" ,swap >swap
printf 'a %s none plain,size=512,cipher=aes-xts-plain64,hash=plain%s\n' "$PWD/volume" '' >plain
run crypttab check --for both swap | sed "s,$PWD/,,g"
run crypttab open --dry-run --all --crypttab swap --dialect systemd | sed "s,$PWD/,,g"
run crypttab check --for both plain | sed "s,$PWD/,,g"
