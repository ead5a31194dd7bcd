"""Trace accuracy per medium, as a table of a report: means over faces with intervals by cluster."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spooftrace.evaluation.estimates.clusters import Clusters, choose_clusters
from spooftrace.evaluation.estimates.estimate import Resampling
from spooftrace.evaluation.scores.columns import Columns
from spooftrace.evaluation.scores.table import table_of_store
from spooftrace.evaluation.tables.table import Cell, Measured, Table
from spooftrace.labels import Label, Medium
from spooftrace.metrics.bootstrap import cluster_intervals
from spooftrace.metrics.clustered import share_statistics
from spooftrace.metrics.curve import Floats

KEY = "trace-accuracy"
ALL_ATTACKS = "all attacks"

_ENERGY_UNIT = 1000
_COLUMNS = (
    ("PSNR", "psnr", False, 2),
    ("PSNR of 0", "psnr", True, 2),
    ("SSIM", "ssim", False, 4),
    ("SSIM of 0", "ssim", True, 4),
    ("corr.", "correlation", False, 3),
    ("local.", "localisation", False, 3),
    ("energy", "energy", False, 3),
)
"""Heading, figure, whether it is that of a zero trace, decimals."""
_SHARE = "share"
_HEADER = ("medium", "faces", *(heading for heading, *_ in _COLUMNS), _SHARE)
_NOTE = (
    "means over faces against the true traces of the simulation; PSNR and SSIM of the input less "
    "the estimated trace against the true live face, PSNR in dB; 'of 0': doing nothing, that is a "
    "trace of zero, whose localisation is 0.5 and whose correlation is undefined; energy: mean "
    "square of the estimated trace in thousandths (the true one of a live face is zero), and as a "
    "share of that of the attacks; intervals: {level:.0%}, by {unit}"
)


@dataclass(frozen=True, slots=True)
class _Rows:
    """One line of the table."""

    name: str
    keep: NDArray[np.bool_]
    """(n,): the faces it is about."""


def trace_table(
    columns: Columns,
    rows: NDArray[np.intp],
    estimate: Mapping[str, Floats],
    nothing: Mapping[str, Floats],
    *,
    resampling: Resampling | None = None,
    seed: int = 0,
) -> Table:
    """The table of a report: every medium, all attacks, and the live faces.

    Args:
        columns: `Store.columns()`.
        rows: (m,) the rows measured.
        estimate: (m,) figures by name (`metrics.trace_accuracy.FIGURES`), NaN where undefined.
        nothing: the same of a trace of zero.
        resampling: rounds and level of the intervals.
        seed: of the generator that resamples.
    """
    resampling = resampling or Resampling()
    # What a report of scores of these rows would resample.
    split = np.full(len(columns["id"]), "test", dtype=object)
    scored = table_of_store(columns, rows, split, {"score": np.zeros(len(rows))})
    clusters = choose_clusters(scored)
    lines = _lines(np.array(columns["medium"], dtype=object)[rows])
    values = [
        np.where(line.keep, (nothing if is_zero else estimate)[figure], np.nan)
        * (_ENERGY_UNIT if figure == "energy" else 1)
        for line in lines
        for _, figure, is_zero, _ in _COLUMNS
    ]
    cells = _measured(np.stack(values, axis=1), clusters, resampling, seed)
    share = _live_share(lines, estimate["energy"], clusters, resampling, seed)
    width = len(_COLUMNS)
    body: list[tuple[Cell, ...]] = []
    for number, line in enumerate(lines):
        own = list(cells[number * width : (number + 1) * width])
        last = share if line.name == Medium.LIVE else None
        body.append((line.name, int(line.keep.sum()), *own, last))
    note = _NOTE.format(level=resampling.level, unit=clusters.unit)
    return Table(key=KEY, title="Trace accuracy", columns=_HEADER, rows=tuple(body), note=note)


def _lines(medium: NDArray[np.object_]) -> list[_Rows]:
    attacks = np.array([Medium(name).label is Label.SPOOF for name in medium], np.bool_)
    lines = [_Rows(name, medium == name) for name in sorted(set(medium[attacks]))]
    lines += [_Rows(ALL_ATTACKS, attacks)] if len(lines) > 1 else []
    return lines + ([] if attacks.all() else [_Rows(Medium.LIVE.value, ~attacks)])


def _measured(
    values: Floats, clusters: Clusters, resampling: Resampling, seed: int
) -> list[Measured | None]:
    """A cell for the mean of each column of (n, s) values, `None` where every value is NaN."""
    known = np.isfinite(values)
    means = share_statistics(np.where(known, values, 0), known, clusters.codes)
    intervals = cluster_intervals(
        means,
        clusters.names,
        [clusters.carrying(column) for column in known.T],
        np.random.default_rng(seed),
        rounds=resampling.rounds,
        level=resampling.level,
    )
    found = means(np.ones((1, len(clusters.names))))[0]
    digits = [column[-1] for column in _COLUMNS] * (values.shape[1] // len(_COLUMNS))
    return [
        Measured(value=float(value), interval=each.interval, is_share=False, digits=decimals)
        if np.isfinite(value)
        else None
        for value, each, decimals in zip(found, intervals, digits, strict=True)
    ]


def _live_share(
    lines: list[_Rows], energy: Floats, clusters: Clusters, resampling: Resampling, seed: int
) -> Measured | None:
    """Energy on live faces over that on attacks: a ratio of means."""
    live = next((line.keep for line in lines if line.name == Medium.LIVE), None)
    if live is None or live.all():
        return None
    sides = np.stack([live, ~live], axis=1)
    means = share_statistics(sides * energy[:, None], sides, clusters.codes)

    def ratio(draws: Floats) -> Floats:
        live_energy, attack_energy = means(draws).T
        share = np.divide(live_energy, np.where(attack_energy == 0, np.nan, attack_energy))
        return np.asarray(share[:, None])

    support = min(clusters.carrying(live), clusters.carrying(~live))
    (interval,) = cluster_intervals(
        ratio,
        clusters.names,
        [support],
        np.random.default_rng(seed),
        rounds=resampling.rounds,
        level=resampling.level,
    )
    value = float(ratio(np.ones((1, len(clusters.names))))[0, 0])
    return Measured(value=value, interval=interval.interval, is_share=False, digits=3)
