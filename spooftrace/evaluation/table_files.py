"""A table as a file: CSV and JSON for computing, LaTeX (booktabs) for a paper."""

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import asdict

from spooftrace.evaluation.tables.table import Cell, Measured, Table, shown

_MEASURED = ("low", "high", "level", "method", "events", "trials", "oracle")
_ESCAPES = {
    "\\": r"\textbackslash{}",
    "&": r"\&",
    "%": r"\%",
    "$": r"\$",
    "#": r"\#",
    "_": r"\_",
    "{": r"\{",
    "}": r"\}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "±": r"$\pm$",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
}


def to_csv(table: Table) -> str:
    """CSV with a header; numbers unrounded, and shares as fractions.

    A column of measured numbers is followed by its interval, counts and whether a number is an
    oracle's.
    """
    measured = table.measured_columns()
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    header: list[str] = []
    for name, is_measured in zip(table.columns, measured, strict=True):
        header += [name, *(f"{name} {part}" for part in _MEASURED if is_measured)]
    writer.writerow(header)
    for row in table.rows:
        line: list[object] = []
        for cell, is_measured in zip(row, measured, strict=True):
            line += _spread(cell) if is_measured else [cell]
        writer.writerow(line)
    return file.getvalue()


def to_json(table: Table) -> str:
    """JSON with the fields of `Table` and, in its rows, of `Measured`; numbers unrounded."""
    return json.dumps(asdict(table), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _spread(cell: Cell) -> list[object]:
    if not isinstance(cell, Measured):
        return [cell, *[None] * len(_MEASURED)]
    found, oracle = cell.interval, "yes" if cell.is_oracle else "no"
    ends = (found.low, found.high, found.level, found.method) if found else (None,) * 4
    return [cell.value, *ends, cell.events, cell.trials, oracle]


def to_latex(table: Table, warning: str = "") -> str:
    r"""A `table` with booktabs' rules; needs `\usepackage{booktabs}` and `graphicx`.

    A row whose first cell alone is filled becomes a heading within the table.
    """
    columns = "l" + "r" * (len(table.columns) - 1)
    caption = " ".join(filter(None, (warning, f"{table.title}.", table.note)))
    lines = [
        "% \\usepackage{booktabs,graphicx}",
        r"\begin{table}[t]",
        r"\centering",
        rf"\caption{{{latex(caption)}}}",
        rf"\label{{tab:{table.key}}}",
        r"\resizebox{\ifdim\width>\linewidth\linewidth\else\width\fi}{!}{%",
        rf"\begin{{tabular}}{{{columns}}}",
        r"\toprule",
        _line([latex(name) for name in table.columns]),
        r"\midrule",
        *_rows(table),
        r"\bottomrule",
        r"\end{tabular}}",
        r"\end{table}",
    ]
    return "\n".join(lines) + "\n"


def is_heading(row: Sequence[Cell]) -> bool:
    """Whether a row is a heading within its table."""
    return len(row) > 1 and all(cell == "" for cell in row[1:])


def latex(text: str) -> str:
    """Text with everything escaped that LaTeX would read as its own."""
    return "".join(_ESCAPES.get(letter, letter) for letter in text)


def _rows(table: Table) -> list[str]:
    lines = []
    for number, row in enumerate(table.rows):
        if is_heading(row):
            rule = [r"\midrule"] if number else []
            words = rf"\textit{{{latex(str(row[0]))}}}"
            lines += [*rule, rf"\multicolumn{{{len(row)}}}{{l}}{{{words}}} \\"]
        else:
            lines.append(_line([_cell(cell) for cell in row]))
    return lines


def _cell(cell: Cell) -> str:
    if not isinstance(cell, Measured):
        return latex(shown(cell))
    mark = r"$^{\mathrm{oracle}}$" if cell.is_oracle else ""
    interval = cell.interval_text()
    small = rf" {{\scriptsize {interval}}}" if interval else ""
    counted = rf" {{\scriptsize ({cell.counts_text()})}}" if cell.trials is not None else ""
    return f"{cell.number(cell.value)}{mark}{small}{counted}"


def _line(cells: Sequence[str]) -> str:
    return " & ".join(cells) + r" \\"
