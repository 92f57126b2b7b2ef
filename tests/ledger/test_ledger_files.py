"""Files: wholly written or not at all."""

import errno
import os
import signal
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from ledger_children import start

from claims.errors import LedgerError
from claims.ledger.files import create, make_folder, remove_temporaries, replace_file


class FailingAt:
    """A function of the operating system whose n-th call fails."""

    def __init__(self, nth: int, real: Callable[..., object], error: OSError) -> None:
        self.nth, self.real, self.error, self.calls = nth, real, error, 0

    def __call__(self, *args: object, **kwargs: object) -> object:
        self.calls += 1
        if self.calls == self.nth:
            raise self.error
        return self.real(*args, **kwargs)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "claims.yaml"
    file.write_bytes(b"old\n")
    return file


def test_replacing_keeps_the_mode(path: Path) -> None:
    path.chmod(0o640)
    replace_file(path, b"new\r\n")
    assert path.read_bytes() == b"new\r\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert list(path.parent.iterdir()) == [path]


def test_a_new_file_gets_the_usual_mode(tmp_path: Path) -> None:
    replace_file(tmp_path / "new", b"x")
    (tmp_path / "usual").write_bytes(b"x")
    assert (tmp_path / "new").stat().st_mode == (tmp_path / "usual").stat().st_mode


def test_a_link_is_not_replaced(path: Path) -> None:
    link = path.with_name("link")
    link.symlink_to(path)
    with pytest.raises(LedgerError, match="link"):
        replace_file(link, b"new")
    assert link.is_symlink() and path.read_bytes() == b"old\n"


def test_created_files_are_never_overwritten(path: Path) -> None:
    with pytest.raises(LedgerError, match="other content"):
        create(path, b"new\n")
    create(path, b"old\n")
    assert path.read_bytes() == b"old\n" and list(path.parent.iterdir()) == [path]


def test_a_link_to_equal_content_is_no_created_file(path: Path) -> None:
    link = path.with_name("link")
    link.symlink_to(path)
    with pytest.raises(LedgerError):
        create(link, b"old\n")


@pytest.mark.parametrize("code", [errno.EPERM, errno.ENOTSUP])
def test_a_file_system_without_second_names_still_takes_new_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    def refuse(_self: Path, _target: Path) -> None:
        raise OSError(code, "not here")

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    create(tmp_path / "new", b"x")
    assert (tmp_path / "new").read_bytes() == b"x"
    with pytest.raises(LedgerError):
        create(tmp_path / "new", b"y")
    assert [p.name for p in tmp_path.iterdir()] == ["new"] and (tmp_path / "new").read_bytes() == b"x"


@pytest.mark.parametrize("call", ["fsync", "open"])
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO, errno.EACCES])
def test_whatever_call_fails_the_file_is_old_or_new_and_the_error_names_it(
    path: Path, monkeypatch: pytest.MonkeyPatch, call: str, number: int
) -> None:
    for nth in range(1, 10):
        path.write_bytes(b"old\n")
        with monkeypatch.context() as patch:
            failing = FailingAt(nth, getattr(os, call), OSError(number, os.strerror(number)))
            patch.setattr(os, call, failing)
            try:
                replace_file(path, b"new\n")
            except LedgerError as error:
                assert path.name in str(error) and os.strerror(number) in str(error)
            else:
                assert nth > failing.calls > 1
                return
        assert path.read_bytes() in (b"old\n", b"new\n")
        assert list(path.parent.iterdir()) == [path]
    pytest.fail("never succeeded")


def test_the_content_is_on_the_disk_before_the_name_and_the_name_before_the_return(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    events: list[str] = []
    fsync, replace = os.fsync, Path.replace

    def seen_fsync(descriptor: int) -> None:
        events.append("folder" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "file")
        fsync(descriptor)

    def seen_replace(self: Path, target: Path) -> Path:
        events.append("rename")
        return replace(self, target)

    monkeypatch.setattr(os, "fsync", seen_fsync)
    monkeypatch.setattr(Path, "replace", seen_replace)
    replace_file(path, b"new")
    assert events == ["file", "rename", "folder"]


def test_killed_at_any_moment_the_file_is_whole(path: Path) -> None:
    code = """
        from pathlib import Path
        from claims.ledger.files import replace_file
        print("go", flush=True)
        n = 0
        while True:
            n += 1
            replace_file(Path(sys.argv[1]), bytes([65 + n % 26]) * 50_000)
    """
    for delay in (0.003, 0.011, 0.017, 0.029, 0.041):
        child = start(code, path)
        assert child.stdout is not None and child.stdout.readline() == "go\n"
        try:
            child.wait(timeout=delay)
        except subprocess.TimeoutExpired:
            child.send_signal(signal.SIGKILL)
        child.communicate(timeout=60)
        content = path.read_bytes()
        assert content == b"old\n" or (len(content) == 50_000 and len(set(content)) == 1)
    remove_temporaries(path.parent)
    assert list(path.parent.iterdir()) == [path]


def test_a_folder_is_made_once_and_never_through_a_link(tmp_path: Path) -> None:
    make_folder(tmp_path / "a")
    make_folder(tmp_path / "a")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    (tmp_path / "c").write_text("")
    for name in ("b", "c"):
        with pytest.raises(LedgerError, match="not a folder"):
            make_folder(tmp_path / name)


def test_a_missing_folder_is_an_error_that_names_the_file(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="absent/x"):
        replace_file(tmp_path / "absent" / "x", b"")
