"""Marks: the verdict and the grounding of a claim in a word each. Two questions, two marks, never one."""

from collections.abc import Sequence
from dataclasses import dataclass

from claims.domain.claim import Claim, Grounding, Status
from claims.domain.isolation import Isolation
from claims.domain.status import Contest, Standing
from claims.site.links import Links
from claims.site.markup import struck

WITHDRAWN = " (withdrawn)"
"""Beside the struck question of a claim that was taken back."""

GROUNDINGS = {
    Grounding.FAITHFUL: "the sources say this",
    Grounding.OVERSTATED: "the sources say less than this sentence does",
    Grounding.MISATTRIBUTED: "not the named source but another says this",
    Grounding.INVERTED: "the sources say the opposite",
    Grounding.UNSUPPORTED: "no source that we found says this",
}
STATUSES = {
    Status.SUPPORTED: "the prediction held, in its scope",
    Status.REFUTED: "the prediction fell, in its scope",
    Status.INCONCLUSIVE: "the runs do not settle it",
    Status.LEANING_SUPPORTED: "too few replicates to decide; they point towards the prediction",
    Status.LEANING_REFUTED: "too few replicates to decide; they point against the prediction",
    Status.VOID: "the test did not test anything",
    Status.UNTESTED: "no run that counts",
    Status.WITHDRAWN: "taken back by a person",
}
FLAGS = {
    "stale": "the experiment's code has changed since this verdict",
    "contested": "another batch came to the opposite verdict, a rerun of these runs to other numbers, "
    "or a dispute is open",
    "source-moved": "a source is no longer what was cited: a newer version, other words, a lost quote or a withdrawal",
    "unregistered": "the commit it ran at is not part of this history",
    "objection-upheld": "a dispute of it was found to be right, and it still says what it says",
    "rests-on-fallen": "a claim that it depends on was refuted, void, withdrawn or contested",
}
_CONTESTS: dict[Contest, str] = {
    "records": "another batch came to the opposite verdict",
    "dispute": "a dispute of the claim is open",
    "rerun": "a rerun of these runs, here or for another claim, came to other numbers",
}
GRADES = {
    "standard": "8, 16 or 24 valid replicates, at a look that was fixed in advance",
    "preliminary": "5 to 7 replicates, which can only lean",
    "exact": "an audit: a number recomputed without chance",
    "replicated": "a second batch, said to be of another machine and under another name, came to the same verdict",
}
TIERS = {
    "self-reported": "run by its contributor",
    "ci": "said to be run by the project's own machine",
    "re-run": "run again in full under another name, and the numbers agree",
    "re-run-elsewhere": "run again in full under another name and, it says, on another machine; the numbers agree",
}

ISOLATIONS: dict[Isolation, str] = {
    "strong": "no network, no files of the machine, no process that outlives the run",
    "files": "no files of the machine; little else was kept from it",
    "limits": "limits on time, memory and output, against accidents only",
    "none": "not kept apart, but for limits on time and output",
}
"""How far a run was kept from the machine that it ran on."""


@dataclass(frozen=True)
class Mark:
    """A word with what it means and the list of all claims that share it. `kind` chooses the sign beside it."""

    word: str
    kind: str
    meaning: str
    href: str


@dataclass(frozen=True)
class Link:
    """A link with the words in front of it and after it."""

    before: str
    text: str
    href: str
    after: str


def asked(claim: Claim) -> str:
    """A claim's question as a page shows it: of one that was withdrawn, struck, which a word says too."""
    return struck(claim.question, WITHDRAWN) if claim.withdrawn is not None else claim.question


def verdict_mark(status: Status, links: Links) -> Mark:
    """Whether the effect showed up when we ran it."""
    return Mark(status.value, status.value, STATUSES[status], links.group("status", status.value))


def grounding_mark(label: Grounding, links: Links) -> Mark:
    """Whether a sentence is what its source says."""
    return Mark(label.value, label.value, GROUNDINGS[label], links.group("grounding", label.value))


def flag_words(standing: Standing, grounds: Sequence[str] = ()) -> tuple[tuple[str, str], ...]:
    """A standing's flags, each with what it means; `grounds` are the fallen claims that it rests on."""
    said = dict(FLAGS)
    if grounds:
        said["rests-on-fallen"] += f": {', '.join(grounds)}"
    if standing.contested_by:
        said["contested"] = ", and ".join(_CONTESTS[by] for by in standing.contested_by)
    return tuple((flag, said[flag]) for flag in standing.flags)


def grade_words(claim: Claim, standing: Standing) -> str:
    """The grade; `planned` where the experiment is still to be written; nothing where nothing was graded."""
    return standing.grade or ("planned" if claim.planned is not None else "")
