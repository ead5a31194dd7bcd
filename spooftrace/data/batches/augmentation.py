"""Change a face as another camera would have: image, vertices and live twin by the same draw.

A tone curve, noise and JPEG do not commute with a spoof trace, so a simulated spoof's true trace
cannot be changed by itself: the picture without it, the *live twin*, travels through every change
that the spoof goes through, and the trace of the changed spoof is the difference of the two.

The paper says nothing of augmentation, so every default is "off". What a camera brings - noise, dim
light, colour casts, compression, lost detail - is no spoof trace (Sec. 4.2 names the noise of
camera 6); a detector must see all of it on both classes (docs/divergences.md#augmentation).
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import cv2
import numpy as np
from numpy.typing import NDArray

from spooftrace.data.batches.degradation import reduce_detail
from spooftrace.errors import ConfigError
from spooftrace.faces.mesh import MIRROR
from spooftrace.faces.picture import Picture, through_jpeg

TIGHTEST_ACROSS, TIGHTEST_DOWN = 0.27, 0.17
"""Most that a tight crop lacks at one side, as a share of the face's square: about what is between
the square and the box of a common face detector."""

Points = NDArray[np.float32]
Change = Callable[[Picture], Picture]
"""What becomes of any picture of the face's size; it holds its draws already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AugmentationConfig:
    """Strengths; 0 switches a change off."""

    flip: bool = False
    """Mirror half of the faces, left for right."""
    tight: float = 0.0
    """Share of the faces that are cut at their sides, as tight crops are, and continued by
    reflection (docs/divergences.md#augmentation)."""
    zoom: float = 0.0
    """Largest relative change of scale, both ways; 0.1 is 0.9 to 1.1."""
    shift: float = 0.0
    """Largest shift along x and y, as a share of the side."""
    rotation_deg: float = 0.0
    """Largest rotation in the picture's plane."""
    exposure: float = 0.0
    """Largest change of brightness in stops, mostly towards dim light."""
    gamma: float = 0.0
    """Largest change of the tone curve's exponent, in natural logarithm."""
    cast: float = 0.0
    """Standard deviation of the colour gains, in natural logarithm."""
    noise: float = 0.0
    """Largest standard deviation of sensor noise, in grey levels of 255; its grain is drawn too."""
    blur_px: float = 0.0
    """Largest standard deviation of a Gaussian blur, in pixels of the model's input."""
    smallest_detail_px: int | None = None
    """Reduce every face to a side drawn between this and the model's input, and back; `None` keeps
    the detail."""
    smallest_jpeg: int | None = None
    """Compress half of the faces with a JPEG quality drawn between this and 95; `None`
    never does."""

    def __post_init__(self) -> None:
        for name in (
            "zoom",
            "shift",
            "rotation_deg",
            "exposure",
            "gamma",
            "cast",
            "noise",
            "blur_px",
        ):
            if getattr(self, name) < 0:
                raise ConfigError(
                    f"augmentation.{name}: expected 0 or more, got {getattr(self, name)}"
                )
        if not 0 <= self.tight <= 1:
            raise ConfigError(f"augmentation.tight: expected a share in [0, 1], got {self.tight}")
        if self.zoom >= 0.5 or self.shift >= 0.25:
            raise ConfigError(
                "augmentation: zoom must stay below 0.5 and shift below 0.25, or the face "
                f"leaves the picture; got zoom {self.zoom}, shift {self.shift}"
            )
        if self.smallest_jpeg is not None and not 5 <= self.smallest_jpeg <= 95:
            raise ConfigError(
                f"augmentation.smallest_jpeg: expected 5 to 95, got {self.smallest_jpeg}"
            )
        if self.smallest_detail_px is not None and self.smallest_detail_px < 8:
            raise ConfigError(
                "augmentation.smallest_detail_px: expected 8 or more, "
                f"got {self.smallest_detail_px}"
            )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Face:
    """A face on its way into a batch."""

    image: Picture
    """(n, n, 3)."""
    vertices: Points
    """(140, 2), in pixels of the whole face."""
    live_twin: Picture | None = None
    """(n, n, 3): the same without its trace; of a live face the image itself. `None`: not known,
    or not asked for."""
    corner: tuple[int, int] = (0, 0)
    """(x, y) of the image's first pixel in the whole face, where the image is a window of it."""
    scale: float = 1.0
    """Pixels of the image for a pixel of the whole face: below 1 where a window was reduced."""

    def changed(self, change: Change, vertices: Points | None = None) -> "Face":
        """Image and live twin after the change, with the vertices given or else the same."""
        image = change(self.image)
        twin = self.live_twin
        if twin is not None:
            twin = image if twin is self.image else change(twin)
        kept = self.vertices if vertices is None else vertices
        return replace(self, image=image, vertices=kept, live_twin=twin)

    def live(self) -> "Face":
        """The live twin as a face of its own."""
        assert self.live_twin is not None
        return replace(self, image=self.live_twin)


def move(face: Face, config: AugmentationConfig, rng: np.random.Generator) -> Face:
    """Cut, mirror, scale, shift and turn a face."""
    if config.tight and rng.random() < config.tight:
        face = face.changed(_tight_crop(len(face.image), rng))
    if config.flip and rng.random() < 0.5:
        face = mirror(face)
    if not (config.zoom or config.shift or config.rotation_deg):
        return face
    size = len(face.image)
    turned = cv2.getRotationMatrix2D(
        ((size - 1) / 2, (size - 1) / 2),
        rng.uniform(-config.rotation_deg, config.rotation_deg),
        1 + rng.uniform(-config.zoom, config.zoom),
    )
    matrix = turned.astype(np.float64, copy=False)
    matrix[:, 2] += rng.uniform(-config.shift, config.shift, 2) * size
    points = face.vertices @ matrix[:, :2].T + matrix[:, 2]
    return face.changed(partial(_sample, matrix), points.astype(np.float32))


def mirror(face: Face) -> Face:
    """The face left for right.

    Every vertex keeps its meaning (the left eye stays number "left eye").
    """
    swapped = face.vertices[MIRROR].copy()
    swapped[:, 0] = len(face.image) - 1 - swapped[:, 0]
    return face.changed(lambda image: np.ascontiguousarray(image[:, ::-1]), swapped)


def recapture(face: Face, config: AugmentationConfig, rng: np.random.Generator) -> Face:
    """The face as another camera in other light would have given it; geometry stays."""
    for change in another_camera(len(face.image), config, rng):
        face = face.changed(change)
    return face


def another_camera(side: int, config: AugmentationConfig, rng: np.random.Generator) -> list[Change]:
    """Draw a camera and its light, as changes of a picture of `side` pixels in their order."""
    changes: list[Change] = []
    if config.smallest_detail_px is not None:
        size = int(rng.integers(min(config.smallest_detail_px, side), side + 1))
        changes.append(partial(reduce_detail, size_px=size))
    if config.blur_px and (sigma := rng.uniform(0, config.blur_px)) > 0.2:
        changes.append(lambda image: cv2.GaussianBlur(image, (0, 0), sigma).astype(np.uint8))
    if config.exposure or config.gamma or config.cast:
        changes.append(_light(config, rng))
    if config.noise and (noise := _noise(side, config.noise, rng)) is not None:
        changes.append(noise)
    if config.smallest_jpeg is not None and rng.random() < 0.5:
        changes.append(partial(through_jpeg, quality=int(rng.integers(config.smallest_jpeg, 96))))
    return changes


def _tight_crop(side: int, rng: np.random.Generator) -> Change:
    """Cut off at the four sides, and continued there by reflection as `faces.crop` continues."""
    left, right = (int(cut) for cut in rng.uniform(0, TIGHTEST_ACROSS * side, 2))
    top, bottom = (int(cut) for cut in rng.uniform(0, TIGHTEST_DOWN * side, 2))

    def cut(image: Picture) -> Picture:
        kept = image[top : side - bottom, left : side - right]
        border = cv2.copyMakeBorder(kept, top, bottom, left, right, cv2.BORDER_REFLECT_101)
        return border.astype(np.uint8, copy=False)

    return cut


def _sample(matrix: NDArray[np.float64], image: Picture) -> Picture:
    moved = cv2.warpAffine(
        image, matrix, image.shape[:2], flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101
    )
    return moved.astype(np.uint8, copy=False)


def _light(config: AugmentationConfig, rng: np.random.Generator) -> Change:
    """Exposure, tone curve and colour gains, as one look-up table a channel."""
    stops = rng.uniform(-config.exposure, config.exposure / 2)
    exponent = np.exp(rng.uniform(-config.gamma, config.gamma))
    gains = np.exp(rng.normal(0, config.cast, 3)) * 2.0**stops
    levels = (np.arange(256) / 255.0) ** exponent
    table = np.clip(np.rint(levels[:, None] * gains * 255), 0, 255).astype(np.uint8)
    return lambda image: cv2.LUT(image, table.reshape(1, 256, 3)).astype(np.uint8, copy=False)


def _noise(side: int, largest: float, rng: np.random.Generator) -> Change | None:
    """Sensor noise: colour noise and luminance noise of a random grain; `None` where invisible.

    It is stronger in some pictures than others.
    """
    sigma = largest * rng.random() ** 2
    if sigma < 0.5:
        return None
    grain = int(rng.integers(1, 4))
    coarse = -(-side // grain)
    field = rng.standard_normal((coarse, coarse, 3), dtype=np.float32)
    field = (field + rng.random(dtype=np.float32) * 2 * field[..., :1]) * np.float32(sigma)
    if grain > 1:
        enlarged = cv2.resize(field, (side, side), interpolation=cv2.INTER_LINEAR)
        field = enlarged.astype(np.float32, copy=False)
    return lambda image: np.clip(np.rint(image + field), 0, 255).astype(np.uint8)
