"""The tables of a protocol: fold by fold, and in the paper's form beside published results."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from spooftrace.evaluation.estimates.rate import (
    ACER,
    AUC,
    BPCER,
    EER,
    POOLED_APCER,
    WORST_APCER,
    Rate,
    tdr_at_fdr,
)
from spooftrace.evaluation.protocols.average import Average, average
from spooftrace.evaluation.protocols.protocol import Protocol
from spooftrace.evaluation.protocols.published import Published
from spooftrace.evaluation.tables.published import HERE, printed, published_by_attack, spoken
from spooftrace.evaluation.tables.table import Cell, Table
from spooftrace.experiments.over_seeds import SeedMeans

FIGURES: Final = {
    WORST_APCER: "APCER",
    BPCER: "BPCER",
    ACER: "ACER",
    POOLED_APCER: "APCER, all attacks together",
    EER: "EER",
}
_MARK: Final = " (incomplete)"
_COLUMNS: Final = {"apcer": "APCER", "bpcer": "BPCER", "acer": "ACER", "eer": "EER"}


def averages_of(protocol: Protocol, judged: Mapping[str, SeedMeans]) -> dict[Rate, Average]:
    """Every figure's mean over the folds, with its deviation."""
    rates = (*FIGURES, tdr_at_fdr(protocol.fdr), AUC)
    return {rate: average([each.by_rate[rate].mean for each in judged.values()]) for rate in rates}


def fold_table(
    protocol: Protocol,
    judged: Mapping[str, SeedMeans],
    averages: Mapping[Rate, Average],
    folds: Mapping[str, Mapping[str, Any]],
    *,
    is_short: bool,
) -> Table:
    """A row a fold, with 95 % intervals and numbers of clips; the average last."""
    mark = _MARK if is_short else ""
    titles = {**FIGURES, tdr_at_fdr(protocol.fdr): _tdr(protocol), AUC: "AUC"}
    rows: list[tuple[Cell, ...]] = [
        (
            name,
            *(each.by_rate[rate].shown(percent=rate != AUC) + mark for rate in titles),
            f"{folds[name]['clips']['live']} + {folds[name]['clips']['attack']}",
        )
        for name, each in judged.items()
    ]
    if len(judged) > 1:
        shown = (
            _fraction(averages[rate]) if rate == AUC else spoken(averages[rate]) for rate in titles
        )
        rows.append(("average", *(text + mark for text in shown), ""))
    return Table(
        key="folds",
        title=f"{protocol.name}, fold by fold",
        columns=("fold", *titles.values(), "live + attack clips"),
        rows=tuple(rows),
    )


def published_table(
    protocol: Protocol,
    judged: Mapping[str, SeedMeans],
    averages: Mapping[Rate, Average],
    *,
    is_short: bool,
) -> Table | None:
    """What others reached, in the paper's form and order, and what was measured here."""
    published = protocol.published
    if published is None:
        return None
    here = HERE + (_MARK if is_short else "")
    lines = published.rows()
    if published.species and protocol.over == "attacks":
        return _by_attack(protocol, published, judged, averages, here)
    if published.species:
        columns, rows = _overall(protocol, lines, averages, here)
    elif "hter" in lines[0]:
        columns, rows = _half_total(lines, judged, here)
    else:
        columns, rows = _by_rate(protocol, lines, averages, here)
    return Table(
        key="published",
        title=published.title,
        columns=columns,
        rows=tuple(rows),
        note="Published figures as printed in the source named, not measured by this package.",
    )


_Lines = Sequence[Mapping[str, str]]
_Form = tuple[tuple[str, ...], list[tuple[Cell, ...]]]
"""Columns and rows."""


def _by_attack(
    protocol: Protocol,
    published: Published,
    judged: Mapping[str, SeedMeans],
    averages: Mapping[Rate, Average],
    here: str,
) -> Table:
    """A column an attack, each of which was a fold."""
    rates = _rates(protocol)
    by_attack = {
        metric: {
            name.removeprefix("without-"): each.by_rate[rate].mean for name, each in judged.items()
        }
        for metric, rate in rates.items()
    }
    over = {metric: averages[rate] for metric, rate in rates.items()}
    return published_by_attack(published, by_attack, over, here_called=here)


def _overall(
    protocol: Protocol, lines: _Lines, averages: Mapping[Rate, Average], here: str
) -> _Form:
    """A row a metric and method: known attacks, all of them together."""
    rates = _rates(protocol)
    rows: list[tuple[Cell, ...]] = [
        (f"{row['method']} (published)", row["metric"].upper(), row["overall"]) for row in lines
    ]
    rows += [(here, name.upper(), spoken(averages[rates[name]])) for name in ("acer", "eer", "tdr")]
    return ("method", "figure", "overall (%)"), rows


def _half_total(lines: _Lines, judged: Mapping[str, SeedMeans], here: str) -> _Form:
    """A row a method: half the sum of both errors, over the databases held out."""
    rows: list[tuple[Cell, ...]] = [
        (f"{row['method']} (published)", row["hter"], row["source"]) for row in lines
    ]
    over = average(
        [
            (each.by_rate[POOLED_APCER].mean + each.by_rate[BPCER].mean) / 2
            for each in judged.values()
        ]
    )
    rows.append((here, spoken(over), ""))
    return ("method", "HTER (%)", "source"), rows


def _by_rate(
    protocol: Protocol, lines: _Lines, averages: Mapping[Rate, Average], here: str
) -> _Form:
    """A row a method, a column a rate that somebody published."""
    rates = _rates(protocol)
    titles = {**_COLUMNS, "tdr": _tdr(protocol)}
    names = [name for name in titles if name in lines[0]]
    rows: list[tuple[Cell, ...]] = [
        (
            f"{row['method']} (published)",
            *(printed(row, name) for name in names),
            row["source"] or "STDN, ECCV 2020",
        )
        for row in lines
    ]
    rows.append((here, *(spoken(averages[rates[name]]) for name in names), ""))
    return ("method", *(f"{titles[name]} (%)" for name in names), "source"), rows


def _rates(protocol: Protocol) -> dict[str, Rate]:
    """The rates that are published, by the names of their columns."""
    tdr = tdr_at_fdr(protocol.fdr)
    return {"apcer": WORST_APCER, "bpcer": BPCER, "acer": ACER, "eer": EER, "tdr": tdr}


def _tdr(protocol: Protocol) -> str:
    return f"TDR at FDR {100 * protocol.fdr:g} %"


def _fraction(over: Average) -> str:
    text = f"{over.mean:.3f}"
    return text if over.deviation is None else f"{text} ± {over.deviation:.3f}"
