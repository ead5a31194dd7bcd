"""Writing a store: shards first, `store.json` last, each file whole or absent."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import pyarrow as pa
import pyarrow.parquet as pq

from spooftrace.data.folder import Folder
from spooftrace.data.sample import FaceSample
from spooftrace.data.store.info import STORE_JSON, Provenance, ShardInfo, StoreInfo, to_json
from spooftrace.data.store.schema import SCHEMA, SCHEMA_VERSION, to_batch
from spooftrace.errors import StoreError
from spooftrace.labels import Label
from spooftrace.version import __version__

SHARD_BYTES: Final = 128 << 20
ROW_GROUP_BYTES: Final = 8 << 20

# Images and traces are compressed already, and beside them the rest weighs nothing.
_REPEATING: Final = ["medium", "database", "clip", "subject", "device", "session"]


class StoreWriter:
    """Writes faces, in the order given, into a new store at a local path or an fsspec URL.

        with StoreWriter("stores/mine", provenance) as writer:
            writer.append(sample)

    Leaving the block by an exception writes no `store.json`, so nobody takes the rest for a store.
    Equal rows and provenance give equal files. Raises `StoreError` where a store already exists.
    """

    def __init__(
        self, path: str | Path, provenance: Provenance, *, shard_bytes: int = SHARD_BYTES
    ) -> None:
        self._folder = Folder(path)
        if self._folder.exists(STORE_JSON):
            raise StoreError(
                f"{path}: a store is already there; choose another folder or remove this one"
            )
        self._provenance = provenance
        self._shard_bytes = shard_bytes
        self._waiting: list[pa.RecordBatch] = []
        self._waiting_bytes = 0
        self._shard: _Shard | None = None
        self._shards: list[ShardInfo] = []
        self._labels: Counter[int] = Counter()
        self._media: Counter[str] = Counter()
        self._info: StoreInfo | None = None

    @property
    def info(self) -> StoreInfo:
        """What was written; there once the block has been left."""
        assert self._info is not None, "the store is still being written"
        return self._info

    def append(self, sample: FaceSample) -> None:
        """Add one face."""
        self.append_batch(to_batch([sample]))

    def append_batch(self, batch: pa.RecordBatch) -> None:
        """Add rows that are already encoded (`store_schema.to_batch`)."""
        self._labels.update(batch.column("label").to_pylist())
        self._media.update(batch.column("medium").to_pylist())
        self._waiting.append(batch)
        self._waiting_bytes += batch.nbytes
        if self._waiting_bytes >= ROW_GROUP_BYTES:
            self._write_row_group()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if kind is None:
            self._finish()

    def _write_row_group(self) -> None:
        if not self._waiting:
            return
        if self._shard is None:
            self._shard = _Shard()
        self._shard.write(self._waiting)
        self._waiting, self._waiting_bytes = [], 0
        if self._shard.size >= self._shard_bytes:
            self._close_shard()

    def _close_shard(self) -> None:
        if self._shard is None:
            return
        name = f"shard-{len(self._shards):05d}.parquet"
        data = self._shard.finish()
        self._folder.write(name, data)
        digest = hashlib.sha256(data).hexdigest()
        self._shards.append(
            ShardInfo(name=name, rows=self._shard.rows, size=len(data), sha256=digest)
        )
        self._shard = None

    def _finish(self) -> None:
        self._write_row_group()
        self._close_shard()
        self._info = StoreInfo(
            schema_version=SCHEMA_VERSION,
            package_version=__version__,
            provenance=self._provenance,
            rows=sum(shard.rows for shard in self._shards),
            labels={label.name.lower(): self._labels[label] for label in Label},
            media=dict(sorted(self._media.items())),
            shards=tuple(self._shards),
        )
        self._folder.write(STORE_JSON, to_json(self._info))


class _Shard:
    """A Parquet file growing in memory, so that it can be written and hashed in one go."""

    def __init__(self) -> None:
        self.rows = 0
        self._sink = pa.BufferOutputStream()
        self._parquet = pq.ParquetWriter(
            self._sink,
            SCHEMA,
            compression="none",
            use_dictionary=_REPEATING,
            write_statistics=False,
            write_page_checksum=True,
        )

    @property
    def size(self) -> int:
        """Bytes so far."""
        return int(self._sink.tell())

    def write(self, batches: Sequence[pa.RecordBatch]) -> None:
        """Add a row group."""
        table = pa.Table.from_batches(batches, SCHEMA)
        self.rows += table.num_rows
        self._parquet.write_table(table, row_group_size=max(table.num_rows, 1))

    def finish(self) -> bytes:
        """The bytes of the finished file."""
        self._parquet.close()
        data: bytes = self._sink.getvalue().to_pybytes()
        return data
