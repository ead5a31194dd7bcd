"""Two systems on the same rows: what each reaches, how they differ, how sure that is."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from spooftrace.errors import SplitError
from spooftrace.evaluation.estimates.clusters import choose_clusters
from spooftrace.evaluation.estimates.curves import ErrorBand, error_band
from spooftrace.evaluation.estimates.estimate import (
    ELEMENTS_AT_ONCE,
    Estimate,
    ReportOptions,
    estimates_of,
)
from spooftrace.evaluation.estimates.rate import Kind, Rate
from spooftrace.evaluation.estimates.rates import FDRS, Rates, rates_of
from spooftrace.evaluation.protocols.operating import is_of
from spooftrace.evaluation.scores.table import ScoreTable
from spooftrace.metrics.delong import delong
from spooftrace.metrics.intervals import Interval
from spooftrace.metrics.paired import McNemar, PairedDifference, mcnemar, paired_intervals
from spooftrace.metrics.rates import is_called_attack
from spooftrace.metrics.thresholds import Threshold
from spooftrace.version import __version__


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """One of the two: what it is, by which threshold, and its rates."""

    system: str
    threshold: Threshold | None
    estimates: tuple[Estimate, ...]
    provenance: tuple[tuple[str, str], ...] = ()
    """Where its scores come from: name and value."""
    errors: ErrorBand | None = None
    """Its curve; `None` where the rows are of one class."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """How the two differ in one rate."""

    rate: Rate
    between: PairedDifference


@dataclass(frozen=True, slots=True, kw_only=True)
class AucTest:
    """DeLong's test, which takes rows as independent."""

    difference: float
    interval: Interval
    p: float


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionTest:
    """McNemar's test on the decisions of some rows."""

    rows: str
    """"live", "attacks" or "all"."""
    counts: McNemar
    exact: float
    mid_p: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What `spooftrace compare` prints and writes."""

    first: Judgement
    second: Judgement
    split: str
    is_oracle: bool
    """Whether a threshold was chosen on the rows compared on; then every figure is marked."""
    live: int
    attacks: int
    cluster: str
    clusters: int
    differences: tuple[Difference, ...]
    """First less second, of every rate that both define."""
    decisions: tuple[DecisionTest, ...]
    auc: AucTest | None
    notes: tuple[str, ...]
    options: ReportOptions
    schema_version: int = 3
    package_version: str = __version__


def compare(
    tables: tuple[ScoreTable, ScoreTable],
    thresholds: tuple[Threshold | None, Threshold | None],
    systems: tuple[str, str],
    *,
    split: str = "test",
    options: ReportOptions | None = None,
    oracle: bool = False,
    notes: Sequence[str] = (),
    provenance: tuple[tuple[tuple[str, str], ...], ...] = ((), ()),
) -> Comparison:
    """Compare two systems on the rows of one split that both answered.

    Args:
        tables: joined (`spooftrace.evaluation.scores.joining`).
        thresholds: each one's own; both or none.
        systems: what they are, in words.
        split: the rows compared on.
        options: intervals.
        oracle: allow thresholds chosen on these rows, and mark every figure.
        notes: anything else a reader must know.
        provenance: of each system's scores, name and value.

    Raises:
        SplitError: the split has no row, one threshold alone, or one chosen on these rows.
    """
    options = options or ReportOptions()
    is_oracle = any(is_of(threshold, split) for threshold in thresholds)
    _check_thresholds(thresholds, split, is_refused=is_oracle and not oracle)
    first, second, left_out = _both_answered(tables, split)
    clusters = choose_clusters(first, options.cluster)
    rng = np.random.default_rng(options.seed)
    values = [None if threshold is None else threshold.value for threshold in thresholds]
    one, other = (
        rates_of(table, value, clusters, fdrs=FDRS, is_brief=True)
        for table, value in zip((first, second), values, strict=True)
    )
    judged = [
        Judgement(
            system=system,
            threshold=threshold,
            estimates=tuple(estimates_of(rates, rng, options.resampling, is_oracle=is_oracle)),
            provenance=made,
            # From draws of their own: those of the figures stay what they are.
            errors=error_band(
                table, clusters, np.random.default_rng(options.seed), options.resampling.level
            ),
        )
        for system, threshold, rates, made, table in zip(
            systems, thresholds, (one, other), provenance, (first, second), strict=True
        )
    ]
    return Comparison(
        first=judged[0],
        second=judged[1],
        split=split,
        is_oracle=is_oracle,
        live=int(np.count_nonzero(~first.is_attack)),
        attacks=int(np.count_nonzero(first.is_attack)),
        cluster=clusters.unit,
        clusters=len(clusters.names),
        differences=_differences(one, other, rng, options),
        decisions=tuple(_decisions(first, second, values)),
        auc=_auc(first, second, options.resampling.level),
        notes=(*notes, *left_out, *clusters.notes),
        options=options,
    )


def _check_thresholds(
    thresholds: tuple[Threshold | None, Threshold | None], split: str, *, is_refused: bool
) -> None:
    if is_refused:
        raise SplitError(
            f"compare: expected thresholds from other rows than those compared on, got one chosen "
            f"on {split}; state thresholds, or ask for what nobody can have (--oracle)"
        )
    if (thresholds[0] is None) != (thresholds[1] is None):
        raise SplitError("compare: expected a threshold for both systems or for neither, got one")


def _both_answered(
    tables: tuple[ScoreTable, ScoreTable], split: str
) -> tuple[ScoreTable, ScoreTable, list[str]]:
    first, second = tables
    rows = first.split == split
    both = rows & first.has_answer & second.has_answer
    if not both.any():
        raise SplitError(
            f"compare: expected rows of split {split} that both systems answered, got none; "
            "compare on another split (--split)"
        )
    missing = int(np.count_nonzero(rows & ~both))
    said = [f"{missing} rows that one or both did not answer are left out"] if missing else []
    return first.rows(both), second.rows(both), said


def _differences(
    one: Rates, other: Rates, rng: np.random.Generator, options: ReportOptions
) -> tuple[Difference, ...]:
    # Every row here was answered, and a column that one file alone has is compared with nothing.
    silent = (Kind.APNRR, Kind.BPNRR)
    both = [rate for rate in one.shown if rate in other.shown and rate.kind not in silent]
    if not both:
        return ()
    found = paired_intervals(
        lambda draws: one.statistics(draws, both),
        lambda draws: other.statistics(draws, both),
        [one.support[rate] for rate in both],
        len(one.clusters.names),
        rng,
        rounds=options.resampling.rounds,
        level=options.resampling.level,
        rounds_at_once=max(1, ELEMENTS_AT_ONCE // len(one.clusters.names)),
    )
    return tuple(
        Difference(rate=rate, between=each) for rate, each in zip(both, found, strict=True)
    )


def _decisions(
    first: ScoreTable, second: ScoreTable, values: Sequence[float | None]
) -> list[DecisionTest]:
    """McNemar on live faces, on attacks and on both; nothing without thresholds."""
    if values[0] is None or values[1] is None:
        return []
    wrong = [
        is_called_attack(table.score, value) != table.is_attack
        for table, value in ((first, values[0]), (second, values[1]))
    ]
    attacks, found = first.is_attack, []
    kinds = {"live": ~attacks, "attacks": attacks, "all": np.ones(len(first), np.bool_)}
    for name, rows in kinds.items():
        if rows.any():
            counts = mcnemar(wrong[0][rows], wrong[1][rows])
            found.append(
                DecisionTest(rows=name, counts=counts, exact=counts.exact, mid_p=counts.mid_p)
            )
    return found


def _auc(first: ScoreTable, second: ScoreTable, level: float) -> AucTest | None:
    attacks = first.is_attack
    if min(np.count_nonzero(attacks), np.count_nonzero(~attacks)) < 2:
        return None
    found = delong(
        first.score[attacks], first.score[~attacks], second.score[attacks], second.score[~attacks]
    )
    return AucTest(difference=found.difference, interval=found.interval(level), p=found.p)
