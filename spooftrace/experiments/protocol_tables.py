"""The tables of a protocol: fold by fold, and in the paper's form beside published results."""

from collections.abc import Mapping
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
from spooftrace.evaluation.protocols.published import DEVIATION
from spooftrace.evaluation.tables.published import HERE, published_by_attack, spoken
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
    tdr = tdr_at_fdr(protocol.fdr)
    rates = {"apcer": WORST_APCER, "bpcer": BPCER, "acer": ACER, "eer": EER, "tdr": tdr}
    here = HERE + (_MARK if is_short else "")
    if published.species and protocol.over == "attacks":
        by_attack = {
            metric: {
                name.removeprefix("without-"): each.by_rate[rate].mean
                for name, each in judged.items()
            }
            for metric, rate in rates.items()
        }
        over = {metric: averages[rate] for metric, rate in rates.items()}
        return published_by_attack(published, by_attack, over, here_called=here)
    if published.species:  # a row a metric and method: known attacks, all of them together
        rows: list[tuple[Cell, ...]] = [
            (f"{row['method']} (published)", row["metric"].upper(), row["overall"])
            for row in published.rows()
        ]
        measured = ("acer", "eer", "tdr")
        rows += [(here, name.upper(), spoken(averages[rates[name]])) for name in measured]
        columns: tuple[str, ...] = ("method", "figure", "overall (%)")
    elif protocol.name == "mcio":
        rows = [
            (f"{row['method']} (published)", row["hter"], row["source"]) for row in published.rows()
        ]
        hter = average(
            [(e.by_rate[POOLED_APCER].mean + e.by_rate[BPCER].mean) / 2 for e in judged.values()]
        )
        rows.append((here, spoken(hter), ""))
        columns = ("method", "HTER (%)", "source")
    else:
        lines = published.rows()
        names = [name for name in (*_COLUMNS, "tdr") if name in lines[0]]
        rows = [
            (
                f"{row['method']} (published)",
                *(_printed(row, name) for name in names),
                row["source"] or "STDN, ECCV 2020",
            )
            for row in lines
        ]
        rows.append((here, *(spoken(averages[rates[name]]) for name in names), ""))
        titles = {**_COLUMNS, "tdr": _tdr(protocol)}
        columns = ("method", *(f"{titles[name]} (%)" for name in names), "source")
    return Table(
        key="published",
        title=published.title,
        columns=columns,
        rows=tuple(rows),
        note="Published figures as printed in the source named, not measured by this package.",
    )


def _tdr(protocol: Protocol) -> str:
    return f"TDR at FDR {100 * protocol.fdr:g} %"


def _fraction(over: Average) -> str:
    text = f"{over.mean:.3f}"
    return text if over.deviation is None else f"{text} ± {over.deviation:.3f}"


def _printed(row: Mapping[str, str], name: str) -> str | None:
    deviation = row.get(f"{name}{DEVIATION}")
    return (f"{row[name]} ± {deviation}" if deviation else row[name]) or None
