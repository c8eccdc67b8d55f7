# SPDX-License-Identifier: GPL-2.0-or-later
"""Two programs with one command line: ours and the installed cryptsetup."""
import os
import pathlib
import re
import subprocess


def find_peer():
    """The real cryptsetup, with the defaults of 2.6 whichever it is, or None.  Ours is never mistaken for it."""
    path = "/sbin/cryptsetup"
    if not os.access(path, os.X_OK) or "latchkey" in version_of(path):
        return None
    return str(pathlib.Path(__file__).resolve().parent / "peer")


def version_of(path):
    return subprocess.run([path, "--version"], capture_output=True, text=True, check=False).stdout


def status_as_2_6(done):
    """The exit status of the peer's command, as its release 2.6 has it."""
    newer = not version_of("/sbin/cryptsetup").startswith("cryptsetup 2.6")
    return 4 if newer and done.returncode in (1, 5) and b"reload ioctl on" in done.stderr else done.returncode


class Failed(Exception):
    pass


class Program:
    """Runs one of the two; remembers the command lines, for the report of a failure."""

    def __init__(self, name, path):
        self.name = name
        self.path = path
        # The peer answers as 2.6.1, and so must ours, whatever distribution it was built for.
        self.speaking = ["--compat=2.6"] if "latchkey" in version_of(path) else []
        self.log = []

    def try_run(self, *arguments, secret=None):
        command = [self.path, *self.speaking, *map(str, arguments)]
        self.log.append(f"{self.name}: cryptsetup {' '.join(map(str, arguments))}")
        return subprocess.run(command, input=secret if secret is not None else b"", capture_output=True, timeout=300,
                              check=False, env={**os.environ, "LC_ALL": "C.UTF-8"})

    def run(self, *arguments, secret=None):
        done = self.try_run(*arguments, secret=secret)
        if done.returncode != 0:
            text = (done.stdout + done.stderr).decode("utf-8", "replace").strip()
            raise Failed(f"{self.name} {' '.join(map(str, arguments))}: exit {done.returncode}: {text}")
        return done.stdout.decode("utf-8", "replace")

    def opens(self, path, key_file, *more):
        """Exit status of a passphrase test."""
        return self.try_run("open", "--test-passphrase", "--key-file", key_file, *more, path).returncode


def volume_key(program, path, key_file, *more):
    """The volume key in hex, by --dump-volume-key."""
    text = program.run("luksDump", "--batch-mode", "--dump-volume-key", "--key-file", key_file, *more, path)
    return "".join(re.findall(r"\b[0-9a-f]{2}\b", text.split("MK dump:", 1)[1]))


def dump(program, path):
    """luksDump, without what we say beyond the peer."""
    lines = program.run("luksDump", path).split("\n")
    return [line for line in lines if not line.startswith("\tName:")]


def same_dump(ours, peer, path):
    mine, theirs = dump(ours, path), dump(peer, path)
    if mine != theirs:
        different = [f"  ours {a!r}\n  peer {b!r}" for a, b in zip(mine, theirs) if a != b][:5]
        raise Failed(f"luksDump differs ({len(mine)} and {len(theirs)} lines):\n" + "\n".join(different))


def copy_image(source, target):
    subprocess.run(["cp", "--sparse=always", source, target], check=True)
    return target


__all__ = ["Failed", "Program", "copy_image", "dump", "find_peer", "same_dump", "status_as_2_6", "volume_key"]
