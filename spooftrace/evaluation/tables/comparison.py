"""A comparison as tables, sentences and files."""

from pathlib import Path

from rich.console import Group, RenderableType
from rich.text import Text

from spooftrace.evaluation.estimates.comparison import Comparison, Judgement
from spooftrace.evaluation.page import comparison_page
from spooftrace.evaluation.render.text import ORACLE_WARNING, markdown_table, rich_table
from spooftrace.evaluation.report_files import write_tables
from spooftrace.evaluation.tables.naming import PLAIN, measured, title
from spooftrace.evaluation.tables.table import Cell, Measured, Table
from spooftrace.evaluation.tables.verdict import origin_of


def comparison_tables(found: Comparison) -> list[Table]:
    """Rates and differences, decisions, ranking."""
    return [table for table in (_rates(found), _decisions(found), _ranking(found)) if table.rows]


def sentences(found: Comparison) -> list[str]:
    """What was compared, and how each was judged."""
    warning = [ORACLE_WARNING] if found.is_oracle else []
    size = f"{found.live} live faces and {found.attacks} attacks of {found.split}"
    return [
        *warning,
        f"A is {_described(found.first)}",
        f"B is {_described(found.second)}",
        f"Both were judged on the same {size}.",
    ]


def footnotes(found: Comparison) -> list[str]:
    """What the numbers need said about them."""
    drawn = found.options.resampling
    return [
        "rates and differences in percent, AUC as a fraction; A - B below zero: A errs less or, of "
        "AUC and TDR, ranks worse",
        f"intervals of differences: {drawn.level:.0%}, {drawn.rounds} draws of {found.clusters} x "
        f"{found.cluster}, both systems read from the same draws",
        "McNemar and DeLong take rows as independent: where rows are near copies, believe the "
        "resampled intervals",
        "p of many figures: one in twenty is below 0.05 where nothing differs",
        *found.notes,
    ]


def terminal(found: Comparison) -> RenderableType:
    """The comparison for a Rich console."""
    return Group(
        *(Text(line) for line in sentences(found)),
        *(rich_table(table) for table in comparison_tables(found)),
        *(Text(f"- {note}", style="dim") for note in footnotes(found)),
    )


def markdown(found: Comparison) -> str:
    """The comparison for a document."""
    blocks = [*sentences(found), *(markdown_table(table) for table in comparison_tables(found))]
    blocks.append("\n".join(f"- {note}" for note in footnotes(found)))
    return "\n\n".join(blocks) + "\n"


def write_comparison(found: Comparison, folder: Path) -> None:
    """Write `comparison.json`, `.md`, `.html`, and every table. Raises `OSError`."""
    folder.mkdir(parents=True, exist_ok=True)
    name = f"{found.first.system} and {found.second.system}"
    tables = comparison_tables(found)
    html = comparison_page(name, sentences(found), tables, footnotes(found))
    texts = {"json": found.to_json(), "md": markdown(found), "html": html}
    for ending, text in texts.items():
        (folder / f"comparison.{ending}").write_text(text, encoding="utf-8")
    write_tables(tables, folder, ORACLE_WARNING if found.is_oracle else "")


def _described(judged: Judgement) -> str:
    if judged.threshold is None:
        return f"{judged.system}, without a threshold."
    chosen = judged.threshold
    return f"{judged.system}, threshold {chosen.value:.6g}, {origin_of(chosen)}."


def _rates(found: Comparison) -> Table:
    others = {figure.key: figure for figure in found.second.figures}
    rows: list[tuple[Cell, ...]] = []
    for figure in found.first.figures:
        if figure.key not in found.differences or figure.key not in others:
            continue
        between = found.differences[figure.key]
        is_plain = figure.key in PLAIN
        difference = Measured(
            value=between.value,
            interval=between.interval.interval,
            is_share=not is_plain,
            digits=4 if is_plain else 2,
            is_oracle=found.is_oracle,
        )
        name = title(figure.key)
        rows.append(
            (name, measured(figure), measured(others[figure.key]), difference, _p(between.p))
        )
    return Table(
        key="differences",
        title="Rates and their differences",
        columns=("figure", "A", "B", "A - B", "p"),
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
            digits=4,
            is_oracle=found.is_oracle,
        )
        rows = (("AUC", cell, _p(found.auc.p)),)
    return Table(
        key="delong",
        title="Ranking (DeLong)",
        columns=("figure", "A - B", "p"),
        rows=rows,
        note="Rows taken as independent.",
    )


def _p(value: float | None) -> str | None:
    if value is None:
        return None
    return "< 0.001" if value < 0.001 else f"{value:.3f}"
