"""What a child may say, and that nothing else that it says is believed or breaks the parent."""

import json
import selectors
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.domain.run import Outcome
from claims.runner import execute
from claims.runner.answers import ANSWER_BYTES, Garbled, Heard, disagreement
from tests.runner.hostile import job_of, run

GOOD: dict[str, Any] = {
    "measured": {"treated": {"score": 1.0, "learned": 1}, "plain": {"score": 0.0, "learned": 1.0}},
    "combined": {"sum": 1.0}, "not_finite": [], "traces": {"treated": {"score": {"x": [0, 1], "y": [0, 1]}}},
    "seconds": 1.0, "cpu_seconds": 1.0, "peak_mib": 20.0,
}  # fmt: skip


def said(*lines: bytes) -> Heard:
    heard = Heard()
    for line in lines:
        heard.feed(line + b"\n")
    return heard


def answer(**changes: Any) -> bytes:
    return json.dumps({"result": {**GOOD, **changes}}).encode()


def test_a_good_answer_is_taken_in_any_pieces() -> None:
    heard = Heard()
    for byte in answer() + b"\n":
        heard.feed(bytes([byte]))
    assert heard.result is not None and heard.result.measured["treated"]["score"] == 1.0


GARBLED = {
    "no JSON": b"hello",
    "nothing": b"",
    "bytes": b"\xff\xfe\x00",
    "a list": b"[]",
    "unknown": b'{"verdict": "supported"}',
    "two at once": b'{"progress": 0.5, "result": {}}',
    "NaN": answer(seconds=float("nan")),
    "infinity": answer(measured={"treated": {"score": float("inf")}}),
    "overflow": answer().replace(b'"seconds": 1.0', b'"seconds": 1e999'),
    "a huge integer": answer().replace(b'"seconds": 1.0', b'"seconds": ' + b"9" * 5000),
    "negative": answer(seconds=-1.0),
    "what sums to infinity": answer(cpu_seconds=1e308),
    "text for a number": answer(measured={"treated": {"score": "1.0"}}),
    "a bool for a number": answer(measured={"treated": {"score": True}}),
    "nothing for a number": answer(measured={"treated": {"score": None}}),
    "a list for numbers": answer(measured=[1, 2]),
    "a name that is no name": answer(measured={"../x": {"score": 1.0}}),
    "a surrogate": b'{"failed": "crash", "message": "\\ud800"}',
    "uneven traces": answer(traces={"treated": {"score": {"x": [0], "y": [0, 1]}}}),
    "one key more": answer(verdict="supported"),
    "deep": b"[" * 100_000,
    "deep inside": b'{"result": ' + b'{"measured": ' * 50_000,
    "an outcome of its own": b'{"failed": "ok", "message": ""}',
    "not finite by itself": b'{"failed": "not-finite", "message": ""}',
    "a message that is none": b'{"failed": "crash", "message": 1}',
    "progress in words": b'{"progress": "half"}',
    "progress beyond numbers": b'{"progress": NaN}',
    "an empty environment": b'{"environment": {}}',
}


@pytest.mark.parametrize("line", GARBLED.values(), ids=GARBLED)
def test_what_is_no_answer_is_refused_in_one_printable_line(line: bytes) -> None:
    with pytest.raises(Garbled) as error:
        said(line)
    assert str(error.value).isprintable() and len(str(error.value)) <= 500


def test_two_results_are_one_too_many() -> None:
    with pytest.raises(Garbled, match="it went on after its result"):
        said(answer(), answer())


def test_more_than_it_may_say_is_refused_without_an_end_of_line() -> None:
    heard = Heard()
    with pytest.raises(Garbled, match="more than it may"):
        for _ in range(ANSWER_BYTES // 65536 + 1):
            heard.feed(b"x" * 65536)


def test_a_message_loses_what_a_terminal_would_obey() -> None:
    heard = said(json.dumps({"failed": "crash", "message": "\x1b[2Jgone\r\nfor good" + "!" * 9999}).encode())
    assert heard.message.startswith("[2Jgone for good!") and len(heard.message) == 500


@given(st.lists(st.binary(max_size=200) | st.just(b"\n") | st.just(b'{"progress": 1}\n') | st.just(answer() + b"\n")))
def test_no_bytes_do_anything_but_be_refused(chunks: list[bytes]) -> None:
    heard = Heard()
    try:
        for chunk in chunks:
            heard.feed(chunk)
    except Garbled as error:
        assert str(error).isprintable()


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*GOOD, "x", "score"]), inner),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from([*GOOD]), JSON), st.sampled_from(["result", "environment", "failed"]))
def test_no_json_does_anything_but_be_refused(changes: dict[str, Any], kind: str) -> None:
    try:
        said(json.dumps({kind: {**GOOD, **changes}}).encode())
    except Garbled as error:
        assert str(error).isprintable()


DISAGREEING = {
    "another condition": ({"measured": {"treated": {}, "other": {}}}, "asked for"),
    "a condition less": ({"measured": {"treated": {}}}, "asked for"),
    "an undeclared metric": ({"measured": {"treated": {"luck": 1.0}, "plain": {}}}, "measured 'luck'"),
    "out of bounds": ({"measured": {"treated": {"learned": 7.0}, "plain": {}}}, "outside its declared bounds"),
    "combined out of bounds": ({"combined": {"sum": 1e6}}, "outside its declared bounds"),
    "not finite and not declared": ({"not_finite": ["luck"]}, "does not declare"),
    "a trace of another condition": ({"traces": {"planted": {}}}, "traced a condition"),
    "a long trace": ({"traces": {"plain": {"t": {"x": [0.0] * 99, "y": [0.0] * 99}}}}, "points"),
    "a trace with a hostile name": ({"traces": {"plain": {"\x1b[2J": {"x": [], "y": []}}}}, "not a name"),
}


@pytest.mark.parametrize(("changes", "words"), DISAGREEING.values(), ids=DISAGREEING)
def test_a_result_that_contradicts_the_declaration_is_a_crash(
    tmp_path: Path, changes: dict[str, Any], words: str
) -> None:
    job = job_of(tmp_path)
    result = said(answer(**changes)).result
    assert result is not None
    declared = job.declared.experiment
    assert words in str(disagreement(result, declared, job.conditions, combine=True))
    good = said(answer()).result
    assert good is not None and disagreement(good, declared, job.conditions, combine=True) is None
    assert disagreement(good, declared, job.conditions, combine=False) is not None, "a control run combines nothing"


FORGE = """
    import fcntl, json, os, stat, time
    for pipe in range(3, 30):
        try:
            mode = fcntl.fcntl(pipe, fcntl.F_GETFL)
            if stat.S_ISFIFO(os.fstat(pipe).st_mode) and mode & os.O_WRONLY:
                break
        except OSError:
            pass
    def say(line):
        os.write(pipe, line + b"\\n")
"""
SPOOFS = {
    "python": ("reports python '9.9', this machine has", {"python": "9.9"}),
    "torch": ("reports torch '9.9+cu999'", {"torch": "9.9+cu999"}),
    "threads": ("reports threads '64'", {"threads": 64}),
    "device": ("asked for cpu, ran on cuda:0", {"device": "cuda:0"}),
    "device name": ("reports device_name 'NVIDIA B200'", {"device_name": "NVIDIA B200"}),
    "instruction set": ("reports an instruction set", {"isa": "\x1b[2J"}),
}


@pytest.mark.parametrize("what", SPOOFS)
def test_a_spoofed_environment_is_a_crash(tmp_path: Path, what: str) -> None:
    words, lies = SPOOFS[what]
    attack = f"""{FORGE}
    import sys
    job = dict(device="cpu", dtype="float32", threads=1)
    say(json.dumps(dict(environment={{**sys.modules["__main__"].environment(job), **{lies!r}}})).encode())
    """
    done = run(tmp_path, attack, level="limits")
    assert done.replicate.outcome is Outcome.CRASH
    assert done.replicate.message.startswith(words)
    assert done.environment is None, "a lie is not recorded"


def test_a_gpu_that_was_asked_for_and_not_there_is_a_crash(tmp_path: Path) -> None:
    done = run(tmp_path, device="cuda", level="limits").replicate
    assert (done.outcome, done.message) == (Outcome.CRASH, "asked for cuda, ran on cpu")


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ('say(b"[" * 200000)', "it answered what is no answer"),
        ('say(b"9" * 3000000); say(b"9" * 3000000)', "it "),
        (f"say({answer()!r}); say({answer()!r})", "it went on after its result"),
        ('say(b"\\xff")', "it answered what is no answer"),
        ("os.close(pipe); time.sleep(60)", "no result: "),
    ],
)
def test_a_forged_answer_is_a_crash_in_time(tmp_path: Path, lines: str, words: str) -> None:
    done = run(tmp_path, f"{FORGE}\n    {lines}\n", level="limits").replicate
    assert done.outcome is Outcome.CRASH
    assert done.message.startswith(words), done.message
    assert done.seconds < 15


class EverReady(selectors.DefaultSelector):
    """Says of each pipe that something is there, as it was until the child took it back."""

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        return [(key, selectors.EVENT_READ) for key in self.get_map().values()]


@pytest.mark.timeout(60)
def test_a_child_that_takes_back_what_it_wrote_does_not_stall_us(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(execute.selectors, "DefaultSelector", EverReady)
    done = run(tmp_path, "import time\ntime.sleep(30)", level="none", time_limit=2.0).replicate
    assert done.outcome is Outcome.TIMEOUT
    assert done.seconds < 15
