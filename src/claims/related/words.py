"""Vectors from words alone: TF-IDF, for machines without the model."""

import re
from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from claims.neighbours import Method

METHOD = Method(
    name="tf-idf",
    about="words weighted by how often they occur in a text (1 + log) and how rare they are over all texts (log)",
)
_WORD = re.compile(r"[^\W_]+(?:[-'’@.][^\W_]+)*")


def vectors(texts: Sequence[str]) -> "sparse.csr_matrix[np.float64]":
    """A row of length one for each text, a column for each word; a text without words is a row of zeros."""
    counts = [Counter(_WORD.findall(text.lower())) for text in texts]
    columns = {word: i for i, word in enumerate(sorted({word for c in counts for word in c}))}
    seen = Counter(word for c in counts for word in c)
    rare = {word: 1 + np.log((1 + len(texts)) / (1 + seen[word])) for word in columns}
    rows = [_row(c, columns, rare) for c in counts]
    places = np.array([column for row in rows for column in row], dtype=np.int64)
    values = np.concatenate([np.zeros(0), *(_unit(np.array([*row.values()])) for row in rows)])
    starts = np.cumsum([0, *map(len, rows)])
    return sparse.csr_matrix((values, places, starts), shape=(len(texts), len(columns)))


def _row(counts: Counter[str], columns: dict[str, int], rare: dict[str, float]) -> dict[int, float]:
    return {columns[word]: (1 + np.log(n)) * rare[word] for word, n in sorted(counts.items())}


def _unit(values: NDArray[np.float64]) -> NDArray[np.float64]:
    length = np.linalg.norm(values)
    return values / length if length else values
