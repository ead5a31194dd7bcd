"""A store of smooth colour fields: the "spoof" ones carry a stripe pattern and a blue cast."""

import numpy as np

from spooftrace.data.sample import FaceSample
from spooftrace.data.store.info import Provenance
from spooftrace.data.store.writer import StoreWriter
from spooftrace.faces.crop import Box, face_box, to_crop
from spooftrace.faces.mesh import CANONICAL, VERTICES
from spooftrace.faces.quality import Quality
from spooftrace.labels import Label, Medium

PROVENANCE = Provenance(
    created_by="test",
    landmarker="none",
    landmarker_version="1",
    crop_size=256,
    crop_enlarge=1.2,
    source="toy",
    source_fingerprint="f" * 64,
)


def mean_vertices() -> np.ndarray:
    """The 140 vertices of the mean face in its crop."""
    shape = 300 * CANONICAL[:, :2] / np.ptp(CANONICAL[:, 0])
    return to_crop(shape[VERTICES], face_box(shape), 256).astype(np.float32)


def toy_face(number: int, label: Label) -> np.ndarray:
    """256 x 256 RGB."""
    rng = np.random.default_rng((number, int(label)))
    corners = rng.uniform(60, 190, (2, 2, 3))
    t = np.linspace(0, 1, 256)
    field = (
        corners[0, 0] * (1 - t)[:, None, None] * (1 - t)[None, :, None]
        + corners[1, 1] * t[:, None, None] * t[None, :, None]
        + corners[0, 1] * (1 - t)[:, None, None] * t[None, :, None]
        + corners[1, 0] * t[:, None, None] * (1 - t)[None, :, None]
    )
    if label is Label.SPOOF:
        field += 25 * np.sin(np.arange(256) * 0.8)[None, :, None] + [-15, 0, 25]
    return np.clip(field + rng.normal(0, 4, field.shape), 0, 255).astype(np.uint8)


def write_toy_store(path, *, per_class: int = 12, labels=tuple(Label)) -> None:
    """`per_class` faces of each class, half of them train, a quarter dev, a quarter test."""
    vertices = mean_vertices()
    parts = ["train", "dev", "train", "test"]
    with StoreWriter(path, PROVENANCE) as writer:
        for number in range(per_class):
            for label in labels:
                rng = np.random.default_rng(number)
                writer.append(
                    FaceSample(
                        id=f"toy/{label.name.lower()}{number}",
                        image=toy_face(number, label),
                        vertices=vertices + rng.normal(0, 1, vertices.shape).astype(np.float32),
                        label=label,
                        medium=Medium.REPLAY if label is Label.SPOOF else Medium.LIVE,
                        database=f"camera{number % 2}",
                        clip=f"{label.name.lower()}{number}",
                        box=Box(left=0, top=0, side=256),
                        native_size=256,
                        quality=Quality(sharpness=10.0, brightness=0.5, inside=1.0),
                        attributes={"split": parts[number % 4]},
                    )
                )
