"""The report: what a system's scores amount to, how sure that is, where its threshold came from.

A threshold is chosen by `development_threshold` on development rows, or stated; `build_report`
takes it ready-made, and refuses one that was chosen on the rows reported on.
"""

import json
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field

import numpy as np

from spooftrace.errors import NoSamplesError, SplitError
from spooftrace.evaluation.clusters import choose_clusters
from spooftrace.evaluation.figures import Figure, Resampling, compute_figures, worst_medium
from spooftrace.evaluation.scores import ScoreTable
from spooftrace.evaluation.table import Table
from spooftrace.labels import SPLIT_NAMES
from spooftrace.metrics.thresholds import Threshold, fit_threshold, is_expressible
from spooftrace.version import __version__

SCHEMA_VERSION = 1
POOLED = "pooled"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportOptions:
    """What a reader may choose; nothing here chooses a threshold."""

    resampling: Resampling = field(default_factory=Resampling)
    cluster: str | None = None
    """Unit that intervals resample: database, subject or clip; `None`: the coarsest possible."""
    seed: int = 0
    """Of the generator that resamples."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """The figures of some of the rows."""

    name: str
    """`pooled`, or the source (column `database`)."""
    live: int
    attacks: dict[str, int]
    """Number of attacks by medium."""
    cluster: str
    """Unit that the intervals resample: database, subject, clip or row."""
    clusters: int
    worst_medium: str | None
    """The medium with the largest APCER at the threshold."""
    figures: tuple[Figure, ...]
    notes: tuple[str, ...]

    def figure(self, key: str) -> Figure | None:
        """The figure of this key, if these rows define it."""
        return next((figure for figure in self.figures if figure.key == key), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What `spooftrace evaluate` prints and writes."""

    system: str
    """What was judged, for instance the path of its bundle."""
    split: str
    """The rows reported on."""
    threshold: Threshold | None
    sections: tuple[Section, ...]
    """All rows pooled, then each source where there are several."""
    notes: tuple[str, ...]
    options: ReportOptions
    tables: tuple[Table, ...] = ()
    """What else was measured on these rows."""
    schema_version: int = SCHEMA_VERSION
    package_version: str = __version__

    def to_json(self) -> str:
        """The whole report as one JSON object; rates are fractions."""
        return json.dumps(asdict(self), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def development_threshold(table: ScoreTable, rule: str = "eer") -> Threshold:
    """Choose a threshold on the development rows of the table, and on no others.

    Raises:
        SplitError: there is no development row, or none of a class.
        ConfigError: no such rule.
    """
    rows = table.split == "dev"
    live = np.count_nonzero(rows & ~table.is_attack)
    attacks = np.count_nonzero(rows & table.is_attack)
    if not live or not attacks:
        raise SplitError(
            f"threshold: expected live and spoof development rows to choose it on, got {live} live "
            f"and {attacks} spoof; add rows of split dev, or state a threshold (--threshold)"
        )
    dev = table.rows(rows)
    return fit_threshold(rule, dev.attacks_by_medium(), dev.score[~dev.is_attack], split="dev")


def build_report(
    table: ScoreTable,
    threshold: Threshold | None,
    *,
    system: str,
    split: str = "test",
    options: ReportOptions | None = None,
    notes: Sequence[str] = (),
    tables: Sequence[Table] = (),
) -> Report:
    """Judge the rows of one split.

    Args:
        table: the scores; rows of other splits are left alone.
        threshold: from other rows or stated. `None`: only figures that need none.
        system: what is judged, in words.
        split: "test", "dev" or "train".
        options: intervals.
        notes: anything else a reader must know (how faces were changed, say).
        tables: what else was measured on these rows.

    Raises:
        SplitError: the threshold was chosen on the split reported on, or the split has no row.
        NoSamplesError: the rows define no figure.
    """
    options = options or ReportOptions()
    _refuse_own_split(threshold, split)
    rows = table.split == split
    if not rows.any():
        names = sorted(set(table.split))
        held = ", ".join(f"{np.count_nonzero(table.split == name)} of {name}" for name in names)
        raise SplitError(
            f"report: expected rows of split {split}, got {held or 'no rows'}; report on another "
            f"split (--split), or state which rows are {split}"
        )
    judged, rng = table.rows(rows), np.random.default_rng(options.seed)
    value = None if threshold is None else threshold.value
    sections = [_section(name, part, value, options, rng) for name, part in _parts(judged)]
    if not sections[0].figures:
        raise NoSamplesError(
            f"report: expected live and spoof rows in split {split}, got {sections[0].live} live "
            f"and {sum(sections[0].attacks.values())} spoof, and no threshold to judge them by"
        )
    return Report(
        system=system,
        split=split,
        threshold=threshold,
        sections=tuple(sections),
        notes=tuple(notes),
        options=options,
        tables=tuple(tables),
    )


def _refuse_own_split(threshold: Threshold | None, split: str) -> None:
    if threshold is None or threshold.split is None:
        return
    if SPLIT_NAMES.get(threshold.split.lower(), threshold.split) == split:
        raise SplitError(
            f"report: expected a threshold from other rows than those reported on, got one chosen "
            f"on {threshold.split} by {threshold.rule} for a report on {split}; report on test, or "
            "leave the threshold out"
        )


def _parts(table: ScoreTable) -> list[tuple[str, ScoreTable]]:
    """All rows, and the rows of each source where there are several."""
    parts = [(POOLED, table)]
    if table.database is None:
        return parts
    named = np.array([source or "unknown" for source in table.database], dtype=object)
    sources = sorted(set(named))
    if len(sources) > 1:
        parts += [(source, table.rows(named == source)) for source in sources]
    return parts


def _section(
    name: str,
    table: ScoreTable,
    threshold: float | None,
    options: ReportOptions,
    rng: np.random.Generator,
) -> Section:
    # Within one source there is nothing to draw sources from.
    within = name != POOLED and options.cluster == "database"
    clusters = choose_clusters(table, None if within else options.cluster)
    found = compute_figures(table, threshold, clusters, rng, options.resampling)
    return Section(
        name=name,
        live=int(np.count_nonzero(~table.is_attack)),
        attacks={medium: scores.size for medium, scores in table.attacks_by_medium().items()},
        cluster=clusters.unit,
        clusters=len(clusters.names),
        worst_medium=worst_medium({figure.key: figure.value for figure in found}),
        figures=tuple(found),
        notes=(*_remarks(table, found, options.resampling.fdr), *clusters.notes),
    )


def _remarks(table: ScoreTable, found: Sequence[Figure], fdr: float) -> list[str]:
    """What the numbers cannot say by themselves."""
    live, attacks = np.count_nonzero(~table.is_attack), np.count_nonzero(table.is_attack)
    if not live or not attacks:
        missing = "live rows" if not live else "attacks"
        return [f"no {missing}: figures that need both classes are undefined"]
    remarks = []
    if not is_expressible(fdr, live):
        remarks.append(
            f"with fewer than {math.ceil(1 / fdr)} live rows, {fdr:.2%} of them is less than one: "
            f"TDR@FDR {fdr:.2%} is read where none is refused, and one odd live row decides it"
        )
    if any(figure.key == "auc" and figure.value < 0.5 for figure in found):
        remarks.append(
            "AUC below one half: either the system is misled by these rows, or its scores run the "
            "other way (higher must mean more spoof)"
        )
    return remarks
