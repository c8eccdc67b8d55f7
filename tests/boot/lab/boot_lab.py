# SPDX-License-Identifier: GPL-2.0-or-later
"""Boots a Debian under User-mode Linux, types what a person would, and returns what the guest reported."""
import contextlib
import dataclasses
import fcntl
import os
import pathlib
import random
import re
import signal
import subprocess
import tempfile
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
KERNEL_LAB = HERE.parents[1] / "kernel" / "lab"
SHIM_SOURCE = KERNEL_LAB / "uml-host-shim.c"
INITS = {"systemd": "/lib/systemd/systemd", "sysvinit": "/sbin/init", "none": "/usr/local/sbin/bootlab-report"}


@dataclasses.dataclass
class Report:
    """What one boot left behind.  state: multi-user, emergency, sysvinit, none; "" when the guest ended without a report."""
    state: str
    status: int
    output: str
    journal: str
    console: str
    uptime_s: float
    wall_s: float


def shim(build_dir):
    """UML's helper library, compiled once."""
    library = pathlib.Path(build_dir) / "uml-host-shim.so"
    if not library.exists() or library.stat().st_mtime < SHIM_SOURCE.stat().st_mtime:
        part = library.with_suffix(f".{threading.get_native_id()}")
        subprocess.run([os.environ.get("CC", "cc"), "-O2", "-shared", "-fPIC", "-o", part, SHIM_SOURCE, "-ldl"], check=True)
        part.replace(library)
    return library


def uml():
    """The kernel's program: the one that kernel-lab boots."""
    return subprocess.run([KERNEL_LAB / "find-kernel"], check=True, capture_output=True, text=True).stdout.split("\n")[0]


@contextlib.contextmanager
def own_cpu():
    """One CPU that no other lab has, if there is one: UML and its guest's processes only take turns, and on two CPUs each
    turn wakes the other.  The lock is the one that kernel-lab takes."""
    allowed = sorted(os.sched_getaffinity(0))
    for cpu in allowed:
        with contextlib.ExitStack() as stack:
            try:
                folder = os.open(f"/sys/devices/system/cpu/cpu{cpu}", os.O_RDONLY)
            except OSError:
                continue
            stack.callback(os.close, folder)
            try:
                fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                continue
            yield cpu
            return
    yield random.choice(allowed)


def clean(console):
    """The console's text without carriage returns and escape sequences."""
    return re.sub(r"\x1b(\[[0-9;?]*[A-Za-z]|\].*?\x07|[()].)", "", console.replace("\r", ""))


class Boot:
    """One machine.  Its disks are never written: writes go to copy-on-write files."""

    def __init__(self, build_dir, *, init="systemd", memory="512M", limit_s=240):
        self.build_dir = pathlib.Path(build_dir)
        self.init = INITS[init]
        self.memory, self.limit_s = memory, limit_s
        self.disks, self.arguments, self.typed, self.always = [], [], [], []
        self.files, self.check, self.secrets = {}, "", []
        self.root, self.end_on_panic = "/dev/ubda", True

    def file(self, path, content, mode=0o644):
        """A file of the guest's root, there before its init starts."""
        self.files[path] = (content if isinstance(content, bytes) else content.encode(), mode)

    def type(self, pattern, text):
        """Types text and Enter once the console shows the pattern (after what was typed before)."""
        self.typed.append((re.compile(pattern.encode()), text.encode() + b"\n"))

    def type_always(self, pattern, text):
        """The same, whenever it shows, until the first of what is typed once is due."""
        self.always.append((re.compile(pattern.encode()), text.encode() + b"\n"))

    def _share(self, folder):
        (folder / "result").mkdir(parents=True)
        (folder / "overlay").mkdir()
        for path, (content, mode) in self.files.items():
            target = folder / "overlay" / path.lstrip("/")
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
            target.chmod(mode)
        (folder / "check").write_text(self.check)
        (folder / "secrets").write_text("".join(f"{secret}\n" for secret in self.secrets))

    def _command(self, work, cpu):
        words = ["taskset", "--cpu-list", str(cpu), uml(), f"mem={self.memory}", "lsm=yama", "con=null", "ssl=null", "ssl0=fd:0,fd:1",
                 "console=ttyS0", f"uml_dir={work}/uml", f"hostfs={work}/share", "pty.legacy_count=0", "lpj=32000000",
                 "initcall_blacklist=raid6_select_algo,raid6_init,init_zswap,init_jfs_fs"]
        for number, disk in enumerate(self.disks):
            words.append(f"ubd{number}={work}/{number}.cow,{disk}")
        words += [f"root={self.root}", "ro", "init=/usr/local/sbin/bootlab-init", f"bootlab.init={self.init}", "noreboot", "quiet"]
        if self.end_on_panic:
            words.append("panic=-1")
        return words + self.arguments

    def run(self):
        with own_cpu() as cpu, tempfile.TemporaryDirectory(prefix="boot-lab.") as folder:
            work = pathlib.Path(folder)
            self._share(work / "share")
            (work / "uml").mkdir()
            log = work / "console"
            memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else folder
            environment = {**os.environ, "LD_PRELOAD": str(shim(self.build_dir)), "LD_BIND_NOW": "1", "TMPDIR": memory}
            begin = time.monotonic()
            with open(log, "wb") as output:
                # A separate session, so that kernel and helpers are ended together.
                kernel = subprocess.Popen(self._command(work, cpu), stdin=subprocess.PIPE, stdout=output, stderr=output, env=environment,
                                          cwd=work, start_new_session=True)
            try:
                self._follow(kernel, log, begin)
            finally:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(kernel.pid, signal.SIGKILL)
                kernel.wait()
                kernel.stdin.close()
            return self._report(work, log, time.monotonic() - begin)

    def _follow(self, kernel, log, begin):
        waiting, seen = list(self.typed), 0
        while kernel.poll() is None and time.monotonic() - begin < self.limit_s:
            text = log.read_bytes()
            for pattern, answer in [*waiting[:1], *self.always]:
                if pattern.search(text, seen):
                    seen = len(text)
                    time.sleep(0.2)  # between the prompt's text and the reading of the terminal
                    kernel.stdin.write(answer)
                    kernel.stdin.flush()
                    if waiting and pattern is waiting[0][0]:
                        waiting.pop(0)
                    break
            time.sleep(0.05)

    def _report(self, work, log, wall_s):
        result = work / "share" / "result"

        def read(name):
            return (result / name).read_text(errors="replace").strip() if (result / name).exists() else ""
        return Report(state=read("state"), status=int(read("status") or -1), output=read("out"), journal=read("journal"),
                      console=clean(log.read_text(errors="replace")), uptime_s=float(read("uptime") or 0), wall_s=wall_s)

