#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A seeded random matrix: what one program writes, the other opens, dumps and changes.

Usage: matrix.py OURS [--cases N] [--seed S] [--only CASE] [--verbose]

Each case draws type, cipher, key size, hash, KDF, sector size, metadata size, detached header, label, unbound
keyslot, priority, token and conversion; then BOTH programs write a header with those options, and
  - each opens what the other wrote, and finds the same volume key;
  - luksDump of one image is the same text from both, line for line but for the stated extras;
  - the metadata that both wrote for the same options are the same but for salts, digests and UUIDs.
"""
import argparse
import json
import os
import pathlib
import random
import sys
import tempfile

from peer import Failed, Program, find_peer, same_dump, volume_key

# Ciphers and their key sizes in bits.  The peer does AES by itself and asks the kernel for the others, so those
# are drawn where a kernel has them (--kernel-ciphers, in the kernel lab).
CIPHERS = {
    "aes-xts-plain64": [256, 512], "aes-cbc-essiv:sha256": [128, 256], "aes-cbc-plain64": [128, 192, 256],
    "aes-cbc-plain": [128, 256], "aes-xts-plain": [256, 512], "aes-cbc-plain64be": [256],
}
KERNEL_CIPHERS = {
    "serpent-xts-plain64": [256, 512], "twofish-xts-plain64": [256, 512], "serpent-cbc-plain64": [128, 256],
    "twofish-cbc-essiv:sha256": [128, 256], "camellia-xts-plain64": [256, 512], "cast5-cbc-plain64": [128],
    "aes-lrw-benbi": [256], "aes-ecb": [256], "aes-ctr-plain64": [256],
}
HASHES = ["sha1", "sha224", "sha256", "sha384", "sha512", "sha3-256", "sha3-512", "ripemd160", "whirlpool",
          "blake2b-512", "blake2s-256", "sm3"]


class Case:
    """What is drawn for one case; says itself as options of luksFormat."""

    def __init__(self, number, seed, kernel_ciphers):
        self.number = number
        draw = self.draw = random.Random(f"{seed}:{number}")
        self.type = draw.choice(["luks1", "luks2", "luks2"])
        self.luks2 = self.type == "luks2"
        self.ciphers = {**CIPHERS, **(KERNEL_CIPHERS if kernel_ciphers else {})}
        self.cipher = draw.choice(sorted(self.ciphers))
        self.key_bits = draw.choice(self.ciphers[self.cipher])
        self.hash = draw.choice(HASHES)
        self.detached = draw.random() < 0.25
        self.uuid = "".join(draw.choice("0123456789abcdef") for _ in range(32))
        self.uuid = "-".join([self.uuid[:8], self.uuid[8:12], self.uuid[12:16], self.uuid[16:20], self.uuid[20:]])
        self.kdf = self.draw_kdf()
        self.key_slot = draw.choice([None, None, draw.randrange(8 if not self.luks2 else 32)])
        self.second_slot = draw.random() < 0.6
        self.priority = draw.choice([None, None, "prefer", "ignore", "normal"]) if self.luks2 else None
        self.unbound = self.luks2 and draw.random() < 0.3
        self.token = self.luks2 and draw.random() < 0.3
        self.options = self.draw_options()
        self.convert = self.draw_convert()
        self.volume_key = draw.randbytes(self.key_bits // 8)
        self.passphrases = [draw.randbytes(draw.randrange(1, 40)) for _ in range(3)]

    def draw_kdf(self):
        if not self.luks2:
            return ["--pbkdf-force-iterations", self.draw.choice([1000, 1234, 2500])]
        kind = self.draw.choice(["pbkdf2", "argon2i", "argon2id"])
        if kind == "pbkdf2":
            return ["--pbkdf", kind, "--pbkdf-force-iterations", self.draw.choice([1000, 3000])]
        # The peer refuses more lanes than processors; ours accepts them if the cost is forced.
        return ["--pbkdf", kind, "--pbkdf-force-iterations", self.draw.choice([4, 5]), "--pbkdf-memory",
                self.draw.choice([32, 64, 1024]), "--pbkdf-parallel", min(self.draw.choice([1, 2]), os.cpu_count())]

    def draw_options(self):
        draw, options = self.draw, []
        if self.luks2:
            if draw.random() < 0.7:
                options += ["--sector-size", draw.choice([512, 1024, 2048, 4096])]
            if draw.random() < 0.3:
                options += ["--luks2-metadata-size", draw.choice(["16k", "32k", "64k", "128k"])]
            if draw.random() < 0.3:
                options += ["--luks2-keyslots-size", draw.choice(["1m", "2m", "4m"])]
            if draw.random() < 0.3:
                options += ["--label", draw.choice(["home", "a label with blanks", "ärger", "x" * 47])]
            if draw.random() < 0.2:
                options += ["--subsystem", draw.choice(["test", "sub system"])]
            if draw.random() < 0.2:
                options += ["--keyslot-cipher", draw.choice(sorted(name for name, sizes in self.ciphers.items() if 256 in sizes)), "--keyslot-key-size", "256"]
        if draw.random() < 0.2 and not self.detached:
            options += ["--align-payload", draw.choice([8, 2048, 8192])] if not self.luks2 else ["--align-payload", "8192"]
        elif draw.random() < 0.2 and not self.detached:
            options += ["--offset", draw.choice([8192, 16384])]
        return options

    def draw_convert(self):
        if self.detached or "--align-payload" in self.options or "--offset" in self.options:
            return None
        if not self.luks2:
            return "luks2" if self.draw.random() < 0.3 else None
        return None

    def format_options(self):
        slot = [] if self.key_slot is None else ["--key-slot", self.key_slot]
        return ["--type", self.type, "--cipher", self.cipher, "--key-size", self.key_bits, "--hash", self.hash,
                "--uuid", self.uuid, *self.kdf, *self.options, *slot]

    def __str__(self):
        more = [name for name in ("detached", "unbound", "token", "second_slot") if getattr(self, name)]
        return f"case {self.number}: luksFormat {' '.join(map(str, self.format_options()))} {more} priority={self.priority} convert={self.convert}"


class Files:
    """Image, header and key files of one program's case."""

    def __init__(self, folder, case, name):
        self.folder = folder
        self.data = folder / f"{name}.img"
        with open(self.data, "wb") as file:
            file.truncate(24 << 20)
        self.header = folder / f"{name}.hdr" if case.detached else None
        if self.header:
            self.header.write_bytes(b"")
            with open(self.header, "wb") as file:
                file.truncate(20 << 20)
        self.metadata = self.header or self.data


def write(program, case, files, keys):
    """Makes the header with one program."""
    detached = ["--header", files.header] if case.detached else []
    program.run("luksFormat", "--batch-mode", *case.format_options(), *detached, "--volume-key-file", keys["volume"],
                "--key-file", keys[0], files.data)
    target = files.metadata
    if case.second_slot:
        program.run("luksAddKey", "--batch-mode", *case.kdf, "--key-file", keys[0], target, keys[1])
    if case.unbound:
        program.run("luksAddKey", "--batch-mode", "--unbound", "--key-size", 256, *case.kdf,
                    "--volume-key-file", keys["unbound"], target, keys[2])
    if case.token:
        program.run("token", "add", "--key-description", "test:matrix", "--token-id", 5, target)
        program.run("token", "import", "--token-id", 7, target, secret=b'{"type":"someone-else","keyslots":[],"x":{"a":[1,2,"\xc3\xa9/"]}}')
    if case.priority:
        slot = case.key_slot if case.key_slot is not None else 0
        program.run("config", "--key-slot", slot, "--priority", case.priority, target)
    if case.convert:
        program.run("convert", "--batch-mode", "--type", case.convert, target)


def first_slot(case):
    return case.key_slot if case.key_slot is not None else 0


def check(program, case, files, keys):
    """One program reads what another (or itself) wrote."""
    slot = ["--key-slot", first_slot(case)]
    for key, options in [(keys[0], slot)] + ([(keys[1], [])] if case.second_slot else []):
        status = program.opens(files.metadata, key, *options)
        if status != 0:
            raise Failed(f"{program.name} does not open {files.metadata.name}: exit {status}")
        if case.priority == "ignore" and key == keys[0]:
            continue  # the peer's luksDump takes no --key-slot
        found = volume_key(program, files.metadata, key)
        if found != case.volume_key.hex():
            raise Failed(f"{program.name} finds another volume key in {files.metadata.name}")
    if case.unbound and program.opens(files.metadata, keys[2], "--unbound") != 0:
        raise Failed(f"{program.name} does not open the unbound keyslot")


def normalized(program, files):
    """Metadata with what is random taken out; order of members kept."""
    def clean(value, name=""):
        if isinstance(value, dict):
            return [(key, clean(member, key)) for key, member in value.items()]
        if isinstance(value, list):
            return [clean(member) for member in value]
        return "random" if name in ("salt", "digest") else value
    return clean(json.loads(program.run("luksDump", "--dump-json-metadata", files.metadata)))


def luks1_lines(program, files):
    """The dump of a LUKS1 header without what is random."""
    lines, skip = [], False
    for line in program.run("luksDump", files.metadata).split("\n")[1:]:
        if line.startswith(("MK salt", "\tSalt", "MK digest")):
            skip = True
            continue
        if skip and line.startswith(("               \t", "\t                      \t")):
            continue
        skip = False
        lines.append(line)
    return lines


def run_case(case, ours, peer, folder):
    keys = {"volume": folder / "volume.key", "unbound": folder / "unbound.key", "wrong": folder / "wrong.key"}
    keys["volume"].write_bytes(case.volume_key)
    keys["unbound"].write_bytes(case.draw.randbytes(32))
    keys["wrong"].write_bytes(b"certainly not")
    for i, passphrase in enumerate(case.passphrases):
        keys[i] = folder / f"key.{i}"
        keys[i].write_bytes(passphrase)
    written = {}
    for program in (ours, peer):
        files = written[program] = Files(folder, case, program.name)
        write(program, case, files, keys)
    for files in written.values():
        for program in (ours, peer):
            check(program, case, files, keys)
        # 1 only if no keyslot may be tried at all.  (The peer also returns 1 if the last keyslot is unbound.)
        tried = case.priority != "ignore" or case.second_slot
        mine, theirs = (program.opens(files.metadata, keys["wrong"]) for program in (ours, peer))
        if mine != (2 if tried else 1) or theirs not in (mine, 1 if case.unbound else mine):
            raise Failed(f"a wrong passphrase exits {mine} from ours and {theirs} from the peer")
        same_dump(ours, peer, files.metadata)
    if case.luks2 or case.convert == "luks2":
        mine, theirs = (normalized(ours, files) for files in written.values())
        if mine != theirs:
            raise Failed(f"metadata differ:\n  ours {json.dumps(mine)}\n  peer {json.dumps(theirs)}")
    elif luks1_lines(ours, written[ours]) != luks1_lines(ours, written[peer]):
        raise Failed("LUKS1 headers differ beyond salts and digests")


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("ours")
    arguments.add_argument("--cases", type=int, default=160)
    arguments.add_argument("--seed", default="1")
    arguments.add_argument("--first", type=int, default=0)
    arguments.add_argument("--only", type=int)
    arguments.add_argument("--kernel-ciphers", action="store_true")
    arguments.add_argument("--verbose", action="store_true")
    options = arguments.parse_args()
    peer_path = find_peer()
    if peer_path is None:
        print("skipped: no cryptsetup of another maker is installed")
        return 77
    numbers = [options.only] if options.only is not None else range(options.first, options.first + options.cases)
    failed = 0
    for number in numbers:
        case = Case(number, options.seed, options.kernel_ciphers)
        ours, peer = Program("ours", options.ours), Program("peer", peer_path)
        if options.verbose:
            print(case, flush=True)
        with tempfile.TemporaryDirectory(prefix="latchkey-matrix-") as folder:
            try:
                run_case(case, ours, peer, pathlib.Path(folder))
            except Failed as failure:
                failed += 1
                print(f"{case}\n  FAILED: {failure}", flush=True)
    print(f"{len(numbers)} cases with seed {options.seed}, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
