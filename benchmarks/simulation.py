"""How many faces a second one core simulates, per medium.

    python -m benchmarks.simulation --people 4 --rounds 3

The portrait is at hand, as it is for all presentations of one picture; encoding for the store is
counted. Processor time on one thread: busy neighbours count less. The aim is 10 faces a second on
average.
"""

import argparse
import statistics
import time

import cv2
import numpy as np

from benchmarks.timing import record
from spooftrace.data.store.schema import encode_image, encode_trace
from spooftrace.labels import Medium
from spooftrace.simulation.attacks import ATTACKS, present
from spooftrace.simulation.people import person
from spooftrace.simulation.scene.portrait import Portrait
from spooftrace.simulation.seeds import seed_of
from spooftrace.simulation.truth import trace_of

AIM = 10.0


def seconds(portraits: list[Portrait], medium: Medium, rounds: int) -> float:
    """Median seconds of one presentation, made and encoded."""
    times = []
    for turn in range(rounds):
        for number, portrait in enumerate(portraits):
            start = time.process_time()
            shown = present(portrait, medium, seed_of("benchmark", turn, number))
            encode_image(shown.picture)
            if medium is not Medium.LIVE:
                encode_trace(trace_of(shown.picture, shown.live))
            times.append(time.process_time() - start)
    return statistics.median(times)


def main() -> None:
    """Measure every medium on one core, and keep the result."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--people", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=3)
    said = parser.parse_args()
    cv2.setNumThreads(1)
    drawn = [np.random.default_rng(seed) for seed in range(said.people)]
    portraits = [person.render(person.draw_person(rng), rng) for rng in drawn]
    media = [Medium.LIVE, *ATTACKS]
    taken = {medium.value: seconds(portraits, medium, said.rounds) for medium in media}
    mean = statistics.mean(taken.values())
    record(
        "simulation-cpu",
        {
            "milliseconds": {name: round(1000 * value, 1) for name, value in taken.items()},
            "faces_per_second": round(1 / mean, 2),
            "aim": AIM,
        },
    )


if __name__ == "__main__":
    main()
