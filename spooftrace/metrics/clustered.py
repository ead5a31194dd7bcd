"""Rates and ranking figures as functions of how often each cluster is drawn, for the bootstrap.

Letters: n rows, c clusters, r rounds, s statistics. `codes` is the cluster of each row, in [0, c).
"""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spooftrace.metrics.bootstrap import Statistics
from spooftrace.metrics.curve import ErrorCurve, Floats, rank
from spooftrace.metrics.drawn_curves import Bracket, DrawnCurves
from spooftrace.metrics.hull import eer_on_hull_of
from spooftrace.metrics.ranking import auc_of

Codes = NDArray[np.intp]

_ELEMENTS_AT_ONCE = 100_000
"""Rows times rounds of which curves are held at once: what the processor's cache holds."""
_MANY_ROWS = 20_000
"""From here on a curve is read only where it is needed."""


def share_statistics(events: ArrayLike, trials: ArrayLike, codes: Codes) -> Statistics:
    """Shares of events among trials, from sums by cluster: a round costs one matrix product.

    Args:
        events: (n, s), whether each row is an event of each share; an event is also a trial.
        trials: (n, s), whether each row is a trial of each share.
        codes: (n,)
    """
    event_sums, trial_sums = _sums(events, codes), _sums(trials, codes)

    def shares(draws: Floats) -> Floats:
        drawn = draws @ trial_sums
        return np.divide(draws @ event_sums, np.where(drawn == 0, np.nan, drawn))

    return shares


class Reading(NamedTuple):
    """A figure read from the error curve."""

    read: Callable[[ErrorCurve], Floats]
    """From a curve over r rounds to (r,)."""
    block: Bracket | None = None
    """Where on the curve it is decided; `None`: anywhere."""


def ranking_statistics(
    scores: ArrayLike, is_attack: NDArray[np.bool_], codes: Codes, readings: Sequence[Reading]
) -> Statistics:
    """Figures read from the error curve (`auc_of`, `eer_of`, ...), the rows being sorted only once.

    Of many rows the curve is read only where a figure needs it; the numbers are the same.

    Raises:
        NoSamplesError: a class is empty.
    """
    rows = np.size(scores)
    if rows < _MANY_ROWS:
        return _whole_curves(scores, is_attack, codes, [each.read for each in readings])
    curves = DrawnCurves(scores, is_attack, codes)
    if not curves.has_auc:
        whole = _whole_curves(scores, is_attack, codes, [auc_of])

    def statistics(draws: Floats) -> Floats:
        coarse = curves.at_bounds(draws)
        found = []
        for reading in readings:
            if reading.block is not None:
                found.append(curves.read(draws, coarse, reading.block, reading.read))
            elif reading.read is auc_of:
                found.append(curves.auc(draws) if curves.has_auc else whole(draws)[:, 0])
            else:
                assert reading.read is eer_on_hull_of
                found.append(curves.eer_on_hull(draws, coarse))
        return np.stack(found, axis=1)

    return statistics


def _whole_curves(
    scores: ArrayLike,
    is_attack: NDArray[np.bool_],
    codes: Codes,
    figures: Sequence[Callable[[ErrorCurve], Floats]],
) -> Statistics:
    values = np.asarray(scores, np.float64)
    ranked = rank(values[is_attack], values[~is_attack])
    by_rank = np.concatenate([codes[is_attack], codes[~is_attack]])[ranked.order]
    of_attacks, of_live = by_rank[ranked.is_attack > 0], by_rank[ranked.is_attack == 0]

    def read(draws: Floats) -> Floats:
        curve = ranked.weighted(draws[:, of_attacks], draws[:, of_live])
        return np.stack([figure(curve) for figure in figures], axis=1)

    at_once = max(1, _ELEMENTS_AT_ONCE // values.size)

    def in_pieces(draws: Floats) -> Floats:
        pieces = [draws[at : at + at_once] for at in range(0, len(draws), at_once)]
        # NumPy lets go of the interpreter, so that threads share the processors; the order stays.
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            return np.concatenate(list(pool.map(read, pieces)))

    return in_pieces


def _sums(marks: ArrayLike, codes: Codes) -> Floats:
    """(c, s): the sum of each column over the rows of each cluster."""
    clusters = int(codes.max()) + 1
    sums = [
        np.bincount(codes[column], minlength=clusters)
        if column.dtype == np.bool_
        else np.bincount(codes, weights=column, minlength=clusters)
        for column in np.asarray(marks).T
    ]
    return np.stack(sums, axis=1).astype(np.float64)
