"""Which level is reached, what is said where it is not, and what is recorded."""

import hashlib
import json
import os
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from claims.check import check
from claims.domain.isolation import WEAKEST_FIRST, Isolation, weakest
from claims.domain.run import Outcome
from claims.errors import SetupError
from claims.ledger.store import Store
from claims.runner.sandbox import choosing, landlock, syscalls
from claims.runner.sandbox.choosing import choose, reach
from tests.runner.hostile import run as replicate
from tests.verify.test_verify import run

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="namespaces are Linux's")


@pytest.fixture
def anew() -> Iterator[None]:
    """What was found out about this machine is forgotten before and after."""
    for known in (reach, syscalls.program):
        known.cache_clear()
    yield
    for known in (reach, syscalls.program):
        known.cache_clear()


@pytest.fixture
def bwrap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, anew: None) -> Path:
    """A place for another bwrap, which comes first."""
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    return tmp_path / "bwrap"


def script(place: Path, text: str) -> None:
    place.write_text(f"#!/bin/sh\n{text}\n")
    place.chmod(0o755)


@linux
def test_without_bubblewrap_require_refuses_and_names_the_command(anew: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    with pytest.raises(SetupError, match=r"^--sandbox require: bubblewrap is not installed: apt install bubblewrap"):
        choose("require")
    box = choose("auto")
    assert box.level == ("files" if landlock.version() >= landlock.OLDEST else "limits")
    assert "apt install bubblewrap libseccomp2" in box.why, "never lowered silently"


@linux
def test_without_the_filter_require_refuses_and_names_the_command(anew: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyseccomp", None)
    with pytest.raises(SetupError, match="pip install pyseccomp"):
        choose("require")


@linux
def test_ubuntus_restriction_has_its_own_words(bwrap: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    pytest.importorskip("pyseccomp")
    script(bwrap, 'echo "bwrap: setting up uid map: Permission denied" >&2; exit 1')
    switch = tmp_path / "apparmor_restrict_unprivileged_userns"
    switch.write_text("1\n")
    monkeypatch.setattr(choosing, "APPARMOR", switch)
    with pytest.raises(SetupError, match=r"AppArmor keeps bubblewrap .*profile.*userns=0") as error:
        choose("require")
    assert "\n" not in str(error.value)


@linux
def test_a_bubblewrap_that_holds_nothing_is_found_out(bwrap: Path) -> None:
    pytest.importorskip("pyseccomp")
    script(bwrap, 'while [ "$1" != "-s" ]; do last=$1; shift; done; exec "$last" "$@"')
    with pytest.raises(SetupError, match=r"does not hold: .*filter.*network"):
        choose("require")


@linux
def test_an_old_bubblewrap_is_said_to_be_old(bwrap: Path) -> None:
    pytest.importorskip("pyseccomp")
    script(bwrap, 'echo "bwrap: Unknown option --disable-userns" >&2; exit 1')
    assert "bubblewrap is older than 0.8" in choose("auto").why


@linux
def test_a_bubblewrap_that_says_nothing_is_no_traceback(bwrap: Path) -> None:
    pytest.importorskip("pyseccomp")
    script(bwrap, "exit 0")
    assert "the probe did not answer" in choose("auto").why


def test_off_is_off() -> None:
    assert choose("off").level == "none"


def test_of_several_levels_the_weakest_is_said() -> None:
    assert weakest(["strong", "limits", "strong"]) == "limits"
    assert weakest(["strong"]) == "strong"
    assert weakest([]) == WEAKEST_FIRST[0] == "none"


@linux
def test_landlock_keeps_files_where_bubblewrap_cannot_be_had(tmp_path: Path) -> None:
    if landlock.version() < landlock.OLDEST:
        pytest.skip("no Landlock here")
    (tmp_path / "secret").write_text("hunter2")
    for attack in (f"open({str(tmp_path / 'secret')!r})", f"open({str(tmp_path / 'mine')!r}, 'w')"):
        done = replicate(tmp_path, attack, level="files").replicate
        assert done.outcome is Outcome.CRASH
        assert done.message.startswith("PermissionError"), done.message
    assert not (tmp_path / "mine").exists()
    assert replicate(tmp_path, "open('mine', 'w').write('x')", level="files").replicate.outcome is Outcome.OK


@linux
def test_landlock_leaves_nothing_to_be_root_with(tmp_path: Path) -> None:
    if landlock.version() < landlock.OLDEST:
        pytest.skip("no Landlock here")
    attack = """
        import os
        own = [line.split() for line in open("/proc/self/status") if line.startswith(("CapEff", "CapPrm"))]
        assert {int(value, 16) for _, value in own} == {0}, own
        open(f"/proc/{os.getppid()}/environ", "rb").read()
    """
    done = replicate(tmp_path, attack, level="files").replicate
    assert done.message.startswith("PermissionError"), done.message


DEEP = """
import os
for _ in range(3000):
    os.mkdir("d")
    os.chdir("d")
"""


@linux
@pytest.mark.parametrize("level", ["files", "limits"])
def test_folders_too_deep_to_remove_end_nobodys_replicate(tmp_path: Path, level: Isolation) -> None:
    if level == "files" and landlock.version() < landlock.OLDEST:
        pytest.skip("no Landlock here")
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tempfile, "tempdir", str(temporary))
        done = replicate(tmp_path, DEEP, level=level).replicate
    subprocess.run(["rm", "-rf", str(temporary)], check=True)  # pytest could not
    assert done.outcome is Outcome.OK, done.message


@linux
@pytest.mark.parametrize("machine", ["X86_64", "AARCH64"])
def test_the_filter_can_be_made_for_every_usual_machine(machine: str, tmp_path: Path) -> None:
    pyseccomp = pytest.importorskip("pyseccomp")
    rules = pyseccomp.SyscallFilter(pyseccomp.ALLOW)
    if (arch := getattr(pyseccomp.Arch, machine)) != pyseccomp.system_arch():
        rules.remove_arch(pyseccomp.system_arch())
        rules.add_arch(arch)
    syscalls.add_rules(rules, gpu=False)
    with (tmp_path / "program").open("wb") as file:
        rules.export_bpf(file)
    assert (tmp_path / "program").stat().st_size > 400


def test_a_record_says_the_weakest_level_of_what_it_is_made_of(toy: Path) -> None:
    old = run(toy, seeds=5, sandbox="off")
    assert old.record is not None and old.record.isolation == "none"
    mixed = run(toy, seeds=8)
    assert mixed.ran == 3 and mixed.isolation == "none"
    assert mixed.record is not None and mixed.record.isolation == "none"
    assert check(toy) == []
    anew = run(toy, seeds=5, sandbox="auto", fresh=True)
    assert anew.isolation == reach().level


def test_a_ledger_from_before_the_sandbox_says_none(toy: Path) -> None:
    run(toy, seeds=1)
    place = toy / ".claims" / "ledger.sqlite"
    with sqlite3.connect(place) as database:
        for key, body in database.execute("select key, body from claims_replicate").fetchall():
            told = json.loads(body)
            del told["isolation"]
            text = json.dumps(told, separators=(",", ":"), sort_keys=True)
            digest = hashlib.sha256(text.encode()).hexdigest()
            database.execute("update claims_replicate set body=?, body_digest=? where key=?", (text, digest, key))
    assert Store(place).isolation(key) == "none"
    again = run(toy, seeds=1)
    assert again.ran == 0 and again.isolation == "none"


def claims(root: Path, *words: str, **variables: str) -> "subprocess.CompletedProcess[str]":
    code = "from claims.cli.app import main; main()"
    return subprocess.run(
        [sys.executable, "-c", code, *words], cwd=root, capture_output=True, text=True,
        env={**os.environ, **variables}, timeout=120,
    )  # fmt: skip


def test_the_level_is_on_the_screen_and_in_both_forms_of_output(toy: Path) -> None:
    told = json.loads(claims(toy, "verify", "coins-differ", "--dry-run", "--json").stdout)
    assert told[0]["isolation"] == reach().level
    ran = claims(toy, "verify", "coins-differ", "--scale", "smoke")
    assert f"  isolation {reach().level}" in ran.stdout, ran.stderr
    off = json.loads(claims(toy, "verify", "coins-audited", "--scale", "smoke", "--sandbox", "off", "--json").stdout)
    assert off[0]["isolation"] == "none"


@linux
def test_require_on_a_machine_without_it_is_one_line_and_runs_nothing(toy: Path) -> None:
    done = claims(toy, "verify", "coins-differ", "--sandbox", "require", PATH=str(Path(sys.executable).parent))
    assert done.returncode == 2
    assert done.stderr.startswith("claims: --sandbox require: ") and done.stderr.count("\n") == 1
    assert not (toy / ".claims" / "logs").exists() and not (toy / "evidence").exists()


def test_a_misspelt_sandbox_is_refused(toy: Path) -> None:
    done = claims(toy, "verify", "coins-differ", "--sandbox", "strong")
    assert done.returncode == 2
    assert "--sandbox strong: use require, auto or off" in done.stderr
