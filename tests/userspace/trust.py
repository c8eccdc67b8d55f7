#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What other users, and whatever started the command, can do to a served volume: nothing.  Who stands in the place of a
serving process is asked nothing and told no key; what is started has only what it needs.

Usage: trust.py PROGRAM [TEST...]
"""
import os
import pathlib
import resource
import shutil
import signal
import socket
import sys
import threading
import time

from volumes import MIB, Volume, command, expect, main

PROGRAM = os.path.abspath(sys.argv[1])
STRANGER = 2001
VICTIM = 64000 + os.getpid() % 1000  # one of whom nothing is left from another run


class Impostor:
    """Answers at a socket as a serving process would, and remembers what it was told."""

    def __init__(self, path, volume, uuid):
        self.heard = []
        self.status = (f"name {volume.name}\npath {path}\ntype LUKS2\nuuid {uuid}\ncipher aes-xts-plain64\n"
                       f"device {volume.image}\nloop_file \nkey_bits 512\nsector_size 512\noffset_sectors 1024\n"
                       "size_sectors 31744\niv_offset_sectors 0\niv_large_sectors 0\nin_use 0\nsuspended 1\n"
                       "read_only 0\nallow_discards 0\n").encode()
        self.listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.listener.bind(str(path))
        os.chmod(path, 0o777)
        # The owner of a listening socket is the effective user at that time.
        os.seteuid(STRANGER)
        self.listener.listen(8)
        os.seteuid(0)
        threading.Thread(target=self.answer, daemon=True).start()

    def answer(self):
        while True:
            try:
                caller, _ = self.listener.accept()
                caller.settimeout(1)
                asked = caller.recv(65536)
                if asked:
                    self.heard.append(asked)
                if b"status" in asked:
                    caller.send(self.status)
                elif asked:
                    self.heard.append(caller.recv(65536))
                    caller.send(b"ok 1\n")
            except OSError:
                if self.listener.fileno() < 0:
                    return


def all_verbs(volume, user, environment):
    """(words, outcome) of everything that asks a serving process."""
    name = volume.name
    for words in (["status", name], ["luksResume", "--key-file", volume.key, name], ["luksSuspend", name],
                  ["refresh", "--key-file", volume.key, volume.image, name], ["resize", name], ["table", name],
                  ["open", "--backend", "userspace", "--key-file", volume.key, volume.image, name], ["close", name]):
        yield words, command(*user, PROGRAM, *words, check=False, env=environment)


def strangers_folder(folder):
    """Another user has made the folder, in a place where everybody can make one, and answers there."""
    if os.geteuid() != 0:
        return
    os.chmod(folder, 0o755)
    volume = Volume(PROGRAM, folder)
    for path in (volume.image, volume.key):
        os.chown(path, VICTIM, VICTIM)
    uuid = volume.run("luksUUID", volume.image).stdout.decode().strip()
    user = ["setpriv", f"--reuid={VICTIM}", f"--regid={VICTIM}", "--clear-groups"]
    if command(*user, "test", "-x", PROGRAM, check=False).returncode != 0:
        print("  not done: others cannot run the program here")
        return

    def attack(what, runtime, served, told, **variables):
        served.mkdir(mode=0o755)
        os.chown(served, STRANGER, STRANGER)
        (served / volume.name).touch()
        impostor = Impostor(served / f".{volume.name}.control", volume, uuid)
        environment = {key: value for key, value in volume.environment.items() if key != "XDG_RUNTIME_DIR"}
        environment.update(variables)
        if runtime is not None:
            environment["XDG_RUNTIME_DIR"] = str(runtime)
        for words, done in all_verbs(volume, user, environment):
            expect(done.returncode != 0, f"{what}: {words[0]} believes a stranger")
            expect(told.lower() in done.stderr.decode().lower(), f"{what}: {words[0]} says {done.stderr.decode()!r}, not {told!r}")
        expect(not impostor.heard, f"{what}: a stranger was told {impostor.heard}")
        impostor.listener.close()
        expect((served / volume.name).exists(), f"{what}: a stranger's file was removed")
        shutil.rmtree(served)

    shared = folder / "shared"
    shared.mkdir()
    attack("a stranger's folder", shared, shared / "latchkey", f"{shared}/latchkey belongs to user {STRANGER}")
    # A folder where any user may be the first with a name, such as /tmp, is never used, not even by the first user.
    os.chmod(shared, 0o1777)
    shared_by_all = f"others may write to {shared} (mode 1777)"
    attack("a folder for all", shared, shared / "latchkey", shared_by_all)
    done = command(*user, PROGRAM, "open", "--backend", "userspace", "--key-file", volume.key, volume.image,
                   volume.name, check=False, env={**volume.environment, "XDG_RUNTIME_DIR": str(shared)})
    expect(done.returncode != 0 and shared_by_all in done.stderr.decode().lower(), f"opened: {done.stderr}")
    expect(os.listdir(shared) == [], f"a refused open leaves {os.listdir(shared)}")
    os.chmod(shared, 0o777)
    attack("a folder that others can replace", shared, shared / "latchkey", f"others may write to {shared} (mode 0777)")
    os.chmod(shared, 0o755)
    os.chown(shared, STRANGER, STRANGER)
    attack("below a stranger's", shared, shared / "latchkey", f"{shared} belongs to user {STRANGER}")
    attack("a stranger's home", None, shared / ".latchkey", f"{shared} belongs to user {STRANGER}", HOME=str(shared))
    link = folder / "link"
    link.symlink_to(shared)
    attack("behind a link", link, shared / "latchkey", f"{shared} belongs to user {STRANGER}")
    # The former place.
    attack("in /tmp", None, pathlib.Path(f"/tmp/latchkey-{VICTIM}"), "", HOME="/nowhere")


def strangers_server(folder):
    """The folder is ours, and yet somebody else listens in it."""
    if os.geteuid() != 0:
        return
    volume = Volume(PROGRAM, folder)
    uuid = volume.run("luksUUID", volume.image).stdout.decode().strip()
    served = pathlib.Path("/run/latchkey")
    served.mkdir(mode=0o700, exist_ok=True)
    (served / volume.name).touch()
    control = served / f".{volume.name}.control"
    impostor = Impostor(control, volume, uuid)
    try:
        for words, done in all_verbs(volume, [], volume.environment):
            told = done.stderr.decode()
            expect(done.returncode != 0 and f"served by user {STRANGER}" in told, f"{words[0]} says {told!r}")
        expect(not impostor.heard, f"a stranger was told {impostor.heard}")
    finally:
        impostor.listener.close()
        (served / volume.name).unlink()
        control.unlink()


def homes(folder):
    """Without XDG_RUNTIME_DIR a user's volumes are below his home; one that is open is found wherever it is."""
    if os.geteuid() == 0 or os.path.exists(f"/run/user/{os.geteuid()}"):
        return
    volume = Volume(PROGRAM, folder)
    environment = dict(volume.environment)
    del environment["XDG_RUNTIME_DIR"]
    nowhere = command(PROGRAM, "open", "--backend", "userspace", "--key-file", volume.key, volume.image, volume.name,
                      check=False, env={key: value for key, value in environment.items() if key != "HOME"})
    told = nowhere.stderr.decode()
    expect(nowhere.returncode == 4 and "no folder for open volumes" in told, f"without a home: {told}")
    # As after "su -m": a home that the user cannot read or write in is not used.
    closed = command(PROGRAM, "status", volume.name, check=False, env={**environment, "HOME": "/"})
    expect(closed.returncode == 4 and b"inactive" in closed.stdout, f"with another's home: {closed.stderr}")
    home = folder / "home"
    home.mkdir(mode=0o755)
    environment["HOME"] = str(home)
    command(PROGRAM, "open", "--backend", "userspace", "--key-file", volume.key, volume.image, volume.name,
            env=environment)
    expect((home / ".latchkey").stat().st_mode & 0o7777 == 0o700, "the folder has another mode than 0700")
    expect((home / ".latchkey" / volume.name).stat().st_size > MIB, "no volume below the home")
    # A user who logs in later has a runtime folder, too.
    command(PROGRAM, "close", volume.name, env={**environment, "XDG_RUNTIME_DIR": str(folder)})
    expect(os.listdir(home / ".latchkey") == [], "close leaves something")


def nothing_passes_on(folder):
    """No descriptor, variable, signal or limit of who opened the volume reaches the serving process."""
    volume = Volume(PROGRAM, folder)
    lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT)
    for number in range(40, 60):
        os.dup2(lock, number, inheritable=True)

    def badly_prepared():
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)
        signal.signal(signal.SIGUSR1, signal.SIG_IGN)
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGUSR2, signal.SIGALRM})
        resource.setrlimit(resource.RLIMIT_FSIZE, (4 * MIB, resource.RLIM_INFINITY))
        os.umask(0)

    command(PROGRAM, "open", "--backend", "userspace", "--key-file", volume.key, volume.image, volume.name,
            close_fds=False, preexec_fn=badly_prepared,
            env={**volume.environment, "LD_BIND_NOW": "1", "SECRET": "a", "MALLOC_PERTURB_": "1"})
    try:
        for process in volume.servers():
            proc = pathlib.Path(f"/proc/{process}")
            facts = dict(line.split(":\t", 1) for line in (proc / "status").read_text().splitlines() if ":\t" in line)
            expect(int(facts["SigBlk"], 16) & (1 << (signal.SIGALRM - 1)) == 0, f"blocked: {facts['SigBlk']}")
            expect(int(facts["SigIgn"], 16) & (1 << (signal.SIGUSR1 - 1)) == 0, f"ignored: {facts['SigIgn']}")
            expect(int(facts["SigIgn"], 16) & (1 << (signal.SIGCHLD - 1)) == 0, f"ignored: {facts['SigIgn']}")
            if os.geteuid() != 0:
                continue
            where = [os.readlink(link) for link in (proc / "fd").iterdir()]
            expect(str(folder / "lock") not in where, f"a descriptor is passed on: {where}")
            names = {word.split(b"=")[0] for word in (proc / "environ").read_bytes().split(b"\0")}
            expect(not names & {b"LD_BIND_NOW", b"SECRET", b"MALLOC_PERTURB_"}, f"it has the variables {names}")
            expect(os.readlink(proc / "cwd") == "/", "it is in a folder of ours")
        # Beyond the limit of the user who opened it.
        with open(volume.path, "r+b", buffering=0) as file:
            file.seek(8 * MIB)
            file.write(b"beyond" + bytes(4090))
            os.fsync(file.fileno())
    finally:
        for number in range(40, 60):
            os.close(number)
        os.close(lock)
        volume.close()
    expect(not os.path.lexists(volume.file), "close leaves its file")


def a_limit_is_an_error(folder):
    """Where a limit on files cannot be lifted, a write beyond it fails; the process goes on."""
    volume = Volume(PROGRAM, folder)
    command(PROGRAM, "open", "--backend", "userspace", "--key-file", volume.key, volume.image, volume.name,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (4 * MIB, 4 * MIB)), env=volume.environment)
    try:
        with open(volume.path, "r+b", buffering=0) as file:
            file.seek(8 * MIB)
            try:
                file.write(b"beyond" + bytes(4090))
                os.fsync(file.fileno())
            except OSError:
                pass
            file.seek(0)
            file.write(b"within" + bytes(4090))
            os.fsync(file.fileno())
        volume.servers()
    finally:
        volume.close()
    expect(volume.run("read", "--key-file", volume.key, "--length", "6", volume.image).stdout == b"within",
           "what is within the limit is not written")


def programs_of_the_system(folder):
    """$PATH of who opens is no place to take programs from."""
    volume = Volume(PROGRAM, folder)
    tools = folder / "tools"
    tools.mkdir()
    for name in ("systemd-run", "fusermount3", "fusermount", "mount", "umount", "mkswap", "mkfs.ext4", "modprobe",
                 "latchkey-serve", "sh"):
        (tools / name).write_text(f"#!/bin/sh\necho {name} \"$@\" >>{folder}/taken\nexit 1\n")
        (tools / name).chmod(0o755)
    environment = {**volume.environment, "PATH": f"{tools}:{os.environ['PATH']}"}
    (folder / "tab").write_text(f"{volume.name} {volume.image} {volume.key} swap,plain,cipher=aes-xts-plain64,size=256,"
                                "hash=sha256\n")
    script = (("unshare", "-m", "/bin/sh", "-c", "mkdir -p /run/systemd && mount -t tmpfs none /run/systemd && "
               'mkdir /run/systemd/system && "$0" "$@"; status=$?; umount /run/systemd; exit $status')
              if os.geteuid() == 0 else ())
    if script:
        script = (*script[:4], script[4].replace("mount -t", "/bin/mount -t").replace("; umount", "; /bin/umount"))
    command(*script, PROGRAM, "open", "--backend", "userspace", "--key-file", volume.key, volume.image, volume.name,
            env=environment)
    command(PROGRAM, "close", volume.name, env=environment)
    taken = (folder / "taken").read_text() if (folder / "taken").exists() else ""
    expect(taken == "", f"from $PATH: {taken}")


def close_is_interrupted(folder):
    """SIGTERM ends a close that waits for a process that stands still; the next close leaves nothing."""
    volume = Volume(PROGRAM, folder).open()
    _, server = volume.servers()
    os.kill(server, signal.SIGSTOP)
    try:
        closing = command("timeout", "--preserve-status", "--kill-after=2", "0.5", PROGRAM, "close", volume.name,
                          check=False, env=volume.environment)
    finally:
        os.kill(server, signal.SIGCONT)
    expect(closing.returncode == 1, f"an interrupted close ends with {closing.returncode}")
    volume.run("close", volume.name)
    expect(not os.path.lexists(volume.file), "an interrupted close leaves its file")


TESTS = [strangers_folder, strangers_server, homes, nothing_passes_on, a_limit_is_an_error, programs_of_the_system, close_is_interrupted]
sys.exit(main(PROGRAM, [test for test in TESTS if not sys.argv[2:] or test.__name__ in sys.argv[2:]]))
