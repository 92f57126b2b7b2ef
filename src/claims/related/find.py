"""Find: which claims and inquiries speak of what somebody asks, by its words."""

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

import numpy as np

from claims.domain.claim import Claim, Inquiry, Registry
from claims.related.words import vectors

_JOINED = re.compile(r"[-‐‑‒–—−_/%]+")
_LEAST = 0.05
"""A cosine below which two texts share a common word and nothing else."""


class Found(NamedTuple):
    """A claim or an inquiry, and how near its words are to those asked for: a cosine of TF-IDF vectors, 0 to 1."""

    kind: Literal["claim", "inquiry"]
    id: str
    question: str
    nearness: float


def find(registry: Registry, asked: str, most: int = 10) -> tuple[Found, ...]:
    """The nearest first: claims by id, question, sentence, tellings and quotes, inquiries by question and answer."""
    texts = list(_texts(registry))
    rows = vectors([*(_plain(text) for *_, text in texts), _plain(asked)])
    near = np.asarray((rows[:-1] @ rows[-1].T).todense()).ravel()
    order = sorted(range(len(texts)), key=lambda i: (-near[i], texts[i][1]))
    return tuple(Found(*texts[i][:3], float(near[i])) for i in order[:most] if near[i] >= _LEAST)


def _texts(registry: Registry) -> Iterator[tuple[Literal["claim", "inquiry"], str, str, str]]:
    for claim in registry.claims:
        yield "claim", claim.id, claim.question, " ".join(_of_claim(claim))
    for inquiry in registry.inquiries:
        yield "inquiry", inquiry.id, inquiry.question, " ".join(_of_inquiry(inquiry))


def _of_claim(claim: Claim) -> Iterator[str]:
    yield from (claim.id, claim.question, claim.statement)
    yield from (telling.text for telling in claim.circulated)
    yield from (source.quote for source in claim.sources if source.quote)


def _of_inquiry(inquiry: Inquiry) -> Iterator[str]:
    yield from (inquiry.id, inquiry.question, inquiry.answer)


def _plain(text: str) -> str:
    """Words apart that ids, ranges and compounds join: who asks for "5-30%" may find "5 to 30 %"."""
    return _JOINED.sub(" ", text)
