"""A comparison of two systems as a document."""

import json
from dataclasses import asdict

from spooftrace.evaluation.estimates.comparison import Comparison, Judgement
from spooftrace.evaluation.estimates.rate import AUC
from spooftrace.evaluation.tables.document import ORACLE_WARNING, Document
from spooftrace.evaluation.tables.glossary import glossary
from spooftrace.evaluation.tables.naming import (
    digits,
    is_percent,
    measured,
    threshold_origin,
    title,
)
from spooftrace.evaluation.tables.table import Cell, Measured, Table


def comparison_document(found: Comparison) -> Document:
    """Rates and differences, decisions, ranking; and what must be said about them."""
    drawn = found.options.resampling
    size = f"{found.live} live faces and {found.attacks} attacks of {found.split}"
    tables = (
        _rates(found),
        _decisions(found),
        _ranking(found),
        glossary(each.rate.kind for each in found.differences),
        _provenance(found),
    )
    return Document(
        title=f"{found.first.system} and {found.second.system}",
        headings=(
            f"A is {_described(found.first)}",
            f"B is {_described(found.second)}",
            f"Both were judged on the same {size}.",
        ),
        warnings=(ORACLE_WARNING,) if found.is_oracle else (),
        tables=tuple(table for table in tables if table.rows),
        notes=(
            "rates and differences in percent, AUC as a fraction; A - B below zero: A errs less "
            "or, of AUC and TDR, ranks worse",
            f"intervals of differences: {drawn.level:.0%}, {drawn.rounds} draws of "
            f"{found.clusters} x {found.cluster}, both systems read from the same draws",
            "McNemar and DeLong take rows as independent: where rows are near copies, believe the "
            "resampled intervals",
            "p of many figures: one in twenty is below 0.05 where nothing differs",
            *found.notes,
        ),
    )


def comparison_json(found: Comparison) -> str:
    """The whole as one JSON object, unrounded; rates are fractions."""
    return json.dumps(asdict(found), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _described(judged: Judgement) -> str:
    if judged.threshold is None:
        return f"{judged.system}, without a threshold."
    chosen = judged.threshold
    return f"{judged.system}, threshold {chosen.value:.6g}, {threshold_origin(chosen)}."


def _rates(found: Comparison) -> Table:
    first, second = (
        {each.rate: each for each in judged.estimates} for judged in (found.first, found.second)
    )
    rows: list[tuple[Cell, ...]] = []
    for difference in found.differences:
        rate, between = difference.rate, difference.between
        cell = Measured(
            value=between.value,
            interval=between.interval.interval,
            is_share=is_percent(rate),
            digits=digits(rate),
            is_oracle=found.is_oracle,
        )
        a, b = measured(first[rate]), measured(second[rate])
        rows.append((title(rate), a, b, cell, _p(between.p)))
    return Table(
        key="differences",
        title="Rates and their differences",
        columns=("rate", "A", "B", "A - B", "p"),
        rows=tuple(rows),
        note="Differences and p by paired resampling of clusters.",
    )


def _decisions(found: Comparison) -> Table:
    return Table(
        key="mcnemar",
        title="Decisions, row by row (McNemar)",
        columns=("rows", "both err", "A alone", "B alone", "neither", "p, exact", "p, mid"),
        rows=tuple(
            (
                test.rows,
                test.counts.both,
                test.counts.only_a,
                test.counts.only_b,
                test.counts.neither,
                _p(test.exact),
                _p(test.mid_p),
            )
            for test in found.decisions
        ),
        note="Each system at its own threshold" + (" (oracle)." if found.is_oracle else "."),
    )


def _ranking(found: Comparison) -> Table:
    rows: tuple[tuple[Cell, ...], ...] = ()
    if found.auc is not None:
        cell = Measured(
            value=found.auc.difference,
            interval=found.auc.interval,
            is_share=False,
            digits=digits(AUC),
            is_oracle=found.is_oracle,
        )
        rows = ((title(AUC), cell, _p(found.auc.p)),)
    return Table(
        key="delong",
        title="Ranking (DeLong)",
        columns=("rate", "A - B", "p"),
        rows=rows,
        note="Rows taken as independent.",
    )


def _provenance(found: Comparison) -> Table:
    return Table(
        key="provenance",
        title="Where this comes from",
        columns=("system", "what", "value"),
        rows=tuple(
            (letter, what, value)
            for letter, judged in (("A", found.first), ("B", found.second))
            for what, value in judged.provenance
        ),
    )


def _p(value: float | None) -> str | None:
    if value is None:
        return None
    return "< 0.001" if value < 0.001 else f"{value:.3f}"
