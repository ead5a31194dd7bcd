"""A store of four sources of ten grey faces, and the run of a detector that learnt from it.

A face of grey level g, banded, has the score (g + 5) / 510: the toy's alpha_0 is 0 here.
"""

from pathlib import Path

import numpy as np
from toy_bundle import toy_info, write_toy
from toy_faces import PROVENANCE, mean_vertices

from spooftrace.data.sample import FaceSample
from spooftrace.data.store.store import Store
from spooftrace.data.store.writer import StoreWriter
from spooftrace.detector.bundle import Bundle
from spooftrace.labels import Medium
from spooftrace.metrics.thresholds import Threshold
from spooftrace.run_folder import RunFolder, RunRecord, StoreRecord

COUNT = 40
THRESHOLD = Threshold(value=0.175, rule="eer", split="dev", description="at export")
FINGERPRINT = "abc"


def grey(number: int) -> int:
    """Odd faces are spoofs and brighter; the brightest live ones reach the threshold."""
    return 40 + 100 * (number % 2) + 3 * (number % 20)


def score(number: int) -> float:
    """What the toy says of a face."""
    return (grey(number) + 5) / 510


def picture(number: int) -> np.ndarray:
    """256 x 256 RGB: sixteen bands, alternately of the grey level and of ten more.

    Which of them begins tells the test face from the train face of the same grey.
    """
    image = np.full((256, 256, 3), grey(number), np.uint8)
    image.reshape(16, 16, 256, 3)[number // 20 :: 2] += 10
    return image


def write_sources(path: Path, *, fingerprint: str = FINGERPRINT) -> Store:
    """Twenty faces stated train and twenty stated test."""
    from dataclasses import replace

    provenance = replace(PROVENANCE, source_fingerprint=fingerprint)
    with StoreWriter(path, provenance) as writer:
        for number in range(COUNT):
            medium = Medium.REPLAY if number % 2 else Medium.LIVE
            writer.append(
                FaceSample(
                    id=f"face{number}",
                    image=picture(number),
                    vertices=mean_vertices(),
                    label=medium.label,
                    medium=medium,
                    database=f"set{number // 10}",
                    attributes={"split": "test" if number >= 20 else "train"},
                )
            )
    return Store.open(path)


def write_bundle(
    path: Path, *, threshold: Threshold | None = THRESHOLD, learnt_from: str = FINGERPRINT
) -> Bundle:
    """A detector that learnt from the store of that fingerprint."""
    path.parent.mkdir(parents=True, exist_ok=True)
    info = toy_info(alpha_0=0.0, threshold=threshold, trained_on=f"store {learnt_from}")
    return Bundle.load(write_toy(path, info))


def record(*, fingerprint: str = FINGERPRINT, split: dict | None = None) -> RunRecord:
    """Of a run that held out the second source for development."""
    return RunRecord(
        config={"split": {"dev": {"database": ["set1"]}} if split is None else split},
        config_hash="c0ffee",
        store=StoreRecord(
            source="sources",
            fingerprint=fingerprint,
            landmarker="none 1",
            media=("live", "replay"),
            split="as recorded",
            rows={"train": 10, "dev": 10, "test": 20},
        ),
        versions={},
    )


def write_run(folder: Path, *, threshold: Threshold | None = THRESHOLD) -> Bundle:
    """A run folder with its record and its bundle."""
    run = RunFolder(folder)
    bundle = write_bundle(run.model, threshold=threshold)
    run.config.write_text(record().to_json(), encoding="utf-8")
    return bundle
