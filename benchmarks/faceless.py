"""Pictures without a face: crops of photographs that come with test tools, and drawings.

    python -m benchmarks.faceless            10 000 crops, kept as results/faceless.json

Textures, animals, plants, buildings, objects, pages and pictures from microscopes and telescopes,
at any scale, light and noise; and what people draw or see as faces: smileys, sockets, headlights,
knots of wood. Pictures with a face that somebody could find (statues, coins, people) are not among
them.
"""

import argparse
import time
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import cv2
import numpy as np
import skimage.data
from numpy.typing import NDArray
from sklearn.datasets import load_sample_image

from benchmarks.timing import record
from spooftrace.faces.face_mesh import FaceMesh
from spooftrace.faces.finder import FoundFace, find_face

Picture = NDArray[np.uint8]

PHOTOGRAPHS = (
    *("brick", "cell", "chelsea", "clock", "coffee", "colorwheel", "grass", "gravel", "horse"),
    *("hubble_deep_field", "immunohistochemistry", "logo", "microaneurysms", "moon", "page"),
    *("retina", "rocket", "text"),
)
SHARE_DRAWN = 0.4


def photographs() -> list[Picture]:
    """Those of scikit-image and scikit-learn without a face, uint8 RGB."""
    found = [getattr(skimage.data, name)() for name in PHOTOGRAPHS]
    found += [
        skimage.data.stereo_motorcycle()[0],
        *map(load_sample_image, ("china.jpg", "flower.jpg")),
    ]
    return [_rgb(picture) for picture in found]


def crops(count: int, seed: int = 0) -> Iterator[tuple[str, Picture]]:
    """So many pictures with where they come from, each 96 to 480 px on a side."""
    kept = photographs()
    for number in range(count):
        rng = np.random.default_rng([seed, number])
        if rng.random() < SHARE_DRAWN:
            draw = DRAWINGS[int(rng.integers(len(DRAWINGS)))]
            name, picture = draw.__name__, draw(rng)
        else:
            source = int(rng.integers(len(kept)))
            name, picture = f"photograph {source}", _part(kept[source], rng)
        side = int(rng.integers(96, 481))
        shrunk = cv2.resize(picture, (side, side), interpolation=cv2.INTER_AREA)
        yield name, _taken(np.asarray(shrunk, np.uint8), rng)


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


def _canvas(rng: np.random.Generator) -> Picture:
    """A background: flat, or clouds of some roughness."""
    base = rng.integers(40, 256, 3).astype(np.float32)
    if rng.random() < 0.5:
        grid = int(rng.integers(2, 40))
        clouds = rng.normal(0, 20, (grid, grid, 1)).astype(np.float32)
        base = base + cv2.resize(clouds, (256, 256), interpolation=cv2.INTER_CUBIC)[..., None]
    return np.clip(np.broadcast_to(base, (256, 256, 3)), 0, 255).astype(np.uint8).copy()


def _ink(rng: np.random.Generator) -> tuple[int, ...]:
    return tuple(int(value) for value in rng.integers(0, 256, 3))


def smiley(rng: np.random.Generator) -> Picture:
    """A round face of lines, two eyes and a mouth."""
    picture, ink, skin = _canvas(rng), _ink(rng), _ink(rng)
    x, y, r = (int(value) for value in rng.uniform([100, 100, 50], [156, 156, 120]))
    cv2.circle(picture, (x, y), r, skin, -1, cv2.LINE_AA)
    thick = int(rng.integers(1, 8))
    cv2.circle(picture, (x, y), r, ink, thick, cv2.LINE_AA)
    eye = int(r * rng.uniform(0.06, 0.2))
    for side in (-1, 1):
        place = (int(x + side * r * rng.uniform(0.3, 0.45)), int(y - r * 0.25))
        cv2.ellipse(picture, place, (eye, int(eye * rng.uniform(0.8, 2))), 0, 0, 360, ink, -1)
    if rng.random() < 0.5:
        cv2.circle(picture, (x, int(y + 0.08 * r)), max(2, r // 12), ink, -1, cv2.LINE_AA)
    bend = int(r * rng.uniform(0.1, 0.5))
    turn = 0 if rng.random() < 0.7 else 180
    mouth = (x, int(y + r * 0.3))
    cv2.ellipse(picture, mouth, (int(r * 0.5), bend), 0, turn, turn + 180, ink, thick, cv2.LINE_AA)
    return picture


def socket(rng: np.random.Generator) -> Picture:
    """A wall socket: a plate, two holes or slots, perhaps a third below."""
    picture = _canvas(rng)
    plate = tuple(int(value) for value in rng.integers(180, 256, 3))
    dark = tuple(int(value) for value in rng.integers(0, 90, 3))
    x, y, r = (int(value) for value in rng.uniform([100, 100, 60], [156, 156, 110]))
    cv2.rectangle(picture, (x - r, y - r), (x + r, y + r), plate, -1)
    if rng.random() < 0.7:
        shade = tuple(int(value * 0.85) for value in plate)
        cv2.circle(picture, (x, y), int(r * 0.75), shade, -1, cv2.LINE_AA)
    hole = max(3, int(r * rng.uniform(0.06, 0.14)))
    for side in (-1, 1):
        place = (int(x + side * r * 0.3), int(y - r * rng.uniform(0, 0.2)))
        tall = hole if rng.random() < 0.5 else 2 * hole
        cv2.ellipse(picture, place, (hole, tall), 0, 0, 360, dark, -1, cv2.LINE_AA)
    if rng.random() < 0.6:
        cv2.ellipse(picture, (x, int(y + r * 0.35)), (hole, hole), 0, 0, 360, dark, -1, cv2.LINE_AA)
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), 1.2), np.uint8)


def headlights(rng: np.random.Generator) -> Picture:
    """The front of a car: two lamps, a grille and a bumper."""
    picture, paint, dark = _canvas(rng), _ink(rng), (20, 20, 25)
    cv2.rectangle(picture, (30, 70), (226, 210), paint, -1)
    cv2.rectangle(picture, (70, 80), (186, 120), (150, 170, 190), -1)
    for x in (65, 191):
        cv2.ellipse(picture, (x, 150), (24, 16), 0, 0, 360, (250, 250, 230), -1, cv2.LINE_AA)
        cv2.circle(picture, (x, 150), 8, dark, -1, cv2.LINE_AA)
    for row in range(175, 200, 6):
        cv2.line(picture, (90, row), (166, row), dark, 3)
    return picture


def blobs(rng: np.random.Generator) -> Picture:
    """Ellipses anywhere."""
    picture = _canvas(rng)
    for _ in range(int(rng.integers(3, 40))):
        place = tuple(int(value) for value in rng.integers(0, 256, 2))
        axes = tuple(int(value) for value in rng.integers(3, 60, 2))
        angle = float(rng.uniform(0, 180))
        cv2.ellipse(picture, place, axes, angle, 0, 360, _ink(rng), -1, cv2.LINE_AA)
    return picture


def wood(rng: np.random.Generator) -> Picture:
    """Grain that flows round two or three knots."""
    y, x = np.mgrid[:256, :256].astype(np.float32)
    field = y / 6 + 3 * np.sin(x / rng.uniform(20, 60))
    for _ in range(int(rng.integers(2, 4))):
        a, b, s = rng.uniform([40, 40, 10], [216, 216, 30])
        field += rng.uniform(2, 6) * np.exp(-((x - a) ** 2 + (y - b) ** 2) / (2 * s * s))
    tone = (0.5 + 0.5 * np.sin(field)) * rng.uniform(0.3, 0.6) + 0.4
    return np.asarray(tone[..., None] * rng.uniform([150, 90, 50], [230, 170, 120]), np.uint8)


def noise(rng: np.random.Generator) -> Picture:
    """Noise whose power falls with frequency, as in nature."""
    frequency = np.hypot(*np.meshgrid(np.fft.fftfreq(256), np.fft.fftfreq(256))) + 1 / 256
    shape = frequency ** -rng.uniform(0, 2.2)
    phase = np.exp(2j * np.pi * rng.random((3, 256, 256)))
    planes = np.fft.ifft2(shape * phase).real
    mix = planes[0] + rng.uniform(0, 1) * (planes - planes[0])
    spread = mix.std(axis=(1, 2), keepdims=True) + 1e-9
    tones = (mix - mix.mean(axis=(1, 2), keepdims=True)) / spread
    return np.clip(tones.transpose(1, 2, 0) * 45 + 128, 0, 255).astype(np.uint8)


def window_front(rng: np.random.Generator) -> Picture:
    """A house: windows, a door, a roof."""
    picture, wall, glass = _canvas(rng), _ink(rng), _ink(rng)
    cv2.rectangle(picture, (50, 90), (206, 240), wall, -1)
    roof = np.int32([[40, 90], [216, 90], [128, int(rng.integers(20, 60))]])
    cv2.fillPoly(picture, [roof], _ink(rng), cv2.LINE_AA)
    for x in (72, 152):
        cv2.rectangle(picture, (x, 115), (x + 32, 150), glass, -1)
        cv2.line(picture, (x + 16, 115), (x + 16, 150), wall, 2)
    cv2.rectangle(picture, (108, 180), (148, 240), _ink(rng), -1)
    return picture


DRAWINGS: tuple[Callable[[np.random.Generator], Picture], ...] = (
    smiley,
    socket,
    headlights,
    blobs,
    wood,
    noise,
    window_front,
)


def main() -> None:
    """Count the answers."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    landmarker, answers, reasons = FaceMesh(), [], Counter[str]()
    start = time.perf_counter()
    for number, (name, picture) in enumerate(crops(args.count, args.seed)):
        found = find_face(picture, landmarker)
        if isinstance(found, FoundFace):
            answers.append({"crop": number, "of": name})
        else:
            reasons[found.reason.value] += 1
    seconds = (time.perf_counter() - start) / args.count
    result = {"crops": args.count, "seed": args.seed, "answers": answers, "reasons": dict(reasons)}
    record("faceless", {**result, "ms_per_crop": round(seconds * 1e3, 1)})


if __name__ == "__main__":
    main()
