"""One request at a time and not too soon, over all processes of a user."""

import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from claims.errors import Busy, SetupError
from claims.literature.client import ask
from claims.literature.pace import LONGEST, Pace, TooSoon
from claims.literature.service import Service
from tests.literature.fake_arxiv import FakeArxiv

ASKING = """
import sys
from pathlib import Path
from claims.literature.client import ask
from claims.literature.service import Service
service = Service(cache=Path(sys.argv[1]), url=sys.argv[2], interval=float(sys.argv[3]))
for one in sys.argv[4:]:
    assert not ask([one], service).missing
"""


def test_two_processes_keep_the_interval_between_them(fake: FakeArxiv, tmp_path: Path) -> None:
    interval = 0.4
    command = [sys.executable, "-c", ASKING, str(tmp_path), fake.url, str(interval), *["0001.00001", "0002.00002"] * 2]
    children = [subprocess.Popen(command) for _ in range(2)]
    assert [child.wait(60) for child in children] == [0, 0]
    gaps = [later - earlier for earlier, later in zip(fake.begun, fake.begun[1:], strict=False)]
    assert len(gaps) == 7
    assert min(gaps) >= interval
    assert fake.most_at_once == 1


def test_a_process_that_was_killed_in_a_request_counts(tmp_path: Path) -> None:
    pace = Pace(tmp_path, interval=0.3)
    with pace.turn():
        _, until = map(float, (tmp_path / "next").read_text().split())  # what a kill would leave
    assert until > time.time()


def test_a_clock_that_was_set_back_costs_one_interval(tmp_path: Path) -> None:
    (tmp_path / "next").write_text(f"{time.time() + 5000} {time.time() + 5003}\n")
    start = time.monotonic()
    with Pace(tmp_path, interval=0.2).turn():
        assert 0.2 <= time.monotonic() - start < 2


@pytest.mark.parametrize("stored", ["", "17", "a b", "nan nan", "1 inf", "1 1e300"])
def test_a_time_that_makes_no_sense_costs_one_interval(tmp_path: Path, stored: str) -> None:
    (tmp_path / "next").write_text(stored)
    start = time.monotonic()
    with Pace(tmp_path, interval=0.2).turn():
        assert 0.2 <= time.monotonic() - start < 2


def test_an_old_time_costs_nothing(tmp_path: Path) -> None:
    (tmp_path / "next").write_text(f"{time.time() - 1e6} {time.time() - 1e6 + 3}\n")
    start = time.monotonic()
    with Pace(tmp_path, interval=30).turn():
        assert time.monotonic() - start < 2


def test_no_server_can_lock_us_out_for_longer_than_an_hour(tmp_path: Path) -> None:
    pace = Pace(tmp_path, interval=0.1)
    with pace.turn():
        pace.pause(1e12)
    with pytest.raises(TooSoon) as caught, pace.turn():
        pass
    assert LONGEST == 3600
    assert caught.value.until <= time.time() + LONGEST


def test_who_waits_too_long_for_a_turn_is_told_so(tmp_path: Path) -> None:
    late = Pace(tmp_path, interval=0.1, patience=0.1)
    with Pace(tmp_path, interval=0.1).turn(), pytest.raises(Busy, match="asking arXiv"), late.turn():
        pass


def test_a_cache_that_cannot_be_made_says_what_to_do(fake: FakeArxiv, service: Service, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SetupError, match="XDG_CACHE_HOME"):
        ask(["0001.00001"], replace(service, cache=tmp_path / "file" / "cache"))
    assert fake.begun == []
