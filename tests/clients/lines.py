# SPDX-License-Identifier: GPL-2.0-or-later
"""What a table of clients' command lines is made of."""
import dataclasses


@dataclasses.dataclass(frozen=True)
class Run:
    """One run: a bash script as the client would write it, and what must come of it with either program.

    The script finds cryptsetup in its PATH, and as /sbin/cryptsetup.  Each of these names stands for a fresh copy of an
    image, and costs time only where it is used: luks1 luks2 (both: passphrase "one" in slot 0), header (of luks2) for
    data (luks2 without its header), blank (32 MiB).  Files: one.key two.key new.key (without newlines), long.key (256 bytes).
    "cheap" are options for a KDF that costs nothing, written at the end, where the client has the default.
    """
    script: str
    prints: str = ""
    status: int = 0
    mapper: bool = False  # needs device-mapper, so the kernel lab
    peer_changed: tuple = ()  # the version since which the peer does something else, (2, 7); it is not run then


def here(script, prints="", status=0):
    return Run(script, prints, status)


def lab(script, prints="", status=0, peer_changed=()):
    return Run(script, prints, status, mapper=True, peer_changed=peer_changed)


class Line:
    """A line of contract.txt and the runs that hold it."""

    def __init__(self, client, command, *runs):
        self.client = client
        self.command = command
        self.runs = runs

    @property
    def name(self):
        return f"{self.client} | {self.command}"
