"""The error curve of many draws of clusters, read only where a figure looks.

A draw weighs every row by how often its cluster was drawn. To know a curve at some thresholds -
the *bounds*, of which there are about a thousand - takes a product of two matrices for all draws
together. A figure then needs the thresholds between two neighbouring bounds and no others (an
area, a product of matrices with those of attacks and live rows won by each pair of clusters). The
numbers are those of the whole curve, to the last bit: counts are whole numbers.

Letters: n rows, k thresholds, c clusters, r draws, b blocks between b + 1 bounds.
"""

from collections.abc import Callable
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spooftrace.metrics.curve import ErrorCurve, Floats, rank, share
from spooftrace.metrics.hull import eer_on_hull_between

Ints = NDArray[np.intp]
Read = Callable[[ErrorCurve], Floats]
Bracket = Callable[[ErrorCurve], Ints]
"""From the curve at the bounds, (r, b + 1), to the block that decides a figure of each draw, (r,):
the one after this bound."""

_BLOCKS = 1024
_CELLS = 8_000_000
"""Most clusters times blocks, or pairs of clusters, that a matrix holds."""
_DRAWS_AT_ONCE = 64


class DrawnCurves:
    """Curves of attacks and live rows whose clusters are drawn.

    Raises:
        NoSamplesError: a class is empty.
    """

    def __init__(self, scores: ArrayLike, is_attack: NDArray[np.bool_], codes: Ints) -> None:
        values = np.asarray(scores, np.float64)
        ranked = rank(values[is_attack], values[~is_attack])
        by_rank = np.concatenate([codes[is_attack], codes[~is_attack]])[ranked.order]
        spoof = ranked.is_attack > 0
        self._thresholds = ranked.thresholds
        self._codes = by_rank[spoof], by_rank[~spoof]
        self._below = ranked.attacks_below, ranked.live_below
        self._clusters = int(codes.max()) + 1
        blocks = int(np.clip(_CELLS // self._clusters, 16, _BLOCKS))
        last = ranked.thresholds.size - 1
        self._bounds = np.unique(np.linspace(0, last, blocks + 1).astype(np.intp))

    def at_bounds(self, draws: Floats) -> ErrorCurve:
        """(r, b + 1): the curves at the bounds."""
        missed, live_below = (
            np.concatenate([np.zeros((len(draws), 1)), np.cumsum(draws @ counts, axis=1)], axis=1)
            for counts in self._counts
        )
        return ErrorCurve(
            self._thresholds[self._bounds], missed=missed, refused=live_below[:, -1:] - live_below
        )

    def read(self, draws: Floats, coarse: ErrorCurve, bracket: Bracket, read: Read) -> Floats:
        """(r,): a figure of each draw, from the thresholds of the block that decides it."""
        blocks = np.clip(bracket(coarse), 0, self._bounds.size - 2)
        found, order = np.empty(len(draws)), np.argsort(blocks, kind="stable")
        for at in range(0, len(draws), _DRAWS_AT_ONCE):
            rows = order[at : at + _DRAWS_AT_ONCE]
            first, last = int(blocks[rows[0]]), int(blocks[rows[-1]]) + 1
            found[rows] = read(self._between(draws[rows], coarse, rows, first, last))
        return found

    def auc(self, draws: Floats) -> Floats:
        """(r,): the area under the ROC, a tie counting half (`ranking.auc`)."""
        (attackers, spoof), (people, live) = self._present
        of_spoof, of_live = draws[:, attackers], draws[:, people]
        wins = np.einsum("ij,ij->i", of_spoof @ self._wins, of_live)
        attacks, bona_fide = of_spoof @ np.bincount(spoof), of_live @ np.bincount(live)
        return share(wins, attacks * bona_fide)

    @property
    def has_auc(self) -> bool:
        """Whether there are few enough pairs of clusters for `auc`."""
        (attackers, _), (people, _) = self._present
        return attackers.size * people.size <= _CELLS

    def eer_on_hull(self, draws: Floats, coarse: ErrorCurve) -> Floats:
        """(r,): the EER on the convex hull (`hull.eer_on_hull_of`), draw by draw."""
        bpcer, apcer = coarse.bpcer, coarse.apcer

        def read(row: int) -> float:
            def between(first: int, last: int) -> ErrorCurve:
                return self._between(draws[row : row + 1], coarse, np.array([row]), first, last)

            return eer_on_hull_between(bpcer[row], apcer[row], between)

        return np.array([read(row) for row in range(len(draws))])

    def _between(
        self, draws: Floats, coarse: ErrorCurve, rows: Ints, first: int, last: int
    ) -> ErrorCurve:
        """Both ends of the curve, and every threshold from one bound to another."""
        thresholds = slice(self._bounds[first], self._bounds[last] + 1)
        inside = []
        for codes, below in zip(self._codes, self._below, strict=True):
            places = below[thresholds]
            weights = draws[:, codes[places[0] : places[-1]]]
            sums = np.zeros((len(draws), weights.shape[1] + 1))
            np.cumsum(weights, axis=1, out=sums[:, 1:])
            inside.append(np.take(sums, places - places[0], axis=1))
        attacks, live = coarse.attacks[rows], coarse.live[rows]
        missed = coarse.missed[rows, first][:, None] + inside[0]
        refused = coarse.refused[rows, first][:, None] - inside[1]
        return ErrorCurve(
            np.concatenate(
                [self._thresholds[:1], self._thresholds[thresholds], self._thresholds[-1:]]
            ),
            missed=np.concatenate([np.zeros_like(attacks), missed, attacks], axis=1),
            refused=np.concatenate([live, refused, np.zeros_like(live)], axis=1),
        )

    @cached_property
    def _counts(self) -> tuple[Floats, Floats]:
        """(c, b) of attacks and of live rows: how many of each cluster lie in each block."""
        found = []
        for codes, below in zip(self._codes, self._below, strict=True):
            sizes = np.diff(below[self._bounds])
            blocks = np.repeat(np.arange(sizes.size), sizes)
            cells = np.bincount(codes * sizes.size + blocks, minlength=self._clusters * sizes.size)
            found.append(cells.reshape(self._clusters, sizes.size).astype(np.float64))
        return found[0], found[1]

    @cached_property
    def _present(self) -> tuple[tuple[Ints, Ints], tuple[Ints, Ints]]:
        """Of attacks and of live rows: the clusters that hold any, and which each row is of."""
        spoof, live = (np.unique(codes, return_inverse=True) for codes in self._codes)
        return spoof, live

    @cached_property
    def _wins(self) -> Floats:
        """How many pairs (attack, live) of two clusters the attack wins; a tie is half a win."""
        (attackers, spoof), (people, live) = self._present
        # By the place of an attack's score among all: the live rows below it, and those not above.
        place = np.repeat(np.arange(self._thresholds.size - 1), np.diff(self._below[0]))
        ends = np.concatenate([self._below[1][place], self._below[1][place + 1]])
        return _counted_below(np.tile(spoof, 2), ends, live, (attackers.size, people.size)) / 2


def _counted_below(codes: Ints, ends: Ints, others: Ints, shape: tuple[int, int]) -> Floats:
    """(c, d): over the rows of each cluster, how many of `others` stand before the row's end.

    Args:
        codes: (n,) cluster of each row.
        ends: (n,) how many of the others stand before it.
        others: (m,) cluster of each other row.
        shape: c and d.
    """
    size = 1 + others.size * max(shape) // _CELLS
    total = np.zeros(shape)
    whole, rest = ends // size, ends % size
    # Whole blocks of others: a running count of them, times the rows that stand behind each.
    blocks = -(-others.size // size) + 1
    in_blocks = np.bincount(
        (np.arange(others.size) // size + 1) * shape[1] + others, minlength=blocks * shape[1]
    ).reshape(blocks, shape[1])
    behind = np.bincount(codes * blocks + whole, minlength=shape[0] * blocks).reshape(-1, blocks)
    total += behind.astype(np.float64) @ np.cumsum(in_blocks, axis=0).astype(np.float64)
    # What is left of the block that the row's end lies in, pair by pair.
    pairs_at_once = max(1, _CELLS // size)
    for at in range(0, codes.size, pairs_at_once):
        piece = slice(at, at + pairs_at_once)
        counts = rest[piece]
        rows = np.repeat(codes[piece], counts)
        starts = np.repeat(whole[piece] * size - np.cumsum(counts) + counts, counts)
        pairs = rows * shape[1] + others[starts + np.arange(rows.size)]
        total += np.bincount(pairs, minlength=total.size).reshape(shape)
    return total
