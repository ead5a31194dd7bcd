"""A titled table of anything measured, which every form of the report can show.

Whoever has more to say about a system than its error rates adds a `Table` to a report: the
terminal, Markdown, JSON, CSV, HTML and LaTeX then all hold it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from spooftrace.errors import ConfigError
from spooftrace.metrics.intervals import Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A number, how sure it is, and what was counted for it."""

    value: float | None
    """`None` where it is undefined."""
    interval: Interval | None = None
    events: int | None = None
    """Rows counted, where the number is a share of rows."""
    trials: int | None = None
    """Rows it is a share of."""
    is_share: bool = True
    """A fraction, shown in percent; otherwise a plain number."""
    digits: int = 2
    """Decimals shown."""
    is_oracle: bool = False
    """Whether it stands in a report whose threshold was chosen on the rows reported on."""

    def number(self, value: float | None) -> str:
        """The value, or an end of the interval, as it is shown."""
        if value is None:
            return "-"
        return f"{100 * value if self.is_share else value:.{self.digits}f}"

    def interval_text(self) -> str:
        """`[low, high]`, or nothing."""
        found = self.interval
        return f"[{self.number(found.low)}, {self.number(found.high)}]" if found else ""

    def counts_text(self) -> str:
        """`events / trials`, or nothing."""
        return "" if self.trials is None else f"{self.events} / {self.trials}"


ORACLE = "(oracle)"
"""Stands behind a number whose threshold was chosen on the rows it is reported on."""

Cell: TypeAlias = str | int | float | Measured | None
"""`None` is shown as a dash."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows under one title.

    Raises:
        ConfigError: a row has not one cell per column, or the key cannot name a file.
    """

    key: str
    """Small letters, digits and hyphens; names the CSV and LaTeX files."""
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""
    """What a reader must know, in a sentence or two."""

    def __post_init__(self) -> None:
        if not self.key or set(self.key) - set("abcdefghijklmnopqrstuvwxyz0123456789-"):
            raise ConfigError(f"table key: expected a-z, 0-9 and hyphens, got {self.key!r}")
        for number, row in enumerate(self.rows):
            if len(row) != len(self.columns):
                raise ConfigError(
                    f"table {self.key}, row {number}: expected {len(self.columns)} cells, "
                    f"got {len(row)}"
                )

    def measured_columns(self) -> tuple[bool, ...]:
        """Whether each column holds a number with its interval."""
        return tuple(
            any(isinstance(row[at], Measured) for row in self.rows)
            for at in range(len(self.columns))
        )


def is_heading(row: Sequence[Cell]) -> bool:
    """Whether a row is a heading within its table: nothing but its first cell is filled."""
    return len(row) > 1 and all(cell == "" for cell in row[1:])


def shown(cell: Cell, between: str = " ") -> str:
    """A cell as one piece of text: `12.00 [8.00, 17.00] (12 / 100)`."""
    if cell is None:
        return "-"
    if isinstance(cell, Measured):
        counts = cell.counts_text()
        number = cell.number(cell.value) + (f" {ORACLE}" if cell.is_oracle else "")
        return between.join(filter(None, (number, cell.interval_text(), counts and f"({counts})")))
    return f"{cell:.4g}" if isinstance(cell, float) else str(cell)
