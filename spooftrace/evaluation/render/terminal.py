"""A document on a terminal, by Rich."""

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table as RichTable
from rich.text import Text

from spooftrace.evaluation.render.text import visible
from spooftrace.evaluation.tables.document import Document
from spooftrace.evaluation.tables.table import Table, shown


def terminal(document: Document) -> RenderableType:
    """The document for a Rich console."""
    return Group(
        *map(_text, (*document.warnings, *document.headings)),
        *map(terminal_table, document.tables),
        *(_text(f"- {note}", "dim") for note in document.notes),
    )


def terminal_table(table: Table) -> RenderableType:
    """One table; what belongs to a number stands below it."""
    made = RichTable(
        title=_text(table.title),
        title_justify="left",
        box=box.SIMPLE_HEAD,
        padding=(0, 1, 0, 0),
    )
    for number, column in enumerate(table.columns):
        made.add_column(_text(column), justify="left" if number == 0 else "right", overflow="fold")
    for row in table.rows:
        made.add_row(*(_text(shown(cell, "\n")) for cell in row))
    return Group(made, _text(table.note, "dim")) if table.note else made


def _text(said: str, style: str = "") -> Text:
    # A Text is never read as Rich's markup: `x[/y]` and `cam[back]` stay what they are.
    return Text(visible(said), style=style)
