"""Faces made of noise, for tests of what stores and reads faces."""

import numpy as np

from spooftrace.data.sample import FaceSample
from spooftrace.data.store.info import Provenance
from spooftrace.data.store.writer import StoreWriter
from spooftrace.faces.crop import Box
from spooftrace.faces.quality import Quality
from spooftrace.labels import Label, Medium

PROVENANCE = Provenance(
    created_by="test",
    landmarker="made",
    landmarker_version="1",
    crop_size=256,
    crop_enlarge=1.2,
    source="made",
    source_fingerprint="0" * 64,
)


def make_sample(number, *, traced=False, **changes):
    rng = np.random.default_rng(number)
    spoof = bool(number % 2)
    values = {
        "id": f"made/clip{number // 3}#{number}",
        "image": rng.integers(0, 256, (256, 256, 3), dtype=np.uint8),
        "vertices": rng.normal(128, 60, (140, 2)).astype(np.float32),
        "label": Label.SPOOF if spoof else Label.LIVE,
        "medium": Medium.REPLAY if spoof else Medium.LIVE,
        "database": "made",
        "clip": f"clip{number // 3}",
        "frame": number % 3,
        "subject": None if number == 0 else f"person{number}",
        "box": Box(left=-3, top=number, side=200),
        "native_size": 200,
        "quality": Quality(sharpness=12.5, brightness=0.25, inside=1.0),
        "trace": rng.normal(0, 0.1, (256, 256, 3)).astype(np.float16) if traced else None,
        "attributes": {"split": "train", "lamp": "neon"} if number else {},
    }
    return FaceSample(**(values | changes))


def write_store(path, samples, **options):
    with StoreWriter(path, PROVENANCE, **options) as writer:
        for sample in samples:
            writer.append(sample)
    return writer.info
