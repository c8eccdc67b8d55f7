#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs what clients run, with ours and with the real cryptsetup: both must answer as the table says.

Usage: command_lines.py OURS           what needs no device-mapper
       command_lines.py OURS --lab     what does, inside the kernel lab
       command_lines.py --contract     whether contract.txt and the tables name the same lines
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.dont_write_bytecode = True
sys.path.insert(0, str(HERE.parent / "interop"))
sys.path.insert(0, str(HERE.parent / "kernel"))

import lines_clevis  # noqa: E402  (the path is set above)
import lines_debian  # noqa: E402
import lines_initramfs  # noqa: E402
import lines_tools  # noqa: E402
from guest import FAST, FAST1, Tool, both, command, sparse  # noqa: E402

LINES = [*lines_debian.LINES, *lines_clevis.LINES, *lines_initramfs.LINES, *lines_tools.LINES]
IMAGES = ("luks1", "luks2", "header", "data", "blank")
MIB = 1 << 20

SHELL = """set +m
on_terminal() { python3 "$here/../cli/on_terminal.py" "$@"; }
cheap="--pbkdf pbkdf2 --pbkdf-force-iterations 1000" cheap1="--pbkdf-force-iterations 1000"
export LC_ALL=C.UTF-8 DM_DISABLE_UDEV=1
"""
# The host's /sbin/cryptsetup must not be replaced, so a function uses its path there; the lab has a mount.
ON_HOST = 'function /sbin/cryptsetup { cryptsetup "$@"; }\n'


def contract():
    """Compares contract.txt with the tables."""
    wanted = {line.strip() for line in (HERE / "contract.txt").read_text("utf-8").splitlines()
              if line.strip() and not line.startswith("#")}
    tested = {line.name for line in LINES if line.runs}
    for name in sorted(wanted - tested):
        print(f"no test: {name}")
    for name in sorted(tested - wanted):
        print(f"not in contract.txt: {name}")
    print(f"{len(wanted)} command lines, {sum(len(line.runs) for line in LINES)} runs")
    return 1 if wanted != tested else 0


def make_images(peer, directory):
    """One of each; every run gets copies."""
    def image(name, size, *options):
        sparse(directory / name, size)
        peer.run("luksFormat", "-q", *options, directory / name, secret=b"one")

    image("luks1", 3 * MIB, "--type", "luks1", *FAST1, "-s", 512, "-h", "sha256",
          "--uuid", "11111111-1111-4111-8111-111111111111")
    image("luks2", 2 * MIB, *FAST, "-s", 512, "-h", "sha256", "--sector-size", 512, "--luks2-metadata-size", "16k",
          "--luks2-keyslots-size", "992k", "--offset", 2048, "--uuid", "22222222-2222-4222-8222-222222222222")
    peer.run("luksHeaderBackup", directory / "luks2", "--header-backup-file", directory / "header")
    os.chmod(directory / "header", 0o600)
    sparse(directory / "data", 2 * MIB)
    sparse(directory / "blank", 32 * MIB)


def program_for(run, images):
    """The bash program: copies of what the script names, the script, and away with all it made."""
    used = [name for name in IMAGES if re.search(rf"\${{?{name}\b", run.script)]
    text = SHELL if run.mapper else SHELL + ON_HOST
    for name in used:
        text += f"cp --sparse=always {images / name} image.{name}; {name}=$PWD/image.{name}\n"
        if run.mapper and name != "header":
            text += f"{name}=$(losetup -f --show image.{name})\n"
    text += "printf one >one.key; printf two >two.key; printf new >new.key; printf xone-and-more >padded.key\n"
    text += "printf -v long %0256d 0; printf %s ${long//0/k} >long.key\n"
    text += f"(\n{run.script}\n) </dev/null\nstatus=$?\n"
    if run.mapper:
        text += "dmsetup remove_all; losetup -D\n" + ("keyctl clear @s\n" if "keyctl" in run.script else "")
    return text + "exit $status\n"


def version_of(tool):
    """cryptsetup 2.7.5 flags: ..."""
    return tuple(map(int, re.findall(r"\d+", tool.run("--version"))[:3]))


def try_line(line, tool, images, mapper):
    """Runs what is to run here of one line; returns how many were run, and what was wrong."""
    count, problems = 0, []
    for run in line.runs:
        if run.mapper != mapper:
            continue
        if tool.name == "peer" and run.peer_changed and version_of(tool) >= run.peer_changed:
            print(f"not done by this peer: {line.name}")
            continue
        count += 1
        with tempfile.TemporaryDirectory(prefix="latchkey-clients-") as work:
            programs = pathlib.Path(work) / "bin"
            programs.mkdir()
            (programs / "cryptsetup").symlink_to(tool.path)
            environment = {"PATH": f"{programs}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                           "HOME": "/root", "here": str(HERE), "cryptsetup": tool.path}
            done = subprocess.run(["bash", "-c", program_for(run, images)], capture_output=True, timeout=120, check=False,
                                  env=environment, cwd=work, stdin=subprocess.DEVNULL)
        printed = done.stdout.decode("utf-8", "replace")
        if (printed, done.returncode) != (run.prints, run.status):
            problems.append(f"FAILED {tool.name}: {line.name}\n  {run.script}\n"
                            f"  wanted {run.status} {run.prints!r}\n  got    {done.returncode} {printed!r}\n"
                            f"  {done.stderr.decode('utf-8', 'replace')!r}")
    return count, problems


def main():
    if sys.argv[1:] == ["--contract"]:
        return contract()
    mapper = "--lab" in sys.argv
    ours, peer = both(sys.argv[1])
    failed = count = 0
    with tempfile.TemporaryDirectory(prefix="latchkey-clients-", ignore_cleanup_errors=True) as directory:
        images = pathlib.Path(directory)
        shutil.copy("/sbin/cryptsetup", images / "peer")  # what is mounted over /sbin/cryptsetup must not be it
        peer = Tool("peer", str(images / "peer"))
        make_images(peer, images)
        for tool in (peer, ours):
            if mapper:
                command("mount", "--bind", os.path.realpath(tool.path), "/usr/sbin/cryptsetup")  # the lab goes, and it too
            for line in LINES:
                runs, problems = try_line(line, tool, images, mapper)
                count += runs
                failed += len(problems)
                for problem in problems:
                    print(problem, flush=True)
    print(f"{count} runs, {failed} failed")
    return 1 if failed or count < 100 else 0


if __name__ == "__main__":
    sys.exit(main())
