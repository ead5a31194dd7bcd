"""Writing a store: shards first, `store.json` last, each file whole or absent."""

import hashlib
import io
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Final, Self

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
        self._files = ExitStack()
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
        with self._files:
            if kind is None:
                self._finish()
            elif error is not None:
                if self._shard is not None:
                    self._shard.abandon()
                self._files.__exit__(kind, error, traceback)  # the file in hand goes

    def _write_row_group(self) -> None:
        if not self._waiting:
            return
        if self._shard is None:
            self._shard = _Shard(self._files.enter_context(self._folder.new_file(self._name())))
        self._shard.write(self._waiting)
        self._waiting, self._waiting_bytes = [], 0
        if self._shard.size >= self._shard_bytes:
            self._close_shard()

    def _close_shard(self) -> None:
        if self._shard is None:
            return
        info, self._shard = self._shard.finished(self._name()), None
        self._files.close()
        self._shards.append(info)

    def _name(self) -> str:
        """Of the shard in hand."""
        return f"shard-{len(self._shards):05d}.parquet"

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
    """A Parquet file that grows on the disk and is hashed as it does: it never is in memory."""

    def __init__(self, file: BinaryIO) -> None:
        self._rows = 0
        self._written = _Hashed(file)
        self._parquet = pq.ParquetWriter(
            self._written,
            SCHEMA,
            compression="none",
            use_dictionary=_REPEATING,
            write_statistics=False,
            write_page_checksum=True,
        )

    @property
    def size(self) -> int:
        """Bytes so far."""
        return self._written.size

    def write(self, batches: Sequence[pa.RecordBatch]) -> None:
        """Add a row group."""
        table = pa.Table.from_batches(batches, SCHEMA)
        self._rows += table.num_rows
        self._parquet.write_table(table, row_group_size=max(table.num_rows, 1))

    def finished(self, name: str) -> ShardInfo:
        """Write the end; what `store.json` says of the file of that name."""
        self._parquet.close()
        digest = self._written.sha256.hexdigest()
        return ShardInfo(name=name, rows=self._rows, size=self.size, sha256=digest)

    def abandon(self) -> None:
        """Close it, writing nothing more: what is left open would write its end much later."""
        self._written.file = None
        self._parquet.close()


class _Hashed(io.RawIOBase):
    """Hands on what is written, while there is a file, and counts and hashes it."""

    def __init__(self, file: BinaryIO) -> None:
        self.file: BinaryIO | None = file
        self.size = 0
        self.sha256 = hashlib.sha256()

    def writable(self) -> bool:
        return True

    def tell(self) -> int:
        return self.size

    def write(self, data: Any) -> int:
        if self.file is not None:
            self.file.write(data)
        self.sha256.update(data)
        self.size += len(data)
        return len(data)
