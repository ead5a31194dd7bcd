"""The one way in which rows become CSV: RFC 4180's quotes, a newline a row, UTF-8 when written.

Cells are data and stay as they are. A spreadsheet that runs cells as formulas must be told not to
(import them as text): changing an id that begins with `=` would break every join on it.
"""

import csv
import io
from collections.abc import Iterable, Sequence


class _Lines(io.StringIO):
    """Ends each row, which the writer hands over at once, with a newline alone."""

    def write(self, row: str) -> int:
        return super().write(row.removesuffix("\r\n") + "\n")


def csv_text(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """The header and the rows as text; `None` is an empty cell, floats are unrounded."""
    text = _Lines()
    # The writer quotes the letters of its line ending: with both, a lone \r in a cell survives.
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue()
