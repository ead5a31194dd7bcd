"""New spoofs out of old ones (Sec. 3.3, Fig. 8): one face's trace, carried onto a living face.

A bundle is all that is needed; torch is not. Pictures are at the model's input size n.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from spooftrace.detector.detection import Evidence
from spooftrace.detector.detector import SpoofDetector
from spooftrace.detector.given import OnePicture
from spooftrace.detector.panel import unit_pixels
from spooftrace.errors import ConfigError, PictureError, did_you_mean
from spooftrace.faces.crop import CROP_SIZE, resize_face
from spooftrace.faces.finder import Rejection
from spooftrace.faces.warp import carry

Floats = NDArray[np.float32]
Picture = NDArray[np.uint8]

ELEMENTS: Final = {
    "s": "range bias",
    "b": "balance bias",
    "C": "smooth content",
    "T": "sharp texture",
}
"""The elements of a trace (Eq. 2) by their letters."""

Strengths = Mapping[str, float]
"""How much of each element is put on, by its letter; 1, as it was disentangled, where absent."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ModelFace:
    """One face at the model's size."""

    image: Picture
    """(n, n, 3) uint8 RGB."""
    vertices: Floats
    """(140, 2), (x, y) in pixels of `image`."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SourceTrace:
    """A trace to be put on other faces."""

    face: ModelFace
    """I_i, on which it was found."""
    values: Floats
    """(n, n, 3) G(I_i), signed, its elements at the strengths asked for."""
    score: float
    """Of the face it was found on."""


MOST: Final = 1000
"""The strongest factor: far beyond it, sums are no longer finite."""


def strengths(without: Iterable[str], scales: Iterable[str]) -> Strengths:
    """What `--without s` and `--scale T=1.5` ask for.

    Raises:
        ConfigError: an element is unknown or named twice, or a factor is no number up to `MOST`.
    """
    asked: dict[str, float] = {}
    for option, text in [
        *(("--without", f"{name}=0") for name in without),
        *(("--scale", text) for text in scales),
    ]:
        name, is_given, factor = text.partition("=")
        letter = _letter(name, option)
        if letter in asked:
            raise ConfigError(f"{option}: expected each element once, got {letter} again")
        try:
            asked[letter] = float(factor)
        except ValueError:
            asked[letter] = np.nan
        if not is_given or not abs(asked[letter]) <= MOST:
            raise ConfigError(
                f"{option} {text}: expected an element and a factor from -{MOST} to {MOST}, "
                "as in T=1.5"
            )
    return asked


def _letter(name: str, option: str) -> str:
    """The element of a name: its letter in either case, or its words."""
    by_name = {key.lower(): letter for letter, words in ELEMENTS.items() for key in (letter, words)}
    plain = name.strip().lower().replace("_", " ").replace("-", " ")
    if plain not in by_name:
        known = ", ".join(f"{letter} ({words})" for letter, words in ELEMENTS.items())
        near = did_you_mean(plain, by_name) if len(plain) > 1 else ""
        meant = f"; {near}" if near.startswith("did") else ""
        raise ConfigError(f"{option}: there is no element {name!r}, expected one of {known}{meant}")
    return by_name[plain]


def face_of(detector: SpoofDetector, picture: OnePicture, name: str) -> ModelFace:
    """The one face of a whole picture, at the model's size.

    Raises:
        PictureError: it cannot be read, or has not exactly one good face; `name` names it.
    """
    found = detector.find(picture)
    if isinstance(found, Rejection):
        detail = found.detail.removeprefix(f"{name}: ")
        raise PictureError(
            f"{name}: expected a picture with one good face, {found.reason}: {detail}"
        )
    size = detector.bundle.info.image_size
    vertices = (found.vertices + 0.5) * np.float32(size / CROP_SIZE) - np.float32(0.5)
    return ModelFace(image=resize_face(found.image, size), vertices=vertices)


def trace_of(detector: SpoofDetector, face: ModelFace, asked: Strengths) -> SourceTrace:
    """The trace that the bundle finds on a face, its elements as strong as asked.

    Raises:
        BundleError: the bundle is decision-only.
    """
    outputs = detector.bundle.run(face.image[None])
    seen = Evidence.of(outputs, 0, face.image)
    return SourceTrace(
        face=face, values=_composed(seen, face.image, asked), score=float(outputs.score[0])
    )


def _composed(seen: Evidence, image: Picture, asked: Strengths) -> Floats:
    """G(I) = s I + b + [C] + T of Eq. 2, each term by its strength."""
    side = (len(image), len(image))
    unit = image.astype(np.float32) / np.float32(255)
    shares = {
        "s": seen.range_bias * unit,
        "b": seen.balance_bias,
        "C": cv2.resize(seen.content, side, interpolation=cv2.INTER_LINEAR),
        "T": seen.texture,
    }
    whole = np.zeros_like(unit)
    for letter, share in shares.items():
        whole += np.float32(asked.get(letter, 1.0)) * share
    return whole


def put_on(trace: SourceTrace, live: ModelFace) -> Picture:
    """I_j + G_{i->j} (Fig. 8d), (n, n, 3) uint8 RGB: a new spoof of the living face.

    Raises:
        MissingExtraError: the living face is turned so far that SciPy is needed.
    """
    carried = carry(trace.values, trace.face.vertices, live.vertices)
    return unit_pixels(live.image.astype(np.float32) / np.float32(255) + carried)
