"""Building a store from a source, by any engine, so that no stop loses finished work.

The jobs are cut into chunks. Each finished chunk is kept as a part (`parts`); when all are there
they are put together in the order of the source, `store.json` comes last, and the parts go.
"""

import errno
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Final

from spooftrace.building import parts
from spooftrace.building.engines import Engine, InProcess, WorkerDiedError
from spooftrace.building.parts import RejectedPicture
from spooftrace.building.portraits import Portraits
from spooftrace.data.csv_text import csv_text
from spooftrace.data.folder import Folder
from spooftrace.data.sample import FaceSample
from spooftrace.data.sources.source import Job, Source
from spooftrace.data.store.info import STORE_JSON, Provenance, from_json
from spooftrace.data.store.schema import SCHEMA_VERSION
from spooftrace.data.store.writer import StoreWriter
from spooftrace.errors import StoreError
from spooftrace.faces.crop import CROP_SIZE, ENLARGE
from spooftrace.faces.finder import RejectReason
from spooftrace.faces.landmarker import Landmarker
from spooftrace.version import __version__

REJECTED_CSV: Final = "rejected.csv"
PARTS: Final = "parts"
PICTURES_PER_CHUNK: Final = 16
MAX_FAILURES: Final = 0.5
"""Share of files that may be unreadable: beyond it something else is wrong than a few of them."""

Work = Callable[[Job], Iterable[FaceSample | RejectedPicture]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a build is."""

    done: int
    """Files done, of `files`."""
    files: int
    found: int
    rejected: Mapping[str, int]
    """Pictures and frames without a usable face, by reason; `rejected.csv` lists them."""


def provenance_of(
    created_by: str, source: Source, finder: Landmarker | Portraits, options: Mapping[str, object]
) -> Provenance:
    """What a store of a source's faces says of where they come from.

    Args:
        created_by: the command.
        source: of the files.
        finder: of the faces in them.
        options: what else decides what is in the store.
    """
    return Provenance(
        created_by=created_by,
        landmarker=finder.name,
        landmarker_version=finder.version,
        crop_size=CROP_SIZE,
        crop_enlarge=ENLARGE,
        source=source.name,
        source_fingerprint=source.fingerprint,
        options=options,
    )


def ignore_progress(_: Progress) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreBuild:
    """A store to be built; equal builds give equal stores."""

    source: Source
    out: str | Path
    """A local folder or an fsspec URL."""
    provenance: Provenance
    """What `store.json` will say, `rejected` left empty."""
    make: Callable[[], Work]
    """Makes, once in each process, what turns a job into faces and rejections; to be pickled."""
    work: str | Path | None = None
    """Folder of the parts, `out/parts` by default: a local path or an fsspec URL that every worker
    of the engine reaches."""
    per_chunk: int = PICTURES_PER_CHUNK
    """Pictures whose results are kept together; a killed run loses at most so many per process."""
    max_failures: float = MAX_FAILURES
    """Share of the files, in [0, 1], that may be unreadable; another run may allow another one."""

    def run(
        self, engine: Engine, *, progress: Callable[[Progress], None] = ignore_progress
    ) -> Progress:
        """Build what is missing, and return the final state.

        `progress` is told the state at the start and after every chunk. Raises `StoreError` when
        another store or parts of another build are there, the disk is full, a worker died, more
        than `max_failures` of the files are unreadable or nothing gave a face. Finished work is
        kept then, as it is after Ctrl-C or a kill.
        """
        folder = Folder(self.out)
        kept = folder.within(PARTS) if self.work is None else Folder(self.work)
        with _kept_on_failure(self.source, kept):
            if folder.exists(STORE_JSON):
                return self._finished_before(folder, kept)
            kept.check_way()
            folder.check_way()
            if kept.is_private and not isinstance(engine, InProcess):
                raise StoreError(
                    f"{kept.shown}: expected a place that all workers reach, got the memory of one "
                    "process; name another with --work, or take one worker"
                )
            parts.open_folder(kept, self._plan())
            chunks = list(chunked(self.source.jobs, self.per_chunk))
            state = self._work_off(chunks, kept, engine, progress)
            self._put_together(len(chunks), kept, folder, state)
        return state

    def _check_failures(self, tally: "_Tally", kept: Folder) -> None:
        """Stop once more files are unreadable than may be, whatever the rest is like.

        So the order in which the work comes back decides nothing.
        """
        files = len(self.source.jobs)
        if len(tally.unreadable) <= self.max_failures * files:
            return
        rejected = [
            one
            for number in sorted(parts.finished(kept))
            for one in parts.read_counts(kept, number)[1]
        ]
        Folder(self.out).write(REJECTED_CSV, _table(rejected))
        first = next(one for one in rejected if one.reason == RejectReason.UNREADABLE)
        raise StoreError(
            f"{self.source.name}: {len(tally.unreadable)} of {files} files cannot be read, more "
            f"than a share of {self.max_failures:g}; the first is {first.file} ({first.detail}), "
            f"all are in {Folder(self.out).shown}/{REJECTED_CSV}; mend the source, or allow more "
            "with --max-failures: what is finished is kept"
        )

    def _plan(self) -> dict[str, Any]:
        return asdict(self.provenance) | {"package_version": __version__}

    def _finished_before(self, folder: Folder, kept: Folder) -> Progress:
        info = from_json(
            folder.read(STORE_JSON),
            f"{folder.shown}/{STORE_JSON}",
            schema_version=SCHEMA_VERSION,
        )
        made_by = asdict(replace(info.provenance, rejected={}))
        if different := parts.differences(made_by, asdict(self.provenance)):
            raise StoreError(
                f"{folder.shown}: another store is there ({different}); choose another folder or"
                " remove it"
            )
        parts.remove(kept)
        files = len(self.source.jobs)
        return Progress(done=files, files=files, found=info.rows, rejected=info.provenance.rejected)

    def _work_off(
        self,
        chunks: Sequence[tuple[Job, ...]],
        kept: Folder,
        engine: Engine,
        progress: Callable[[Progress], None],
    ) -> Progress:
        done = parts.finished(kept)
        tally = _Tally(len(self.source.jobs))
        for number in done:
            rows, rejected = parts.read_counts(kept, number)
            tally.add(len(chunks[number]), rows, rejected)
        self._check_failures(tally, kept)
        progress(tally.state())
        todo = [(number, chunk) for number, chunk in enumerate(chunks) if number not in done]
        make = partial(_ChunkWorker, self.make, kept)
        try:
            for number, rows, rejected in engine.run(make, todo):
                tally.add(len(chunks[number]), rows, rejected)
                self._check_failures(tally, kept)
                progress(tally.state())
        except WorkerDiedError as error:
            near = todo[error.first_unfinished][1][0].file
            raise StoreError(
                f"{self.source.name}: a worker process died near {near}, perhaps for want of"
                " memory; what is finished is kept: run the same command again, with fewer workers"
            ) from error
        return tally.state()

    def _put_together(self, chunks: int, kept: Folder, folder: Folder, state: Progress) -> None:
        rejected = [one for number in range(chunks) for one in parts.read_counts(kept, number)[1]]
        folder.write(REJECTED_CSV, _table(rejected))
        if not state.found:
            parts.remove(kept)
            raise StoreError(
                f"{self.source.name}: none of {state.files} files gave a face; {folder.shown}/"
                f"{REJECTED_CSV} says why"
            )
        provenance = replace(self.provenance, rejected=dict(state.rejected))
        with StoreWriter(self.out, provenance) as writer:
            for number in range(chunks):
                for batch in parts.read_rows(kept, number):
                    writer.append_batch(batch)
        parts.remove(kept)


def chunked(jobs: Iterable[Job], size: int = PICTURES_PER_CHUNK) -> Iterator[tuple[Job, ...]]:
    """Pictures in a row by the dozen, and every video by itself."""
    chunk: list[Job] = []
    for job in jobs:
        if chunk and (job.video or len(chunk) == size):
            yield tuple(chunk)
            chunk = []
        if job.video:
            yield (job,)
        else:
            chunk.append(job)
    if chunk:
        yield tuple(chunk)


class _ChunkWorker:
    """Lives in a worker process: does the jobs of a chunk and writes its part."""

    def __init__(self, make: Callable[[], Work], kept: Folder) -> None:
        self._work = make()
        self._kept = kept

    def __call__(
        self, numbered: tuple[int, tuple[Job, ...]]
    ) -> tuple[int, int, list[RejectedPicture]]:
        number, jobs = numbered
        results = (result for job in jobs for result in self._work(job))
        rows, rejected = parts.write_part(self._kept, number, results)
        return number, rows, rejected


class _Tally:
    """Counts as chunks come in."""

    def __init__(self, files: int) -> None:
        self._files = files
        self._done = self._found = 0
        self._rejected: Counter[str] = Counter()
        self.unreadable: set[str] = set()

    def add(self, files: int, rows: int, rejected: Sequence[RejectedPicture]) -> None:
        self._done += files
        self._found += rows
        self._rejected.update(one.reason for one in rejected)
        self.unreadable |= {one.file for one in rejected if one.reason == RejectReason.UNREADABLE}

    def state(self) -> Progress:
        return Progress(
            done=self._done,
            files=self._files,
            found=self._found,
            rejected=dict(sorted(self._rejected.items())),
        )


@contextmanager
def _kept_on_failure(source: Source, kept: Folder) -> Iterator[None]:
    """Turn a full disk or memory, or another failure of the system, into one line."""
    try:
        yield
    except (OSError, MemoryError) as error:
        full = isinstance(error, MemoryError) or error.errno in (errno.ENOSPC, errno.EDQUOT)
        raise StoreError(
            f"{source.name}: stopped ({error or 'out of memory'}); what is finished is kept in"
            f" {kept.shown}: {'make room' if full else 'mend that'} and run the same command again"
        ) from error


def _table(rejected: Iterable[RejectedPicture]) -> bytes:
    rows = ((one.file, one.frame, one.reason, one.detail) for one in rejected)
    # A path may hold bytes that are no text.
    return csv_text(("file", "frame", "reason", "detail"), rows).encode(errors="backslashreplace")
