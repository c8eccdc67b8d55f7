#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A volume's life with a file system on it: mount, grow, suspend under load, new passphrases, deferred removal; and
each program operates on what the other opened.

Usage: lifecycle.py OURS [--udev]     (inside the kernel lab; with --udev in one that runs udev)
"""
import argparse
import os
import pathlib
import sys
import threading
import time

from guest import (ENVIRONMENT, FAST, FAST1, Steps, both, command, expect, loop, loops, mappings, nothing_left, read_device,
                   same, scratch, sha256, sparse, text_of)

MIB = 1 << 20
WORD = b"one"


def new_volume(tool, path, kind, megabytes=24):
    options = [*FAST1] if kind == "luks1" else [*FAST, "--luks2-metadata-size", "16k", "--luks2-keyslots-size", "2M",
                                                "--sector-size", "512"]
    sparse(path, megabytes * MIB)
    tool.run("luksFormat", "-q", "--type", kind, *options, path, secret=WORD)
    return path


def mount(device, where):
    pathlib.Path(where).mkdir(exist_ok=True)
    command("mount", device, where)


class Writer(threading.Thread):
    """Writes numbered blocks to a file until it is told to stop; what it wrote must be there in the end."""

    BLOCK = 64 * 1024

    def __init__(self, path):
        super().__init__(daemon=True)
        self.path = path
        self.stopped = threading.Event()
        self.written = 0
        self.problem = None

    def block(self, number):
        return number.to_bytes(8, "big") * (self.BLOCK // 8)

    def run(self):
        try:
            with open(self.path, "wb", buffering=0) as file:
                while not self.stopped.is_set():
                    file.seek((self.written % 32) * self.BLOCK)
                    file.write(self.block(self.written))
                    os.fsync(file.fileno())
                    self.written += 1
        except OSError as problem:
            self.problem = problem

    def finish(self):
        self.stopped.set()
        self.join(60)
        expect(not self.is_alive(), "the writer hangs")
        expect(self.problem is None, f"writing failed: {self.problem}")
        with open(self.path, "rb") as file:
            for number in range(max(0, self.written - 32), self.written):
                file.seek((number % 32) * self.BLOCK)
                expect(file.read(self.BLOCK) == self.block(number), f"block {number} is not what was written")


def wait_until(condition, what, seconds=30):
    end = time.monotonic() + seconds
    while not condition():
        expect(time.monotonic() < end, f"in vain: {what}")
        time.sleep(0.05)


def file_system_lives(first, second, kind):
    """`first` opens and closes, `second` does everything between."""
    new_volume(first, "image", kind)
    # Half of the volume at first, so that it can grow.
    with loop("image") as device:
        first.run("open", device, "life", secret=WORD)
        second.run("resize", "life", "--size", 16384, secret=WORD)
        command("mkfs.ext4", "-q", "/dev/mapper/life")
        mount("/dev/mapper/life", "mnt")
        pathlib.Path("mnt/before").write_bytes(b"x" * 100000)
        writer = Writer("mnt/load")
        writer.start()
        wait_until(lambda: writer.written > 3, "writing begins")
        second.run("resize", "life", secret=WORD)
        command("resize2fs", "/dev/mapper/life")
        expect(os.statvfs("mnt").f_blocks * os.statvfs("mnt").f_frsize > 16384 * 512, "the file system did not grow")
        second.run("luksSuspend", "life")
        before = writer.written
        time.sleep(0.3)
        expect(writer.written <= before + 1, "a suspended volume is written to")
        expect("(suspended)" in first.run("status", "life"), "status does not tell that it is suspended")
        wrong = second.try_run("luksResume", "life", secret=b"wrong")
        same(wrong.returncode, 2, "luksResume with a wrong passphrase")
        second.run("luksResume", "life", secret=WORD)
        wait_until(lambda: writer.written > before + 3, "writing goes on")
        # Passphrases are added and removed meanwhile.
        second.run("luksAddKey", "-q", *(FAST1 if kind == "luks1" else FAST), device, secret=b"one\ntwo")
        first.run("luksRemoveKey", "-q", device, secret=WORD)
        same(first.try_run("open", "--test-passphrase", device, secret=WORD).returncode, 2, "the old passphrase")
        second.run("refresh", "--allow-discards", "life", secret=b"two")
        expect("discards" in first.run("status", "life"), "refresh sets no flag")
        busy = second.try_run("close", "life")
        same(busy.returncode, 5, "closing a mounted volume")
        expect(b"Device life is still in use." in busy.stderr, text_of(busy))
        second.run("luksSuspend", "life")
        second.run("luksResume", "life", secret=b"two")
        writer.finish()
        command("umount", "mnt")
        second.run("close", "life")
        # And the other program sees everything.
        second.run("open", device, "life", secret=b"two")
        mount("/dev/mapper/life", "mnt")
        same(sha256(pathlib.Path("mnt/before").read_bytes()), sha256(b"x" * 100000), "the first file")
        writer.finish()
        command("umount", "mnt")
        first.run("close", "life")
    nothing_left("a life")


def file_grows(tool):
    """An image file, and the loop device that came by itself."""
    new_volume(tool, "image", "luks2", 8)
    tool.run("open", "image", "file", secret=WORD)
    same(len(loops()), 1, "loop devices")
    shown = tool.run("status", "file")
    expect(f"loop:    {os.getcwd()}/image\n" in shown, shown)
    size = int(shown.split("size:    ")[1].split()[0])
    os.truncate("image", 12 * MIB)
    tool.run("resize", "file", secret=WORD)
    same(int(tool.run("status", "file").split("size:    ")[1].split()[0]), size + 4 * MIB // 512, "the size of the grown file")
    tool.run("close", "file")
    nothing_left("an image file")


def read_only(tool):
    new_volume(tool, "image", "luks2", 8)
    os.chmod("image", 0o400)
    tool.run("open", "--readonly", "image", "ro", secret=WORD)
    expect("mode:    readonly" in tool.run("status", "ro"), "status says it can be written")
    try:
        with open("/dev/mapper/ro", "r+b", buffering=0) as device:
            device.write(bytes(512))
            os.fsync(device.fileno())
    except PermissionError:
        pass
    else:
        expect(False, "a read-only mapping is written to")
    tool.run("close", "ro")
    os.chmod("image", 0o600)


def deferred(first, second):
    new_volume(first, "image", "luks2", 8)
    first.run("open", "image", "later", secret=WORD)
    with open("/dev/mapper/later", "rb"):
        said = second.run("close", "--deferred", "later")
        expect("still active and scheduled for deferred removal" in said, said)
        first.run("close", "--cancel-deferred", "later")
        expect("in use" in second.run("status", "later"), "status does not tell that it is in use")
        second.run("close", "--deferred", "later")
    wait_until(lambda: not mappings(), "a deferred removal")
    wait_until(lambda: not loops(), "the loop device goes")


def holders_are_told(ours, _peer):
    """Everybody who may be in the way, by name."""
    new_volume(ours, "image", "luks2", 24)
    ours.run("open", "image", "held", secret=WORD)

    def told(*words, action=("close", "held"), secret=b""):
        done = ours.try_run(*action, secret=secret)
        same(done.returncode, 5, "the status of what is busy")
        for word in words:
            expect(word in text_of(done), f"{word!r} is not told: {text_of(done)}")

    command("mkfs.ext4", "-q", "/dev/mapper/held")
    mount("/dev/mapper/held", "mnt")
    told("Device held is still in use.", f"mounted on {os.getcwd()}/mnt")
    told("in use (already mapped or mounted)", f"mounted on {os.getcwd()}/mnt",
         action=("open", "-q", "--type", "plain", "-c", "aes", "/dev/mapper/held", "other"), secret=b"x")
    command("umount", "mnt")
    command("mkswap", "/dev/mapper/held")
    command("swapon", "/dev/mapper/held")
    told("in use as swap")
    command("swapoff", "/dev/mapper/held")
    ours.run("open", "-q", "--type", "plain", "-c", "aes", "/dev/mapper/held", "above", secret=b"x")
    told("(above)")
    ours.run("close", "above")
    with open("/dev/mapper/held", "rb"):
        told(f"process {os.getpid()} (python3")
    ours.run("close", "held")


def every_way_without_udev(tool, wrappers):
    """Nothing hangs and no node is missing, wherever it runs."""
    new_volume(tool, "image", "luks2", 8)
    for wrapper in wrappers:
        for disabled in (False, True):
            way = f"{' '.join(wrapper)} {'DM_DISABLE_UDEV' if disabled else ''}"
            environment = {name: value for name, value in ENVIRONMENT.items() if name != "DM_DISABLE_UDEV"}
            if disabled:
                environment["DM_DISABLE_UDEV"] = "1"
            options = {"wrapper": wrapper, "environment": environment, "timeout": 60, "secret": WORD}
            tool.run("open", "image", "way", **options)
            expect(pathlib.Path("/dev/mapper/way").is_block_device(), f"{way}: no node")
            expect(len(read_device("/dev/mapper/way", 4096)) == 4096, f"{way}: it cannot be read")
            tool.run("close", "way", **options)
            wait_until(lambda: not os.path.lexists("/dev/mapper/way"), f"{way}: the node goes")
    nothing_left("every way")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("ours")
    parser.add_argument("--udev", action="store_true")
    arguments = parser.parse_args()
    ours, peer = both(arguments.ours)
    steps = Steps()
    with scratch():
        wrappers = [(), ("unshare", "--ipc"), ("unshare", "--ipc", "--pid", "--fork")]
        if arguments.udev:
            same(command("udevadm", "control", "--ping", check=False), "", "udevd's answer")
        steps.run("nothing hangs and no node is missing", every_way_without_udev, ours, wrappers)
        pairs = [(ours, peer), (peer, ours), (ours, ours)]
        for first, second in pairs:
            for kind in ("luks2", "luks1"):
                steps.run(f"{first.name} opens, {second.name} operates, {kind}", file_system_lives, first, second, kind)
        steps.run("an image file grows", file_grows, ours)
        steps.run("read only", read_only, ours)
        steps.run("deferred removal", deferred, ours, peer)
        steps.run("deferred removal by the peer", deferred, peer, ours)
        steps.run("holders are told", holders_are_told, ours, peer)
    return steps.finish()


if __name__ == "__main__":
    sys.exit(main())
