"""Two systems by their scores on the same rows, each at a threshold of its own."""

from collections.abc import Sequence

from spooftrace.evaluation.estimates.comparison import Comparison, compare
from spooftrace.evaluation.estimates.estimate import ReportOptions
from spooftrace.evaluation.scores.table import ScoreTable
from spooftrace.judging.report import asked_for, has_development_rows


def compare_scores(
    tables: tuple[ScoreTable, ScoreTable],
    names: tuple[str, str],
    *,
    split: str = "test",
    thresholds: Sequence[float | None] = (None, None),
    rule: str = "eer",
    oracle: bool = False,
    cluster: str | None = None,
) -> Comparison:
    """Rates of both, their differences, and how sure these are.

    Args:
        tables: the same rows in the same order (`evaluation.scores.joining.joined`).
        names: what each is called.
        split: the rows to compare on.
        thresholds: one stated for each; `None`: chosen by the rule on its development rows, where
            there are some.
        rule: of the choice.
        oracle: choose on the very rows compared on, and mark every figure.
        cluster: what intervals resample; `None`: what fits.

    Raises:
        SplitError: a threshold for one alone, or a split without rows of both classes.
    """
    first, second = (
        asked_for(
            table,
            split,
            stated,
            rule if oracle or has_development_rows(table, split) else None,
            oracle=oracle,
        )
        for table, stated in zip(tables, thresholds, strict=True)
    )
    return compare(
        tables,
        (first, second),
        names,
        split=split,
        options=ReportOptions(cluster=cluster),
        oracle=oracle,
        notes=tuple(dict.fromkeys((*tables[0].notes, *tables[1].notes))),
    )
