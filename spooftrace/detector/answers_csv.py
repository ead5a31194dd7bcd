"""Answers as CSV: a line per picture, video, or frame of a stream."""

from pathlib import Path
from typing import Any, Final

from spooftrace.data.csv_text import csv_text
from spooftrace.errors import ConfigError

COLUMNS: Final = (
    "file", "kind", "frame", "time_s", "decision", "score", "threshold", "threshold_source",
    "reason", "detail", "frames_seen", "answered",
)  # fmt: skip


class AnswersCsv:
    """A CSV file that grows by a line per record; `COLUMNS` are its head.

    Raises:
        ConfigError: the file cannot be written.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._write("w", csv_text(COLUMNS, []))

    def add(self, record: dict[str, Any]) -> None:
        """One more line; what a record of its kind does not have stays empty."""
        line = csv_text(COLUMNS, [[record.get(name) for name in COLUMNS]])
        self._write("a", line.partition("\n")[2])

    def _write(self, mode: str, text: str) -> None:
        try:
            with self._path.open(
                mode, encoding="utf-8", newline="", errors="backslashreplace"
            ) as f:
                f.write(text)
        except OSError as error:
            raise ConfigError(f"{self._path}: cannot be written ({error.strerror})") from error
