"""How many augmented faces a second the loader makes: python -m benchmarks.loading --store STORE"""

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
    results = {
        f"{preset}, {workers} threads": rate(store, preset, workers)
        for preset in ("paper", "small")
        for workers in arguments.workers
    }
    record("loading", {"faces_per_second": results})


def rate(store: Store, preset: str, workers: int) -> float:
    """Faces a second over some batches, decoding and augmentation included."""
    config = load_config(preset=preset)
    batches = PairedBatches(
        store,
        range(len(store)),
        config=config.batches,
        augmentation=config.augmentation,
        image_size=config.generator.image_size,
        seed=0,
    )
    start = time.perf_counter()
    for _ in batches.stream(0, BATCHES, workers=workers):
        pass
    seconds = time.perf_counter() - start
    return round(BATCHES * 2 * config.batches.pairs / seconds, 1)


if __name__ == "__main__":
    main()
