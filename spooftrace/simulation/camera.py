"""A camera: light in, picture out. Live faces and attacks go through the same one.

Light is linear RGB, HWC, float32; a picture is HWC uint8 sRGB.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Light = NDArray[np.float32]
Picture = NDArray[np.uint8]


@dataclass(frozen=True, slots=True, kw_only=True)
class Camera:
    """One device with its settings."""

    exposure: float
    """Mean grey of the developed picture before the tone curve."""
    balance: NDArray[np.float32]
    """Gains of red, green and blue that the white balance gets wrong."""
    blur: float
    """Deviation of the lens's and the focus's blur, in pixels."""
    shot_noise: float
    """Variance of the noise at full light; it shrinks with the light."""
    read_noise: float
    """Deviation of the noise in the dark."""
    sharpening: float
    """Strength of the unsharp mask that the device applies."""
    quality: int
    """Of its JPEG files."""


def draw_camera(rng: np.random.Generator) -> Camera:
    """A random device, from a good phone to a poor webcam."""
    poor = rng.uniform(0, 1)
    return Camera(
        exposure=rng.uniform(0.12, 0.28),
        balance=np.exp(rng.normal(0, 0.07, 3) * (1, 0, 1)).astype(np.float32),
        blur=0.4 + 1.2 * poor * rng.uniform(0, 1),
        shot_noise=10 ** (-4.2 + 1.7 * poor),
        read_noise=0.002 + 0.008 * poor,
        sharpening=rng.uniform(0, 0.8),
        quality=int(rng.integers(55, 96)),
    )


def attackers_camera() -> Camera:
    """A good camera in good light, as somebody uses who wants a picture to present."""
    return Camera(
        exposure=0.2,
        balance=np.ones(3, np.float32),
        blur=0.5,
        shot_noise=1e-4,
        read_noise=0.002,
        sharpening=0.3,
        quality=95,
    )


def capture(light: Light, camera: Camera, rng: np.random.Generator) -> Picture:
    """The picture that the camera makes of the light."""
    exposed = light * camera.balance * np.float32(camera.exposure / max(1e-4, float(light.mean())))
    seen = cv2.GaussianBlur(exposed, (0, 0), camera.blur)
    deviation = np.sqrt(camera.shot_noise * np.clip(seen, 0, 1) + camera.read_noise**2)
    # Demosaicing spreads a photosite's noise over its neighbours.
    grain = cv2.GaussianBlur(rng.standard_normal(seen.shape, dtype=np.float32), (0, 0), 0.6)
    developed = encode(seen + deviation * grain * np.float32(1.8))
    soft = cv2.GaussianBlur(developed, (0, 0), 1.2)
    sharp = np.clip(developed + np.float32(camera.sharpening) * (developed - soft), 0, 1)
    return compress(np.asarray(np.round(sharp * 255), np.uint8), camera.quality)


def encode(light: Light) -> Light:
    """SRGB's curve: linear light, clipped to [0, 1], to [0, 1]; 14 bits deep like a raw file."""
    steps = len(_ENCODED) - 1
    return _ENCODED[(np.clip(light, 0, 1) * np.float32(steps) + np.float32(0.5)).astype(np.uint16)]


def decode(picture: Picture) -> Light:
    """The light that a display with sRGB's curve sends out for a picture, [0, 1]."""
    return _DECODED[picture]


def compress(picture: Picture, quality: int) -> Picture:
    """Through a JPEG file and back."""
    _, file = cv2.imencode(".jpg", picture[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.ascontiguousarray(cv2.imdecode(file, cv2.IMREAD_COLOR)[..., ::-1])


def _encoding(light: NDArray[np.float64]) -> Light:
    curved = 1.055 * light ** (1 / 2.4) - 0.055
    return np.asarray(np.where(light <= 0.0031308, 12.92 * light, curved), np.float32)


def _decoding(values: NDArray[np.float64]) -> Light:
    curved = ((values + 0.055) / 1.055) ** 2.4
    return np.asarray(np.where(values <= 0.04045, values / 12.92, curved), np.float32)


_ENCODED = _encoding(np.arange(2**14) / (2**14 - 1))
_DECODED = _decoding(np.arange(256) / 255)
