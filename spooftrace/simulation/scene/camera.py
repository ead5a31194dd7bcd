"""One camera for live faces and attacks: light in, picture out.

    light -> metering -> lens and motion -> photosites -> Bayer mosaic -> noise -> demosaic
          -> white balance -> processing (`processing`) -> files (`files`)

The scene is finer than the sensor: what the lens lets pass above the sensor's own limit aliases, as
it does in a camera. Noise is drawn apart, so that a pair of scenes can be seen with the very same.
"""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from spooftrace.errors import SimulationError
from spooftrace.simulation.scene.files import File, stored
from spooftrace.simulation.scene.light import Image, Light, Picture, luminance, tinted
from spooftrace.simulation.scene.processing import Processing, local_tone, processed

BLACK: Final = 0.02
"""Raw level of the dark, as a share of the full scale: noise below zero is kept, as sensors do."""

_FULL_SCALE: Final = 2.0**14 - 1
_DEMOSAIC: Final = {False: cv2.COLOR_BayerRGGB2RGB, True: cv2.COLOR_BayerRGGB2RGB_EA}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Camera:
    """One device with its settings."""

    profile: str
    """phone, laptop or webcam; `attacker` for a good camera in good hands."""
    sensor: int
    """Photosites along a side of the scene."""
    is_binned: bool = False
    """Whether each photosite stands for several of the true sensor, which then has no mosaic to
    see: pictures that are smaller than their sensor."""
    blur: float
    """Standard deviation of lens and focus together, in photosites."""
    motion: tuple[float, float] = (0.0, 0.0)
    """Way (x, y) that the scene moves while the shutter is open, in photosites."""
    flare: float
    """Share of all light that lens and dirt scatter over the whole sensor, 0 to 1."""
    sensitivity: NDArray[np.float32]
    """(3,) share of white light that the red, green and blue photosites collect, at most 1."""
    shot_noise: float
    """Variance of the raw noise at full scale, over the full scale; proportional to the light."""
    read_noise: float
    """Standard deviation of the raw noise in the dark, over the full scale."""
    target: float
    """Mean luminance that the metering wants for the scene, linear."""
    balance_error: NDArray[np.float32]
    """(3,) gains that the white balance gets wrong."""
    balance_strength: float
    """How far the white balance goes towards a grey scene: 0 not at all, 1 all the way."""
    is_edge_aware: bool
    """Whether demosaicing follows edges; a cheap one does not."""
    processing: Processing
    files: tuple[File, ...]
    """At least one: what the device writes, and what the picture is written to after that."""

    @property
    def side(self) -> int:
        """Pixels along a side of the scene in the last file."""
        return self.files[-1].side


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Settings:
    """What the camera's automatic chose for one scene."""

    exposure: float
    balance: NDArray[np.float32]
    """(3,) gains of red, green and blue on top of the sensitivities."""
    tone: Image | None = None
    """(m, m) gains of the local tone; None where the device has none."""


def draw_noise(camera: Camera, rng: np.random.Generator) -> Image:
    """(sensor, sensor) standard normal: the noise of one frame, before its strength."""
    return rng.standard_normal((camera.sensor, camera.sensor), dtype=np.float32)


def meter(light: Light, camera: Camera) -> Settings:
    """What the automatic chooses for a scene: centre-weighted exposure, balance towards grey."""
    small = cv2.resize(light, (16, 16), interpolation=cv2.INTER_AREA)
    mean = np.tensordot(_CENTRE, np.minimum(small, 4), axes=2).astype(np.float32)
    exposure = camera.target / max(1e-4, float(luminance(mean)))
    grey = (float(mean.mean()) / np.maximum(mean, 1e-4)) ** camera.balance_strength
    balance = np.asarray(grey / grey[1] * camera.balance_error, np.float32)
    hdr = camera.processing.hdr
    return Settings(
        exposure=exposure,
        balance=np.clip(balance, 0.4, 2.5),
        tone=local_tone(light, hdr) if hdr > 0 else None,
    )


def capture(light: Light, camera: Camera, settings: Settings, noise: Image) -> Picture:
    """The picture (side, side, 3) that the camera makes of a scene (n, n, 3).

    Raises:
        SimulationError: some of the light is not finite; a photosite would make a number of it.
    """
    _check_finite(light)
    sites = _exposed(light, camera, settings)
    colours = _binned(sites, camera, noise) if camera.is_binned else _mosaic(sites, camera, noise)
    gain = settings.balance / camera.sensitivity
    colours = tinted(colours, gain)
    values = processed(
        colours,
        camera.processing,
        tone=settings.tone,
        shot_noise=camera.shot_noise,
        read_noise=camera.read_noise,
    )
    return stored(values, camera.files)


def snapshot(light: Light, camera: Camera, rng: np.random.Generator) -> Picture:
    """Metered and captured with fresh noise: a picture by itself."""
    return capture(light, camera, meter(light, camera), draw_noise(camera, rng))


def _check_finite(light: Light) -> None:
    finite = np.isfinite(light)
    if finite.all():
        return
    row, column, channel = (int(axis) for axis in np.argwhere(~finite)[0])
    raise SimulationError(
        f"light that reaches a camera must be finite, got {light[row, column, channel]} at"
        f" row {row}, column {column}, channel {channel} of a scene of {light.shape[1]} px; the"
        " portrait or the medium that made it is at fault"
    )


def _exposed(light: Light, camera: Camera, settings: Settings) -> Light:
    """What photosites of each colour would collect (sensor, sensor, 3), 1 being full scale."""
    scale = len(light) / camera.sensor
    sigma = max(camera.blur * scale, 0.3)
    if sigma > 3:
        # So soft a picture is as well seen at half the size.
        half = (len(light) // 2, len(light) // 2)
        light = np.asarray(cv2.resize(light, half, interpolation=cv2.INTER_AREA), np.float32)
        sigma /= 2
    reach = 2 * int(np.ceil(3 * sigma)) + 1
    seen = cv2.GaussianBlur(light, (reach, reach), sigma)
    # A photosite collects over its whole area.
    side = (camera.sensor, camera.sensor)
    sites = np.asarray(cv2.resize(seen, side, interpolation=cv2.INTER_AREA), np.float32)
    if camera.motion != (0.0, 0.0):
        sites = _moved(sites, camera.motion)
    gain = camera.sensitivity * np.float32(settings.exposure)
    scattered = gain * np.float32(camera.flare) * np.array(cv2.mean(sites)[:3], np.float32)
    return tinted(sites, gain * np.float32(1 - camera.flare), scattered)


def _moved(sites: Light, motion: tuple[float, float]) -> Light:
    """The mean over a straight way through the exposure."""
    steps = max(2, 1 + int(np.ceil(np.hypot(*motion))))
    reach = int(np.ceil(max(map(abs, motion)) / 2)) + 1
    kernel = np.zeros((2 * reach + 1, 2 * reach + 1), np.float32)
    for along in np.linspace(-0.5, 0.5, steps):
        x, y = reach + along * motion[0], reach + along * motion[1]
        column, row = int(x), int(y)
        weights = np.outer([1 - y % 1, y % 1], [1 - x % 1, x % 1])
        kernel[row : row + 2, column : column + 2] += weights.astype(np.float32) / steps
    return np.asarray(cv2.filter2D(sites, -1, kernel, borderType=cv2.BORDER_REPLICATE), np.float32)


def _with_noise(raw: Image, camera: Camera, noise: Image) -> Image:
    """Poisson-Gaussian noise (Foi et al. 2008), then the clipping of the photosite."""
    # A fine grating's series may dip a little below zero before the lens has smoothed it.
    photons = np.maximum(raw, 0)
    deviation = np.sqrt(np.float32(camera.shot_noise) * photons + np.float32(camera.read_noise**2))
    return np.asarray(np.clip(raw + deviation * noise, -BLACK, 1 - BLACK), np.float32)


def _binned(sites: Light, camera: Camera, noise: Image) -> Light:
    """Colours of photosites that are means of many: all three at every place."""
    # Of one field three that have nothing to do with each other: turned, none meets itself.
    turned = (noise, noise[::-1, ::-1], noise.T)
    planes = [_with_noise(sites[..., channel], camera, turned[channel]) for channel in range(3)]
    return np.asarray(cv2.merge(planes), np.float32)


def _mosaic(sites: Light, camera: Camera, noise: Image) -> Light:
    """Colours of a mosaic of photosites that see one colour each."""
    raw = np.empty(sites.shape[:2], np.float32)
    for channel, (row, column) in ((0, (0, 0)), (1, (0, 1)), (1, (1, 0)), (2, (1, 1))):
        raw[row::2, column::2] = sites[row::2, column::2, channel]
    raw = _with_noise(raw, camera, noise)
    whole = np.asarray((raw + np.float32(BLACK)) * np.float32(_FULL_SCALE) + 0.5, np.uint16)
    colours = cv2.cvtColor(whole, _DEMOSAIC[camera.is_edge_aware]).astype(np.float32)
    colours *= np.float32(1 / _FULL_SCALE)
    colours -= np.float32(BLACK)
    return colours


_ALONG = np.exp(-0.5 * ((np.arange(16) - 7.5) / 4.5) ** 2)
_BELL = np.outer(_ALONG, _ALONG)
_CENTRE = np.asarray(_BELL / _BELL.sum(), np.float32)
"""(16, 16) of sum 1: the middle of a view counts most."""
