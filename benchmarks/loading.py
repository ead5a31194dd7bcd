"""How many augmented faces a second the loader makes: python -m benchmarks.loading --store STORE

By the clock for each number of threads, and by processor time, which other programs stretch less.
"""

import argparse
import time

from benchmarks.timing import record
from spooftrace.config import load_config
from spooftrace.data.batches.paired import PairedBatches
from spooftrace.data.store.store import Store

BATCHES = 30


def main() -> None:
    """Measure and record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--store", required=True)
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    arguments = parser.parse_args()
    store = Store.open(arguments.store)
    rates = {
        f"{preset}, {workers} threads": rate(store, preset, workers)
        for preset in ("paper", "small")
        for workers in arguments.workers
    }
    by_clock = {name: faces for name, (faces, _) in rates.items()}
    by_processor = {name: faces for name, (_, faces) in rates.items()}
    record("loading", {"faces_per_second": by_clock, "faces_per_cpu_second": by_processor})


def rate(store: Store, preset: str, workers: int) -> tuple[float, float]:
    """Faces a second and a processor second, decoding and augmentation included."""
    config = load_config(preset=preset)
    batches = PairedBatches(
        store,
        range(len(store)),
        config=config.batches,
        augmentation=config.augmentation,
        image_size=config.generator.image_size,
        seed=0,
    )
    faces = BATCHES * 2 * config.batches.pairs
    start, start_cpu = time.perf_counter(), time.process_time()
    for _ in batches.stream(0, BATCHES, workers=workers):
        pass
    seconds, busy = time.perf_counter() - start, time.process_time() - start_cpu
    return round(faces / seconds, 1), round(faces / busy, 1)


if __name__ == "__main__":
    main()
