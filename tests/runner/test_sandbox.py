"""Hostile experiments: each ends as an outcome with a message, and the machine is as it was."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from claims.domain.isolation import Isolation
from claims.domain.run import Outcome
from claims.runner import launching
from claims.runner.execute import LOG_BYTES
from claims.runner.sandbox import landlock
from claims.runner.sandbox.choosing import reach
from tests.runner.hostile import run

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def strong() -> None:
    """These tests are about the strongest level."""
    assert "does not hold" not in reach().why
    if reach().level != "strong":
        pytest.skip(f"no sandbox here: {reach().why}")


def processes(mark: str) -> list[int]:
    """Who carries a mark on its command line."""
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal() and int(folder.name) != os.getpid():
            try:
                if mark.encode() in (folder / "cmdline").read_bytes():
                    found.append(int(folder.name))
            except OSError:
                continue
    return found


def gone(mark: str, within: float = 5.0) -> bool:
    deadline = time.monotonic() + within
    while processes(mark) and time.monotonic() < deadline:
        time.sleep(0.02)
    return not processes(mark)


SECRETS = {
    "home": "open(os.path.join({home!r}, 'key')).read()",
    "elsewhere": "open({secret!r}).read()",
    "shadow": "open('/etc/shadow').read()",
    "passwd": "open('/etc/passwd').read()",
    "project": "open({secret!r}.replace('secret', 'claims.yaml')).read()",
    "environment": "os.environ['CLAIMS_SECRET']",
    "parent's environment": "1 / any(b'CLAIMS_SECRET' in open('/proc/' + p + '/environ', 'rb').read()"
    " for p in os.listdir('/proc') if p.isdecimal())",
    "host processes": "1 / (len([p for p in os.listdir('/proc') if p.isdecimal()]) > 4)",
}


@pytest.mark.parametrize("what", SECRETS)
def test_a_secret_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str) -> None:
    home = tmp_path / "home"
    home.mkdir()
    for place in (home / "key", tmp_path / "secret", tmp_path / "claims.yaml"):
        place.write_text("hunter2")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("CLAIMS_SECRET", "hunter2")
    code = SECRETS[what].format(home=str(home), secret=str(tmp_path / "secret"))
    done = run(tmp_path, f"import os\n{code}").replicate
    assert done.outcome is Outcome.CRASH
    words = ("FileNotFoundError", "KeyError: 'CLAIMS_SECRET'", "ZeroDivisionError")
    assert done.message.startswith(words), done.message
    assert "hunter2" not in (tmp_path / "logs" / "toy.log").read_text()


def test_the_same_attack_succeeds_without_the_sandbox(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("hunter2")
    attack = f"assert open({str(tmp_path / 'secret')!r}).read() == 'hunter2'"
    assert run(tmp_path, attack, level="none").replicate.outcome is Outcome.OK
    assert run(tmp_path, attack, level="strong").replicate.outcome is Outcome.CRASH


KINDS = {
    "tcp": (socket.AF_INET, socket.SOCK_STREAM, "PermissionError"),
    "udp": (socket.AF_INET, socket.SOCK_DGRAM, "PermissionError"),
    "unix": (socket.AF_UNIX, socket.SOCK_STREAM, "PermissionError"),
    "abstract": (socket.AF_UNIX, socket.SOCK_STREAM, "PermissionError"),
}


@pytest.mark.parametrize("level", ["strong", "none"])
@pytest.mark.parametrize("kind", KINDS)
def test_nobody_can_be_called(tmp_path: Path, kind: str, level: Isolation) -> None:
    family, sort, error = KINDS[kind]
    address: object = ("127.0.0.1", 0)
    if family is socket.AF_UNIX:
        address = str(tmp_path / "s") if kind == "unix" else f"\0claims-{os.getpid()}-{level}"
    with socket.socket(family, sort) as listener:
        listener.bind(address)
        if sort is socket.SOCK_STREAM:
            listener.listen()
        listener.setblocking(False)
        attack = f"""
            import socket
            s = socket.socket({int(family)}, {int(sort)})
            s.connect({listener.getsockname()!r})
            s.send(b"hello")
        """
        done = run(tmp_path, attack, level=level).replicate
        if level == "none":
            assert done.outcome is Outcome.OK, "else this test shows nothing"
            return
        assert done.outcome is Outcome.CRASH
        assert done.message.startswith(error)
        with pytest.raises(BlockingIOError):
            listener.accept() if sort is socket.SOCK_STREAM else listener.recv(1)


def test_nothing_outside_can_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / "home"
    monkeypatch.setenv("HOME", str(home))
    mine = ["claims.yaml", "evidence/record.json", "home/.profile"]
    for name in mine:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("untouched")
    places = [str(tmp_path / name) for name in mine]
    attack = f"""
        import os, sys
        written = []
        for place in {places} + ["/exp/worker.py", "/exp/x", "/etc/x", "/usr/x", "/dev/x", "/x", "/proc/self/comm",
                                 "/proc/sys/kernel/core_pattern", sys.prefix + "/x", sys.base_prefix + "/x"]:
            for do in (lambda: open(place, "w").close(), lambda: os.chmod(place, 0o777), lambda: os.unlink(place),
                       lambda: os.utime(place)):
                try:
                    do()
                    written.append(place)
                except OSError:
                    pass
        for node in ("/dev/null", "/dev/zero"):
            try:
                os.chmod(node, 0o600)
                written.append(node)
            except OSError:
                pass
        raise RuntimeError(f"wrote {{written}}")
    """
    before = {p: (p.stat().st_mode, p.stat().st_mtime_ns) for p in map(Path, places)}
    done = run(tmp_path, attack).replicate
    assert done.message == "RuntimeError: wrote []"
    assert {p: (p.stat().st_mode, p.stat().st_mtime_ns) for p in map(Path, places)} == before
    assert Path("/dev/null").stat().st_mode & 0o777 == 0o666


DAEMON = """
    import os, sys
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            os.execv(sys.executable, [sys.executable, "-S", "-c", "import time; time.sleep(60)", {mark!r}])
        os._exit(0)
    os.wait()
    import time
    time.sleep(0.4)
"""


@pytest.mark.parametrize("level", ["strong", "limits"])
def test_a_daemon_ends_with_its_replicate(tmp_path: Path, level: Isolation) -> None:
    mark = f"daemon-{level}-{os.getpid()}"
    started = time.monotonic()
    done = run(tmp_path, DAEMON.format(mark=mark), level=level).replicate
    assert done.outcome is Outcome.OK, done.message
    assert processes(mark) == [], "when verify goes on, nothing is left"
    assert time.monotonic() - started < 20


def test_a_fork_bomb_is_bounded(tmp_path: Path) -> None:
    attack = """
        import os, time
        for _ in range(400):  # under root in a namespace all of them would start
            if os.fork() == 0:
                time.sleep(30)
                os._exit(0)
    """
    started = time.monotonic()
    done = run(tmp_path, attack).replicate
    assert done.outcome is Outcome.CRASH
    assert done.message.startswith(("BlockingIOError", "it held more than 256 processes")), done.message
    assert time.monotonic() - started < 20
    assert gone(str(tmp_path / "copy"), 1)


def test_memory_of_several_processes_is_counted_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(launching, "MEMORY_MIB", 300)
    attack = """
        import os, time
        for _ in range(6):
            if os.fork() == 0:
                hoard = bytearray(os.urandom(1)) * (80 * 2**20)
                time.sleep(30)
                os._exit(0)
        time.sleep(30)
    """
    done = run(tmp_path, attack).replicate
    assert done.outcome is Outcome.OUT_OF_MEMORY
    assert done.message == "it held more than 300 MiB of memory"


@pytest.mark.parametrize(
    "call", ["os.memfd_create('x')", *(f"socket.socketpair({n})" for n in ("1", "2", "16", "30", "40"))]
)
def test_memory_that_belongs_to_no_process_is_not_to_be_had(tmp_path: Path, call: str) -> None:
    """A pair of sockets holds 400 kB; and it is made, of any family, before the kernel says that it has no pairs."""
    done = run(tmp_path, f"import os, socket\n{call}").replicate
    assert done.message.startswith("PermissionError")


def test_few_files_can_be_open(tmp_path: Path) -> None:
    attack = """
        import os
        pipes = []
        try:
            while len(pipes) < 600:
                pipes.append(os.pipe())
        except OSError as error:
            os.close(pipes.pop()[0])  # or a traceback could not be made
            raise RuntimeError(error.strerror) from None
    """
    assert run(tmp_path, attack).replicate.message == "RuntimeError: Too many open files"


def test_a_machine_with_lower_limits_of_its_own_keeps_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(launching, "OPEN_FILES", 2**40)
    assert run(tmp_path).replicate.outcome is Outcome.OK


def test_the_scratch_disk_is_small(tmp_path: Path) -> None:
    attack = """
        import os
        total = 0
        for place in ("/scratch", "/tmp", "/dev/shm"):
            for number in range(1000):
                try:
                    with open(f"{place}/{number}", "wb") as file:
                        for _ in range(15):
                            total += file.write(bytes(2**20))
                except OSError as error:
                    assert error.errno == 28, error
                    break
        raise RuntimeError(f"{total // 2**20} MiB")
    """
    done = run(tmp_path, attack).replicate
    assert done.message.startswith("RuntimeError"), done.message
    assert 300 < int(done.message.split()[1]) < 400


def test_printing_without_end_is_stopped(tmp_path: Path) -> None:
    done = run(tmp_path, "while True: print('x' * 10000)").replicate
    assert done.outcome is Outcome.CRASH
    assert done.message == "it printed more than 16 MiB"
    assert (tmp_path / "logs" / "toy.log").stat().st_size == LOG_BYTES


@pytest.mark.parametrize("level", ["strong", "limits"])
def test_hanging_with_deaf_ears_ends_at_the_time_limit(tmp_path: Path, level: Isolation) -> None:
    attack = """
        import signal, time
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        time.sleep(600)
    """
    started = time.monotonic()
    done = run(tmp_path, attack, level=level, time_limit=2.0).replicate
    assert done.outcome is Outcome.TIMEOUT
    assert done.message == "no answer after 2 s"
    assert time.monotonic() - started < 10


def test_no_process_can_be_traced(tmp_path: Path) -> None:
    attack = """
        import ctypes, os
        libc = ctypes.CDLL(None, use_errno=True)
        attach, be_traced = libc.ptrace(16, 1, 0, 0), libc.ptrace(0, 0, 0, 0)
        raise RuntimeError(f"{attach} {be_traced}")
    """
    started = time.monotonic()
    assert run(tmp_path, attack).replicate.message == "RuntimeError: -1 -1"
    assert time.monotonic() - started < 10


@pytest.mark.parametrize("call", ["unshare(0x10000000)", "mount(b'/', b'/tmp', 0, 4096, 0)", "chroot(b'/tmp')"])
def test_no_way_out_through_new_namespaces(tmp_path: Path, call: str) -> None:
    attack = f"""
        import ctypes
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.{call} < 0:
            raise OSError(ctypes.get_errno(), "refused")
    """
    assert run(tmp_path, attack).replicate.message == "PermissionError: [Errno 1] refused"


DRIVER = """
import sys
from pathlib import Path
from tests.runner.hostile import run
root = Path(sys.argv[1])
run(root, (root / "attack").read_text(), time_limit=600.0)
"""


def test_kill_9_of_the_parent_leaves_no_child(tmp_path: Path) -> None:
    mark = f"orphan-{os.getpid()}"
    # Not on the command line: between fork and exec every child of the driver would carry the mark.
    (tmp_path / "attack").write_text(DAEMON.format(mark=mark) + "    time.sleep(600)\n")
    command = [sys.executable, "-c", DRIVER, str(tmp_path)]
    parent = subprocess.Popen(command, cwd=ROOT, env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)})
    deadline = time.monotonic() + 30
    while not processes(mark) and time.monotonic() < deadline:
        time.sleep(0.05)
    seen = processes(mark)
    os.kill(parent.pid, signal.SIGKILL)
    parent.wait()
    assert seen, "the daemon never ran: this test would show nothing"
    assert gone(mark)
    assert gone(str(tmp_path / "copy"))


@pytest.mark.parametrize("level", ["none", "limits", "files"])
def test_the_same_seed_gives_the_same_numbers_in_and_out_of_the_sandbox(tmp_path: Path, level: Isolation) -> None:
    if level == "files" and landlock.version() < landlock.OLDEST:
        pytest.skip("no Landlock here")
    attack = "run.trace('hash', hash('a') % 1000, hash('b') % 1000)"
    inside, outside = (run(tmp_path / where, attack, level=where) for where in ("strong", level))
    assert inside.replicate.outcome is Outcome.OK
    same = {"outcome", "measured", "combined", "traces", "seed"}
    assert inside.replicate.model_dump(include=same) == outside.replicate.model_dump(include=same)
    assert inside.environment == outside.environment
