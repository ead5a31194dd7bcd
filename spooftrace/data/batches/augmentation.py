"""Change a face as another camera would have.

Image and vertices move together, live and spoof alike.

The paper says nothing of augmentation, so every default is "off". What a camera brings - noise, dim
light, colour casts, compression, lost detail - is no spoof trace (Sec. 4.2 names the noise of
camera 6); a detector must see all of it on both classes (docs/divergences.md#augmentation).
"""

from dataclasses import dataclass
from typing import ClassVar

import cv2
import numpy as np
from numpy.typing import NDArray

from spooftrace.data.batches.degradation import Picture, reduce_detail
from spooftrace.errors import ConfigError
from spooftrace.faces.mesh import MIRROR

Points = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class AugmentationConfig:
    """Strengths; 0 switches a change off."""

    __pydantic_config__: ClassVar[dict[str, object]] = {
        "extra": "forbid",
        "strict": True,
        "allow_inf_nan": False,
    }

    flip: bool = False
    """Mirror half of the faces, left for right."""
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


def move(
    image: Picture, vertices: Points, config: AugmentationConfig, rng: np.random.Generator
) -> tuple[Picture, Points]:
    """Mirror, scale, shift and turn a face: image [n, n, 3] and vertices [140, 2] in its pixels."""
    if config.flip and rng.random() < 0.5:
        image, vertices = mirror(image, vertices)
    if not (config.zoom or config.shift or config.rotation_deg):
        return image, vertices
    size = image.shape[0]
    turned = cv2.getRotationMatrix2D(
        ((size - 1) / 2, (size - 1) / 2),
        rng.uniform(-config.rotation_deg, config.rotation_deg),
        1 + rng.uniform(-config.zoom, config.zoom),
    )
    matrix = turned.astype(np.float64, copy=False)
    matrix[:, 2] += rng.uniform(-config.shift, config.shift, 2) * size
    moved = cv2.warpAffine(
        image, matrix, (size, size), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101
    )
    points = vertices @ matrix[:, :2].T + matrix[:, 2]
    return moved.astype(np.uint8, copy=False), points.astype(np.float32)


def mirror(image: Picture, vertices: Points) -> tuple[Picture, Points]:
    """The face left for right.

    Every vertex keeps its meaning (the left eye stays number "left eye").
    """
    swapped = vertices[MIRROR].copy()
    swapped[:, 0] = image.shape[1] - 1 - swapped[:, 0]
    return np.ascontiguousarray(image[:, ::-1]), swapped


def recapture(image: Picture, config: AugmentationConfig, rng: np.random.Generator) -> Picture:
    """The picture as another camera in other light would have given it; geometry stays."""
    if config.smallest_detail_px is not None:
        side = image.shape[0]
        image = reduce_detail(
            image, int(rng.integers(min(config.smallest_detail_px, side), side + 1))
        )
    if config.blur_px:
        sigma = rng.uniform(0, config.blur_px)
        image = cv2.GaussianBlur(image, (0, 0), sigma).astype(np.uint8) if sigma > 0.2 else image
    if config.exposure or config.gamma or config.cast:
        image = _relight(image, config, rng)
    if config.noise:
        image = _add_noise(image, config.noise, rng)
    if config.smallest_jpeg is not None and rng.random() < 0.5:
        image = _compress(image, int(rng.integers(config.smallest_jpeg, 96)))
    return image


def _relight(image: Picture, config: AugmentationConfig, rng: np.random.Generator) -> Picture:
    """Exposure, tone curve and colour gains, as one look-up table a channel."""
    stops = rng.uniform(-config.exposure, config.exposure / 2)
    exponent = np.exp(rng.uniform(-config.gamma, config.gamma))
    gains = np.exp(rng.normal(0, config.cast, 3)) * 2.0**stops
    levels = (np.arange(256) / 255.0) ** exponent
    table = np.clip(np.rint(levels[:, None] * gains * 255), 0, 255).astype(np.uint8)
    return cv2.LUT(image, table.reshape(1, 256, 3)).astype(np.uint8, copy=False)


def _add_noise(image: Picture, largest: float, rng: np.random.Generator) -> Picture:
    """Sensor noise: colour noise and luminance noise of a random grain.

    It is stronger in some pictures than others.
    """
    height, width = image.shape[:2]
    sigma = largest * rng.random() ** 2
    if sigma < 0.5:
        return image
    grain = int(rng.integers(1, 4))
    shape = (-(-height // grain), -(-width // grain), 3)
    field = rng.standard_normal(shape, dtype=np.float32)
    field = (field + rng.random(dtype=np.float32) * 2 * field[..., :1]) * np.float32(sigma)
    if grain > 1:
        enlarged = cv2.resize(field, (width, height), interpolation=cv2.INTER_LINEAR)
        field = enlarged.astype(np.float32, copy=False)
    return np.clip(np.rint(image + field), 0, 255).astype(np.uint8)


def _compress(image: Picture, quality: int) -> Picture:
    """Through JPEG and back.

    The channel order does not matter to a round trip, but chroma does: swap both ways.
    """
    done, code = cv2.imencode(".jpg", image[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    assert done
    return np.ascontiguousarray(cv2.imdecode(code, cv2.IMREAD_COLOR)[..., ::-1])
