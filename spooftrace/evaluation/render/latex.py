r"""A table as LaTeX for a paper, by tabulate; needs `\usepackage{booktabs,graphicx}`."""

from collections.abc import Sequence

from tabulate import LATEX_ESCAPE_RULES, tabulate

from spooftrace.evaluation.render.text import one_line
from spooftrace.evaluation.tables.table import Table, shown


def latex_table(table: Table, warnings: Sequence[str] = ()) -> str:
    """A `table` that shrinks to the width of the line; the warnings stand in its caption."""
    body = tabulate(
        [[one_line(shown(cell)) for cell in row] for row in table.rows],
        headers=list(map(one_line, table.columns)),
        tablefmt="latex_booktabs",
        disable_numparse=True,
        colalign=["left", *["right"] * (len(table.columns) - 1)] if table.rows else None,
    )
    words = " ".join(filter(None, (*warnings, f"{table.title}.", table.note)))
    # Escaped as tabulate escapes its cells.
    caption = "".join(LATEX_ESCAPE_RULES.get(letter, letter) for letter in one_line(words))
    lines = [
        r"% \usepackage{booktabs,graphicx}",
        r"\begin{table}[t]",
        r"\centering",
        rf"\caption{{{caption}}}",
        rf"\label{{tab:{table.key}}}",
        r"\resizebox{\ifdim\width>\linewidth\linewidth\else\width\fi}{!}{%",
        f"{body}}}",
        r"\end{table}",
    ]
    return "\n".join(lines) + "\n"
