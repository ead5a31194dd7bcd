"""Two systems by their scores on the same rows, each at a threshold of its own."""

from collections.abc import Iterator, Sequence

from spooftrace.evaluation.estimates.comparison import Comparison, compare
from spooftrace.evaluation.estimates.estimate import ReportOptions
from spooftrace.evaluation.scores.joining import joined
from spooftrace.judging.report import Scored, asked_for, has_development_rows


def compare_scored(
    first: Scored,
    second: Scored,
    *,
    by_line: bool = False,
    split: str = "test",
    thresholds: Sequence[float | None] = (None, None),
    rule: str = "eer",
    oracle: bool = False,
    cluster: str | None = None,
) -> Comparison:
    """Rates of both, their differences, and how sure these are.

    Args:
        first: system A.
        second: system B, of the same rows.
        by_line: without ids, take each line for the same row in both.
        split: the rows to compare on.
        thresholds: one stated for each; `None`: chosen by the rule on its development rows, where
            there are some.
        rule: of the choice.
        oracle: choose on the very rows compared on, and mark every figure.
        cluster: what intervals resample; `None`: what fits.

    Raises:
        ScoreFileError: the rows cannot be joined.
        SplitError: a threshold for one alone, or a split without rows of both classes.
    """
    tables = joined(first.table, second.table, by_line=by_line)
    chosen = [
        asked_for(
            table,
            split,
            stated,
            rule if oracle or has_development_rows(table, split) else None,
            oracle=oracle,
        )
        for table, stated in zip(tables, thresholds, strict=True)
    ]
    return compare(
        tables,
        (chosen[0], chosen[1]),
        (first.system, second.system),
        split=split,
        options=ReportOptions(cluster=cluster),
        oracle=oracle,
        notes=tuple(dict.fromkeys((*tables[0].notes, *tables[1].notes, *_said(first, second)))),
        provenance=(first.provenance, second.provenance),
    )


def _said(first: Scored, second: Scored) -> Iterator[str]:
    """What was said of one system's scores beside its table."""
    for name, scored in (("A", first), ("B", second)):
        yield from (f"{name}: {note}" for note in scored.notes if note not in scored.table.notes)
