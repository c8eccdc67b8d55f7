#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What a served volume does when things go wrong: the serving process is killed, the disk is full, much is asked at
once, something that it needs is missing, systemd is or is not there.

Usage: faults.py PROGRAM [TEST...]
"""
import errno
import json
import mmap
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time

from volumes import FAST, MIB, NOBODY, Volume, command, expect, main

PROGRAM = os.path.abspath(sys.argv[1])


def error_of(action):
    try:
        action()
    except OSError as problem:
        return problem.errno
    return 0


def aligned(size, byte):
    buffer = mmap.mmap(-1, size)
    buffer.write(bytes([byte]) * size)
    return buffer


def wait_until(condition, seconds=10):
    limit = time.monotonic() + seconds
    while time.monotonic() < limit:
        if condition():
            return True
        time.sleep(0.05)
    return False


def told_dead(volume):
    """Every verb says of a volume whose server was killed that it is, and what helps; none takes it for what it was."""
    told = volume.run("status", volume.name)
    expect(told.stdout.decode().startswith(f"{volume.path} is active"), f"status of a dead volume: {told.stdout}")
    ended = f"the process that served {volume.name} has ended"
    expect(ended in told.stderr.decode().lower(), f"status of a dead volume says {told.stderr}")
    facts = json.loads(volume.run("--json", "status", volume.name).stdout)
    expect(facts["result"]["server_ended"] and "close" in facts["warnings"][0], f"JSON of a dead volume: {facts}")
    key = ["--key-file", volume.key]
    for words, status in ((["luksSuspend", volume.name], 4), (["luksResume", *key, volume.name], 4),
                          (["resize", volume.name], 4), (["table", volume.name], 4),
                          (["refresh", *key, volume.image, volume.name], 4),
                          (["open", "--backend", "userspace", *key, volume.image, volume.name], 5)):
        done = volume.run(*words, check=False)
        expect(done.returncode == status and ended in done.stderr.decode().lower(),
               f"{words[0]} of a dead volume: {done.returncode} {done.stderr}")
    table = volume.folder / "crypttab"
    table.write_text(f"{volume.name} {volume.image} {volume.key} luks\n")
    if os.geteuid() == 0:
        done = volume.run("crypttab", "open", "--crypttab", table, "--backend", "userspace", volume.name, check=False)
        expect(done.returncode != 0 and ended in done.stderr.decode().lower(),
               f"crypttab open of a dead volume: {done.returncode} {done.stderr}")


def killed(folder):
    """What fsync acknowledged is there; users get errors and no old data; close cleans up; the next open works."""
    volume = Volume(PROGRAM, folder)
    for round_ in range(3):
        volume.open()
        synced, direct = os.open(volume.file, os.O_RDWR), os.open(volume.file, os.O_RDONLY | os.O_DIRECT)
        data = os.urandom(3 * MIB + 100)
        os.pwrite(synced, data, 12345)
        os.fsync(synced)
        os.pwrite(synced, b"not promised", 8 * MIB)
        os.kill(volume.servers()[1], signal.SIGKILL)
        page = aligned(4096, 0)
        expect(wait_until(lambda: error_of(lambda: os.preadv(direct, [page], 0)) != 0), "the dead volume gives data")
        for what, action in {
                "read": lambda: os.preadv(direct, [page], MIB // 4096 * 4096),
                "write": lambda: (os.pwrite(synced, b"x" * 8192, 0), os.fsync(synced)),
                "open": lambda: os.close(os.open(volume.file, os.O_RDONLY)),
        }.items():
            expect(error_of(action) in (errno.ENOTCONN, errno.ECONNABORTED, errno.EIO, errno.ENXIO),
                   f"{what} of a dead volume: {errno.errorcode.get(error_of(action))}")
        if os.geteuid() == 0:
            expect(error_of(lambda: pathlib.Path(volume.path).read_bytes()) == errno.EIO, "the node gives old data")
        for descriptor in (synced, direct):
            error_of(lambda descriptor=descriptor: os.close(descriptor))  # which says that the volume is dead
        told_dead(volume)
        volume.close()
        expect(not os.path.lexists(volume.file) and not os.path.lexists(volume.path), "close left something")
        expect(volume.run("status", volume.name, check=False).returncode == 4, "closed, but not for status")
        found = volume.run("read", "--key-file", volume.key, volume.image).stdout
        expect(found[12345:12345 + len(data)] == data, f"round {round_}: what fsync acknowledged is lost")


def does_not_answer(folder):
    """While a serving process stands still, and somebody waits for it, other volumes can be used as ever."""
    if os.geteuid() != 0:
        return  # there is no loop device then
    still, other = Volume(PROGRAM, folder), Volume(PROGRAM, folder)
    still.open()
    reader, servers = None, still.servers()
    try:
        for process in servers:
            os.kill(process, signal.SIGSTOP)
        reader = subprocess.Popen(["dd", f"if={still.path}", "of=/dev/null", "bs=1M", "count=8"], stderr=subprocess.DEVNULL)
        time.sleep(0.5)
        reader.kill()  # it cannot end: it closes the device, whose pages are being read
        time.sleep(0.5)
        for words in (["luksUUID", "-q", "--uuid", "12345678-1234-1234-1234-123456789abc", other.image],
                      ["luksFormat", "-q", *FAST["luks2"], "--key-file", other.key, other.image]):
            other.run(*words, timeout=20)
    finally:
        for process in servers:
            os.kill(process, signal.SIGCONT)
        if reader:
            reader.wait()
    still.close()


def with_file_system(folder):
    """An open volume with a file system, and an empty folder to mount it on; for root."""
    volume = Volume(PROGRAM, folder).open()
    where = folder / "mounted"
    where.mkdir()
    command("mke2fs", "-q", "-t", "ext4", volume.path)
    return volume, where


def is_gone(volume):
    return not os.path.lexists(volume.path) and not os.path.lexists(volume.file)


def stands_still(folder):
    """Whoever asks for the state of a volume whose process stands still, or closes it, waits for seconds and is told."""
    volume = Volume(PROGRAM, folder).open()
    servers = volume.servers()
    try:
        for process in servers:
            os.kill(process, signal.SIGSTOP)
        for words, status in ((["status", volume.name], 5), (["close", volume.name], 5), (["close", "--deferred", volume.name], 5),
                              (["resize", volume.name], 5), (["luksSuspend", volume.name], 5), (["list"], 0), (["show", volume.name], 0)):
            begin = time.monotonic()
            done = volume.run(*words, check=False, timeout=60)
            told = (done.stdout + done.stderr).decode()
            expect(done.returncode == status, f"{words}: {done.returncode}: {told}")
            expect("does not answer" in told, f"{words} says: {told}")
            expect(time.monotonic() - begin < 20, f"{words} waits for {time.monotonic() - begin:.0f} s")
        told = volume.run("show", volume.image).stdout.decode()
        expect(f"open as {volume.name}" in told, f"show of the image says: {told}")
    finally:
        for process in servers:
            os.kill(process, signal.SIGCONT)
    # Not earlier: an ordinary user's path leads to the served file, and looking at it waits for the process.
    expect(os.path.lexists(volume.path), "what nobody could close is gone")
    volume.close()
    expect(not os.path.lexists(volume.file), "close left something")


def closed_by_its_last_user(folder):
    """close --deferred: the volume stays until nobody uses it, and goes then; it can be taken back."""
    if os.geteuid() != 0:
        volume = Volume(PROGRAM, folder).open()
        with open(volume.file, "rb"):
            volume.run("close", "--deferred", volume.name)
            expect(os.path.lexists(volume.file), "closed under its user")
        expect(wait_until(lambda: is_gone(volume)), "the last user left, and it stays")
        return
    volume, where = with_file_system(folder)
    command("mount", volume.path, where)
    try:
        volume.run("close", "--deferred", volume.name)
        expect(b"'deferred_remove': True" in str(json.loads(volume.run("--json", "status", volume.name).stdout)).encode(),
               "status does not know that it is to be closed")
        (where / "letter").write_text("kept")
        volume.run("close", "--cancel-deferred", volume.name)
    finally:
        command("umount", where)
    time.sleep(0.5)
    expect(os.path.exists(volume.path), "closed, although that was taken back")
    command("mount", volume.path, where)
    try:
        volume.run("close", "--deferred", volume.name)
    finally:
        command("umount", where)
    expect(wait_until(lambda: is_gone(volume)),
           "the last user left, and it stays")
    volume.open()
    volume.run("close", "--deferred", volume.name)
    expect(not os.path.lexists(volume.path), "one that nobody uses is not closed at once")


def stays_for_an_open_descriptor(folder):
    """close is refused while a program has the volume open, and changes nothing; --deferred closes it afterwards."""
    volume = Volume(PROGRAM, folder).open()
    place = volume.path if os.geteuid() == 0 else volume.file
    # The block device over the file, and the file itself.
    for opened in (place, volume.file):
        with open(opened, "rb"):
            done = volume.run("close", volume.name, check=False)
            expect(done.returncode == 5, f"close under a user of {opened}: {done.returncode}: {done.stderr}")
            expect(os.path.exists(place), f"a close that was refused under a user of {opened} took the volume's name away")
    with open(place, "rb"):
        done = volume.run("close", "--deferred", volume.name, check=False)
        expect(done.returncode == 0, f"close --deferred under its user: {done.returncode}: {done.stderr}")
        expect(os.path.exists(place), "closed under its user")
    expect(wait_until(lambda: is_gone(volume)),
           "the last user left, and it stays")


HELPERS = os.path.dirname(PROGRAM)


def mount_by_helper(volume, where):
    """Returns whether it was opened in userspace."""
    volume.key.chmod(0o600)
    done = command(f"{HELPERS}/mount.crypto_LUKS", volume.image, where, "-o", f"keyfile={volume.key},name={volume.name}")
    expect(not done.stderr, f"mount says {done.stderr}")
    return json.loads(volume.run("--json", "status", volume.name).stdout)["result"].get("backend") == "userspace"


def mounted_by_the_helper(folder):
    """What mount(8)'s helper opened is closed again by umount's helper, and when it is unmounted without it."""
    if os.geteuid() != 0:
        return
    volume, where = with_file_system(folder)
    volume.close()
    if not mount_by_helper(volume, where):
        command("umount", where)
        return  # device-mapper is here, and kernel.mount_helper tests it
    command(f"{HELPERS}/umount.crypto_LUKS", where)
    expect(is_gone(volume), "umount's helper left it open")
    mount_by_helper(volume, where)
    command("umount", "-i", where)
    expect(wait_until(lambda: is_gone(volume)), "unmounted without a helper, it stays")
    with volume:
        done = command(f"{HELPERS}/mount.crypto_LUKS", volume.image, where, "-o", f"keyfile={volume.key},name={volume.name}",
                       check=False)
        expect(done.returncode == 0, f"mounting an open one: {done.stderr}")
        command(f"{HELPERS}/umount.crypto_LUKS", where)
        expect(os.path.exists(volume.path), "what another opened is closed")


def number_of_another(folder):
    """The loop device of a volume whose process died was detached, and another volume has its number."""
    if os.geteuid() != 0:
        return
    (folder / "dead").mkdir()
    (folder / "alive").mkdir()
    dead = Volume(PROGRAM, folder / "dead").open()
    loop = os.path.realpath(dead.path)
    for process in dead.servers():
        os.kill(process, signal.SIGKILL)
    command("losetup", "-d", loop)
    volume, where = with_file_system(folder / "alive")
    volume.close()
    ours = mount_by_helper(volume, where)
    if not ours or os.path.realpath(volume.path) != loop:  # device-mapper, or a third program was faster
        command("umount", where)
        volume.run("close", volume.name, check=False)
    else:
        told = volume.run("status", dead.name, check=False).stdout.decode()
        expect("in use" not in told, f"status of the dead volume says {told}")
        command(f"{HELPERS}/umount.crypto_LUKS", where)
        expect(is_gone(volume), "umount's helper closed another volume")
        volume.open()
    dead.run("close", dead.name)
    expect(is_gone(dead), "close left the link of the dead volume")
    if ours:
        expect(os.path.realpath(volume.path).startswith("/dev/loop"), "close of the dead volume took the other's device")
        volume.close()


def terminated(folder):
    """SIGTERM to either process flushes, detaches and leaves nothing."""
    volume = Volume(PROGRAM, folder)
    for which in (0, 1):
        volume.open()
        data = os.urandom(MIB)
        with open(volume.file, "r+b", buffering=0) as file:
            file.write(data)
        both = volume.servers()
        os.kill(both[which], signal.SIGTERM)
        expect(wait_until(lambda: is_gone(volume)),
               f"SIGTERM to process {which} of {both} leaves {volume.path}")
        found = volume.run("read", "--key-file", volume.key, "--length", str(MIB), volume.image).stdout
        expect(found == data, "what was written before SIGTERM is lost")


def terminated_while_mounted(folder):
    """SIGTERM under a mounted file system: its users get errors, and once it is unmounted close cleans up."""
    if os.geteuid() != 0:
        return
    volume, where = with_file_system(folder)
    command("mount", volume.path, where)
    try:
        (where / "letter").write_text("before")
        os.sync()
        os.kill(volume.servers()[0], signal.SIGTERM)
        expect(wait_until(lambda: error_of((where / "another").touch) != 0), "the dead file system takes files")
        expect(volume.run("close", volume.name, check=False).returncode == 5, "closed under a mounted file system")
    finally:
        command("umount", where)
    volume.close()
    expect(not os.path.lexists(volume.path), "the node stays")
    with volume:
        command("mount", "-o", "ro", volume.path, where)
        try:
            expect((where / "letter").read_text() == "before", "what was written before SIGTERM is lost")
        finally:
            command("umount", where)


def unmounted_by_others(folder):
    """Who unmounts the file ends it: nothing is left, and it can be opened again."""
    if os.geteuid() == 0:
        return
    volume = Volume(PROGRAM, folder).open()
    with open(volume.file, "r+b", buffering=0) as file:
        file.write(b"before")
    command("fusermount3", "-u", volume.file)
    expect(wait_until(lambda: not os.path.lexists(volume.file)), "the mount point stays")
    with volume:
        with open(volume.file, "rb") as file:
            expect(file.read(6) == b"before", "what was written before the unmounting is lost")


def cleaned_up_late(folder):
    """A keeper, or a second "close", that comes late leaves alone the volume that was opened in between."""
    volume = Volume(PROGRAM, folder).open()
    keeper, server = volume.servers()
    os.kill(keeper, signal.SIGSTOP)
    try:
        os.kill(server, signal.SIGTERM)
        expect(wait_until(lambda: pathlib.Path(f"/proc/{server}/stat").read_text(encoding="ascii").split()[2] == "Z"),
               "the server does not end")
        volume.close()
        volume.open()
    finally:
        os.kill(keeper, signal.SIGCONT)
    expect(wait_until(lambda: not os.path.exists(f"/proc/{keeper}")), "the first keeper does not end")
    expect(os.path.lexists(volume.file) and os.path.exists(volume.path), "a late keeper removed another volume's places")
    told = volume.run("status", volume.name)
    expect(not told.stderr, f"after a late keeper, status says {told.stderr}")
    volume.close()


def survives_its_parent(folder):
    """Neither the end of the terminal's session nor a SIGHUP to its group ends it."""
    volume = Volume(PROGRAM, folder)
    command("setsid", "-w", "bash", "-c", '"$0" "$@"; kill -HUP 0', PROGRAM, "open", "--backend", "userspace",
            "--key-file", volume.key, volume.image, volume.name, check=False, env=volume.environment)
    time.sleep(0.3)
    try:
        with open(volume.file, "rb") as file:
            expect(len(file.read(4096)) == 4096, "no data")
    finally:
        volume.close()


def no_space(folder):
    """A sparse image on a full file system: ENOSPC comes back as itself, and what fits is there."""
    if os.geteuid() != 0:
        return
    small = folder / "small"
    small.mkdir()
    command("mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", small)
    try:
        volume = Volume(PROGRAM, small, megabytes=16)
        with volume:
            descriptor = os.open(volume.file, os.O_RDWR | os.O_DIRECT)
            block = aligned(MIB, 7)
            errors = [error_of(lambda at=at: os.pwritev(descriptor, [block], at * MIB)) for at in range(8)]
            expect(errors[0] == 0 and errors[-1] == errno.ENOSPC, f"direct writes end with {errors}")
            expect(set(errors) == {0, errno.ENOSPC}, f"direct writes end with {errors}")
            os.preadv(descriptor, [block], 0)
            expect(block[:] == bytes([7]) * MIB, "what was written before is lost")
            os.close(descriptor)
            # For cached writes fsync, or an earlier call, reports it.
            descriptor = os.open(volume.file, os.O_RDWR)
            error = error_of(lambda: (os.pwrite(descriptor, bytes([9]) * 4 * MIB, 8 * MIB), os.fsync(descriptor)))
            expect(error == errno.ENOSPC, f"a cached write ends with {errno.errorcode.get(error)}")
            error_of(lambda: os.close(descriptor))
        done = command("sh", "-c", '"$0" write --key-file "$1" "$2" </dev/zero', PROGRAM, volume.key, volume.image,
                       check=False)
        expect(done.returncode == 1 and b"No space left" in done.stderr, f"write: {done.returncode} {done.stderr}")
    finally:
        command("umount", "-l", small)


def resident(process):
    """(now, peak) in MiB."""
    fields = dict(line.split(":", 1) for line in pathlib.Path(f"/proc/{process}/status").read_text().splitlines())
    return int(fields["VmRSS"].split()[0]) // 1024, int(fields["VmHWM"].split()[0]) // 1024


def bounded_memory(folder):
    """Under many readers and writers at once the serving process stays below a fixed bound."""
    bound = 96  # MiB
    volume = Volume(PROGRAM, folder, megabytes=64)
    with volume:
        stopped = threading.Event()
        problems = []

        def load(number):
            direct = os.O_DIRECT if number % 2 else 0
            descriptor = os.open(volume.file, os.O_RDWR | direct)
            buffer = aligned(MIB, number)
            place = 0
            try:
                while not stopped.is_set():
                    place = (place * 7 + number) % 60
                    if number % 3:
                        os.pwritev(descriptor, [buffer], place * MIB)
                    else:
                        os.preadv(descriptor, [buffer], place * MIB)
            except OSError as problem:
                problems.append(problem)
            finally:
                os.close(descriptor)

        threads = [threading.Thread(target=load, args=(number,)) for number in range(64)]
        for thread in threads:
            thread.start()
        time.sleep(5)
        now, peak = resident(volume.servers()[1])
        stopped.set()
        for thread in threads:
            thread.join()
        expect(not problems, f"{len(problems)} of 64 fail: {problems[:1]}")
        expect(peak < bound, f"{peak} MiB of memory, {now} now; the bound is {bound}")
        print(f"  64 at once: at most {peak} MiB")


def keeps_its_key(folder):
    """No dumps, no debugger, no rights, no system calls but its own."""
    with Volume(PROGRAM, folder) as volume:
        server = volume.servers()[1]
        status = pathlib.Path(f"/proc/{server}/status").read_text(encoding="ascii")
        facts = dict(line.split(":", 1) for line in status.splitlines() if ":" in line)
        expect(facts["Seccomp"].strip() == "2", "it may make any system call")
        expect(facts["NoNewPrivs"].strip() == "1", "it may get new rights")
        for kind in ("CapEff", "CapPrm", "CapInh", "CapAmb"):
            expect(int(facts[kind], 16) == 0, f"{kind} is {facts[kind]}")
        if os.geteuid() == 0:
            expect(facts["Uid"].split()[0] != "0", "it is root")
            limits = pathlib.Path(f"/proc/{server}/limits").read_text(encoding="ascii")
            core = next(line for line in limits.splitlines() if line.startswith("Max core"))
            expect(core.split()[4:6] == ["0", "0"], f"it may dump core: {core}")


def nothing_to_work_with(folder):
    """Without /dev/fuse, or loop devices for root, it says what is missing, and leaves nothing."""
    if os.geteuid() != 0:
        return
    volume = Volume(PROGRAM, folder)

    def without(hide):
        words = ["unshare", "-m", "sh", "-c", hide + '; exec "$0" "$@"', PROGRAM, "open", "--verbose",
                 "--backend", "userspace", "--key-file", volume.key, volume.image, volume.name]
        return command(*words, check=False, env=volume.environment)

    # A folder of devices without /dev/fuse.
    hidden = ("mkdir -p {0}/dev && mount --rbind /dev {0}/dev && mount -t tmpfs none /dev && "
              "for node in null zero urandom random tty fuse loop-control; do [ $node = {1} ] || "
              "{{ touch /dev/$node; mount --bind {0}/dev/$node /dev/$node; }}; done")
    done = without(hidden.format(folder, "fuse"))
    told = done.stderr.decode()
    expect(done.returncode != 0 and "/dev/fuse" in told and "module fuse" in told, f"without /dev/fuse: {told}")
    done = without(hidden.format(folder, "loop-control"))
    told = done.stderr.decode()
    expect(done.returncode != 0 and "loop-control" in told and "module loop" in told, f"without loop devices: {told}")
    expect(wait_until(lambda: not os.path.lexists(volume.file)), "a failed open leaves its file")
    expect(wait_until(lambda: command("pgrep", "-f", f"latchkey-serve {volume.name}$", check=False).returncode == 1),
           "a failed open leaves its process")
    with volume:
        pass


def without_fusermount(folder):
    """An ordinary user without fusermount3 is told the package."""
    if os.geteuid() != 0 or not shutil.which("fusermount3"):
        return
    volume = Volume(PROGRAM, folder)
    for path in (folder, volume.image, volume.key):
        os.chown(path, NOBODY, NOBODY)
    done = command("unshare", "-m", "sh", "-c",
                   'mount --bind /dev/null "$(command -v fusermount3)"; '
                   f'exec setpriv --reuid={NOBODY} --regid={NOBODY} --clear-groups "$0" "$@"',
                   PROGRAM, "open", "--verbose", "--backend", "userspace", "--key-file", volume.key, volume.image,
                   volume.name, check=False, env=volume.environment)
    if b"Permission denied" in done.stderr and b"fuse" not in done.stderr:
        print("  not done: others cannot run the program here")
        return
    expect(done.returncode != 0 and b"package fuse3" in done.stderr, f"without fusermount3: {done.stderr}")
    expect(os.listdir(folder / "latchkey") == [], f"a failed open leaves {os.listdir(folder / 'latchkey')}")


def gives_way_to_systemd(folder):
    """Where systemd runs the process gets a scope; where it only seems to, it starts without; and it tells who waits
    by NOTIFY_SOCKET that it is ready."""
    if os.geteuid() != 0:
        return
    tools = folder / "tools"
    tools.mkdir()
    log = folder / "log"
    run = tools / "systemd-run"
    volume = Volume(PROGRAM, folder)
    # Only this folder shows that systemd runs; no other process sees it.
    # $PATH is not used: the system's folder itself has another program, which no other process sees.
    fake = ('mkdir -p /run/systemd && mount -t tmpfs none /run/systemd && mkdir -p /run/systemd/system && '
            'mount -t overlay none -o "lowerdir=$tools:/usr/bin" /usr/bin && '
            '"$0" "$@" && exec "$0" close "$name"')
    for body, expected in ((f'echo "$*" >>{log}; while [ "$1" != -- ]; do shift; done; shift; exec "$@"', True),
                           ("exit 1", False)):
        run.write_text(f"#!/bin/sh\n{body}\n")
        run.chmod(0o755)
        command("unshare", "-m", "sh", "-c", fake, PROGRAM, "open", "--backend", "userspace", "--key-file", volume.key,
                volume.image, volume.name,
                env={**volume.environment, "name": volume.name, "tools": str(tools)})
        told = log.read_text() if log.exists() else ""
        if expected:
            expect(f"--scope --quiet --collect --unit=latchkey-{volume.name} -- " in told, f"systemd-run {told}")
    notify = folder / "notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(str(notify))
        listener.settimeout(10)
        command(PROGRAM, "open", "--backend", "userspace", "--key-file", volume.key, volume.image, volume.name,
                env={**volume.environment, "NOTIFY_SOCKET": str(notify)})
        try:
            told = listener.recv(4096).decode()
        except TimeoutError:
            told = "nothing"
        server = volume.servers()[0]
        volume.close()
    expect("READY=1" in told.split("\n"), f"the notify socket got {told!r}")
    expect(f"MAINPID={server}" in told.split("\n"), f"the notify socket got {told!r}, not process {server}")


TESTS = [killed, does_not_answer, stands_still, closed_by_its_last_user, stays_for_an_open_descriptor, mounted_by_the_helper, number_of_another, terminated, terminated_while_mounted, unmounted_by_others, cleaned_up_late,
         survives_its_parent, no_space,
         bounded_memory, keeps_its_key, nothing_to_work_with, without_fusermount, gives_way_to_systemd]
sys.exit(main(PROGRAM, [test for test in TESTS if not sys.argv[2:] or test.__name__ in sys.argv[2:]]))
