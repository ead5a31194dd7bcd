"""Does anything but the medium tell a simulated attack from a living face?

    python -m benchmarks.medium_off --store STORE --out FOLDER --preset tiny

Every attack of the store is replaced by the same moment without its medium (its picture less its
true trace), still called an attack; a plain CNN learns to tell these from the living faces. On held
out people it must stay at chance. The same CNN with the media on is the control: it could learn.
"""

import argparse
from dataclasses import replace
from pathlib import Path

import numpy as np

from benchmarks.baselines import plain_cnn
from benchmarks.timing import record
from spooftrace.data.store.store import Store
from spooftrace.data.store.writer import StoreWriter
from spooftrace.evaluation.estimates.rate import AUC
from spooftrace.evaluation.estimates.report import Report, build_report
from spooftrace.evaluation.scores.file import read_scores

CHANCE = (0.45, 0.55)


def switch_off(store: Store, out: Path) -> None:
    """A store with the same rows, its attacks without their media."""
    provenance = replace(store.info.provenance, created_by="benchmarks.medium_off")
    with StoreWriter(out, provenance) as writer:
        for row in range(len(store)):
            sample = store.sample(row)
            if sample.trace is not None:
                sample = replace(sample, image=sample.live_twin, trace=None)
            writer.append(sample)


def judge(scores: Path) -> dict[str, float]:
    """AUC on the test people with its interval, by subject."""
    report: Report = build_report(read_scores(scores), None, system=str(scores))
    found = report.pooled.estimate(AUC)
    assert found is not None
    assert found.interval is not None
    return {"auc": found.value, "low": found.interval.low, "high": found.interval.high}


def main() -> None:
    """Measure both, and keep the result."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--store", required=True, help="store that `spooftrace simulate` wrote")
    parser.add_argument("--out", required=True, type=Path, help="folder of what is made on the way")
    parser.add_argument("--name", default="medium-off", help="of the result")
    said, rest = parser.parse_known_args()
    off = said.out / "store-off"
    if not (off / "store.json").exists():
        switch_off(Store.open(said.store), off)
    found = {}
    for name, store in (("off", str(off)), ("on", said.store)):
        plain_cnn.main(["--store", store, "--out", str(said.out / name), *rest])
        found[name] = judge(said.out / name / "plain_cnn.csv")
    traces = Store.open(said.store).has_trace
    inside = CHANCE[0] <= found["off"]["auc"] <= CHANCE[1]
    record(
        said.name,
        {
            "options": rest,
            "attacks": int(np.count_nonzero(traces)),
            "rows": len(traces),
            "medium": found,
            "at_chance": inside,
        },
    )


if __name__ == "__main__":
    main()
