"""Published results of a protocol as a table, with a row for what was measured here."""

from collections.abc import Mapping
from itertools import groupby

from spooftrace.evaluation.estimates.rate import ACER, BPCER, WORST_APCER
from spooftrace.evaluation.estimates.report import Report
from spooftrace.evaluation.protocols.average import Average
from spooftrace.evaluation.protocols.published import DEVIATION, Published
from spooftrace.evaluation.tables.naming import measured
from spooftrace.evaluation.tables.table import Cell, Table

HERE = "measured here"
_CAUTION = (
    "Published figures as printed in STDN (ECCV 2020), in percent, not measured by this package, "
    f'but for those called "{HERE}".'
)
_METRICS = {
    "apcer": "APCER",
    "bpcer": "BPCER",
    "acer": "ACER",
    "eer": "EER",
    "tdr": "TDR at FDR 0.5 %",
}


RATES = "APCER, BPCER and ACER"
_RATES = ("apcer", "bpcer", "acer")


def has_rates(published: Published | None) -> bool:
    """Whether these results are of all attacks together: a line a method, a column a rate."""
    return published is not None and set(_RATES) <= published.rows()[0].keys()


def published_rates(published: Published, report: Report) -> Table:
    """APCER, BPCER and ACER of each method, and of a report of the same protocol."""
    columns = _RATES
    rows: list[tuple[Cell, ...]] = [
        (f"{row['method']} (published)", *(printed(row, name) for name in columns))
        for row in published.rows()
    ]
    found = (report.pooled.estimate(rate) for rate in (WORST_APCER, BPCER, ACER))
    rows.append((HERE, *(None if each is None else measured(each) for each in found)))
    return Table(
        key=f"published-{published.key.replace('_', '-')}",
        title=published.title,
        columns=("method", *(f"{_METRICS[name]} (%)" for name in columns)),
        rows=tuple(rows),
        note=_CAUTION,
    )


def published_by_attack(
    published: Published,
    here: Mapping[str, Mapping[str, float]],
    averages: Mapping[str, Average],
    *,
    here_called: str = HERE,
) -> Table:
    """Every metric and method by attack, with the average over the attacks.

    Args:
        published: what others reached.
        here: by metric ("apcer", "bpcer", "acer", "eer", "tdr") and attack, a fraction each.
        averages: by metric, over the attacks that were measured here.
        here_called: what the rows of those are called.
    """
    attacks = published.species
    columns = ("method", *attacks, "average")
    rows: list[tuple[Cell, ...]] = []
    for metric, lines in groupby(published.rows(), key=lambda row: row["metric"]):
        rows.append((_METRICS[metric], *[""] * (len(columns) - 1)))
        rows += [
            (
                f"{row['method']} (published)",
                *(row[name] or None for name in attacks),
                printed(row, "overall"),
            )
            for row in lines
        ]
        if metric in here:
            own = (here[metric].get(name) for name in attacks)
            cells = (None if value is None else f"{100 * value:.1f}" for value in own)
            rows.append((here_called, *cells, spoken(averages[metric])))
    return Table(
        key=f"published-{published.key.replace('_', '-')}",
        title=published.title,
        columns=columns,
        rows=tuple(rows),
        note=f"{_CAUTION} Average ± standard deviation over the attacks.",
    )


def spoken(average: Average) -> str:
    """`12.2 ± 26.1`, in percent."""
    text = f"{100 * average.mean:.1f}"
    return text if average.deviation is None else f"{text} ± {100 * average.deviation:.1f}"


def printed(row: Mapping[str, str], name: str) -> str | None:
    """What a line of published results says under a column, with its deviation where one is."""
    deviation = row.get(f"{name}{DEVIATION}")
    return (f"{row[name]} ± {deviation}" if deviation else row[name]) or None
