"""How long figures of a million scores and a large bootstrap take: python -m benchmarks.metrics"""

import argparse
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from benchmarks.timing import interleaved, record
from spooftrace.metrics import rates
from spooftrace.metrics.bootstrap import resample
from spooftrace.metrics.clustered import Reading, ranking_statistics, share_statistics
from spooftrace.metrics.curve import Floats, error_curve
from spooftrace.metrics.delong import delong
from spooftrace.metrics.hull import eer_on_hull_of
from spooftrace.metrics.operating_points import bpcer_at_apcer
from spooftrace.metrics.ranking import (
    auc,
    auc_of,
    eer_of,
    equal_error_block,
    equal_error_rate,
    tdr_block,
    tdr_of,
)
from spooftrace.metrics.reliability import reliability

RANKING = [
    Reading(auc_of),
    Reading(eer_of, equal_error_block),
    Reading(tdr_of, partial(tdr_block, fdr=0.005)),
]


def main() -> None:
    """Measure and record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scores", type=int, default=1_000_000)
    parser.add_argument("--bootstrap-scores", type=int, default=100_000)
    parser.add_argument("--bootstrap-rounds", type=int, default=10_000)
    arguments = parser.parse_args()
    seconds = {
        "figures of all scores": interleaved(
            figures(arguments.scores), rounds=3, synchronise=lambda: None
        ),
        "bootstrap": bootstrap(arguments.bootstrap_scores, arguments.bootstrap_rounds),
    }
    rounded = {
        part: {name: round(value, 3) for name, value in times.items()}
        for part, times in seconds.items()
    }
    record("metrics", {"sizes": vars(arguments), "seconds": rounded})


def figures(size: int) -> dict[str, Callable[[], Any]]:
    """Half attacks of two species, half live; normal scores."""
    rng = np.random.default_rng(0)
    attacks, live = rng.normal(1.5, 1, size // 2), rng.normal(0, 1, size // 2)
    species = {"print": attacks[::2], "replay": attacks[1::2]}
    probabilities, labels = rng.random(size), rng.random(size) < 0.5
    return {
        "ACER at a threshold": lambda: acer(attacks, live, 0.7),
        "AUC": lambda: auc(attacks, live),
        "EER, nearest threshold": lambda: equal_error_rate(attacks, live),
        "EER, convex hull": lambda: eer_on_hull_of(error_curve(attacks, live)),
        "TDR@FDR": lambda: tdr_of(error_curve(attacks, live)),
        "BPCER20": lambda: bpcer_at_apcer(species, live, 0.05),
        "reliability": lambda: reliability(probabilities, labels),
        "DeLong, two systems": lambda: delong(attacks, live, attacks + 0.1 * attacks**2, live),
    }


def acer(attacks: Floats, live: Floats, threshold: float) -> float:
    """Of two species, every other attack of each."""
    scores, spoof = (
        np.concatenate([attacks, live]),
        np.arange(attacks.size + live.size) < attacks.size,
    )
    shown = rates.Presentations(
        is_attack=spoof,
        answered=np.ones_like(spoof),
        called=rates.is_called_attack(scores, threshold),
    )
    even = np.arange(scores.size) % 2 == 0
    shares = (rates.apcer(shown, even), rates.apcer(shown, ~even), rates.bpcer(shown))
    one, other, bpcer = (events / trials for events, trials in (each.counts for each in shares))
    return rates.acer(float(rates.worst([one, other])), bpcer)


def bootstrap(size: int, rounds: int) -> dict[str, float]:
    """Of clips of 20 frames: shares, then figures that need the order of the scores."""
    rng = np.random.default_rng(0)
    codes = np.arange(size) // 20
    spoof = codes % 2 == 0
    scores = 1.5 * spoof + rng.normal(0, 1, size)
    called = scores >= 0.7
    shares = share_statistics(
        np.stack([spoof & ~called, ~spoof & called], axis=1),
        np.stack([spoof, ~spoof], axis=1),
        codes,
    )
    ways = {
        "APCER, BPCER": shares,
        "AUC, EER, TDR@FDR": ranking_statistics(scores, spoof, codes, RANKING),
        "EER, convex hull": ranking_statistics(scores, spoof, codes, [Reading(eer_on_hull_of)]),
    }
    found = {}
    for name, statistics in ways.items():
        start = time.perf_counter()
        resample(statistics, size // 20, np.random.default_rng(0), rounds=rounds)
        found[name] = time.perf_counter() - start
    return found


if __name__ == "__main__":
    main()
