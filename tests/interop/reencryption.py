#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""One program begins a reencryption, the other shows it, goes on with it and ends it; and either is killed on the way,
at a moment or at each of its writes.

The plaintext is the same before, during and after, and the header ends as the peer's does.
Usage: reencryption.py OURS [--kills N] [--seed S] [--whole]
"""
import argparse
import fcntl
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import time

from peer import Failed, Program, find_peer

CHEAP = ["--pbkdf", "pbkdf2", "--pbkdf-force-iterations", "1000"]
SMALL = ["--luks2-metadata-size", "16k", "--luks2-keyslots-size", "768k"]
OFFLINE = ["--batch-mode", "--force-offline-reencrypt"]
CHANGES = {
    "checksum": [],
    "journal": ["--resilience", "journal"],
    "none": ["--resilience", "none"],
    "sha512": ["--resilience-hash", "sha512"],
    "cipher": ["--cipher", "aes-cbc-essiv:sha256", "--key-size", "256"],
}


class Volume:
    def __init__(self, folder, peer, draw, detached, megabytes=3):
        self.image, self.header, self.key = folder / "image", folder / "header", folder / "key"
        for path in (self.image, self.header):
            path.unlink(missing_ok=True)
        self.key.write_bytes(b"key")
        self.plain = draw.randbytes(megabytes << 20)
        self.detached = detached
        self.decrypts = False
        size = (megabytes << 20) + (0 if detached else 1 << 20)
        with open(self.image, "wb") as file:
            file.truncate(size)
        peer.run("luksFormat", "--batch-mode", *CHEAP, *SMALL, *self.place(), "--key-file", self.key, "--type", "luks2",
                 "--sector-size", "512", self.image)

    def place(self):
        return ["--header", self.header] if self.detached else []

    def arguments(self):
        return [*OFFLINE, *self.place(), "--key-file", self.key]

    def metadata(self, program):
        return json.loads(program.run("luksDump", "--dump-json-metadata", self.header if self.detached else self.image))


def check_plaintext(ours, volume, when):
    ended = not volume.metadata(ours)["keyslots"]
    if ended:
        found = volume.image.read_bytes()
    else:
        out = volume.image.with_name("plain")
        out.unlink(missing_ok=True)
        ours.run("read", "--batch-mode", *volume.place(), "--key-file", volume.key, volume.image, out)
        found = out.read_bytes()
    if found[:len(volume.plain)] != volume.plain:
        raise Failed(f"{when}: the plaintext is another")


def begin(program, volume, change, *more):
    return ["reencrypt", *volume.arguments(), *CHEAP, *change, *more, volume.image]


def check_end(ours, peer, volume):
    metadata = volume.metadata(ours)
    if metadata != volume.metadata(peer):
        raise Failed("the two programs see other metadata")
    if "requirements" in metadata["config"] or len(metadata["segments"]) != 1:
        raise Failed(f"it has not ended: {metadata}")
    check_plaintext(ours, volume, "at the end")
    if not volume.decrypts and peer.opens(volume.header if volume.detached else volume.image, volume.key) != 0:
        raise Failed("the peer does not open it with the passphrase")


def handed_over(ours, peer, folder, draw):
    count = 0
    for first, second in ((ours, peer), (peer, ours), (ours, ours)):
        for name, change in CHANGES.items():
            volume = Volume(folder, peer, draw, False)
            ours.run("write", "--batch-mode", "--key-file", volume.key, volume.image, write_plain(folder, volume))
            first.run(*begin(first, volume, change, "--init-only"))
            check_plaintext(ours, volume, f"{name}: begun by {first.name}")
            second.run("reencrypt", *volume.arguments(), "--resume-only", volume.image)
            check_end(ours, peer, volume)
            count += 1
        volume = Volume(folder, peer, draw, True)
        volume.decrypts = True
        ours.run("write", "--batch-mode", *volume.place(), "--key-file", volume.key, volume.image, write_plain(folder, volume))
        first.run("reencrypt", *volume.arguments(), "--decrypt", "--init-only", volume.image)
        check_plaintext(ours, volume, f"decryption begun by {first.name}")
        second.run("reencrypt", *volume.arguments(), "--resume-only", volume.image)
        check_end(ours, peer, volume)
        count += 1
    return count


def write_plain(folder, volume):
    path = folder / "to-write"
    path.write_bytes(volume.plain)
    return path


def moved_by_the_peer(ours, peer, folder, draw):
    """Encryption that moves the data up, and decryption that moves them down, begun by the peer."""
    volume = Volume(folder, peer, draw, False)
    with open(volume.image, "wb") as file:
        file.write(volume.plain)
        file.truncate(len(volume.plain) + (2 << 20))
    peer.run("reencrypt", *volume.arguments(), *CHEAP, *SMALL[:2], "--luks2-keyslots-size", "512k", "--encrypt", "--reduce-device-size", "2M",
             "--init-only", volume.image)
    check_plaintext(ours, volume, "encryption begun by the peer")
    ours.run("reencrypt", *volume.arguments(), "--resume-only", volume.image)
    check_end(ours, peer, volume)
    volume.detached = volume.decrypts = True
    volume.header.unlink(missing_ok=True)
    peer.run("reencrypt", *volume.arguments(), "--decrypt", "--init-only", volume.image)
    check_plaintext(ours, volume, "decryption begun by the peer")
    ours.run("reencrypt", *volume.arguments(), "--resume-only", volume.image)
    check_end(ours, peer, volume)
    return 2


SHIFT = 1 << 20  # bytes by which moved data move; also the room of the header
MOVED = [*SMALL[:2], "--luks2-keyslots-size", "512k", "--encrypt", "--reduce-device-size", str(2 * SHIFT)]


class InClear(Volume):
    """Data in clear, to be encrypted: with a header elsewhere, or moved to make room for one."""

    def __init__(self, folder, draw, detached, megabytes=4):
        self.image, self.header, self.key = folder / "image", folder / "header", folder / "key"
        for path in (self.image, self.header):
            path.unlink(missing_ok=True)
        self.key.write_bytes(b"key")
        self.plain = draw.randbytes(megabytes << 20)
        self.detached = detached
        self.decrypts = False
        with open(self.image, "wb") as file:
            file.write(self.plain)
            file.truncate(len(self.plain) + (0 if detached else 2 * SHIFT))

    def encryption(self):
        kind = [*SMALL, "--encrypt"] if self.detached else MOVED
        return ["reencrypt", "--batch-mode", *CHEAP, *kind, *self.place(), "--key-file", self.key]

    def begins_decryption(self):
        self.detached = self.decrypts = True
        self.header.unlink(missing_ok=True)
        return ["reencrypt", *self.arguments(), "--decrypt"]


def without_secrets(metadata):
    """What both programs must write alike: all but salts and digests."""
    text = json.loads(json.dumps(metadata))
    for keyslot in text["keyslots"].values():
        keyslot.get("kdf", {}).pop("salt", None)
    for digest in text["digests"].values():
        for name in ("salt", "digest", "iterations"):
            digest.pop(name)
    return text


def encrypted_and_decrypted(ours, peer, folder, draw):
    """Begun by each program, with the same metadata, and ended by each: encryption, then decryption."""
    count = 0
    for detached, change in ((False, []), (True, []), (True, ["--resilience", "journal"]), (True, ["--device-size", "3M"])):
        begun = []
        for first, second in ((peer, ours), (ours, peer), (ours, ours)):
            volume = InClear(folder, draw, detached)
            if "--device-size" in change:
                volume.plain = volume.plain[:3 << 20]
            first.run(*volume.encryption(), *change, "--init-only", volume.image)
            begun.append(without_secrets(volume.metadata(ours)))
            if first is ours and begun[-1] != begun[0] and "--device-size" not in change:
                raise Failed(f"begun otherwise than by the peer: {begun[-1]}, {begun[0]}")
            check_plaintext(ours, volume, f"encryption begun by {first.name}")
            second.run("reencrypt", *volume.arguments(), "--resume-only", volume.image)
            check_end(ours, peer, volume)
            count += 1
            if detached:
                continue
            first.run(*volume.begins_decryption(), "--hotzone-size", "256k", "--init-only", volume.image)
            begun.append(without_secrets(volume.metadata(ours)))
            check_plaintext(ours, volume, f"decryption begun by {first.name}")
            second.run("reencrypt", *volume.arguments(), "--resume-only", volume.image)
            check_end(ours, peer, volume)
            if begun.pop()["segments"] != {
                    "0": {"type": "crypt", "offset": "0", "size": "262144", "iv_tweak": "0", "encryption": "aes-xts-plain64", "sector_size": 512},
                    "1": {"type": "crypt", "offset": "1310720", "size": "dynamic", "iv_tweak": "512", "encryption": "aes-xts-plain64",
                          "sector_size": 512},
                    "2": {"type": "crypt", "offset": "0", "size": "262144", "iv_tweak": "0", "encryption": "aes-xts-plain64", "sector_size": 512,
                          "flags": ["backup-moved-segment"]},
                    "3": {"type": "crypt", "offset": "1048576", "size": "dynamic", "iv_tweak": "0", "encryption": "aes-xts-plain64",
                          "sector_size": 512, "flags": ["backup-previous"]},
                    "4": {"type": "linear", "offset": "0", "size": "dynamic", "flags": ["backup-final"]}}:
                raise Failed(f"decryption is begun otherwise by {first.name}")
            count += 1
    return count


def is_all_new(program, volume):
    metadata = volume.metadata(program)
    regular = [segment for segment in metadata["segments"].values() if not any(flag.startswith("backup") for flag in segment.get("flags", []))]
    return "requirements" in metadata["config"] and [segment["type"] for segment in regular] == ["crypt"] and "flags" not in regular[0]


def ended_for_the_peer(ours, peer, folder, draw):
    """An encryption that moved data, of which the peer was killed before or in its end."""
    count = 0
    for write in (66, 70, 74, 77, 79):
        volume = InClear(folder, draw, False)
        run_to_its_write(peer, [*volume.encryption(), volume.image], "signal=SIGKILL", write)
        if is_under_way(ours, volume):
            ours.run("reencrypt", *volume.arguments(), "--resume-only", volume.image)
            count += 1
        check_end(ours, peer, volume)
    return count


def run_to_its_write(program, words, fault, write):
    """Runs the command, whose write of this number fails or kills it.  True: it had so many."""
    calls = "pwrite64,write" if program.name == "peer" else "pwrite64"
    done = subprocess.run(["strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={calls}", "-e", f"inject={calls}:{fault}:when={write}",
                           *map(str, [program.path, *words])], stdin=subprocess.DEVNULL, capture_output=True, timeout=300, check=False)
    return done.returncode != 0


def mode_stopped_at(ours, peer, folder, draw, detached, decrypts, second, fault, write):
    """Our encryption or decryption is stopped at a write; the same command ends it, or the peer if it has begun."""
    volume = InClear(folder, draw, detached, megabytes=2 if detached else 4)
    words = [*volume.encryption(), "--hotzone-size", "1M", volume.image]
    if decrypts:
        peer.run(*volume.encryption(), volume.image)
        # The peer does not end a decryption of which less than a hotzone waits at the beginning, its own neither.
        words = [*volume.begins_decryption(), volume.image]
    stopped = run_to_its_write(ours, words, fault, write)
    when = f"write {write} of ours ({fault}, {'decryption' if decrypts else 'encryption'}, {'detached' if detached else 'moved'})"
    if any(path.name.startswith("LUKS2-temp") for path in folder.iterdir()):
        raise Failed(f"{when}: a file is left")
    place = volume.header if volume.detached else volume.image
    begun = place.exists() and ours.try_run("isLuks", place).returncode == 0 and "requirements" in volume.metadata(ours)["config"]
    if begun and second is peer:
        resume = ["reencrypt", *volume.arguments(), "--resume-only", volume.image]
        if peer.try_run(*resume).returncode != 0:
            peer.run("repair", "--batch-mode", *volume.place(), "--key-file", volume.key, volume.image)
            # The peer does not end an encryption whose data are all new, whoever left it so; it changes nothing.
            if is_all_new(ours, volume):
                ours.run(*resume)
            elif is_under_way(ours, volume):
                peer.run(*resume)
    elif stopped and not (place.exists() and ours.try_run("isLuks", place).returncode == 0 and not begun and
                          (not decrypts or not volume.metadata(ours)["keyslots"])):
        ours.run(*words)
    check_end(ours, peer, volume)
    return stopped


def modes_stopped_at_every_write(ours, peer, folder, draw, whole):
    if subprocess.run(["strace", "-o", "/dev/null", "true"], capture_output=True, check=False).returncode != 0:
        return 0
    count = ended_for_the_peer(ours, peer, folder, draw)
    for detached, decrypts in ((False, False), (True, False), (False, True)):
        for second, fault in ((ours, "signal=SIGKILL"), (peer, "signal=SIGKILL"), (ours, "error=EIO")):
            step = 1 if whole else 24
            write = 1 + draw.randrange(step)
            while mode_stopped_at(ours, peer, folder, draw, detached, decrypts, second, fault, write):
                write += step
                count += 1
    return count


def killed(ours, peer, folder, draw, first, second):
    """`first` is killed while it moves data; `second` recovers what is to be recovered, and ends it."""
    name = draw.choice(["checksum", "journal"])
    volume = Volume(folder, peer, draw, False, megabytes=8)
    ours.run("write", "--batch-mode", "--key-file", volume.key, volume.image, write_plain(folder, volume))
    first.run(*begin(first, volume, CHANGES[name], "--init-only"))
    small = ["--hotzone-size", "64k"]
    command = [first.path, "reencrypt", *volume.arguments(), "--resume-only", *small, volume.image]
    process = subprocess.Popen([str(word) for word in command], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL)
    time.sleep(draw.uniform(0, 1.5))
    process.kill()
    process.wait()
    segments = volume.metadata(ours)["segments"].values()
    cut_short = any("in-reencryption" in segment.get("flags", []) for segment in segments)
    if cut_short:
        second.run("repair", "--batch-mode", "--key-file", volume.key, volume.image)
    check_plaintext(ours, volume, f"{name}: {first.name} was killed, {second.name} repaired")
    if len(volume.metadata(ours)["segments"]) > 1:
        second.run("reencrypt", *volume.arguments(), "--resume-only", volume.image)
    check_end(ours, peer, volume)
    return cut_short


def refused_while_data_move(ours, peer, folder, draw):
    """Who holds the machine-wide lock moves data: nobody maps, reads or moves them meanwhile."""
    volume = Volume(folder, peer, draw, False, megabytes=1)
    ours.run(*begin(ours, volume, [], "--init-only"))
    uuid = ours.run("luksUUID", volume.image).strip()
    path = pathlib.Path("/run/cryptsetup") / f"LN_LUKS2-reencryption-{uuid}"
    with open(path, "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for words in (["read", "--key-file", volume.key, volume.image], ["reencrypt", *volume.arguments(), "--resume-only", volume.image],
                      ["copy", "--key-file", volume.key, volume.image, folder / "copied"]):
            done = ours.try_run(*words)
            if done.returncode != 5:
                raise Failed(f"{words[0]} while data move: exit {done.returncode}")
    ours.run("reencrypt", *volume.arguments(), "--resume-only", volume.image)


def is_under_way(program, volume):
    return "requirements" in volume.metadata(program)["config"]


def stopped_at(ours, peer, folder, draw, first, second, fault, write):
    """The write of this number of `first`'s run fails, or kills it; `second` ends it.  False: it has fewer writes."""
    volume = Volume(folder, peer, draw, False, megabytes=2)
    ours.run("write", "--batch-mode", "--key-file", volume.key, volume.image, write_plain(folder, volume))
    calls = "pwrite64,write" if first is peer else "pwrite64"
    done = subprocess.run(["strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={calls}",
                           "-e", f"inject={calls}:{fault}:when={write}",
                           *map(str, [first.path, *begin(first, volume, [], "--hotzone-size", "1M")])],
                          stdin=subprocess.DEVNULL, capture_output=True, timeout=300, check=False)
    when = f"write {write} of {first.name} ({fault})"
    if is_under_way(ours, volume):
        resume = ["reencrypt", *volume.arguments(), "--resume-only", volume.image]
        if second.try_run(*resume).returncode != 0:
            second.run("repair", "--batch-mode", "--key-file", volume.key, volume.image)
            if is_under_way(ours, volume):
                second.run(*resume)
        if is_under_way(ours, volume):
            raise Failed(f"{when}: {second.name} did not end it")
    check_plaintext(ours, volume, when)
    return done.returncode != 0


def stopped_at_every_write(ours, peer, folder, draw, whole):
    """Up to the last write, so that the last hotzone and the end are among them."""
    if subprocess.run(["strace", "-o", "/dev/null", "true"], capture_output=True, check=False).returncode != 0:
        print("left out: strace cannot trace here")
        return 0
    count = 0
    for first, second, fault, step in ((ours, peer, "signal=SIGKILL", 1), (ours, peer, "error=EIO", 1 if whole else 3),
                                       (peer, ours, "signal=SIGKILL", 1 if whole else 4)):
        write = 1 + draw.randrange(step)
        while stopped_at(ours, peer, folder, draw, first, second, fault, write):
            write += step
            count += 1
    return count


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("ours")
    parser.add_argument("--kills", type=int, default=4)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--whole", action="store_true", help="each write of each program, not a sample")
    options = parser.parse_args()
    path = find_peer()
    if path is None:
        print("skipped: no cryptsetup is installed")
        return 77
    ours, peer = Program("ours", options.ours), Program("peer", path)
    draw = random.Random(options.seed)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        try:
            count = handed_over(ours, peer, folder, draw) + moved_by_the_peer(ours, peer, folder, draw)
            count += encrypted_and_decrypted(ours, peer, folder, draw)
            stopped = stopped_at_every_write(ours, peer, folder, draw, options.whole)
            stopped += modes_stopped_at_every_write(ours, peer, folder, draw, options.whole)
            if os.geteuid() == 0:
                refused_while_data_move(ours, peer, folder, draw)
            cut = 0
            for kill in range(options.kills):
                first, second = (ours, peer) if kill % 2 == 0 else (peer, ours)
                cut += killed(ours, peer, folder, draw, first, second)
        except Failed as failure:
            print(failure)
            print("\n".join((ours.log + peer.log)[-30:]))
            return 1
    print(f"{count} handed over, {stopped} stopped at a write, {options.kills} killed, {cut} of them in a hotzone")
    return 0


if __name__ == "__main__":
    sys.exit(main())
