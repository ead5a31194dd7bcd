"""Everything that one evaluation has to say, in the order in which it is read."""

from dataclasses import dataclass

from spooftrace.evaluation.tables.table import Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What every form of a report shows: terminal, Markdown, HTML, and a file a table.

    All texts are data: names of files, groups and media stand in them as they came.
    """

    title: str
    headings: tuple[str, ...]
    """What was judged, and how; a line each."""
    warnings: tuple[str, ...]
    """What must stand above every number, in every file."""
    tables: tuple[Table, ...]
    notes: tuple[str, ...]
    """What the numbers need said about them."""
