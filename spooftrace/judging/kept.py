"""Scores on disk while a store is being scored: a stop costs the batch in hand, nothing more.

The file begins with what the scores are of - the bundle, the store, the change of the faces - and
holds a JSON line a batch. Of scores of anything else, or of a line that a stop cut short, nothing
is taken.
"""

import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spooftrace.data.store.store import Store
from spooftrace.detector.bundle import SCORE_NAMES, Bundle
from spooftrace.detector.scoring import score_rows
from spooftrace.errors import ConfigError
from spooftrace.judging.changes import FaceChange

BATCH_ROWS = 256


class KeptScores:
    """The scores of one bundle on one store, kept in a file.

    Args:
        path: of the file.
        bundle: what scores.
        store: what is scored.
        change: what is done to every face first.
    """

    def __init__(self, path: Path, bundle: Bundle, store: Store, change: FaceChange) -> None:
        self._path, self._bundle, self._store, self._change = path, bundle, store, change
        self._head = {
            "bundle": bundle.sha256,
            "store": store.info.provenance.source_fingerprint,
            "rows": len(store),
            "change": str(change),
        }

    def score(
        self, rows: NDArray[np.intp], progress: Callable[[int, int], None] | None = None
    ) -> dict[str, NDArray[np.float64]]:
        """Scores of the rows, (m,) by `SCORE_NAMES`; those that are kept are not made again.

        Raises:
            ConfigError: the file cannot be written; the lines that it holds stay whole.
            StoreError, BundleError: as `detector.scoring.score_rows`.
        """
        table = self._read()
        missing = rows[np.isnan(table[rows, 0])]
        done = len(rows) - len(missing)
        for start in range(0, len(missing), BATCH_ROWS):
            part = missing[start : start + BATCH_ROWS]
            found = score_rows(self._bundle, self._store, part, transform=self._change.function())
            batch = {name: getattr(found, name) for name in SCORE_NAMES}
            self._append({"of": part.tolist(), **{k: v.tolist() for k, v in batch.items()}})
            table[part] = np.stack(list(batch.values()), axis=1)
            done += len(part)
            if progress:
                progress(done, len(rows))
        return dict(zip(SCORE_NAMES, table[rows].T, strict=True))

    def _read(self) -> NDArray[np.float64]:
        """(n, scores) of the store's rows, NaN where none is kept; cuts off what is broken."""
        table = np.full((len(self._store), len(SCORE_NAMES)), np.nan)
        if not self._path.is_file():
            return table
        whole = 0
        with self._path.open("rb") as lines:
            for line in lines:
                if not line.endswith(b"\n"):
                    break
                try:
                    self._take(json.loads(line), table, is_first=whole == 0)
                except (ValueError, KeyError, IndexError, TypeError):
                    break
                whole += len(line)
        os.truncate(self._path, whole)
        return table

    def _take(self, line: Mapping[str, Any], table: NDArray[np.float64], *, is_first: bool) -> None:
        if not is_first:
            table[line["of"]] = np.array([line[name] for name in SCORE_NAMES], np.float64).T
        elif line != self._head:
            raise ValueError("the scores of something else")

    def _append(self, batch: Mapping[str, Any]) -> None:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._path.open("a", encoding="ascii") as file:
                lines = [batch] if file.tell() else [self._head, batch]
                file.write("".join(json.dumps(line) + "\n" for line in lines))
        except OSError as error:
            raise ConfigError(
                f"{self._path}: scores cannot be kept ({error.strerror}); those in it are whole: "
                "mend that, and the same command continues behind them"
            ) from error
