"""A document on a terminal (Rich), and as Markdown."""

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table as RichTable
from rich.text import Text

from spooftrace.evaluation.tables.document import Document
from spooftrace.evaluation.tables.table import Table, shown


def terminal(document: Document) -> RenderableType:
    """The document for a Rich console; every text as it came."""
    return Group(
        *map(Text, (*document.warnings, *document.headings)),
        *map(rich_table, document.tables),
        *(Text(f"- {note}", style="dim") for note in document.notes),
    )


def markdown(document: Document) -> str:
    """The document for a document."""
    notes = "\n".join(f"- {note}" for note in document.notes)
    tables = map(markdown_table, document.tables)
    return "\n\n".join([*document.warnings, *document.headings, *tables, notes]) + "\n"


def rich_table(table: Table) -> RenderableType:
    """Any table for a Rich console: what belongs to a number stands below it."""
    made = RichTable(
        title=Text(table.title), title_justify="left", box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0)
    )
    for number, column in enumerate(table.columns):
        made.add_column(Text(column), justify="left" if number == 0 else "right", overflow="fold")
    for row in table.rows:
        made.add_row(*(Text(shown(cell, "\n")) for cell in row))
    return Group(made, Text(table.note, style="dim"))


def markdown_table(table: Table) -> str:
    """Any table for a document."""
    lines = [table.columns, ["---"] + ["---:"] * (len(table.columns) - 1)]
    lines += [[shown(cell).replace("|", r"\|") for cell in row] for row in table.rows]
    body = "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
    return "\n\n".join(filter(None, (f"**{table.title}**", body, table.note)))
