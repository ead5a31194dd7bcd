"""A document as Markdown (CommonMark with GitHub's tables), by tabulate."""

import re
from typing import Final

from tabulate import tabulate

from spooftrace.evaluation.render.text import visible
from spooftrace.evaluation.tables.document import Document
from spooftrace.evaluation.tables.table import Table, shown

# Any punctuation may be escaped. An underscore inside a word means nothing: `half_mask` stays
# readable. A bracket means something only before or after a link's text.
_MARKUP: Final = re.compile(r"[\\`*<>|~$&\[\]]|(?<![^\W_])_|_(?![^\W_])")
_LINE_START: Final = re.compile(r"(?m)^(\s*)([-+#=]|\d+[.)])")


def markdown(document: Document) -> str:
    """The document as text."""
    blocks = [f"# {_escaped(document.title)}"]
    blocks += [f"**{_escaped(warning)}**" for warning in document.warnings]
    blocks += map(_paragraph, document.headings)
    blocks += map(markdown_table, document.tables)
    blocks += ["\n".join(f"- {_paragraph(note)}" for note in document.notes)]
    return "\n\n".join(filter(None, blocks)) + "\n"


def markdown_table(table: Table) -> str:
    """One table under its title, its note below."""
    rows = [[_escaped(shown(cell)) for cell in row] for row in table.rows]
    body = tabulate(
        rows,
        headers=[_escaped(column) for column in table.columns],
        tablefmt="pipe",
        disable_numparse=True,
        colalign=["left", *["right"] * (len(table.columns) - 1)] if rows else None,
    )
    return "\n\n".join(filter(None, (f"**{_escaped(table.title)}**", body, _paragraph(table.note))))


def _escaped(text: str) -> str:
    """Text that means itself, on one line."""
    return _MARKUP.sub(lambda found: "\\" + found.group(), visible(text)).replace("\n", "<br>")


def _paragraph(text: str) -> str:
    """The same at the start of a line, where more has a meaning."""
    return _LINE_START.sub(r"\1\\\2", _escaped(text))
