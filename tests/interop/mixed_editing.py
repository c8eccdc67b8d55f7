#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Two programs change the keyslots of one header in turn; every passphrase is right after every step.

Usage: mixed_editing.py OURS [--steps N] [--seed S] [--type luks1|luks2]
"""
import argparse
import pathlib
import random
import sys
import tempfile

from peer import Failed, Program, find_peer, same_dump


class Header:
    """An image and what must open it: passphrases by keyslot, in files of their own."""

    def __init__(self, folder, kind, draw):
        self.folder, self.draw = folder, draw
        self.image = folder / "image"
        self.slots = {}
        self.count = 0
        self.luks2 = kind == "luks2"
        self.kdf = ["--pbkdf", "pbkdf2", "--pbkdf-force-iterations", "1000"]
        with open(self.image, "wb") as file:
            file.truncate(20 << 20)

    def new_key(self):
        self.count += 1
        key = self.folder / f"key.{self.count}"
        key.write_bytes(self.draw.randbytes(self.draw.randrange(1, 30)) + bytes([self.count % 256, self.count // 256]))
        return key

    def any_slot(self):
        return self.draw.choice(sorted(self.slots))

    def free_slot(self):
        free = sorted(set(range(32 if self.luks2 else 8)) - set(self.slots))
        return self.draw.choice(free) if free else None


def add(program, header):
    slot, key = header.free_slot(), header.new_key()
    if slot is None or len(header.slots) > 12:
        return kill(program, header)
    existing = header.slots[header.any_slot()]
    program.run("luksAddKey", "--batch-mode", *header.kdf, "--key-file", existing, "--key-slot", slot, header.image, key)
    header.slots[slot] = key
    return f"add keyslot {slot}"


def change(program, header):
    slot, key = header.any_slot(), header.new_key()
    program.run("luksChangeKey", "--batch-mode", *header.kdf, "--key-file", header.slots[slot], "--key-slot", slot, header.image, key)
    header.slots[slot] = key
    return f"change keyslot {slot}"


def kill(program, header):
    if len(header.slots) < 2:
        return add(program, header)
    slot = header.any_slot()
    other = header.slots[header.draw.choice(sorted(set(header.slots) - {slot}))]
    program.run("luksKillSlot", "--batch-mode", "--key-file", other, header.image, slot)
    del header.slots[slot]
    return f"kill keyslot {slot}"


def remove(program, header):
    if len(header.slots) < 2:
        return add(program, header)
    slot = header.any_slot()
    program.run("luksRemoveKey", "--batch-mode", header.image, header.slots[slot])
    del header.slots[slot]
    return f"remove key of keyslot {slot}"


def label(program, header):
    if not header.luks2:
        return change(program, header)
    program.run("config", "--label", f"step {header.count}", header.image)
    return "set label"


def token(program, header):
    if not header.luks2:
        return add(program, header)
    slot = header.any_slot()
    program.run("token", "add", "--token-id", 3, "--token-replace", "--key-description", f"k{slot}", "--key-slot", slot, header.image)
    return f"token for keyslot {slot}"


ACTIONS = [add, add, change, change, kill, remove, label, token]


def check(reader, header):
    """Each passphrase opens its own keyslot and no other."""
    for slot, key in header.slots.items():
        status = reader.opens(header.image, key, "--key-slot", slot)
        if status != 0:
            raise Failed(f"{reader.name} does not open keyslot {slot}: exit {status}")


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("ours")
    arguments.add_argument("--steps", type=int, default=200)
    arguments.add_argument("--seed", default="1")
    arguments.add_argument("--type", default="luks2")
    options = arguments.parse_args()
    peer_path = find_peer()
    if peer_path is None:
        print("skipped: no cryptsetup of another maker is installed")
        return 77
    draw = random.Random(f"{options.seed}:{options.type}")
    ours, peer = Program("ours", options.ours), Program("peer", peer_path)
    with tempfile.TemporaryDirectory(prefix="latchkey-mixed-") as folder:
        header = Header(pathlib.Path(folder), options.type, draw)
        first = header.new_key()
        draw.choice([ours, peer]).run("luksFormat", "--batch-mode", "--type", options.type, *header.kdf, "--key-file", first, header.image)
        header.slots[0] = first
        removed = []
        for step in range(1, options.steps + 1):
            writer, reader = (ours, peer) if step % 2 else (peer, ours)
            before = dict(header.slots)
            try:
                what = draw.choice(ACTIONS)(writer, header)
                check(reader, header)
                removed += [key for slot, key in before.items() if header.slots.get(slot) != key]
                if removed and ours.opens(header.image, draw.choice(removed)) != 2:
                    raise Failed("a passphrase that was removed does not exit 2")
                same_dump(ours, peer, header.image)
            except Failed as failure:
                print(f"step {step} ({writer.name}): {failure}", *writer.log[-3:], sep="\n  ")
                return 1
            if step % 50 == 0:
                print(f"step {step}: {what}; {len(header.slots)} keyslots", flush=True)
    print(f"{options.type}: {options.steps} steps, every passphrase right after every step")
    return 0


if __name__ == "__main__":
    sys.exit(main())
