"""`claims related`: the same every time, exact for equal texts, silent about texts that have changed."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from claims.errors import SetupError
from claims.neighbours import PLACE, Texts, digest_of_all, fresh, read, stale, texts_of
from claims.project import load
from claims.related import sentences, words
from claims.related.update import compute, update
from claims.weights import encoder_folder, verify_files
from tests.cli.test_commands import claims

Edit = Callable[[str, str, str], None]
ROOT = Path(__file__).parents[2]
COIN = """\
    question: Do the coins differ?
    statement: The treated coin scores more than half a point above the plain one."""
SUM = "    question: Do the coins sum to one?\n    statement: Both coins together score between .5 and 1.5."


def test_words_alone_give_the_same_file_every_time(toy: Path) -> None:
    first = claims(toy, "related", "--update", "--method", "words")
    assert first.returncode == 0, first.stderr
    one = (toy / PLACE).read_bytes()
    (toy / PLACE).unlink()
    claims(toy, "related", "--update", "--method", "words")
    assert (toy / PLACE).read_bytes() == one
    kept = json.loads(one)
    assert list(kept) == sorted(kept) and kept["method"]["name"] == "tf-idf" and "weights" not in kept["method"]
    near = kept["claims"]["coins-differ"]["near"]
    assert [n["id"] for n in near] == ["coins-sum", "coins-audited"]
    assert 1 > near[0]["cosine"] > near[1]["cosine"] > 0


def test_equal_texts_have_cosine_1(toy: Path, edit: Edit) -> None:
    edit("claims.yaml", SUM, COIN)
    found = compute(load(toy), "words").claims
    assert (found["coins-differ"].near[0].id, found["coins-differ"].near[0].cosine) == ("coins-sum", 1.0)
    assert (found["coins-sum"].near[0].id, found["coins-sum"].near[0].cosine) == ("coins-differ", 1.0)


def test_a_hand_made_case() -> None:
    rows = words.vectors(["a b", "A, b!", "c", ""]).toarray()
    assert rows @ rows.T == pytest.approx(np.array([[1, 1, 0, 0], [1, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 0]]))
    rare = words.vectors(["the cat", "the dog", "the cat sat"]).toarray()
    assert rare[0] @ rare[2] > rare[0] @ rare[1] > 0


def test_at_most_five_neighbours_the_nearest_first_and_equals_by_name(toy: Path) -> None:
    project = load(toy)
    claim = project.registry.claims[0]
    many = tuple(claim.model_copy(update={"id": f"copy-{i}"}) for i in (3, 1, 6, 2, 5, 4, 0))
    registry = project.registry.model_copy(update={"claims": many})
    other = replace(project, loaded=replace(project.loaded, registry=registry))
    near = compute(other, "words").claims["copy-3"].near
    assert [n.id for n in near] == ["copy-0", "copy-1", "copy-2", "copy-4", "copy-5"]


def test_a_project_without_claims_has_an_empty_file(toy: Path) -> None:
    (toy / "claims.yaml").write_text("schema_version: 1\nclaims: []\n")
    assert compute(load(toy), "words").claims == {}


def test_what_has_changed_is_left_out_from_both_sides(toy: Path, edit: Edit) -> None:
    update(load(toy), "words")
    kept = read(toy)
    assert kept is not None and kept.texts == digest_of_all(_texts(toy))
    before = fresh(kept, _texts(toy)).claims
    assert set(before) == {"coins-audited", "coins-differ", "coins-sum"}
    edit("claims.yaml", "Both coins together", "Both coins, taken together,")
    assert stale(kept, _texts(toy)) == ("coins-sum",)
    assert kept.texts != digest_of_all(_texts(toy))
    after = fresh(kept, _texts(toy)).claims
    assert set(after) == {"coins-audited", "coins-differ"}
    assert "coins-sum" not in {n.id for near in after.values() for n in near}
    told = claims(toy, "related")
    assert "new, changed or gone: 1 (coins-sum)" in told.stdout and "claims related --update" in told.stdout
    assert "nothing is held for this text" in claims(toy, "related", "coins-sum").stdout


def _texts(root: Path) -> Texts:
    project = load(root)
    return texts_of(project.registry.claims, project.papers)


def test_doctor_says_what_to_do(toy: Path, edit: Edit) -> None:
    def related() -> dict[str, str]:
        (found,) = [s for s in json.loads(claims(toy, "doctor", "--json").stdout) if s["name"] == "related"]
        return found

    assert (related()["state"], related()["remedy"]) == ("optional", "claims related --update")
    claims(toy, "related", "--update", "--method", "words")
    assert related()["state"] == "ok"
    edit("claims.yaml", "Both coins together", "Both coins, taken together,")
    assert related()["state"] == "optional" and "written: 1" in related()["found"]


def test_a_claim_and_its_neighbours_are_shown(toy: Path) -> None:
    claims(toy, "related", "--update", "--method", "words")
    told = claims(toy, "related", "coins-sum").stdout
    assert "coins-differ" in told and "Do the coins differ?" in told
    assert json.loads(claims(toy, "related", "coins-sum", "--json").stdout)[0]["id"] == "coins-differ"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("coins-some",), "did you mean coins-sum"),
        (("2505.11711",), "is not in literature/"),
        (("--update", "--method", "guess"), "use one of auto, model, words"),
    ],
)
def test_wrong_usage_is_one_line(toy: Path, arguments: tuple[str, ...], message: str) -> None:
    done = claims(toy, "related", *arguments)
    assert done.returncode == 2 and message in done.stderr and "Traceback" not in done.stderr


@pytest.mark.parametrize("text", ["{}", "[", '{"schema_version": 1}', "\ud800"])
def test_a_file_that_the_command_did_not_write_is_named(toy: Path, text: str) -> None:
    (toy / PLACE).parent.mkdir(parents=True, exist_ok=True)
    (toy / PLACE).write_bytes(text.encode(errors="surrogatepass"))
    with pytest.raises(SetupError, match="not what `claims related --update` writes"):
        read(toy)


def test_weights_that_are_not_the_known_ones_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="cannot be read"):
        verify_files(tmp_path)
    for name in ("config.json", "model.safetensors", "tokenizer.json"):
        (tmp_path / name).write_text("{}")
    with pytest.raises(SetupError, match="is not the known file"):
        verify_files(tmp_path)


def test_the_file_of_this_registry_can_be_read_and_names_its_method() -> None:
    kept = read(ROOT)
    assert kept is not None
    assert kept.method in (sentences.METHOD, words.METHOD)
    assert all(len(e.near) <= 5 and n not in [m.id for m in e.near] for n, e in {**kept.claims, **kept.papers}.items())


@pytest.mark.torch
def test_the_model_finds_other_words_for_the_same() -> None:
    folder = encoder_folder()
    if folder is None:
        pytest.skip("the sentence model is not installed (extra `related`)")
    rows = sentences.vectors(folder, ["The cat sat on the mat.", "A kitten rested on a rug.", "Learning rates decay."])
    assert np.linalg.norm(rows, axis=1) == pytest.approx(np.ones(3), abs=1e-5)
    assert rows[0] @ rows[1] > 0.5 > rows[0] @ rows[2]
