"""Cameras that people hold, sit before, and steal pictures with.

Ranges: raw noise of phone and webcam sensors from ISO 50 in daylight to the gain of a dim room
(Foi et al., IEEE TIP 2008; the SIDD's phones, Abdelhamed et al., CVPR 2018: shot noise 1e-4 to 1e-2
and read noise 5e-4 to 3e-2 of the full scale); veiling glare of 1 to 3 % for a clean lens (ISO
9358), several times that with a finger's print on it; faces of 150 to 400 px as in OULU-NPU and SiW
crops.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from spooftrace.simulation.scene.camera import Camera

Range = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """Ranges of a kind of device; each draw is uniform unless it says otherwise."""

    sensor: Range
    blur: Range
    log_shot_noise: Range
    """Decimal logarithm."""
    log_read_noise: Range
    """Decimal logarithm."""
    target: Range
    cast: float
    """Deviation of the white balance's error, natural logarithm."""
    denoise: Range
    contrast: Range
    sharpening: Range
    quality: Range
    video: float
    """Share of pictures that are frames of a video."""


PROFILES: Final[Mapping[str, Profile]] = {
    "phone": Profile(
        sensor=(260, 480),
        blur=(0.35, 0.9),
        log_shot_noise=(-3.8, -2.2),
        log_read_noise=(-3.3, -2.1),
        target=(0.12, 0.3),
        cast=0.06,
        denoise=(0.2, 0.9),
        contrast=(1.0, 1.3),
        sharpening=(0.2, 1.2),
        quality=(70, 97),
        video=0.4,
    ),
    "laptop": Profile(
        sensor=(180, 360),
        blur=(0.5, 1.3),
        log_shot_noise=(-3.2, -1.7),
        log_read_noise=(-2.9, -1.6),
        target=(0.08, 0.28),
        cast=0.1,
        denoise=(0.0, 0.8),
        contrast=(0.95, 1.3),
        sharpening=(0.0, 1.0),
        quality=(45, 95),
        video=0.6,
    ),
    "webcam": Profile(
        sensor=(160, 320),
        blur=(0.5, 1.6),
        log_shot_noise=(-3.0, -1.4),
        log_read_noise=(-2.7, -1.4),
        target=(0.05, 0.28),
        cast=0.13,
        denoise=(0.0, 0.6),
        contrast=(0.9, 1.35),
        sharpening=(0.0, 1.4),
        quality=(35, 95),
        video=0.5,
    ),
}


def draw_camera(rng: np.random.Generator) -> Camera:
    """A random device of a random profile."""
    name = str(rng.choice(list(PROFILES)))
    kind = PROFILES[name]
    is_video = rng.random() < kind.video
    # A dim room costs light and noise together.
    dim = rng.beta(1.2, 1.8)
    return Camera(
        profile=name,
        # The scene's margin is a tenth of it: so it is whole pixels, and the mosaic stays in step.
        sensor=20 * round(rng.uniform(*kind.sensor) / 20),
        blur=rng.uniform(*kind.blur),
        flare=_draw_flare(rng),
        sensitivity=np.array([rng.uniform(0.45, 0.75), 1.0, rng.uniform(0.4, 0.7)], np.float32),
        shot_noise=10 ** _between(kind.log_shot_noise, dim),
        read_noise=10 ** _between(kind.log_read_noise, dim),
        target=_between(kind.target, 1 - dim * rng.random() ** 0.5),
        balance_error=np.exp(rng.normal(0, kind.cast, 3) * (1, 0.3, 1)).astype(np.float32),
        balance_strength=rng.uniform(0, 0.7),
        is_edge_aware=bool(rng.random() < 0.7),
        denoise=rng.uniform(*kind.denoise),
        contrast=rng.uniform(*kind.contrast),
        saturation=rng.uniform(0.75, 1.25),
        sharpening=rng.uniform(*kind.sharpening),
        codec="vp8" if is_video else "jpeg",
        quality=int(rng.uniform(*kind.quality)),
    )


def attackers_camera(rng: np.random.Generator) -> Camera:
    """A good camera in good light, as somebody uses who wants a picture to present."""
    return Camera(
        profile="attacker",
        sensor=480,
        blur=rng.uniform(0.4, 0.9),
        flare=rng.uniform(0.0, 0.03),
        sensitivity=np.array([0.6, 1.0, 0.55], np.float32),
        shot_noise=10 ** rng.uniform(-4.2, -3.2),
        read_noise=10 ** rng.uniform(-3.5, -2.8),
        target=rng.uniform(0.18, 0.28),
        balance_error=np.exp(rng.normal(0, 0.04, 3)).astype(np.float32),
        balance_strength=rng.uniform(0.2, 0.7),
        is_edge_aware=True,
        denoise=rng.uniform(0.2, 0.7),
        contrast=rng.uniform(1.0, 1.25),
        saturation=rng.uniform(0.95, 1.2),
        sharpening=rng.uniform(0.2, 0.9),
        codec="jpeg",
        quality=int(rng.integers(80, 96)),
    )


def _draw_flare(rng: np.random.Generator) -> float:
    """A clean lens mostly; one in four is smeared, or looks into a lamp."""
    return float(rng.uniform(0.03, 0.3) if rng.random() < 0.25 else rng.uniform(0.0, 0.03))


def _between(ends: Range, share: float) -> float:
    return ends[0] + share * (ends[1] - ends[0])
