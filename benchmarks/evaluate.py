"""How long `spooftrace evaluate` of a large score file takes: python -m benchmarks.evaluate

A million rows in clips of 20, of 2000 people in four databases, five species of attack, a fifth of
the rows development; 2000 draws of people for every rate. The processor time is that of the whole
command, reading and starting included, on one core.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from benchmarks.timing import record

SPECIES = ("print", "replay", "half_mask", "paper_mask", "cosmetic")
CLIP, PEOPLE, DATABASES = 20, 2000, 4
ONE_CORE = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")


def main() -> None:
    """Measure and record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "scores.csv"
        path.write_text(score_file(arguments.rows), encoding="utf-8")
        command = [sys.executable, "-m", "spooftrace", "evaluate", str(path), "--json"]
        before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        subprocess.run(
            command,
            check=True,
            stdout=subprocess.DEVNULL,
            env=os.environ | ONE_CORE,
            preexec_fn=_on_one_core,
        )
        wall = time.perf_counter() - start
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    seconds = {"processor": round(processor, 1), "wall": round(wall, 1)}
    load = round(os.getloadavg()[0], 1)
    megabytes = round(after.ru_maxrss / 1024)
    record(
        "evaluate",
        {"rows": arguments.rows, "seconds": seconds, "megabytes": megabytes, "load": load},
    )


def score_file(rows: int) -> str:
    """The file as text; every person is live or an attack of one species, clip by clip."""
    rng, clip = np.random.default_rng(0), np.arange(rows) // CLIP
    person, spoof = clip % PEOPLE, (clip // PEOPLE) % 2 == 1
    species = np.array(SPECIES)[(clip // (2 * PEOPLE)) % len(SPECIES)]
    hard = rng.normal(0, 0.3, clip[-1] + 1)[clip]
    score = np.round(1.5 * spoof + rng.normal(0, 1, rows) + hard, 6)
    lines = ["id,clip,subject,label,medium,split,score,database"]
    for row, (c, who, is_spoof, medium, value) in enumerate(
        zip(*(column.tolist() for column in (clip, person, spoof, species, score)), strict=True)
    ):
        kind = f"spoof,{medium}" if is_spoof else "live,live"
        part, database = "dev" if who % 5 == 0 else "test", who % DATABASES
        lines.append(f"r{row},c{c},p{who},{kind},{part},{value!r},set{database}")
    return "\n".join(lines) + "\n"


def _on_one_core() -> None:
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


if __name__ == "__main__":
    main()
