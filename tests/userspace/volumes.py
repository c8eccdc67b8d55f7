# SPDX-License-Identifier: GPL-2.0-or-later
"""What the suites of served volumes share: opening one as whoever runs this, and doing it again as an ordinary user."""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

FAST = {"luks1": ["--type", "luks1", "--pbkdf-force-iterations", "1000"],
        "luks2": ["--type", "luks2", "--pbkdf", "pbkdf2", "--pbkdf-force-iterations", "1000",
                  "--luks2-metadata-size", "16k", "--luks2-keyslots-size", "256k"]}
MIB = 1 << 20
NOBODY = 65534
SKIPPED = 77


class Failed(Exception):
    """A test's finding."""


def expect(condition, message):
    if not condition:
        raise Failed(message)


def command(*words, check=True, timeout=300, **options):
    done = subprocess.run(list(map(str, words)), capture_output=True, timeout=timeout, check=False, **options)
    if check and done.returncode != 0:
        raise Failed(f"{' '.join(map(str, words))}: exit {done.returncode}: "
                     f"{(done.stdout + done.stderr).decode('utf-8', 'replace')}")
    return done


class Volume:
    """An image in a folder of its own, served while it is open."""

    made = []

    def __init__(self, program, folder, kind="luks2", megabytes=16, options=()):
        Volume.made.append(self)
        self.program = program
        self.folder = pathlib.Path(folder)
        self.name = f"test-{os.getpid()}-{len(Volume.made)}"
        self.image = self.folder / f"{self.name}.img"
        self.key = self.folder / "key"
        self.key.write_bytes(b"one")
        self.environment = {**os.environ, "LC_ALL": "C.UTF-8", "XDG_RUNTIME_DIR": str(self.folder)}
        with open(self.image, "wb") as file:
            file.truncate(megabytes * MIB)
        self.run("luksFormat", "-q", *FAST[kind], "--key-file", self.key, *options, self.image)

    def run(self, *arguments, check=True, **options):
        return command(self.program, *arguments, check=check, env=self.environment, **options)

    @property
    def file(self):
        """The plaintext as a regular file."""
        return ("/run/latchkey/" if os.geteuid() == 0 else f"{self.folder}/latchkey/") + self.name

    @property
    def path(self):
        """The plaintext as "open" tells it: for root a block device."""
        return f"/dev/mapper/{self.name}" if os.geteuid() == 0 else self.file

    def open(self, *options):
        self.run("open", "--backend", "userspace", "--key-file", self.key, *options, self.image, self.name)
        return self

    def close(self):
        self.run("close", self.name)

    def servers(self):
        """(keeper, server): process ids.  The server is the keeper's child."""
        found = command("pgrep", "-f", f"latchkey-serve {self.name}$", check=False).stdout.split()
        expect(len(found) == 2, f"{len(found)} processes serve {self.name}")
        first, second = map(int, found)
        parent = pathlib.Path(f"/proc/{second}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()[1]
        return (first, second) if int(parent) == first else (second, first)

    def __enter__(self):
        return self.open()

    def __exit__(self, *_):
        self.run("close", self.name, check=False)


def why_not():
    """What is missing for a served volume here, or None."""
    if not os.access("/dev/fuse", os.R_OK | os.W_OK):
        return "there is no /dev/fuse"
    if os.geteuid() != 0:
        return None if shutil.which("fusermount3") else "there is no fusermount3"
    if not os.access("/dev/loop-control", os.R_OK | os.W_OK):
        return "there are no loop devices"
    return None if command("unshare", "-m", "true", check=False).returncode == 0 else "this root may not mount"


def as_ordinary_user(program):
    """Runs the same script with the same arguments as nobody; None if nobody cannot read it all."""
    user = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "--"]
    for readable in (program, __file__, sys.argv[0]):
        if command(*user, "test", "-r", readable, check=False).returncode != 0:
            return None
    folder = tempfile.mkdtemp(prefix="latchkey-")
    script = os.path.abspath(sys.argv[0])
    try:
        os.chown(folder, NOBODY, NOBODY)
        return subprocess.run([*user, sys.executable, script, *sys.argv[1:]], check=False, cwd=folder,
                              env={**os.environ, "TMPDIR": folder}).returncode
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main(program, tests):
    """Each test is a function of a folder.  As root, then as an ordinary user.  Returns the exit status."""
    missing = why_not()
    if missing:
        print(f"skipped: {missing}")
        return SKIPPED
    who = "root" if os.geteuid() == 0 else "ordinary user"
    for test in tests:
        with tempfile.TemporaryDirectory(prefix="latchkey-") as folder:
            try:
                test(pathlib.Path(folder))
            except Failed as problem:
                print(f"FAILED {who}: {test.__name__}: {problem}")
                for volume in Volume.made:
                    volume.run("close", volume.name, check=False)
                return 1
        print(f"ok {who}: {test.__name__}", flush=True)
    if os.geteuid() != 0:
        return 0
    status = as_ordinary_user(program)
    if status is None:
        print("not done: as an ordinary user, who cannot read the program here")
    return 0 if status in (None, SKIPPED) else status
