"""Everything that one evaluation has to say, in the order in which it is read."""

from dataclasses import dataclass
from typing import Final

from spooftrace.evaluation.tables.table import Measured, Table

ORACLE_WARNING: Final = (
    "ORACLE: the threshold was chosen on the very rows reported on, before which nobody has it. "
    "Every figure is marked (oracle): what could be reached at best, not what users would see."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What every form of a report shows: terminal, Markdown, HTML, and a file a table.

    All texts are data: names of files, groups and media stand in them as they came.
    """

    title: str
    headings: tuple[str, ...] = ()
    """What was judged, and how; a line each."""
    warnings: tuple[str, ...] = ()
    """What must stand above every number, in every file."""
    tables: tuple[Table, ...]
    notes: tuple[str, ...]
    """What the numbers need said about them."""
    verdict: tuple[str, ...] = ()
    """Sentences on the operating point, the most important first."""
    cautions: tuple[str, ...] = ()
    """What no error seen still allows."""
    highlights: tuple[tuple[str, Measured], ...] = ()
    """The numbers for large print, by name."""

    def table(self, key: str) -> Table | None:
        """The table of this key, if there is one."""
        return next((table for table in self.tables if table.key == key), None)
