"""The rows of a store as Arrow batches: held in memory, or memory-mapped from a copy made once.

The copy lies in `$SPOOFTRACE_CACHE`, else `$XDG_CACHE_HOME/spooftrace/stores`, else
`~/.cache/spooftrace/stores`, under the SHA-256 of the store's `store.json`. That file names the
SHA-256 of every shard, so another store, or the same one made anew, never finds a stale copy.
A copy may be deleted at any time.
"""

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from spooftrace.data.files import new_file
from spooftrace.data.folder import Folder
from spooftrace.data.store.info import ShardInfo, StoreInfo
from spooftrace.data.store.schema import EARLIER_TYPES, SCHEMA
from spooftrace.errors import StoreError, first_line


def cache_folder() -> Path:
    """Where copies of large stores are kept."""
    if own := os.environ.get("SPOOFTRACE_CACHE"):
        return Path(own)
    shared = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(shared) / "spooftrace" / "stores"


def check_sizes(folder: Folder, info: StoreInfo) -> None:
    """Raise `StoreError` for a shard that is missing or has another size than `store.json` says."""
    for shard in info.shards:
        if not folder.exists(shard.name):
            raise _damaged(folder, shard, "is missing")
        if (size := folder.size(shard.name)) != shard.size:
            raise _damaged(folder, shard, f"should have {shard.size} bytes, has {size}")


def from_shards(folder: Folder, info: StoreInfo) -> Iterator[pa.RecordBatch]:
    """The rows of every shard in order, read into memory; `StoreError` for a damaged shard."""
    for shard in info.shards:
        try:
            batches = _read_shard(folder, shard)
        except (OSError, pa.ArrowException) as error:
            raise _damaged(folder, shard, f"cannot be read ({first_line(error)})") from error
        if (rows := sum(batch.num_rows for batch in batches)) != shard.rows:
            raise _damaged(folder, shard, f"should have {shard.rows} rows, has {rows}")
        yield from batches


def from_arrow_copy(folder: Folder, info: StoreInfo, description: bytes) -> list[pa.RecordBatch]:
    """The rows, memory-mapped; `description` is the text of `store.json`."""
    path = cache_folder() / f"{hashlib.sha256(description).hexdigest()}.arrow"
    try:
        if not path.exists():
            with new_file(path) as file, pa.ipc.new_file(file, SCHEMA) as writer:
                for batch in from_shards(folder, info):
                    writer.write_batch(batch)
        # The batches keep the map alive.
        reader = pa.ipc.open_file(pa.memory_map(str(path)))
        return [reader.get_batch(number) for number in range(reader.num_record_batches)]
    except pa.ArrowInvalid as error:
        raise StoreError(
            f"{path}: the cached copy of {folder.shown} is damaged ({first_line(error)});"
            " delete it, it will be made again"
        ) from error
    except OSError as error:
        raise StoreError(
            f"{path}: cannot keep a memory-mapped copy of {folder.shown} ({error});"
            " make room, or set SPOOFTRACE_CACHE to a folder on a larger disk"
        ) from error


def _read_shard(folder: Folder, shard: ShardInfo) -> list[pa.RecordBatch]:
    with folder.open(shard.name) as file:
        parquet = pq.ParquetFile(file, page_checksum_verification=True)
        _check_columns(folder, shard, parquet.schema_arrow)
        table = parquet.read(columns=SCHEMA.names).cast(SCHEMA)
    batches: list[Any] = table.to_batches()
    return batches


def _check_columns(folder: Folder, shard: ShardInfo, found: pa.Schema) -> None:
    for field in SCHEMA:
        if field.name not in found.names:
            raise _damaged(folder, shard, f"has no column {field.name!r}")
        came = found.field(field.name).type
        if came not in (field.type, EARLIER_TYPES.get(field.name)):
            raise _damaged(
                folder, shard, f"column {field.name!r} should be {field.type}, is {came}"
            )


def _damaged(folder: Folder, shard: ShardInfo, what: str) -> StoreError:
    return StoreError(
        f"{folder.shown}/{shard.name}: {what}; copy the store again or make it again with"
        " `spooftrace prepare`"
    )
