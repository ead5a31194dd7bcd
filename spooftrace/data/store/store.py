"""Reading a store: metadata by column, faces by row."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from functools import cached_property
from itertools import accumulate
from pathlib import Path
from typing import Any, Final, Self

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from spooftrace.data.folder import Folder
from spooftrace.data.sample import VERTICES_SHAPE, FaceSample
from spooftrace.data.store import rows as store_rows
from spooftrace.data.store.contents import Contents
from spooftrace.data.store.info import STORE_JSON, StoreInfo, from_json, joined
from spooftrace.data.store.schema import (
    METADATA_COLUMNS,
    SCHEMA_VERSION,
    decode_image,
    decode_trace,
    to_sample,
)
from spooftrace.errors import StoreError

MEMORY_BUDGET: Final = 1 << 30


class Store:
    """The faces of a store; made by `Store.open`. Reads from several threads at once are safe."""

    def __init__(self, shown: str, info: StoreInfo, batches: list[pa.RecordBatch]) -> None:
        self.info = info
        self.path = shown
        """Folder or URL, as whoever opened it wrote it."""
        self._batches = batches
        self._ends = list(accumulate(batch.num_rows for batch in batches))

    @classmethod
    def open(cls, path: str | Path, *, memory_budget: int = MEMORY_BUDGET) -> Self:
        """Open the store in a local folder or at an fsspec URL.

        A store of at most `memory_budget` bytes is held in memory. A larger one is copied once
        into an uncompressed Arrow file in the cache (`store_rows.cache_folder`) and read through
        a memory map.
        Raises `StoreError` when it is missing, damaged or of another schema version.
        """
        folder = Folder(path)
        description = _read_description(folder)
        info = from_json(description, f"{folder.shown}/{STORE_JSON}", schema_version=SCHEMA_VERSION)
        store_rows.check_sizes(folder, info)
        if sum(shard.size for shard in info.shards) <= memory_budget:
            batches = list(store_rows.from_shards(folder, info))
        else:
            batches = store_rows.from_arrow_copy(folder, info, description)
        return cls(folder.shown, info, batches)

    @classmethod
    def open_all(cls, paths: Sequence[str | Path]) -> Self:
        """Open one store, or several as one; raises what `open` and `union` raise."""
        stores = [cls.open(path) for path in paths]
        return stores[0] if len(stores) == 1 else cls.union(stores)

    @classmethod
    def union(cls, stores: Sequence[Self]) -> Self:
        """Several stores as one, their rows one after the other; nothing is copied.

        Raises:
            StoreError: the faces were cut by different rules, or one is in two stores.
        """
        info = joined([store.info for store in stores], [store.path for store in stores])
        one = cls(
            " + ".join(store.path for store in stores),
            info,
            [batch for store in stores for batch in store._batches],
        )
        ids = one._column("id")
        if len(set(ids)) < len(ids):
            again = next(name for name, count in Counter(ids).items() if count > 1)
            raise StoreError(f"{one.path}: expected each face once, got {again} in two stores")
        return one

    def __len__(self) -> int:
        return self._ends[-1] if self._ends else 0

    def columns(self) -> dict[str, Sequence[Any]]:
        """Every column but image, vertices and trace, as Python objects in the order of the rows.

        `label` holds ints, `medium` strings, `attributes` dicts of strings; null is `None`. A
        further column, `content`, is computed when it is first looked at: a string for each row,
        equal where the pictures are equal.
        """
        columns: dict[str, Sequence[Any]] = {name: self._column(name) for name in METADATA_COLUMNS}
        columns["attributes"] = [dict(pairs or ()) for pairs in columns["attributes"]]
        columns["content"] = self._contents
        return columns

    @cached_property
    def vertices(self) -> NDArray[np.float32]:
        """The mesh of every face: (n, 140, 2), (x, y) in pixels of the crop; read-only."""
        parts = [batch.column("vertices").flatten().to_numpy() for batch in self._batches]
        joined: NDArray[np.float32] = np.concatenate([np.empty(0, np.float32), *parts])
        joined.flags.writeable = False
        return joined.reshape(-1, *VERTICES_SHAPE)

    @cached_property
    def has_trace(self) -> NDArray[np.bool_]:
        """Whether the true trace of each row is known: (n,)."""
        parts = [batch.column("trace").is_valid().to_numpy(False) for batch in self._batches]
        return np.concatenate([np.empty(0, np.bool_), *parts])

    @cached_property
    def _contents(self) -> Contents:
        return Contents([batch.column("image") for batch in self._batches])

    def image(self, index: int) -> NDArray[np.uint8]:
        """The crop of one face: (256, 256, 3), RGB, uint8."""
        return decode_image(self._cell("image", index).as_buffer(), self._where(index))

    def trace(self, index: int) -> NDArray[np.float16] | None:
        """The true trace of one simulated face: (256, 256, 3) float16; `None` where unknown."""
        cell = self._cell("trace", index)
        return decode_trace(cell.as_buffer(), self._where(index)) if cell.is_valid else None

    def sample(self, index: int) -> FaceSample:
        """Everything about one face."""
        batch, row = self._locate(index)
        return to_sample(batch.slice(row, 1).to_pylist()[0], self._where(index))

    def _column(self, name: str) -> list[Any]:
        return [value for batch in self._batches for value in batch.column(name).to_pylist()]

    def _cell(self, name: str, index: int) -> Any:
        batch, row = self._locate(index)
        return batch.column(name)[row]

    def _locate(self, index: int) -> tuple[pa.RecordBatch, int]:
        if not 0 <= index < len(self):
            raise IndexError(f"row {index} of a store of {len(self)} rows")
        number = bisect_right(self._ends, index)
        batch = self._batches[number]
        return batch, index - (self._ends[number] - batch.num_rows)

    def _where(self, index: int) -> str:
        return f"{self.path}: row {index}"


def _read_description(folder: Folder) -> bytes:
    try:
        return folder.read(STORE_JSON)
    except FileNotFoundError as error:
        raise StoreError(
            f"{folder.shown}: expected a store, found no {STORE_JSON}; {_why_missing(folder)}"
        ) from error
    except OSError as error:
        raise StoreError(f"{folder.shown}/{STORE_JSON}: cannot be read ({error})") from error


def _why_missing(folder: Folder) -> str:
    names = folder.names()
    if "parts" in names:
        return "its preparation was not finished: run the same `spooftrace prepare` again"
    if names:
        return "give the folder that `spooftrace prepare --out` wrote"
    return "the folder is empty or does not exist; make it with `spooftrace prepare`"
