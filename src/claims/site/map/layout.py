"""Layout: where each node stands on the map, worked out once at build.

Claims gather on islands, one a topic; papers, experiments and inquiries stand on the island of most of their claims.
Nothing here is random, and only neighbours within reach push each other, so its time grows with their number.
A general force layout compares all pairs, and what it draws of such a graph is a ball without places to name.
"""

import math
from collections import Counter, defaultdict
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from claims.site.map.graph import Graph

Points = NDArray[np.float64]

_FEWEST = 4
"""Claims that make a topic an island, where a claim has a larger topic to go to."""
_GOLDEN = math.pi * (3 - math.sqrt(5))
_REACH = 1.9
"""Distance below which two nodes push each other; they come to stand about 1 apart."""
_ROUNDS = 60
_GAP = 2.2
_WIDE = 1.6
"""Islands are laid out over an ellipse: screens are wider than high."""
_UNIT = 10
"""Steps a unit of distance in the file."""


@dataclass(frozen=True)
class Island:
    """A topic's part of the map; `name` is empty where the nodes share no topic."""

    name: str
    x: int
    y: int
    radius: int


@dataclass(frozen=True)
class Layout:
    """A place for each node of a graph, in its order, and the islands, largest first."""

    places: tuple[tuple[int, int], ...]
    islands: tuple[Island, ...]


def layout(graph: Graph) -> Layout:
    """Where everything stands. Equal graphs give equal places."""
    if not graph.nodes:
        return Layout((), ())
    homes = _homes(graph)
    sizes = Counter(homes)
    names = sorted(sizes, key=lambda name: (-sizes[name], name))
    rank = {name: place for place, name in enumerate(names)}
    island = np.array([rank[home] for home in homes])
    radii = np.array([math.sqrt(sizes[name]) + 0.8 for name in names])
    pairs = np.array([(e.one, e.other) for e in graph.edges if e.one != e.other], dtype=np.intp).reshape(-1, 2)
    centres = _centres(radii, island[pairs])
    points = _settled(_sunflowers(island, centres, pairs), island, centres, radii, pairs)
    return Layout(
        tuple((round(x * _UNIT), round(y * _UNIT)) for x, y in points.tolist()),
        tuple(
            Island(name, round(x * _UNIT), round(y * _UNIT), round(radius * _UNIT))
            for name, (x, y), radius in zip(names, centres.tolist(), radii.tolist(), strict=True)
        ),
    )


def _homes(graph: Graph) -> list[str]:
    """The island of each node by name: a claim's rarest topic that is no rarity, others where their claims are."""
    number = Counter(topic for node in graph.nodes for topic in node.topics)
    homes = [_home(node.topics, number) for node in graph.nodes]
    votes: dict[int, Counter[str]] = defaultdict(Counter)
    for _ in range(2):  # the second time for papers that only experiments name
        for edge in graph.edges:
            for here, there in ((edge.one, edge.other), (edge.other, edge.one)):
                if not homes[here] and homes[there] and edge.kind != "alike":
                    votes[here][homes[there]] += 1
        for here, found in votes.items():
            homes[here] = homes[here] or min(found, key=lambda name: (-found[name], name))
    return homes


def _home(topics: tuple[str, ...], number: Counter[str]) -> str:
    common = [topic for topic in topics if number[topic] >= _FEWEST]
    ranked = sorted(common or topics, key=lambda topic: (number[topic], topic))
    return "" if not ranked else ranked[0] if common else ranked[-1]


def _centres(radii: Points, links: NDArray[np.intp]) -> Points:
    """Islands beside those that they share most links with, none on another; the largest in the middle."""
    weight = np.zeros((len(radii), len(radii)))
    np.add.at(weight, (links[:, 0], links[:, 1]), 1)
    weight += weight.T
    steps = np.arange(40 * len(radii) + 1)
    spread = 0.35 * radii.max() * np.sqrt(steps)
    spots = np.stack([spread * np.cos(_GOLDEN * steps) * _WIDE, spread * np.sin(_GOLDEN * steps)], axis=1)
    centres = np.zeros((len(radii), 2))
    for i in range(1, len(radii)):
        apart = np.linalg.norm(spots[:, None] - centres[None, :i], axis=2) - radii[:i] - radii[i] - _GAP
        free = spots[(apart >= 0).all(axis=1)]
        shares = weight[i, :i] / max(weight[i, :i].sum(), 1)
        wish = shares @ centres[:i]
        cost = np.linalg.norm(free - wish, axis=1) + 0.5 * np.linalg.norm(free / (_WIDE, 1), axis=1)
        centres[i] = free[np.argmin(np.round(cost, 6))]
    return centres


def _sunflowers(island: NDArray[np.intp], centres: Points, pairs: NDArray[np.intp]) -> Points:
    """To begin with: on each island those with most links in the middle, the others around them in a spiral."""
    degree = np.bincount(pairs.ravel(), minlength=len(island))
    order = np.lexsort((np.arange(len(island)), -degree, island))
    starts = np.searchsorted(island[order], np.arange(len(centres)))
    turn = np.empty(len(island))
    turn[order] = np.arange(len(island)) - starts[island[order]]
    angle, distance = turn * _GOLDEN, np.sqrt(turn + 0.3)
    around: Points = np.stack([distance * np.cos(angle), distance * np.sin(angle)], axis=1)
    return np.add(centres[island], around)


def _settled(
    points: Points, island: NDArray[np.intp], centres: Points, radii: Points, pairs: NDArray[np.intp]
) -> Points:
    """Links pull, what is too near pushes, and nobody leaves the island; each round moves less than the one before."""
    one, other = pairs[:, 0], pairs[:, 1]
    within = (island[one] == island[other])[:, None]
    degree = np.maximum(np.bincount(pairs.ravel(), minlength=len(points)), 1)[:, None]
    for i in range(_ROUNDS):
        heat = 1 - i / _ROUNDS
        pull = (points[other] - points[one]) * np.where(within, 0.35, 0.001)
        move = heat * (_sum(one, pull, len(points)) - _sum(other, pull, len(points))) / degree
        near = cKDTree(points).query_pairs(_REACH, output_type="ndarray")
        gap = points[near[:, 1]] - points[near[:, 0]]
        length = np.maximum(np.linalg.norm(gap, axis=1, keepdims=True), 1e-3)
        push = gap / length * (_REACH - length) * 0.3
        move += _sum(near[:, 1], push, len(points)) - _sum(near[:, 0], push, len(points))
        points = points + np.clip(move, -1, 1)
        out = points - centres[island]
        distance = np.linalg.norm(out, axis=1, keepdims=True)
        points = np.add(centres[island], out * np.minimum(1, radii[island][:, None] / np.maximum(distance, 1e-9)))
    return points


def _sum(index: NDArray[np.intp], values: Points, size: int) -> Points:
    """Values added up by index; ten times as fast as `np.add.at`."""
    return np.stack([np.bincount(index, values[:, axis], size) for axis in (0, 1)], axis=1)
