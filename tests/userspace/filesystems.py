#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""ext4 and xfs on served volumes of both sector sizes: several writers, fsck, and everything again after closing.

Usage: filesystems.py PROGRAM [SECONDS]     as root, here or in the kernel lab
"""
import hashlib
import os
import pathlib
import random
import sys
import threading
import time

from volumes import SKIPPED, Failed, Volume, command, expect, why_not

PROGRAM = os.path.abspath(sys.argv[1])
SECONDS = float(sys.argv[2]) if len(sys.argv) > 2 else 20
CASES = [("ext4", 512, ()), ("ext4", 4096, ("--allow-discards",)),
         ("xfs", 512, ("--allow-discards",)), ("xfs", 4096, ())]
CHECK = {"ext4": ("e2fsck", "-f", "-n"), "xfs": ("xfs_repair", "-n")}
MAKE = {"ext4": ("mkfs.ext4", "-q"), "xfs": ("mkfs.xfs", "-q")}


class Writer(threading.Thread):
    """Makes, changes, renames and deletes files, and remembers what is in them."""

    def __init__(self, folder, seed):
        super().__init__(daemon=True)
        self.folder = folder
        self.random = random.Random(seed)
        self.contents = {}
        self.stopped = threading.Event()
        self.problem = None
        folder.mkdir()

    def step(self, number):
        name = self.folder / f"f{self.random.randrange(40)}"
        kind = self.random.random()
        if kind < 0.6 or name.name not in self.contents:
            data = self.random.randbytes(self.random.choice((10, 4096, 70000, 400000)))
            with open(name, "wb") as file:
                file.write(data)
                if number % 5 == 0:
                    os.fsync(file.fileno())
            self.contents[name.name] = hashlib.sha256(data).hexdigest()
        elif kind < 0.75:
            name.unlink()
            del self.contents[name.name]
        elif kind < 0.9:
            target = self.folder / f"f{self.random.randrange(40)}"
            name.rename(target)
            self.contents[target.name] = self.contents.pop(name.name)
        else:
            self.verify(name.name)

    def verify(self, name):
        found = hashlib.sha256((self.folder / name).read_bytes()).hexdigest()
        expect(found == self.contents[name], f"{self.folder / name} has other bytes than were written")

    def run(self):
        number = 0
        try:
            while not self.stopped.is_set():
                self.step(number)
                number += 1
        except (OSError, Failed) as problem:
            self.problem = problem


def mount(volume, where, options=()):
    command("mount", *options, volume.path, where)


def one(kind, sector, options, folder):
    size = 340 if kind == "xfs" else 96  # mkfs.xfs takes no less than 300 MiB
    volume = Volume(PROGRAM, folder, "luks2", size, ["--sector-size", str(sector)])
    where = folder / "mounted"
    where.mkdir()
    volume.open(*options)
    try:
        command(*MAKE[kind], volume.path)
        mount(volume, where, ("-o", "discard") if "--allow-discards" in options else ())
        try:
            writers = [Writer(where / f"w{number}", f"{kind} {sector} {number}") for number in range(3)]
            for writer in writers:
                writer.start()
            time.sleep(SECONDS / len(CASES))
            for writer in writers:
                writer.stopped.set()
            for writer in writers:
                writer.join()
            if options:
                command("fstrim", where)
        finally:
            command("umount", where)
        for writer in writers:
            expect(writer.problem is None, f"a writer failed: {writer.problem}")
        command(*CHECK[kind], volume.path)
    finally:
        volume.close()
    volume.open(*options)
    try:
        command(*CHECK[kind], volume.path)
        mount(volume, where, ("-o", "ro"))
        try:
            files = 0
            for writer in writers:
                expect(set(os.listdir(writer.folder)) == set(writer.contents), f"other files in {writer.folder}")
                for name in writer.contents:
                    writer.verify(name)
                    files += 1
        finally:
            command("umount", where)
    finally:
        volume.close()
    print(f"ok {kind}, sectors of {sector}{', with discards' if options else ''}: {files} files", flush=True)


def main():
    if os.geteuid() == 0:
        command("modprobe", "-a", "fuse", "loop", "ext4", "xfs", check=False)
    missing = "only root mounts" if os.geteuid() != 0 else why_not()
    if missing:
        print(f"skipped: {missing}")
        return SKIPPED
    for kind, sector, options in CASES:
        folder = pathlib.Path(command("mktemp", "-d").stdout.decode().strip())
        try:
            one(kind, sector, options, folder)
        except Failed as problem:
            print(f"FAILED {kind}, sectors of {sector}: {problem}")
            return 1
        finally:
            command("rm", "-rf", folder)
    return 0


sys.exit(main())
