"""The finished work of a store that is not finished: one small Arrow file per chunk of its source.

A part holds all rows and all rejections of its chunk and is written whole or not at all, so a run
that was killed goes on with the chunks that have none. `plan.json` beside them says of which run
they are parts.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from io import BytesIO
from typing import Any, Final

import pyarrow as pa

from spooftrace.data.folder import Folder
from spooftrace.data.sample import FaceSample
from spooftrace.data.store.schema import SCHEMA, to_batch
from spooftrace.errors import StoreError, first_line

_PLAN: Final = "plan.json"
_REJECTED: Final = b"rejected"
_ROWS: Final = b"rows"


@dataclass(frozen=True, slots=True, kw_only=True)
class RejectedPicture:
    """A picture or frame that gave no face."""

    file: str
    frame: int | None = None
    reason: str
    """One of `faces.finder.RejectReason`."""
    detail: str


def write_part(
    folder: Folder, number: int, results: Iterable[FaceSample | RejectedPicture]
) -> tuple[int, list[RejectedPicture]]:
    """Write the part of one chunk; returns its number of rows and its rejections."""
    batches: list[pa.RecordBatch] = []
    rejected: list[RejectedPicture] = []
    for result in results:
        if isinstance(result, RejectedPicture):
            rejected.append(result)
        else:
            # Encoded at once: a video's crops would fill the memory.
            batches.append(to_batch([result]))
    metadata = {_ROWS: str(len(batches)), _REJECTED: json.dumps([asdict(r) for r in rejected])}
    file = BytesIO()
    with pa.ipc.new_file(file, SCHEMA.with_metadata(metadata)) as writer:
        for batch in batches:
            writer.write_batch(batch)
    folder.write(_name(number), file.getvalue())
    return len(batches), rejected


def open_folder(folder: Folder, plan: Mapping[str, Any]) -> None:
    """Begin in an empty folder, or go on where the same plan began.

    Raises `StoreError` where another plan did.
    """
    if folder.exists(_PLAN):
        _compare(folder, _read_plan(folder), json.loads(json.dumps(plan)))
    else:
        folder.write(_PLAN, (json.dumps(plan, indent=2, sort_keys=True) + "\n").encode())


def differences(before: Mapping[str, Any], now: Mapping[str, Any]) -> str:
    """`every was 5, is 10` for each value in which two plans differ; empty where they agree."""
    flat_before, flat_now = _flat(before), _flat(now)
    names = sorted({*flat_before, *flat_now})
    return ", ".join(
        f"{name} was {flat_before.get(name)}, is {flat_now.get(name)}"
        for name in names
        if flat_before.get(name) != flat_now.get(name)
    )


def finished(folder: Folder) -> set[int]:
    """Numbers of the chunks that have a part."""
    names = (re.fullmatch(r"part-(\d+)\.arrow", name) for name in folder.names())
    return {int(name.group(1)) for name in names if name}


def read_counts(folder: Folder, number: int) -> tuple[int, list[RejectedPicture]]:
    """Number of rows, and the rejections, of a part."""
    with _opened(folder, number) as reader:
        metadata = reader.schema.metadata
    rejected = [RejectedPicture(**raw) for raw in json.loads(metadata[_REJECTED])]
    return int(metadata[_ROWS]), rejected


def read_rows(folder: Folder, number: int) -> Iterator[pa.RecordBatch]:
    """The rows of a part."""
    with _opened(folder, number) as reader:
        for index in range(reader.num_record_batches):
            yield pa.RecordBatch.from_arrays(reader.get_batch(index).columns, schema=SCHEMA)


def remove(folder: Folder) -> None:
    """Delete the parts, then the plan, and the folder if it holds nothing of anybody else's."""
    if not folder.exists(_PLAN):
        return
    for number in finished(folder):
        folder.remove(_name(number))
    folder.remove_unfinished()
    folder.remove(_PLAN)
    folder.remove_if_empty()


def _name(number: int) -> str:
    return f"part-{number:08d}.arrow"


@contextmanager
def _opened(folder: Folder, number: int) -> Iterator[Any]:
    """A reader of the part; `StoreError` where it is damaged."""
    try:
        with folder.open(_name(number)) as file, pa.ipc.open_file(file) as reader:
            if not reader.schema.equals(SCHEMA):
                raise pa.ArrowInvalid("it has other columns")
            yield reader
    except (pa.ArrowInvalid, OSError) as error:
        raise StoreError(
            f"{folder.shown}/{_name(number)}: the part is damaged ({first_line(error)});"
            " delete it and run the same command again"
        ) from error


def _read_plan(folder: Folder) -> dict[str, Any]:
    try:
        return dict(json.loads(folder.read(_PLAN)))
    except (OSError, ValueError, TypeError) as error:
        raise StoreError(
            f"{folder.shown}/{_PLAN}: cannot be read ({error}); remove {folder.shown}"
        ) from error


def _compare(folder: Folder, before: Mapping[str, Any], now: Mapping[str, Any]) -> None:
    if different := differences(before, now):
        raise StoreError(
            f"{folder.shown}: holds the beginning of another run ({different}); repeat that run to"
            " finish it, choose another --out, or remove the folder to start anew"
        )


def _flat(plan: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in plan.items():
        if isinstance(value, Mapping):
            flat |= _flat(value, f"{prefix}{name}.")
        else:
            flat[prefix + name] = value
    return flat
