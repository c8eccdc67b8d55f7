# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154  # client.bash is read before it
# cryptmount makes, mounts and unmounts LUKS volumes and takes new passwords.
# packages: cryptmount systemd
# lab: --mem 512M --udev
unset DM_DISABLE_UDEV  # version 6 waits for udev's names
mkdir -p /etc/cryptmount mnt1 mnt2
one=$(volume luks1 luks1) two=$(volume luks2 luks2 "${cheap[@]}")
cat >/etc/cryptmount/cmtab <<TABLE
one { dev=$one dir=$PWD/mnt1 fstype=ext4 mountoptions=defaults flags=nofsck keyformat=luks keyfile=$one }
two { dev=$two dir=$PWD/mnt2 fstype=ext4 mountoptions=defaults flags=nofsck keyformat=luks keyfile=$two }
TABLE
chmod 644 /etc/cryptmount/cmtab
for number in 1 2; do
    name=one
    [ $number = 1 ] || name=two
    say "$name"
    cryptmount --prepare $name --passwd-fd 3 3<<<one
    dmsetup table $name | cut -d' ' -f3,4
    mkfs.ext4 -q /dev/mapper/$name
    cryptmount --release $name
    cryptmount $name --passwd-fd 3 3<<<one
    echo "hello" >mnt$number/file
    cryptmount --status $name
    cryptmount -u $name
    [ ! -e mnt$number/file ] && echo "unmounted"
    cryptmount $name --passwd-fd 3 3<<<one
    cat mnt$number/file
    cryptmount -u $name
    refused cryptmount $name --passwd-fd 3 3<<<bad
    dmsetup info -c --noheadings -o name
done
