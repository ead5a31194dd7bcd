"""`results.json`: the records of analysed files, and which model they are of."""

import json
from collections.abc import Mapping
from io import FileIO
from pathlib import Path
from typing import Any

from spooftrace.detector.detector import SpoofDetector
from spooftrace.errors import ConfigError
from spooftrace.version import __version__

SCHEMA_VERSION = 1
_TAIL = b"\n ]\n}\n"


class Results:
    """One JSON file that is whole after every record: whatever stops the rest costs no answer.

    Args:
        path: the file; one of an earlier call is replaced.
        detector: whose answers they are.
        asked: what the answers depend on beside files and detector, as JSON takes it.
        resume: go on with the file of an earlier call.

    Raises:
        ConfigError: the file cannot be written; what was written before stays whole. Or it is of
            another model or question, and cannot be gone on with.
    """

    def __init__(
        self,
        path: Path,
        detector: SpoofDetector,
        asked: Mapping[str, Any] | None = None,
        *,
        resume: bool = False,
    ) -> None:
        self.path = path
        self.count = 0
        """Records in the file."""
        self.kept: list[dict[str, Any]] = []
        """Those that an earlier call left there."""
        bundle = detector.bundle
        head: dict[str, Any] = {
            "schema_version": SCHEMA_VERSION,
            "package_version": __version__,
            "model": {
                "path": str(bundle.path),
                "sha256": bundle.sha256,
                "info": json.loads(bundle.info.to_json()),
            },
            "doubt": detector.doubt,
            "asked": dict(asked or {}),
        }
        self._end = 0
        """Where the next record goes: behind the last one, in place of the tail."""
        if resume and path.exists():
            self._go_on(head)
            return
        text = json.dumps(head, indent=1, allow_nan=False).removesuffix("\n}") + ',\n "files": ['
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise self._unwritable(error) from error
        self._write(text.encode())

    def _go_on(self, head: dict[str, Any]) -> None:
        try:
            data = self.path.read_bytes()
            before = json.loads(data)
            model, asked = before["model"]["sha256"], before["asked"]
            self.kept = [{**record, "file": record["file"]} for record in before["files"]]
            if not data.endswith(_TAIL):
                raise ValueError("written anew by another program")
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ConfigError(
                f"{self.path}: expected the answers of a run that was stopped, got another file; "
                "leave --resume out, or name another --out"
            ) from error
        for what, old, new in (
            ("model", model, head["model"]["sha256"]),
            ("question", asked, head["asked"]),
        ):
            if old != new:
                raise ConfigError(
                    f"{self.path}: the run began with another {what} ({old}, now {new}); resume "
                    "with the same, or name another --out"
                )
        self._end, self.count = len(data) - len(_TAIL), len(self.kept)

    def add(self, record: dict[str, Any]) -> None:
        """Write one more record."""
        text = json.dumps(record, indent=1, allow_nan=False).replace("\n", "\n  ")
        self._write(f"{',' if self.count else ''}\n  {text}".encode())
        self.count += 1

    def _write(self, data: bytes) -> None:
        try:
            # Unbuffered: what a full disk refused must not be tried again when the file is closed.
            with self.path.open("r+b" if self._end else "wb", buffering=0) as file:
                file.seek(self._end)
                try:
                    _write_all(file, data + _TAIL)
                except OSError:
                    # A full disk has room for the tail, which stood here before.
                    file.truncate(self._end)
                    file.seek(self._end)
                    _write_all(file, _TAIL)
                    raise
        except OSError as error:
            raise self._unwritable(error) from error
        self._end += len(data)

    def _unwritable(self, error: OSError) -> ConfigError:
        return ConfigError(
            f"{self.path}: cannot be written ({error.strerror}); {self.count} answers are kept in "
            "it; free some space and give the other files to another --out"
        )


def _write_all(file: FileIO, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[file.write(rest) :]
