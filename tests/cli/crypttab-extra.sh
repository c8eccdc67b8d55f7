#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What systemd and Debian's scripts will do with a crypttab.
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
run crypttab check good
run crypttab check -v mixed
run crypttab check --for systemd mixed
run crypttab check --for=debian bad
run crypttab check bad
run crypttab check --strict --for debian mixed
run crypttab check --strict good
printf 'a /dev/vg/a /k luks,tries=2\n' >warned
run crypttab check warned
run crypttab check --strict warned
with 'a UUID=1 none luks,dicard\n' run crypttab check -
run crypttab check --json mixed

say "explain"
run crypttab explain good
run crypttab explain --for debian mixed root
run crypttab explain --json --for systemd mixed stick
run crypttab explain good nobody

say "convert"
run crypttab convert --to debian good
run crypttab convert --to debian mixed
run crypttab convert --to systemd bad
run crypttab convert --to systemd --json good
run crypttab convert good

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
run crypttab check same | sed "s,$PWD/,,g"
say "a plain volume where something else is"
format volume one
printf 'a %s none plain,size=512,cipher=aes-xts-plain64,hash=plain%s\n' "$PWD/volume" ,swap >swap
printf 'a %s none plain,size=512,cipher=aes-xts-plain64,hash=plain%s\n' "$PWD/volume" '' >plain
run crypttab check swap | sed "s,$PWD/,,g"
run crypttab open --dry-run --all --crypttab swap --dialect systemd | sed "s,$PWD/,,g"
run crypttab check plain | sed "s,$PWD/,,g"
