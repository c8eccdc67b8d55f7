#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""mount(8) and umount(8) of encrypted volumes through our helpers.

Usage: mount_helper.py OURS     (inside the kernel lab, with udev)
"""
import os
import pathlib
import subprocess
import sys
import time

from guest import (ENVIRONMENT, FAST, Steps, Tool, command, expect, loop, mappings, nothing_left, same, scratch, sparse, table,
                   text_of)

MIB = 1 << 20
WORD = b"a passphrase"


def run(*words, secret=b""):
    return subprocess.run(list(map(str, words)), input=secret, capture_output=True, timeout=120, check=False, env=ENVIRONMENT)


def must(*words, secret=b""):
    done = run(*words, secret=secret)
    same(done.returncode, 0, f"status of {' '.join(map(str, words))}: {text_of(done)}")
    return text_of(done)


def volume(tool, path, secret=WORD):
    """A volume with a file system, and the name that a mount of it gets."""
    sparse(path, 4 * MIB)
    tool.run("luksFormat", "-q", *FAST, "--luks2-metadata-size", "16k", "--luks2-keyslots-size", "256k", "--key-file", "-", path,
             secret=secret)
    tool.run("open", "--key-file", "-", path, "new", secret=secret)
    command("mkfs.ext2", "-q", "/dev/mapper/new")
    tool.run("close", "new")
    return "luks-" + tool.run("luksUUID", path).strip()


def gone(what):
    end = time.monotonic() + 10
    while mappings() and time.monotonic() < end:
        time.sleep(0.1)
    same(mappings(), [], f"{what}: mappings left")


def one_step(tool):
    """Neither type nor option: mount finds LUKS and asks; umount closes."""
    name = volume(tool, "image")
    os.mkdir("mnt")
    with loop("image") as device:
        must("mount", device, "mnt", secret=WORD)
        same(mappings(), [name], "mappings")
        expect(command("findmnt", "-n", "-o", "SOURCE,FSTYPE", "mnt").split() == [f"/dev/mapper/{name}", "ext2"],
               command("findmnt", "mnt"))
        pathlib.Path("mnt/file").write_text("kept", encoding="ascii")
        must("umount", "mnt")
        same(mappings(), [], "at once, as who waits for umount expects")
        wrong = run("mount", device, "mnt", secret=b"x\ny\nz\n")
        same(wrong.returncode, 32, "a wrong passphrase: " + text_of(wrong))
        same(mappings(), [], "after a wrong passphrase")
        must("mount", "-o", "ro,noatime,name=by-name", device, "mnt", secret=WORD)
        same(mappings(), ["by-name"], "mappings")
        options = command("findmnt", "-n", "-o", "OPTIONS", "mnt")
        expect("ro" in options.split(",")[0] and "noatime" in options, "options: " + options)
        same(pathlib.Path("mnt/file").read_text(encoding="ascii"), "kept", "the file")
        # If our helper is bypassed, the kernel removes the mapping.
        must("umount", "-i", "mnt")
        gone("unmounted without a helper")
    nothing_left("one step")


def busy_and_shared(tool):
    name = volume(tool, "image")
    os.mkdir("mnt")
    os.mkdir("other")
    with loop("image") as device:
        must("mount", device, "mnt", secret=WORD)
        with open("mnt/open", "w", encoding="ascii"):
            expect(run("umount", "mnt").returncode != 0, "a busy file system is unmounted")
            same(mappings(), [name], "a busy one stays")
        must("mount", f"/dev/mapper/{name}", "other")
        must("umount", "mnt")
        same(mappings(), [name], "mounted elsewhere, it stays")
        must("umount", "other")
        gone("the last mount")
        # A volume that another process opened is mounted, and stays open.
        tool.run("open", "--key-file", "-", device, name, secret=WORD)
        must("mount", device, "mnt")
        must("umount", "mnt")
        same(mappings(), [name], "another's mapping")
        tool.run("close", name)
        # A file system that cannot be mounted leaves nothing behind.
        bad = run("mount", "-o", "fstype=xfs", device, "mnt", secret=WORD)
        same(bad.returncode, 32, text_of(bad))
        gone("a mount that fails")
    # A regular file, unmounted lazily.
    must("mount", "-t", "crypto_LUKS", f"{os.getcwd()}/image", "mnt", secret=WORD)
    with open("mnt/open", "w", encoding="ascii"):
        must("umount", "-l", "mnt")
    gone("a lazy unmount")
    nothing_left("busy and shared")


def by_fstab(tool):
    """A line of fstab: key file, header elsewhere, inner type; by folder alone."""
    here = os.getcwd()
    sparse("image", 4 * MIB)
    tool.run("luksFormat", "-q", *FAST, "--header", "header", "--key-file", "-", "image", secret=WORD)
    tool.run("open", "--header", "header", "--key-file", "-", "image", "new", secret=WORD)
    command("mkfs.ext4", "-q", "-O", "^has_journal", "/dev/mapper/new")
    tool.run("close", "new")
    pathlib.Path("key").write_bytes(b"...." + WORD)
    os.chmod("key", 0o600)
    os.mkdir("mnt")
    with loop("image") as device:
        with open("/etc/fstab", "a", encoding="ascii") as fstab:
            fstab.write(f"{device} {here}/mnt crypto_LUKS key_file={here}/key,keyfile-offset=4,header={here}/header,"
                        "fstype=ext4,name=fs,noauto,nofail,x-systemd.device-timeout=5,discard,no-read-workqueue 0 0\n")
        must("mount", f"{here}/mnt")
        expect("allow_discards" in table("fs") and "no_read_workqueue" in table("fs"), table("fs"))
        must("umount", f"{here}/mnt")
        same(mappings(), [], "after umount")
        # pam_mount's helper has other names for the same options.
        words = f"keyfile={here}/key,keyfile-offset=4,header={here}/header,crypto_name=pam,allow_discard,no_read_workqueue," \
                "fsk_cipher=none,fsk_hash=md5,fsck"
        must("mount", "-t", "crypto_LUKS", "-o", words, device, "mnt")
        expect("allow_discards" in table("pam") and "no_read_workqueue" in table("pam"), table("pam"))
        must("umount", f"{here}/mnt")
        same(mappings(), [], "after umount")
        refused = run("mount", "-t", "crypto_LUKS", "-o", words + ",noatime,nonsense=5", device, "mnt")
        same(refused.returncode, 32, text_of(refused))
        expect("noatime,nonsense=5" in text_of(refused), "the options are not named: " + text_of(refused))
        gone("an option that nobody knows")
    nothing_left("fstab")


def plain_tmp_and_swap(tool):
    here = os.getcwd()
    sparse("image", 8 * MIB)
    os.mkdir("mnt")
    with loop("image") as device:
        must("mount", "-t", "crypto_LUKS", "-o", "tmp=ext2,cipher=aes-xts-plain64,size=512", device, "mnt")
        same(command("findmnt", "-n", "-o", "FSTYPE", "mnt").strip(), "ext2", "type")
        expect(mappings()[0].startswith("plain-loop"), f"name: {mappings()}")
        must("umount", "mnt")
        gone("tmp")
        must("mount", "-t", "crypto_LUKS", "-o", "swap,cipher=aes-xts-plain64,size=256,name=swap", device, "none")
        expect("dm-" in pathlib.Path("/proc/swaps").read_text(encoding="ascii"), "it is no swap")
        must("swapoff", "/dev/mapper/swap")
        gone("swap")
        command("mkfs.ext2", "-q", device)
        refused = run("mount", "-t", "crypto_LUKS", "-o", "tmp=ext2", device, "mnt")
        same(refused.returncode, 32, text_of(refused))
        expect("ext2" in text_of(refused), text_of(refused))
    sparse("plain", 4 * MIB)
    options = "plain,cipher=aes-cbc-essiv:sha256,size=256,hash=sha256"
    tool.run("open", "-q", "--type", "plain", "--cipher", "aes-cbc-essiv:sha256", "--key-size", "256", "--hash", "sha256", "plain",
             "new", secret=WORD)
    command("mkfs.ext2", "-q", "/dev/mapper/new")
    tool.run("close", "new")
    must("mount", "-t", "crypto_LUKS", "-o", options, f"{here}/plain", "mnt", secret=WORD)
    must("umount", "mnt")
    nothing_left("plain")


def bad_calls(tool):
    helper = os.path.join(os.path.dirname(tool.path), "mount.crypto_LUKS")
    for words in ((), ("/dev/null",), ("a", "b", "c"), ("a", "b", "-o"), ("a", "b", "-o", "size=x"), ("a", "b", "-z"),
                  ("a", "b", "-o", "swap,tmp"), ("a", "b", "-o", "keyfile=/dev/urandom")):
        same(run(helper, *words).returncode, 1, f"status of {words}")
    same(run(helper, "-f", "a", "b").returncode, 0, "-f")
    missing = run(helper, "/dev/nothing", "/mnt")
    same(missing.returncode, 32, text_of(missing))
    nothing_left("bad calls")


def main():
    tool = Tool("ours", sys.argv[1])
    # The folder where mount(8) and umount(8) look for them.
    for name in ("mount.crypto_LUKS", "umount.crypto_LUKS"):
        os.symlink(os.path.realpath(tool.path), f"/sbin/{name}")
    steps = Steps()
    for step in (one_step, busy_and_shared, by_fstab, plain_tmp_and_swap, bad_calls):
        with scratch():
            begin = time.monotonic()
            steps.run(step.__name__, step, tool)
            print(f"   {time.monotonic() - begin:.1f} s", flush=True)
    sys.exit(steps.finish())


if __name__ == "__main__":
    main()
