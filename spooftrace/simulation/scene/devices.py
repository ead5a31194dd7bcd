"""Cameras that people hold, sit before, and steal pictures with.

Ranges: raw noise of phone and webcam sensors from ISO 50 in daylight to the gain of a dim room
(Foi et al., IEEE TIP 2008; the SIDD's phones, Abdelhamed et al., CVPR 2018: shot noise 1e-4 to 1e-2
and read noise 5e-4 to 3e-2 of the full scale, less where photosites are binned); veiling glare of 1
to 3 % for a clean lens (ISO 9358), several times that with a finger's print on it; faces of 100 to
400 px as in OULU-NPU and SiW crops. Most pictures that reach a detector are smaller than the sensor
they come from, denoised and compressed hard: smooth places hold less than a grey level of noise.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from spooftrace.simulation.scene.camera import Camera
from spooftrace.simulation.scene.files import File
from spooftrace.simulation.scene.processing import Processing

Range = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """Ranges of a kind of device; each draw is uniform unless it says otherwise."""

    side: Range
    """Pixels along a side of the scene."""
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
    """Of a JPEG file."""
    video: float
    """Share of pictures that are frames of a video."""
    video_quality: Range
    """Of a frame; low ones are likelier."""
    hdr: float
    """Share of pictures whose tone is mapped locally."""
    beauty: float
    """Share of pictures that a filter flatters."""


PROFILES: Final[Mapping[str, Profile]] = {
    "phone": Profile(
        side=(200, 520),
        blur=(0.3, 0.8),
        log_shot_noise=(-4.2, -2.3),
        log_read_noise=(-3.6, -2.2),
        target=(0.1, 0.3),
        cast=0.06,
        denoise=(0.2, 0.8),
        contrast=(1.0, 1.3),
        sharpening=(0.1, 1.4),
        quality=(60, 97),
        video=0.5,
        video_quality=(30, 95),
        hdr=0.35,
        beauty=0.1,
    ),
    "laptop": Profile(
        side=(180, 440),
        blur=(0.35, 0.9),
        log_shot_noise=(-3.8, -2.0),
        log_read_noise=(-3.3, -1.9),
        target=(0.07, 0.28),
        cast=0.1,
        denoise=(0.1, 0.8),
        contrast=(0.95, 1.3),
        sharpening=(0.0, 1.3),
        quality=(50, 96),
        video=0.65,
        video_quality=(25, 90),
        hdr=0.1,
        beauty=0.05,
    ),
    "webcam": Profile(
        side=(150, 400),
        blur=(0.35, 1.1),
        log_shot_noise=(-3.6, -1.7),
        log_read_noise=(-3.1, -1.7),
        target=(0.045, 0.28),
        cast=0.13,
        denoise=(0.0, 0.8),
        contrast=(0.9, 1.35),
        sharpening=(0.0, 1.5),
        quality=(40, 95),
        video=0.55,
        video_quality=(12, 85),
        hdr=0.05,
        beauty=0.03,
    ),
}

DEFOCUSED: Final = 0.06
MOVED: Final = 0.06
"""Shares of pictures that are out of focus, and that were moved while the shutter was open."""

RAW: Final = 0.08
"""Share of pictures whose noise nothing has smoothed."""

COARSEST: Final = 100
"""Fewest pixels along a side of the scene: a face of 67 px."""


def draw_camera(rng: np.random.Generator, finest: float = np.inf) -> Camera:
    """A random device of a random profile.

    Args:
        rng: chance.
        finest: pixels along the scene's side beyond which what stands before the camera has no
            detail; its pictures are no larger.
    """
    name = str(rng.choice(list(PROFILES)))
    kind = PROFILES[name]
    is_video = rng.random() < kind.video
    # A dim room costs light and noise together.
    dim = rng.beta(1.0, 2.2)
    is_raw = rng.random() < RAW
    most = max(COARSEST, min(kind.side[1], finest))
    side = _whole(rng.uniform(min(kind.side[0], most), most))
    # Binned or not; and one in seven looks from so far that the picture is enlarged.
    zoom = rng.uniform(0.5, 0.95) if rng.random() < 0.15 else 1.0
    sensor = _whole(side * zoom)
    return Camera(
        profile=name,
        sensor=sensor,
        is_binned=bool(rng.random() < 0.5),
        blur=rng.uniform(*kind.blur) * (rng.uniform(1.3, 2.6) if rng.random() < DEFOCUSED else 1.0),
        motion=_draw_motion(sensor, dim, rng),
        # A clean lens mostly; one in seven is smeared, or looks into a lamp.
        flare=rng.uniform(0.03, 0.3) if rng.random() < 0.15 else rng.uniform(0.0, 0.03),
        sensitivity=np.array([rng.uniform(0.45, 0.75), 1.0, rng.uniform(0.4, 0.7)], np.float32),
        shot_noise=10 ** (_between(kind.log_shot_noise, dim) + 0.2 * is_raw),
        read_noise=10 ** (_between(kind.log_read_noise, dim) + 0.1 * is_raw),
        target=_draw_target(kind, dim, rng),
        balance_error=np.exp(rng.normal(0, kind.cast, 3) * (1, 0.3, 1)).astype(np.float32),
        balance_strength=rng.uniform(0, 0.7),
        is_edge_aware=bool(rng.random() < 0.7),
        processing=_draw_processing(kind, is_raw, rng),
        files=_draw_files(kind, side, is_video, finest, rng),
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
        processing=Processing(
            denoise=rng.uniform(0.2, 0.9),
            contrast=rng.uniform(1.0, 1.25),
            saturation=rng.uniform(0.95, 1.2),
            sharpening=rng.uniform(0.2, 0.9),
        ),
        files=(File(side=480, codec="jpeg", quality=int(rng.integers(80, 96))),),
    )


def ordinary_camera(rng: np.random.Generator) -> Camera:
    """What most have: a phone's or laptop's picture, or one from a page or a chat; of use at least.

    Nobody presents a picture that he took in the dark or out of focus.
    """
    used = draw_camera(rng)
    processing = replace(used.processing, denoise=max(0.3, used.processing.denoise))
    return replace(
        used,
        profile="attacker",
        blur=min(used.blur, 1.2),
        motion=(0.0, 0.0),
        target=float(np.clip(used.target, 0.1, 0.35)),
        processing=processing,
    )


def _whole(side: float) -> int:
    """The scene's margin is a tenth of it: so it is whole pixels, and a mosaic stays in step."""
    return max(COARSEST, 20 * int(side / 20))


def _draw_motion(sensor: int, dim: float, rng: np.random.Generator) -> tuple[float, float]:
    """Hands and heads move; longer in a dim room, whose exposures are long."""
    if rng.random() > MOVED:
        return 0.0, 0.0
    way, angle = sensor * rng.uniform(0.004, 0.02 + 0.03 * dim), rng.uniform(0, np.pi)
    return float(way * np.cos(angle)), float(way * np.sin(angle))


def _draw_target(kind: Profile, dim: float, rng: np.random.Generator) -> float:
    """What is metered as middle grey; one picture in eleven is much too bright or too dark."""
    target = _between(kind.target, 1 - dim * rng.random() ** 0.5) * np.exp(rng.normal(0, 0.2))
    missed = rng.random()
    if missed < 0.05:
        target *= rng.uniform(1.5, 3.0)
    elif missed < 0.09:
        target *= rng.uniform(0.3, 0.7)
    return float(np.clip(target, 0.015, 0.6))


def _draw_processing(kind: Profile, is_raw: bool, rng: np.random.Generator) -> Processing:
    return Processing(
        denoise=rng.uniform(0, 0.2) if is_raw else rng.uniform(*kind.denoise),
        hdr=rng.uniform(0.15, 0.6) if rng.random() < kind.hdr else 0.0,
        contrast=rng.uniform(*kind.contrast),
        gamma=float(np.exp(rng.normal(0, 0.1))),
        lift=rng.uniform(0.01, 0.1) if rng.random() < 0.12 else 0.0,
        saturation=rng.uniform(0.8, 1.3),
        beauty=rng.uniform(0.2, 1.0) if rng.random() < kind.beauty else 0.0,
        sharpening=rng.uniform(*kind.sharpening),
    )


def _draw_files(
    kind: Profile, side: int, is_video: bool, finest: float, rng: np.random.Generator
) -> tuple[File, ...]:
    """What the device writes; one in four is sent on: scaled, and compressed again."""
    if is_video:
        quality = _between(kind.video_quality, rng.random() ** 1.2)
        files = [File(side=side, codec="vp8", quality=int(quality))]
    else:
        files = [File(side=side, codec="jpeg", quality=int(rng.uniform(*kind.quality)))]
    while rng.random() < 0.25 and len(files) < 3:
        again = _whole(min(files[-1].side * rng.uniform(0.6, 1.2), finest))
        files.append(File(side=again, codec="jpeg", quality=int(rng.uniform(30, 95))))
    return tuple(files)


def _between(ends: Range, share: float) -> float:
    return ends[0] + share * (ends[1] - ends[0])
