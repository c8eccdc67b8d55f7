#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Verbs that write, on headers that somebody damaged or made up: one that is refused changes no byte; one that is not
leaves a header that opens with both programs, if it opened before.

Usage: damaged_headers.py PROGRAM [HEADERS [SEED]]
"""
import hashlib
import json
import os
import pathlib
import random
import shutil
import struct
import subprocess
import sys
import tempfile

PROGRAM = os.path.abspath(sys.argv[1])
HEADERS = int(sys.argv[2]) if len(sys.argv) > 2 else 30
SEED = int(sys.argv[3]) if len(sys.argv) > 3 else 1
PEER = shutil.which("cryptsetup", path="/sbin:/usr/sbin")
COST = ["--pbkdf", "pbkdf2", "--pbkdf-force-iterations", "1000"]
ANOTHER_UUID = "11111111-2222-4333-8444-555555555555"
COPY = 16384  # bytes of a LUKS2 header copy here
BINARY = 4096  # of these, before its JSON
CHECKSUM = slice(448, 512)


def run(*words, stdin=b""):
    done = subprocess.run(words, input=stdin, capture_output=True, timeout=60, check=False)
    return done.returncode, done.stderr.decode("utf-8", "replace")


def must(*words, stdin=b""):
    status, told = run(*words, stdin=stdin)
    if status != 0:
        sys.exit(f"{' '.join(words)}: {status} {told}")


def make(kind, tokens):
    path = pathlib.Path("base")
    path.write_bytes(bytes(3 << 20))
    options = ["--luks2-keyslots-size", "1M", "--sector-size", "512", *COST] if kind == "luks2" else COST[2:]
    must(PROGRAM, "luksFormat", "-q", "--type", kind, "-s", "256", *options, "-d", "a", "base")
    must(PROGRAM, "luksAddKey", "-q", *COST[0 if kind == "luks2" else 2:], "-d", "a", "base", "b")
    if tokens:
        must(PROGRAM, "token", "import", "base", stdin=b'{"type":"x","keyslots":["0"],"k":1}')
        must(PROGRAM, "config", "--label", "label", "base")
    backup = pathlib.Path("backup")
    backup.unlink(missing_ok=True)
    must(PROGRAM, "luksHeaderBackup", "base", "--header-backup-file", "backup")
    return path.read_bytes()


def sealed(image, offset):
    """With the checksum of the copy there made right."""
    image = bytearray(image)
    copy = image[offset:offset + COPY]
    copy[CHECKSUM] = bytes(64)
    copy[448:480] = hashlib.sha256(copy).digest()
    image[offset:offset + COPY] = copy
    return bytes(image)


def places(value, path=()):
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, below in items:
        yield path + (key,)
        yield from places(below, path + (key,))


def other_value(chance, value):
    if isinstance(value, str) and value.isdigit():
        number = int(value)
        return str(chance.choice([0, 1, 4096, 32768, number + 1, abs(number - 4096), number + 512, 2 * number, 2**64 - 1]))
    if isinstance(value, str):
        return chance.choice(["", "x", value + "x", "sha1", "aes-cbc-plain", "linear", "pbkdf2", "argon2id", "dynamic"])
    if isinstance(value, int):
        return chance.choice([0, 1, value + 1, value - 1, 2 * value, 4000, 2**31, -1])
    if isinstance(value, list):
        return chance.choice([[], ["0"], ["1"], ["7"], ["0", "1"], ["0", "0"]])
    return chance.choice([{}, [], "x", 1])


def edited_json(chance, image, offset):
    text = image[offset + BINARY:offset + COPY].split(b"\0", 1)[0]
    document = json.loads(text)
    for _ in range(chance.randint(1, 2)):
        path = chance.choice([place for place in places(document) if len(place) > 1])
        parent = document
        for key in path[:-1]:
            parent = parent[key]
        if chance.random() < 0.1:
            del parent[path[-1]]
        else:
            parent[path[-1]] = other_value(chance, parent[path[-1]])
    text = json.dumps(document, separators=(",", ":")).encode()[:COPY - BINARY - 1]
    image = image[:offset + BINARY] + text.ljust(COPY - BINARY, b"\0") + image[offset + COPY:]
    return sealed(image, offset)


def damaged_luks2(chance, image):
    way = chance.randrange(10)
    if way < 6:  # both copies alike
        state = chance.getstate()
        image = edited_json(chance, image, 0)
        chance.setstate(state)
        return edited_json(chance, image, COPY)
    if way == 6:
        return edited_json(chance, image, chance.choice([0, COPY]))
    if way < 9:  # fields of the binary header, mostly with the right checksum
        offset = chance.choice([0, COPY])
        image = bytearray(image)
        image[offset + chance.choice([0, 6, 7, 14, 15, 16, 23, 24, 72, 104, 168, 208, 256, 263])] ^= 1 << chance.randrange(8)
        return sealed(image, offset) if chance.random() < 0.8 else bytes(image)
    image = bytearray(image)
    for _ in range(chance.randint(1, 9)):
        image[chance.randrange(2 * COPY)] = chance.randrange(256)
    return bytes(image)


def damaged_luks1(chance, image):
    image = bytearray(image)
    for _ in range(chance.randint(1, 2)):
        if chance.random() < 0.7:
            places_ = [6, 104, 108, 164] + [208 + 48 * slot + field for slot in range(8) for field in (0, 4, 40, 44)]
            place = chance.choice(places_)
            now = struct.unpack_from(">I", image, place)[0]
            value = chance.choice([0, 1, 8, 256, 4000, 0x00AC71F3, 0x0000DEAD, 2**31, now + 1, now + 8, now - 1])
            struct.pack_into(">I", image, place, value % 2**32)
        else:
            image[chance.randrange(592)] ^= 1 << chance.randrange(8)
    return bytes(image)


def verbs(kind):
    """name, words, the passphrase that opens afterwards."""
    cost = COST if kind == "luks2" else COST[2:]
    yield from [("luksAddKey", ["luksAddKey", *cost, "-d", "a", "v", "new"], "new"),
                ("luksChangeKey", ["luksChangeKey", *cost, "-d", "a", "v", "new"], "new"),
                ("luksKillSlot", ["luksKillSlot", "-d", "a", "v", "1"], "a"),
                ("luksRemoveKey", ["luksRemoveKey", "v", "b"], "a"),
                ("repair", ["repair", "v"], "a"),
                ("luksUUID", ["luksUUID", "--uuid", ANOTHER_UUID, "v"], "a"),
                ("luksHeaderRestore", ["luksHeaderRestore", "v", "--header-backup-file", "backup"], "a"),
                ("convert", ["convert", "--type", "luks1" if kind == "luks2" else "luks2", "v"], "a")]
    if kind == "luks2":
        yield from [("config", ["config", "--label", "another", "v"], "a"),
                    ("luksConvertKey", ["luksConvertKey", *cost, "-d", "a", "v"], "a"),
                    ("token import", ["token", "import", "v"], "a"),
                    ("token remove", ["token", "remove", "--token-id", "0", "v"], "a")]


def opens(program, key, name, *options):
    shutil.copyfile(name, "copy")  # the peer mends while it looks
    return run(program, "open", "--test-passphrase", *options, "-d", key, "copy")[0] == 0


def peer_opens(key, name):
    """Also by a keyslot behind one that it stumbles over."""
    return opens(PEER, key, name) or any(opens(PEER, key, name, "-S", str(slot)) for slot in range(4))


def check(kind, number, header, count):
    """What is wrong with the verbs on this header."""
    pathlib.Path("made").write_bytes(header)
    opened = opens(PROGRAM, "a", "made")
    peer_opened = opened and peer_opens("a", "made")
    for name, words, key in verbs(kind):
        volume = pathlib.Path("v")
        volume.write_bytes(header)
        status, told = run(PROGRAM, "-q", *words, stdin=b'{"type":"y","keyslots":[]}')
        what = f"{kind} header {number} of seed {SEED}, {name}: {status} {told}"
        count[status == 0] += 1
        if status not in (0, 1, 2, 3, 4, 5):
            yield f"{what}: no exit status of ours"
        elif status != 0 and volume.read_bytes() != header:
            yield f"{what}: refused, and yet the header differs"
        elif status == 0 and (opened or name == "luksHeaderRestore"):
            if not opens(PROGRAM, key, "v"):
                yield f"{what}: done, and it opens no more"
            elif (peer_opened or name == "luksHeaderRestore") and not peer_opens(key, "v"):
                yield f"{what}: done, and the peer opens it no more"


def main():
    if PEER is None:
        print("skipped: there is no cryptsetup")
        return 77
    wrong = []
    with tempfile.TemporaryDirectory(prefix="latchkey-") as folder:
        os.chdir(folder)
        for name, text in (("a", "a"), ("b", "b"), ("new", "another")):
            pathlib.Path(name).write_text(text, encoding="ascii")
        for kind, tokens in (("luks2", True), ("luks2", False), ("luks1", False)):
            chance = random.Random(f"{SEED} {kind} {tokens}")
            base = make(kind, tokens)
            count = [0, 0]
            for number in range(HEADERS):
                damaged = damaged_luks2(chance, base) if kind == "luks2" else damaged_luks1(chance, base)
                wrong += check(kind, number, damaged, count)
            print(f"{kind}: {HEADERS} headers, {count[1]} verbs done, {count[0]} refused")
            if not all(count):
                wrong.append(f"{kind}: nothing done, or nothing refused, is no test")
        os.chdir("/")
    for problem in wrong:
        print(f"FAILED: {problem}")
    return 1 if wrong else 0


sys.exit(main())
