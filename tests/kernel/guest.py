# SPDX-License-Identifier: GPL-2.0-or-later
"""What the suites share, which run as root inside the kernel lab: the two programs, loop devices, dmsetup, reports."""
import contextlib
import hashlib
import os
import pathlib
import subprocess
import sys
import tempfile
import time

TESTS = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TESTS / "interop"))
sys.path.insert(0, str(TESTS / "corpus"))

from peer import Failed, find_peer  # noqa: E402  (the path is set above)

ENVIRONMENT = {**os.environ, "LC_ALL": "C.UTF-8"}
# Options that any user has, and that make keyslots cheap.
FAST = ["--pbkdf", "pbkdf2", "--pbkdf-force-iterations", "1000"]
FAST1 = ["--pbkdf-force-iterations", "1000"]
SMALL2 = ["--luks2-metadata-size", "16k", "--luks2-keyslots-size", "256k"]


def expect(condition, message):
    if not condition:
        raise Failed(message)


def same(ours, theirs, what):
    expect(ours == theirs, f"{what} differs\n  ours {ours!r}\n  peer {theirs!r}")


class Tool:
    """One of the two programs."""

    def __init__(self, name, path, options=()):
        self.name = name
        self.path = path
        self.options = options  # before every command

    def try_run(self, *arguments, secret=b"", timeout=120, wrapper=(), environment=None):
        return subprocess.run([*wrapper, self.path, *self.options, *map(str, arguments)], input=secret, capture_output=True,
                              timeout=timeout, check=False, env=environment or ENVIRONMENT)

    def run(self, *arguments, **options):
        done = self.try_run(*arguments, **options)
        if done.returncode != 0:
            raise Failed(f"{self.name}: {' '.join(map(str, arguments))}: exit {done.returncode}: {text_of(done)}")
        return done.stdout.decode("utf-8", "replace")


def text_of(done):
    return (done.stdout + done.stderr).decode("utf-8", "replace").strip()


def both(ours_path):
    """(ours, peer), both speaking as 2.6.1.  The peer must be there: without it these suites say nothing."""
    peer = find_peer()
    if peer is None:
        sys.exit("cryptsetup is not installed")
    return Tool("ours", ours_path, ["--compat=2.6"]), Tool("peer", peer)


def command(*arguments, check=True):
    done = subprocess.run(list(map(str, arguments)), capture_output=True, text=True, timeout=120, check=False,
                          env=ENVIRONMENT)
    if check and done.returncode != 0:
        raise Failed(f"{' '.join(map(str, arguments))}: exit {done.returncode}: {done.stdout}{done.stderr}")
    return done.stdout


def install_debians_scripts(packages):
    """Puts Debian's scripts of crypttab, unpacked in a folder, into this system; Debian 13 has them below /usr."""
    def place(path):
        return next(where for where in (f"{packages}/usr/{path}", f"{packages}/{path}") if os.path.exists(where))
    command("cp", "-aT", "--remove-destination", place("lib/cryptsetup"), "/usr/lib/cryptsetup")
    command("cp", place("sbin/cryptdisks_start"), "/usr/sbin/cryptdisks_start")


def table(name):
    return command("dmsetup", "table", "--showkeys", name).strip()


def dm_info(name):
    """Name, uuid, and whether it is read only and active."""
    return command("dmsetup", "info", "-c", "--noheadings", "-o", "name,uuid,attr", name).strip()


def mappings():
    listed = command("dmsetup", "ls").strip()
    return [] if listed.startswith("No devices") else sorted(line.split()[0] for line in listed.splitlines())


def loops():
    return sorted(command("losetup", "-n", "-O", "NAME,BACK-FILE").splitlines())


@contextlib.contextmanager
def loop(path, *options):
    device = command("losetup", "-f", "--show", *options, path).strip()
    try:
        yield device
    finally:
        command("losetup", "-d", device)


def sparse(path, size):
    """A file of so many zeros."""
    with open(path, "wb") as file:
        file.truncate(size)
    return str(path)


def write_device(path, data):
    with open(path, "r+b", buffering=0) as device:
        device.write(data)
        os.fsync(device.fileno())


def read_device(path, length):
    with open(path, "rb") as device:
        return device.read(length)


def sha256(data):
    return hashlib.sha256(data).hexdigest()


@contextlib.contextmanager
def scratch():
    """A directory to work in, which is also the current one."""
    with tempfile.TemporaryDirectory(prefix="latchkey-kernel-") as path:
        os.chdir(path)
        try:
            yield pathlib.Path(path)
        finally:
            os.chdir("/")


def nothing_left(what):
    """No mapping, no loop device, no key of ours in a keyring."""
    same(mappings(), [], f"{what}: mappings left")
    same(loops(), [], f"{what}: loop devices left")
    with open("/proc/keys", encoding="ascii") as keys:
        left = [line.strip() for line in keys if "cryptsetup:" in line]
    same(left, [], f"{what}: keys left")


def clear_up():
    """After a failure, so that the next step begins with nothing."""
    def quietly(*words):
        subprocess.run(words, capture_output=True, check=False, timeout=60)

    quietly("umount", "--lazy", "mnt")
    for _ in range(20):
        for left in reversed(mappings()):
            quietly("dmsetup", "remove", "--force", left)
        if not mappings():
            break
        time.sleep(0.2)
    quietly("losetup", "-D")


class Steps:
    """Runs steps by name, each to its end whatever became of the others; says which failed."""

    def __init__(self):
        self.failed = 0
        self.done = 0

    def run(self, name, step, *arguments):
        self.done += 1
        try:
            step(*arguments)
        except (Failed, OSError, subprocess.TimeoutExpired, AssertionError) as problem:
            self.failed += 1
            print(f"FAILED {name}: {problem}", flush=True)
            clear_up()
        else:
            print(f"ok {name}", flush=True)

    def finish(self):
        print(f"{self.done} steps, {self.failed} failed")
        return 1 if self.failed else 0
