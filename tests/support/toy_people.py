"""A store of people of nobody: smooth colour fields, each shown live and through three media."""

import numpy as np
import toy_faces

from spooftrace.data.sample import FaceSample
from spooftrace.data.store.writer import StoreWriter
from spooftrace.faces.crop import Box
from spooftrace.faces.quality import Quality
from spooftrace.labels import Medium

SETS = [
    "generator.image_size=32",
    "generator.width=0.125",
    "discriminators.width=0.125",
    "batches.pairs=3",
    "training.precision='fp32'",
    "training.iterations=4",
    "training.log_every=2",
    "training.evaluate_every=2",
    "training.checkpoint_every=2",
    "training.images_every=4",
]
"""The smallest run that trains, looks, and keeps."""

MEDIA = (Medium.LIVE, Medium.PRINT, Medium.REPLAY, Medium.PAPER_MASK)
STRIPES = {
    Medium.LIVE: np.zeros((256, 256, 3)),
    Medium.PRINT: 30 * np.sin(np.arange(256) * 0.2)[None, :, None] + np.zeros((256, 1, 3)),
    Medium.REPLAY: 30 * np.sin(np.arange(256) * 0.2)[:, None, None] + [-20, 0, 30],
    Medium.PAPER_MASK: np.full((256, 256, 3), [40.0, 20.0, -20.0]),
}


def picture(person: int, medium: Medium, shot: int) -> np.ndarray:
    """256 x 256 RGB: a plain colour of the person, with the pattern of the medium."""
    rng = np.random.default_rng((person, shot, MEDIA.index(medium)))
    colour = np.random.default_rng(person).uniform(80, 170, 3)
    field = colour + STRIPES[medium] + rng.normal(0, 4, (256, 256, 3))
    return np.clip(field, 0, 255).astype(np.uint8)


def write_people(path, *, people=20, media=MEDIA, shots=1, subject=True, split=None) -> None:
    """`people` persons; `split(person)` states the part, `subject=False` leaves out who it is."""
    vertices = toy_faces.mean_vertices()
    with StoreWriter(path, toy_faces.PROVENANCE) as writer:
        for person in range(people):
            for medium in media:
                for shot in range(shots):
                    name = f"person{person}/{medium.value}{shot}"
                    writer.append(
                        FaceSample(
                            id=name,
                            image=picture(person, medium, shot),
                            vertices=vertices,
                            label=medium.label,
                            medium=medium,
                            database="toy",
                            clip=name,
                            subject=f"person{person}" if subject else None,
                            box=Box(left=0, top=0, side=256),
                            native_size=256,
                            quality=Quality(sharpness=10.0, brightness=0.5, inside=1.0),
                            attributes={} if split is None else {"split": split(person)},
                        )
                    )
