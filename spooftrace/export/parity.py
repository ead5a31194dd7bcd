"""The proof that a bundle answers as torch does: by its numbers, and by its decisions on faces."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from spooftrace.building.portraits import Modelled, people_of_model
from spooftrace.detector.bundle import OUTPUT_NAMES, Bundle
from spooftrace.detector.bundle_info import BundleInfo
from spooftrace.errors import BundleError
from spooftrace.export.graph import DetectorGraph
from spooftrace.faces.crop import resize_face
from spooftrace.labels import Medium
from spooftrace.simulation.attacks import present
from spooftrace.simulation.seeds import seed_of

TOLERANCE = 1e-4
"""Largest difference between a bundle and torch that is still the same answer."""

ROUNDING = 1e-6
"""How far float32 may move a score of about 1."""

PEOPLE = 4
MEDIA = (Medium.LIVE, Medium.PRINT, Medium.REPLAY)
BATCH = 16

Faces = NDArray[np.uint8]
"""[b, n, n, 3] RGB."""


@dataclass(frozen=True, slots=True)
class Parity:
    """How far a bundle's answers are from torch's on the same faces."""

    largest_difference: float
    """Of any element of any output."""
    faces: int
    """Faces, and pictures that are none, on which every output was compared."""
    decisions: int
    """Faces among them on which both decide, and alike."""


@torch.no_grad()
def check_parity(reference: DetectorGraph, exported: Bundle, faces: Faces) -> Parity:
    """Compare all outputs, and the decisions where the bundle has a threshold.

    Args:
        reference: the networks as they were trained.
        exported: the bundle that is to answer alike.
        faces: RGB of the model's input size; judged beside pictures of batch 1 and 3 that are no
            faces, so that a graph which only bears one batch, or tame colours, does not pass.

    Raises:
        BundleError: an output differs by more than `TOLERANCE`, or a decision differs.
    """
    largest, count, decisions = 0.0, 0, 0
    size = exported.info.image_size
    parts = (faces[start : start + BATCH] for start in range(0, len(faces), BATCH))
    for part in (fields(1, size), fields(3, size), *parts):
        expected = [tensor.numpy() for tensor in reference(torch.from_numpy(part))]
        answered = exported.run(part)
        for name, wanted in zip(OUTPUT_NAMES, expected, strict=True):
            difference = float(np.abs(getattr(answered, name) - wanted).max())
            largest = max(largest, difference)
            if not difference <= TOLERANCE:
                raise BundleError(
                    f"export: output {name!r} of the bundle is {difference:.2g} away from torch's "
                    f"at batch {len(part)}, more than {TOLERANCE}; nothing was written"
                )
        decisions += equal_decisions(expected[0], answered.score, exported.info)
        count += len(part)
    return Parity(largest, count, decisions)


def equal_decisions(
    expected: NDArray[np.float32], answered: NDArray[np.float32], info: BundleInfo
) -> int:
    """How many faces both decide alike: all whose score does not all but touch the threshold.

    Raises:
        BundleError: one is decided otherwise.
    """
    if info.threshold is None:
        return 0
    limit = info.threshold.value
    clear = np.abs(expected - limit) > ROUNDING
    if ((expected >= limit) != (answered >= limit))[clear].any():
        raise BundleError("export: the bundle decides otherwise than torch; nothing was written")
    return int(clear.sum())


def rendered_faces(size: int) -> Faces:
    """People who do not exist, alive, on paper and on a screen: the same ones every time."""
    return np.stack(
        [
            resize_face(present(portrait, medium, seed_of(job.file, medium.value)).picture, size)
            for job in people_of_model(PEOPLE, seed=0).jobs
            for portrait in [Modelled().portrait(job, 0)]
            for medium in MEDIA
        ]
    )


def fields(batch: int, size: int) -> Faces:
    """Smooth colour fields with noise, each with less than the last: no faces."""
    rng = np.random.default_rng(batch)
    ramps = rng.uniform(0, 255, (batch, 2, 2, 3)).repeat(size // 2, 1).repeat(size // 2, 2)
    strength = np.linspace(60, 10, batch).reshape(-1, 1, 1, 1)
    noise = rng.normal(0, 1, (batch, size, size, 3)) * strength
    return np.clip(ramps + noise, 0, 255).astype(np.uint8)
