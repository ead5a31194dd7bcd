"""Random reads of a store that is mapped, not held: python -m benchmarks.random_access

Stores of 10 000 and of 200 000 rows, each read in a process of its own: rows a processor second,
and the memory that is resident before and after. The pictures are few and smooth, since the number
of rows is the question; they take less room than faces.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pyarrow as pa

from benchmarks.timing import record
from spooftrace.data.sample import FaceSample
from spooftrace.data.store.info import Provenance
from spooftrace.data.store.schema import SCHEMA, to_batch
from spooftrace.data.store.store import Store
from spooftrace.data.store.writer import StoreWriter
from spooftrace.faces.crop import face_box, to_crop
from spooftrace.faces.mesh import CANONICAL, VERTICES
from spooftrace.labels import Label, Medium

ROWS = (10_000, 200_000)
READS = 2000
PICTURES = 64


def main() -> None:
    """Measure and record; with a path, answer for that store alone."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("store", nargs="?")
    given = parser.parse_args()
    if given.store:
        print(json.dumps(read(given.store)))
        return
    with tempfile.TemporaryDirectory() as made:
        found = {}
        for count in ROWS:
            path = Path(made) / f"rows{count}"
            write_rows(path, count)
            cache = Path(made) / f"cache{count}"
            # The first process that opens a store makes the copy that the others map.
            first, again = (in_a_process(path, cache) for _ in range(2))
            copied = first["cpu_seconds_of_opening"]
            found[str(count)] = again | {"cpu_seconds_of_first_opening": copied}
    few, many = (found[str(count)] for count in ROWS)
    speed = many["rows_per_cpu_second"] / few["rows_per_cpu_second"]
    record(
        "random-access",
        {"reads": READS, "rows": found, "speed_of_many_over_few": round(speed, 3)},
    )


def in_a_process(path: Path, cache: Path) -> dict[str, float]:
    """What a fresh process answers."""
    words = [sys.executable, "-m", "benchmarks.random_access", str(path)]
    own = os.environ | {"SPOOFTRACE_CACHE": str(cache)}
    done = subprocess.run(words, check=True, capture_output=True, text=True, env=own)
    answer: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return answer


def read(path: str) -> dict[str, float]:
    """Read rows of a store at random, none of which is held."""
    start = time.process_time()
    store = Store.open(path, memory_budget=0)
    opened, before = time.process_time() - start, own_mb()
    rows = np.random.default_rng(0).integers(0, len(store), READS)
    start = time.process_time()
    for row in rows:
        store.image(int(row))
    seconds = time.process_time() - start
    after = own_mb()
    columns = store.columns()  # what splits and protocols read, as Python objects
    assert len(columns["id"]) == len(store)
    size = sum(shard.size for shard in store.info.shards)
    return {
        "store_mb": round(size / 1e6, 1),
        "bytes_per_row": round(size / len(store)),
        "cpu_seconds_of_opening": round(opened, 2),
        "rows_per_cpu_second": round(READS / seconds, 1),
        "own_mb_before_reading": before,
        "own_mb_after_reading": after,
        "own_mb_with_columns": own_mb(),
    }


def own_mb() -> float:
    """Resident memory but for pages of files, which the system takes back at need (Linux)."""
    lines = Path("/proc/self/status").read_text("utf-8").splitlines()
    kilobytes = next(line.split()[1] for line in lines if line.startswith("RssAnon"))
    return round(int(kilobytes) / 1024, 1)


def write_rows(path: Path, count: int) -> None:
    """A store of so many rows of few pictures."""
    made = Provenance(
        created_by="benchmark",
        landmarker="none",
        landmarker_version="1",
        crop_size=256,
        crop_enlarge=1.2,
        source="fields",
        source_fingerprint="0" * 64,
    )
    few = pa.Table.from_batches([to_batch(list(fields()))], SCHEMA)
    place = SCHEMA.get_field_index("id")
    with StoreWriter(path, made) as writer:
        for start in range(0, count, PICTURES):
            part = few.slice(0, min(PICTURES, count - start))
            ids = pa.array([f"field/{start + row}" for row in range(len(part))], pa.string())
            for batch in part.set_column(place, SCHEMA.field("id"), ids).to_batches():
                writer.append_batch(batch)


def fields() -> Iterator[FaceSample]:
    """Rows with smooth pictures of no face."""
    shape = 300 * CANONICAL[:, :2]
    for number in range(PICTURES):
        coarse = np.random.default_rng(number).uniform(40, 220, (2, 2, 3)).astype(np.float32)
        yield FaceSample(
            id=str(number),
            image=cv2.resize(coarse, (256, 256), interpolation=cv2.INTER_LINEAR).astype(np.uint8),
            vertices=to_crop(shape[VERTICES], face_box(shape), 256),
            label=Label.LIVE,
            medium=Medium.LIVE,
            database="fields",
        )


if __name__ == "__main__":
    main()
