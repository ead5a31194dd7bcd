"""Pictures without a face: crops of photographs that come with test tools, and drawings.

    python -m benchmarks.faceless            10 000 crops, kept as results/faceless.json

Textures, animals, plants, buildings, objects, pages and pictures from microscopes and telescopes,
at any scale, light and noise; and what people draw or see as faces: smileys, sockets, headlights,
dials, carved pumpkins, heads of animals, knots of wood (`benchmarks.drawings`). Pictures with a
face that somebody could find (statues, coins, people) are not among them.
"""

import argparse
import time
from collections import Counter
from functools import cache
from multiprocessing import get_context
from typing import Any

import cv2
import matplotlib.cbook
import matplotlib.image
import numpy as np
import skimage.data
from numpy.typing import NDArray
from sklearn.datasets import load_sample_image

from benchmarks.drawings import DRAWINGS, Picture
from benchmarks.timing import record
from spooftrace.faces.face_mesh import FaceMesh
from spooftrace.faces.finder import FoundFace, find_face

PHOTOGRAPHS = (
    *("brick", "cell", "chelsea", "clock", "coffee", "colorwheel", "grass", "gravel", "horse"),
    *("hubble_deep_field", "immunohistochemistry", "logo", "microaneurysms", "moon", "page"),
    *("retina", "rocket", "text"),
)
SHARE_DRAWN = 0.5


@cache
def photographs() -> dict[str, Picture]:
    """Those of scikit-image, scikit-learn and Matplotlib without a face, uint8 RGB."""
    present = matplotlib.image.imread(
        matplotlib.cbook.get_sample_data("Minduka_Present_Blue_Pack.png", asfileobj=False)
    )
    found = {
        **{name: getattr(skimage.data, name)() for name in PHOTOGRAPHS},
        "motorcycle": skimage.data.stereo_motorcycle()[0],
        "temple": load_sample_image("china.jpg"),
        "flower": load_sample_image("flower.jpg"),
        "present": (present * 255).astype(np.uint8),
    }
    return {name: _rgb(picture) for name, picture in found.items()}


def crop(number: int, seed: int = 0) -> tuple[str, Picture]:
    """The n-th picture with what it is of, 96 to 480 px on a side."""
    rng = np.random.default_rng([seed, number])
    if rng.random() < SHARE_DRAWN:
        draw = DRAWINGS[int(rng.integers(len(DRAWINGS)))]
        name, picture = draw.__name__, draw(rng)
    else:
        name = str(rng.choice(list(photographs())))
        picture = _part(photographs()[name], rng)
    side = int(rng.integers(96, 481))
    shrunk = cv2.resize(picture, (side, side), interpolation=cv2.INTER_AREA)
    return name, _taken(np.asarray(shrunk, np.uint8), rng)


def _rgb(picture: NDArray[Any]) -> Picture:
    if picture.dtype == bool:
        picture = picture * np.uint8(255)
    if picture.ndim == 2:
        picture = np.stack([picture] * 3, axis=-1)
    return np.ascontiguousarray(picture[..., :3], np.uint8)


def _part(picture: Picture, rng: np.random.Generator) -> Picture:
    """A square of it, turned by a right angle or mirrored or neither."""
    height, width = picture.shape[:2]
    side = int(min(height, width) * rng.uniform(0.25, 1))
    top, left = int(rng.integers(height - side + 1)), int(rng.integers(width - side + 1))
    part = np.rot90(picture[top : top + side, left : left + side], int(rng.integers(4)))
    return np.ascontiguousarray(part[:, ::-1] if rng.random() < 0.5 else part)


def _taken(picture: Picture, rng: np.random.Generator) -> Picture:
    """As a camera may see it: dim, noisy, blurred, tinted, or none of it."""
    light = picture.astype(np.float32)
    if rng.random() < 0.3:
        light = cv2.GaussianBlur(light, (0, 0), float(rng.uniform(0.5, 4)))
    if rng.random() < 0.5:
        light = light * rng.uniform(0.15, 1.1) * rng.uniform(0.85, 1.15, 3)
    if rng.random() < 0.4:
        light = light + rng.normal(0, rng.uniform(2, 25), light.shape)
    return np.clip(light, 0, 255).astype(np.uint8)


@cache
def _landmarker() -> FaceMesh:
    cv2.setNumThreads(1)
    return FaceMesh()


def _judged(place: tuple[int, int]) -> tuple[str, str | None]:
    """What a crop is of, and why it has no answer; None if it has one."""
    name, picture = crop(*place)
    found = find_face(picture, _landmarker())
    return name, None if isinstance(found, FoundFace) else found.reason.value


def main() -> None:
    """Count the answers."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--processes", type=int, default=2)
    args = parser.parse_args()
    answers, tried, reasons = [], Counter[str](), Counter[str]()
    start = time.perf_counter()
    places = [(number, args.seed) for number in range(args.count)]
    with get_context("spawn").Pool(args.processes) as pool:
        for number, (name, reason) in enumerate(pool.imap(_judged, places, chunksize=50)):
            tried[name] += 1
            if reason is None:
                answers.append({"crop": number, "of": name})
                print(f"crop {number} of {name} has an answer", flush=True)
            else:
                reasons[reason] += 1
    seconds = (time.perf_counter() - start) * args.processes / args.count
    result: dict[str, Any] = {
        "crops": args.count,
        "seed": args.seed,
        "answers": answers,
        "reasons": dict(reasons),
        "tried": dict(sorted(tried.items())),
        "ms_per_crop": round(seconds * 1e3, 1),
    }
    record("faceless", result)


if __name__ == "__main__":
    main()
