#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Memory runs out at every point (or at POINTS of them, evenly spread) of each command: one allocation fails, or all from
there on.  The command then works all the same or says so; it never crashes, and the header opens as before or as wanted.

Usage: run.py LATCHKEY PRELOADED [POINTS]     PRELOADED: fail_allocation.c as a library
"""
import collections
import concurrent.futures
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

FAST = ("--pbkdf", "pbkdf2", "--pbkdf-force-iterations", "1000")
FEW = 300
OLD, NEW = b"the old one", b"the new one"
# libgcrypt and libgpg-error report any failure of their start-up like this.
GIVES_UP = (b"Fatal error: Cannot allocate memory", b"/proc/sys/crypto/fips_enabled' in libgcrypt",
            b"fatal: error creating a dummy estream")
TOKEN = b'{"type":"a","keyslots":[],"list":[1,[2,{"deep":[3,4]}]]}'

# words (@ is the image), type of the image, what it reads, and the passphrases of which some must open the image afterwards
Case = collections.namedtuple("Case", "words kind input opens")
READ = [Case(words, kind, OLD + b"\n", (OLD,)) for kind in ("luks2", "luks1") for words in (
    "isLuks @", "luksDump @", "luksDump --json @", "open --test-passphrase @", "luksUUID @", "luksHeaderBackup --header-backup-file backup @")]
WRITE = [Case(words, kind, given, opens) for kind in ("luks2", "luks1") for words, given, opens in (
    ("luksAddKey @ new", OLD, (OLD,)),
    ("luksChangeKey @ new", OLD, (OLD, NEW)),
    ("luksKillSlot -q @ 1", b"", (OLD,)),
    ("luksUUID -q --uuid 12345678-1234-1234-1234-123456789abc @", b"", (OLD,)),
    ("luksHeaderRestore -q --header-backup-file saved @", b"", (OLD,)),
    ("convert -q @ --type " + ("luks1" if kind == "luks2" else "luks2"), b"", (OLD,)),
    ("luksFormat -q --type " + kind + (" --luks2-keyslots-size 256k" if kind == "luks2" else "") + " @", OLD, None),
)] + [Case(words, "luks2", given, (OLD,)) for words, given in (
    ("token import --token-id 1 @", TOKEN), ("token add --key-description x @", b""), ("config --label x --subsystem y @", b""),
    ("config --key-slot 1 --name paper @", b""), ("config --key-slot 0 --priority prefer @", b""), ("repair -q @", b""))]


class Run:
    """Runs of one command in a folder of its own."""

    def __init__(self, program, preloaded, case, folder):
        self.program, self.preloaded, self.case, self.folder = program, preloaded, case, folder
        fast = FAST if case.words.split()[0] in ("luksAddKey", "luksChangeKey", "luksFormat") else ()
        self.words = [program, *["image" if word == "@" else word for word in case.words.split()], *fast]
        for file, content in (("new", NEW), ("old", OLD)):
            (folder / file).write_bytes(content)
        (folder / "made").write_bytes(b"")
        os.truncate(folder / "made", 4 << 20)
        small = ("--luks2-metadata-size", "16k", "--luks2-keyslots-size", "2m", "--sector-size", "512") if case.kind == "luks2" else ()
        self.plainly("luksFormat", "-q", "--type", case.kind, *FAST, *small, "--key-size", "256", "--key-file", "old", "made")
        self.plainly("luksAddKey", *FAST, "--key-file", "old", "made", "new")
        self.plainly("luksHeaderBackup", "--header-backup-file", "saved", "made")
        self.made = (folder / "made").read_bytes()

    def plainly(self, *words):
        subprocess.run([self.program, *words], check=True, capture_output=True, cwd=self.folder)

    def opens(self, secret):
        done = subprocess.run([self.program, "open", "--test-passphrase", "--key-file", "-", "image"], input=secret, capture_output=True,
                              cwd=self.folder, check=False)
        return done.returncode == 0

    def attempt(self, number, for_good):
        shutil.copyfile(self.folder / "made", self.folder / "image")
        (self.folder / "backup").unlink(missing_ok=True)
        environment = {**os.environ, "LD_PRELOAD": self.preloaded, "FAIL_ALLOCATION": str(number), "FAIL_COUNT": "count"}
        if for_good:
            environment["FAIL_FOR_GOOD"] = "1"
        return subprocess.run(self.words, input=self.case.input, capture_output=True, cwd=self.folder, check=False, env=environment)

    def count(self):
        done = self.attempt(0, False)
        if done.returncode != 0:
            raise RuntimeError(f"{self.case.words}: {done.returncode}: {done.stderr.decode()}")
        return int((self.folder / "count").read_text())

    def problem(self, done):
        if done.returncode < 0 and any(text in done.stderr for text in GIVES_UP):
            return None
        if not 0 <= done.returncode <= 5:
            return f"ended with {done.returncode}"
        if done.returncode != 0 and not done.stderr:
            return f"ended with {done.returncode} and no word"
        if self.case in READ:
            return None if (self.folder / "image").read_bytes() == self.made else "has written"
        if self.case.opens is None or any(self.opens(secret) for secret in self.case.opens):
            return None
        return "the volume is lost"


def exhaust(program, preloaded, case, points):
    """The problems that were found, and how often each exit status was seen."""
    problems, seen = [], collections.Counter()
    with tempfile.TemporaryDirectory(prefix="memory.", dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None) as folder:
        run = Run(program, preloaded, case, pathlib.Path(folder))
        total = run.count()
        # Each of a command that makes few: its first ones, which open the device, are those of every command.
        step = 1.0 if total < FEW else max(1.0, total / points)
        for for_good in (False, True):
            # The first is libstdc++'s reserve for exceptions, without which none can be thrown.
            for number in sorted({int(2 + i * step) for i in range(int(total / step))}):
                done = run.attempt(number, for_good)
                seen[done.returncode] += 1
                problem = run.problem(done)
                if problem:
                    problems.append(f"{case.kind} {case.words}: allocation {number}{' and all after it' if for_good else ''} of {total}: "
                                    f"{problem}: {done.stderr.decode(errors='replace').strip()[-200:]}")
    return total, problems, seen


def main():
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    program, preloaded = (os.path.abspath(path) for path in sys.argv[1:3])
    points = int(sys.argv[3]) if len(sys.argv) == 4 else 1 << 30
    found = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        results = pool.map(lambda case: exhaust(program, preloaded, case, points), READ + WRITE)
        for case, (total, problems, seen) in zip(READ + WRITE, results):
            statuses = ", ".join(f"{status}: {count}" for status, count in sorted(seen.items()))
            print(f"{case.kind} {case.words}: {total} allocations, exit status {statuses}", flush=True)
            for problem in problems[:5]:
                print(f"  {problem}")
            found += len(problems)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
