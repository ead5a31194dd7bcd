"""Simulated spoofs of nobody with their true traces: smooth fields with a pattern in one place."""

import numpy as np
import toy_faces

from spooftrace.data.sample import FaceSample
from spooftrace.data.store.writer import StoreWriter
from spooftrace.labels import Label, Medium
from spooftrace.simulation.truth import trace_of

MEDIA = (Medium.REPLAY, Medium.PAPER_MASK)


def pattern(medium: Medium) -> np.ndarray:
    """(256, 256, 3) in grey levels: stripes above, or a reddish sheet below."""
    trace = np.zeros((256, 256, 3))
    if medium is Medium.REPLAY:
        trace[:128] = 30 * np.sin(np.arange(256) * 0.4)[None, :, None] + [0, 0, 30]
    elif medium is Medium.PAPER_MASK:
        trace[128:] = [50, 20, -20]
    return trace


def write_traced_people(path, *, people: int = 8, traces: bool = True) -> None:
    """Each person alive and in two attacks; half train, a quarter dev, a quarter test."""
    vertices = toy_faces.mean_vertices()
    with StoreWriter(path, toy_faces.PROVENANCE) as writer:
        for person in range(people):
            live = toy_faces.toy_face(person, Label.LIVE)
            for medium in (Medium.LIVE, *MEDIA):
                image = np.clip(live + pattern(medium), 0, 255).astype(np.uint8)
                is_spoof = medium.label is Label.SPOOF
                writer.append(
                    FaceSample(
                        id=f"toy/person{person}/{medium.value}",
                        image=image,
                        vertices=vertices,
                        label=medium.label,
                        medium=medium,
                        database="toy",
                        subject=f"person{person}",
                        trace=trace_of(image, live) if is_spoof and traces else None,
                        attributes={"split": ("train", "dev", "train", "test")[person % 4]},
                    )
                )
