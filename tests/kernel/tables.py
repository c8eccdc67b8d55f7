#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A seeded random matrix: for the same header and options both programs load the same table, key and all.

Usage: tables.py OURS [--first N] [--cases N] [--seed S] [--only CASE] [--verbose]     (inside the kernel lab)

Each case draws type, cipher, key size, sector size, offset, skip, size, flags, key file or passphrase, keyring or
table, detached header, block device or file, read only.  Both programs open it, one after the other; of both mappings
the table, the dm uuid and mode, and the status that either program shows must be the same; each mapping is closed by
the other program.  Where the peer refuses, ours refuses with the same exit status.
"""
import argparse
import random
import sys

from guest import (FAST, FAST1, SMALL2, Failed, both, command, dm_info, expect, loop, nothing_left, same, scratch, sparse,
                   table, text_of)
from peer import status_as_2_6

MIB = 1 << 20
LUKS_CIPHERS = {
    "aes-xts-plain64": [256, 512], "aes-xts-plain": [256], "aes-cbc-essiv:sha256": [128, 256],
    "aes-cbc-plain64": [128, 192, 256], "aes-cbc-plain64be": [256], "aes-ctr-plain64": [256], "aes-ecb": [256],
    "aes-lrw-benbi": [256], "serpent-xts-plain64": [256, 512], "serpent-cbc-plain": [128],
    "twofish-xts-plain64": [512], "twofish-cbc-essiv:sha256": [256], "camellia-xts-plain64": [256],
    "cast5-cbc-plain64": [128],
}
PLAIN_CIPHERS = {
    **LUKS_CIPHERS, "cipher_null-ecb": [256], "aes": [256], "aes-plain": [128], "null": [256], "aes-cbc-null": [256], "aes-cbc-benbi": [128],
    "aes-xts-eboiv": [256], "aes-cbc-eboiv": [256], "aes-cbc-elephant": [256, 512], "blowfish-cbc-plain64": [128],
    "des3_ede-cbc-plain": [192], "xchacha12,aes-adiantum-plain64": [256], "cast6-xts-plain64": [512],
    "anubis-cbc-plain": [256],
}
HASHES = ["sha256", "sha1", "sha512", "ripemd160", "whirlpool", "plain", "sha256:16", "sha512:8", "ripemd160:10"]
# Of plain volumes, at most one per case: the order of two messages is not promised.
MISTAKES = {
    "hash": ["nope", "sha256:200", "ripemd160:"],
    "cipher": ["aes-cbc-foo", "nope-cbc-plain", "aes-foo-plain", "serpent-cbc-essiv:sha512", "aes-cbc-essiv:sha1"],
    "place": [["--offset", 70000], ["--offset", 16384], ["--size", 99992], ["--device-size", "10M"]],
    "key": [16, 3],
}
FLAGS = ["--allow-discards", "--perf-same_cpu_crypt", "--perf-submit_from_crypt_cpus", "--perf-no_read_workqueue",
         "--perf-no_write_workqueue"]


class Case:
    """What is drawn for one case."""

    def __init__(self, number, seed):
        draw = self.draw = random.Random(f"{seed}:{number}")
        self.name = f"case{number}"
        self.type = draw.choice(["luks1", "luks2", "luks2", "plain", "plain", "loopaes"])
        self.secret = draw.choice([b"one", b"a longer passphrase, with blanks", bytes(range(1, 9)), b"\xc3\xa9t\xc3\xa9"])
        self.key_file = None
        self.detached = self.type.startswith("luks") and draw.random() < 0.3
        self.file = draw.random() < 0.2
        self.device_read_only = not self.file and draw.random() < 0.1
        self.sector_size = 512  # None: as the program that formats it chooses
        self.format = []
        self.options = [flag for flag in FLAGS if draw.random() < 0.25]
        if draw.random() < 0.2:
            self.options.append("--readonly")
        if draw.random() < 0.2:
            self.options.append("--disable-keyring")
        {"luks1": self.draw_luks, "luks2": self.draw_luks, "plain": self.draw_plain, "loopaes": self.draw_loopaes}[self.type]()

    def draw_luks(self):
        draw = self.draw
        cipher = draw.choice(sorted(LUKS_CIPHERS))
        self.format = ["luksFormat", "-q", "--type", self.type, "-c", cipher, "-s", draw.choice(LUKS_CIPHERS[cipher])]
        if self.type == "luks1":
            self.format += FAST1
        else:
            self.format += [*FAST, *SMALL2]
            if draw.random() < 0.7:
                self.sector_size = draw.choice([512, 1024, 2048, 4096])
                self.format += ["--sector-size", self.sector_size]
            else:
                self.sector_size = None
        if self.detached and draw.random() < 0.5:
            self.format += ["--offset", draw.choice([0, 4096, 6144])]
        # The peer ignores these for LUKS.
        if draw.random() < 0.1:
            self.options += ["--size", 64]

    def draw_plain(self):
        draw = self.draw
        mistake = draw.choice([None, None, None, None, *sorted(MISTAKES)])
        if mistake == "cipher":
            self.options += ["-c", draw.choice(MISTAKES["cipher"])]
        elif draw.random() < 0.9 and mistake != "key":
            cipher = draw.choice(sorted(PLAIN_CIPHERS))
            bits = draw.choice(PLAIN_CIPHERS[cipher])
            self.options += ["-c", cipher, "-s", bits]
        if mistake == "hash":
            self.options += ["-h", draw.choice(MISTAKES["hash"])]
        elif draw.random() < 0.5:
            self.options += ["-h", draw.choice(HASHES)]
        self.draw_key(mistake)
        self.sector_size = draw.choice([512, 512, 1024, 2048, 4096])
        if self.sector_size > 512 or draw.random() < 0.2:
            self.options += ["--sector-size", self.sector_size]
        if self.sector_size > 512 and draw.random() < 0.5:
            self.options += ["--iv-large-sectors"]
        if draw.random() < 0.1:
            self.options += ["--shared"]
        small = [1, 2047] if self.sector_size == 512 else [16, 2048]
        if draw.random() < 0.4:
            self.options += ["--skip", draw.choice([0, *small, 8, 1 << 20, 1 << 33])]
        if mistake == "place":
            self.options += draw.choice(MISTAKES["place"])
            return
        if draw.random() < 0.4:
            self.options += ["--offset", draw.choice([0, *small, 8, 2048, 4096])]
        # The peer measures the size of a file in blocks of the file system below it, ours in those of the mapping.
        self.draw_size([0, 8, 1024, 4096, *([] if self.file else small[:1])])

    def draw_key(self, mistake):
        draw = self.draw
        source = draw.random()
        if mistake == "key":
            self.key_file = draw.randbytes(draw.choice(MISTAKES["key"]))
            self.options += ["-c", "aes-cbc-plain64", "-s", 256]
        elif mistake != "hash" and source < 0.25:
            self.key_file = draw.randbytes(draw.choice([64, 200]))
        elif source < 0.4:
            self.options += ["--key-file", "-"]
            self.secret = draw.randbytes(draw.choice([64, 100])) + b"\n"
        elif source < 0.5:
            self.secret = b"first line\nsecond line\n"

    def draw_loopaes(self):
        draw = self.draw
        bits = draw.choice([128, 192, 256])
        keys = draw.choice([1, 64, 65, 65, 2])
        self.key_file = b"".join(draw.randbytes(30).hex().encode() + b"\n" for _ in range(keys))
        self.options += ["-s", bits]
        for option, chance, choices in (("-c", 0.3, ["aes", "twofish", "serpent"]), ("-h", 0.3, ["sha256", "sha512", "sha1"]),
                                        ("--offset", 0.4, [0, 8, 2048]), ("--skip", 0.3, [0, 8, 100])):
            if draw.random() < chance:
                self.options += [option, draw.choice(choices)]
        self.draw_size([0, 8, 1024])

    def draw_size(self, sectors):
        chance = self.draw.random()
        if chance < 0.25:
            self.options += ["--size", self.draw.choice(sectors)]
        elif chance < 0.4:
            self.options += ["--device-size", self.draw.choice(["1M", "4096", "1000K"])]

    def __str__(self):
        words = " ".join(map(str, [*self.format[1:], "|", "open", "--type", self.type, *self.options]))
        places = [place for place, there in (("detached", self.detached), ("file", self.file), ("key file", self.key_file),
                                             ("blockdev --setro", self.device_read_only)) if there]
        return f"{words} {places or ''}"


class Run:
    """One case under both programs."""

    def __init__(self, ours, peer, case, verbose):
        self.ours, self.peer, self.case, self.verbose = ours, peer, case, verbose
        self.header = []
        self.key = []

    def run(self):
        case = self.case
        # Both refuse an end that is not a multiple of the sector size, but with other words and in another order.
        image = sparse("image", 4 * MIB + case.draw.choice([0, 3 * 4096, 512 if case.sector_size == 512 else 0]))
        if case.key_file is not None:
            with open("key", "wb") as file:
                file.write(case.key_file)
            self.key = ["--key-file", "key"]
        if case.detached:
            self.header = ["--header", sparse("header", 4 * MIB)]
        if case.format:
            writer = case.draw.choice([self.ours, self.peer])
            writer.run(*case.format, *self.header, image, secret=case.secret)
        if case.file:
            return self.compare(image)
        with loop(image, *(["--read-only"] if case.device_read_only else [])) as device:
            return self.compare(device)

    def open(self, tool, device):
        return tool.try_run("open", "-q", "--type", self.case.type, *self.case.options, *self.header, *self.key, device,
                            self.case.name, secret=self.case.secret)

    def look(self, opener, closer):
        """Everything that can be seen of the mapping, then it is closed."""
        name = self.case.name
        seen = {"table": table(name), "info": dm_info(name)}
        # Without the header the peer does not know that the type is LUKS1.
        by_peer = self.peer.run("status", *self.header, name)
        by_ours = self.ours.run("status", *self.header, name)
        same(by_ours, by_peer, f"status of what {opener.name} opened")
        seen["status"] = by_peer
        closer.run("close", name)
        return seen

    def compare(self, device):
        peer = self.open(self.peer, device)
        theirs = self.look(self.peer, self.ours) if peer.returncode == 0 else None
        ours = self.open(self.ours, device)
        if self.verbose:
            print(f"   peer {peer.returncode} {text_of(peer)!r}\n   ours {ours.returncode} {text_of(ours)!r}\n   {theirs}")
        if theirs is None:
            expect(ours.returncode == status_as_2_6(peer),
                   f"exit {ours.returncode} ({text_of(ours)}), peer {peer.returncode} ({text_of(peer)})")
            return False
        expect(ours.returncode == 0, f"exit {ours.returncode} ({text_of(ours)}), peer opens it")
        mine = self.look(self.ours, self.peer)
        for what, value in theirs.items():
            same(mine[what], value, what)
        return True


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("ours")
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--cases", type=int, default=300)
    parser.add_argument("--seed", default="latchkey-tables")
    parser.add_argument("--only", type=int)
    parser.add_argument("--verbose", action="store_true")
    arguments = parser.parse_args()
    ours, peer = both(arguments.ours)
    numbers = range(arguments.first, arguments.first + arguments.cases) if arguments.only is None else [arguments.only]
    opened = failed = 0
    with scratch():
        for number in numbers:
            case = Case(number, arguments.seed)
            if arguments.verbose:
                print(f"-- {number}: {case}", flush=True)
            try:
                opened += Run(ours, peer, case, arguments.verbose).run()
            except Failed as problem:
                failed += 1
                print(f"FAILED {number}: {case}\n  {problem}", flush=True)
                command("dmsetup", "remove", "--force", case.name, check=False)
        nothing_left("after all cases")
    print(f"{len(numbers)} cases: {opened} mapped by both, {len(numbers) - opened - failed} refused by both, {failed} failed")
    # A matrix in which hardly anything opens would prove nothing.
    return 1 if failed or (arguments.only is None and opened < arguments.cases // 2) else 0


if __name__ == "__main__":
    sys.exit(main())
