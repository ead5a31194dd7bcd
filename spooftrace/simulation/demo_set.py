"""A small folder of rendered live faces and attacks, split by person, as `prepare` reads it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from spooftrace.labels import Medium
from spooftrace.simulation import demo_attacks, rendered_face
from spooftrace.simulation.camera import Picture, attackers_camera, capture, draw_camera

VIEWS = 4
"""Live pictures of a person; as many are attacked, half by print and half by replay."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoPicture:
    """One picture of the demo and what it shows."""

    person: int
    view: int
    medium: Medium
    image: Picture
    """HWC uint8 RGB."""


def demo_set(
    out_dir: Path,
    people: int,
    rng: np.random.Generator,
    size: int = 512,
    done: Callable[[int], object] | None = None,
) -> int:
    """Write `train|dev|test/live|spoof/...` for so many people; returns the number of pictures.

    Every fifth person is kept for development and every fifth for the test, so five people at least
    fill all splits. A person is on one side only. `done` is called with 1 after each person.
    """
    count = 0
    for person in range(people):
        split = {3: "dev", 4: "test"}.get(person % 5, "train")
        for picture in pictures(person, rng, size):
            kind = Path("live") if picture.medium is Medium.LIVE else Path("spoof", picture.medium)
            folder = out_dir / split / kind
            folder.mkdir(parents=True, exist_ok=True)
            path = folder / f"person{person:03d}_{picture.view}.jpg"
            cv2.imwrite(str(path), picture.image[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 95])
            count += 1
        if done is not None:
            done(1)
    return count


def pictures(person: int, rng: np.random.Generator, size: int = 512) -> Iterator[DemoPicture]:
    """Live pictures of a new person and attacks with others, through the same random cameras."""
    somebody = rendered_face.draw_person(rng)
    for view in range(VIEWS):
        light = rendered_face.render(somebody, rendered_face.draw_view(rng), size)
        live = capture(light, draw_camera(rng), rng)
        yield DemoPicture(person=person, view=view, medium=Medium.LIVE, image=live)
    for view in range(VIEWS):
        medium = Medium.PRINT if view % 2 else Medium.REPLAY
        light = rendered_face.render(somebody, rendered_face.draw_view(rng), size)
        stolen = capture(light, attackers_camera(), rng)
        attack = demo_attacks.on_paper if medium is Medium.PRINT else demo_attacks.on_screen
        seen = capture(attack(stolen, rng), draw_camera(rng), rng)
        yield DemoPicture(person=person, view=view, medium=medium, image=seen)
