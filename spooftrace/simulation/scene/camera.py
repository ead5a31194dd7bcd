"""One camera for live faces and attacks: light in, picture out.

    light -> metering -> lens -> photosites -> Bayer mosaic -> noise -> demosaic -> white balance
          -> denoise -> tone curve -> sharpening -> JPEG or video compression

The scene is finer than the sensor: what the lens lets pass above the sensor's own limit aliases, as
it does in a camera. Noise is drawn apart, so that a pair of scenes can be seen with the very same.
"""

import io
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image as PillowImage

from spooftrace.errors import SimulationError
from spooftrace.faces.picture import through_jpeg
from spooftrace.simulation.scene.light import (
    LEVELS,
    Image,
    Light,
    Picture,
    encode,
    luminance,
    through,
    tinted,
    to_picture,
)

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
    blur: float
    """Standard deviation of lens and focus together, in photosites."""
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
    denoise: float
    """Strength of the denoising, 0 to 1: of luminance; colour is smoothed more."""
    contrast: float
    """Slope of the tone curve's S at middle grey; 1 is plain sRGB."""
    saturation: float
    sharpening: float
    """Strength of the unsharp mask."""
    codec: str
    """jpeg, or vp8: the key frame of a video."""
    quality: int
    """Of the codec, 1 to 100."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Settings:
    """What the camera's automatic chose for one scene."""

    exposure: float
    balance: NDArray[np.float32]
    """(3,) gains of red, green and blue on top of the sensitivities."""


def draw_noise(camera: Camera, rng: np.random.Generator) -> Image:
    """(sensor, sensor) standard normal: the noise of one frame, before its strength."""
    return rng.standard_normal((camera.sensor, camera.sensor), dtype=np.float32)


def meter(light: Light, camera: Camera) -> Settings:
    """Exposure and white balance for a scene: centre-weighted, and towards grey."""
    small = cv2.resize(light, (16, 16), interpolation=cv2.INTER_AREA)
    mean = np.tensordot(_CENTRE, np.minimum(small, 4), axes=2).astype(np.float32)
    exposure = camera.target / max(1e-4, float(luminance(mean)))
    grey = (float(mean.mean()) / np.maximum(mean, 1e-4)) ** camera.balance_strength
    balance = np.asarray(grey / grey[1] * camera.balance_error, np.float32)
    return Settings(exposure=exposure, balance=np.clip(balance, 0.4, 2.5))


def capture(light: Light, camera: Camera, settings: Settings, noise: Image) -> Picture:
    """The picture (sensor, sensor, 3) that the camera makes of a scene (n, n, 3).

    Raises:
        SimulationError: some of the light is not finite; a photosite would make a number of it.
    """
    _check_finite(light)
    raw = _expose(light, camera, settings)
    colours = _develop(_with_noise(raw, camera, noise), camera, settings)
    return compress(to_picture(_finish(colours, camera)), camera.codec, camera.quality)


def snapshot(light: Light, camera: Camera, rng: np.random.Generator) -> Picture:
    """Metered and captured with fresh noise: a picture by itself."""
    return capture(light, camera, meter(light, camera), draw_noise(camera, rng))


def compress(picture: Picture, codec: str, quality: int) -> Picture:
    """Through a JPEG file, or a VP8 key frame (lossy WebP), and back."""
    if codec != "vp8":
        return through_jpeg(picture, quality)
    # Pillow, for it lets the encoder take its fastest way: three times OpenCV's speed.
    stream = io.BytesIO()
    PillowImage.fromarray(picture).save(stream, "WEBP", quality=quality, method=0)
    file = np.frombuffer(stream.getbuffer(), np.uint8)
    return np.ascontiguousarray(cv2.imdecode(file, cv2.IMREAD_COLOR)[..., ::-1])


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


def _expose(light: Light, camera: Camera, settings: Settings) -> Image:
    """Raw values (sensor, sensor) of the photosites, 1 being full scale, without noise."""
    scale = len(light) / camera.sensor
    sigma = max(camera.blur * scale, 0.3)
    reach = 2 * int(np.ceil(3 * sigma)) + 1
    seen = cv2.GaussianBlur(light, (reach, reach), sigma)
    # A photosite collects over its whole area.
    sites = cv2.resize(seen, (camera.sensor, camera.sensor), interpolation=cv2.INTER_AREA)
    gain = camera.sensitivity * np.float32(settings.exposure)
    scattered = gain * np.float32(camera.flare) * np.array(cv2.mean(sites)[:3], np.float32)
    gain = gain * np.float32(1 - camera.flare)
    raw = np.empty(sites.shape[:2], np.float32)
    for channel, (row, column) in ((0, (0, 0)), (1, (0, 1)), (1, (1, 0)), (2, (1, 1))):
        seen_here = sites[row::2, column::2, channel] * gain[channel]
        raw[row::2, column::2] = seen_here + scattered[channel]
    return raw


def _with_noise(raw: Image, camera: Camera, noise: Image) -> Image:
    """Poisson-Gaussian noise (Foi et al. 2008), then the clipping of the photosite."""
    # A fine grating's series may dip a little below zero before the lens has smoothed it.
    photons = np.maximum(raw, 0)
    deviation = np.sqrt(np.float32(camera.shot_noise) * photons + np.float32(camera.read_noise**2))
    return np.asarray(np.clip(raw + deviation * noise, -BLACK, 1 - BLACK), np.float32)


def _develop(raw: Image, camera: Camera, settings: Settings) -> Light:
    """Linear RGB of a raw mosaic: demosaic, white balance, denoise."""
    whole = np.asarray((raw + np.float32(BLACK)) * np.float32(_FULL_SCALE) + 0.5, np.uint16)
    colours = cv2.cvtColor(whole, _DEMOSAIC[camera.is_edge_aware]).astype(np.float32)
    gain = settings.balance / camera.sensitivity
    colours = tinted(colours, gain / _FULL_SCALE, -BLACK * gain)
    return _denoise(colours, camera.denoise) if camera.denoise > 0 else colours


def _denoise(colours: Light, strength: float) -> Light:
    """Colour smoothed over a few pixels, luminance along its edges, as cheap pipelines do."""
    grey = luminance(colours)
    soft = cv2.bilateralFilter(grey, 5, 0.03 + 0.1 * strength, 1.2)
    colour = cv2.subtract(colours, cv2.merge([grey] * 3))
    if strength > 0.2:
        colour = cv2.addWeighted(colour, 1 - strength, cv2.blur(colour, (5, 5)), strength, 0)
    mixed = cv2.addWeighted(grey, 1 - strength, soft, strength, 0)
    return np.asarray(cv2.add(colour, cv2.merge([mixed] * 3)), np.float32)


def _finish(colours: Light, camera: Camera) -> Image:
    """Tone curve, saturation and sharpening: encoded values in about [0, 1]."""
    values = through(_tone_curve(camera.contrast), colours)
    if camera.saturation != 1:
        grey = np.tile(np.array([0.299, 0.587, 0.114]), (3, 1)) * (1 - camera.saturation)
        matrix = np.eye(3) * camera.saturation + grey
        values = np.asarray(cv2.transform(values, matrix), np.float32)
    if camera.sharpening > 0:
        soft = cv2.GaussianBlur(values, (7, 7), 1.2)
        strength = camera.sharpening
        return np.asarray(cv2.addWeighted(values, 1 + strength, soft, -strength, 0), np.float32)
    return values


def _tone_curve(contrast: float) -> Image:
    """SRGB's curve blended with smoothstep, whose slope at middle grey is 3/2."""
    curve = encode(LEVELS)
    return np.asarray(curve + 2 * (contrast - 1) * (curve * curve * (3 - 2 * curve) - curve))


def _centre_weights() -> NDArray[np.float32]:
    """(16, 16) of sum 1: a wide bell in the middle."""
    along = np.exp(-0.5 * ((np.arange(16) - 7.5) / 4.5) ** 2)
    weights = np.outer(along, along)
    return np.asarray(weights / weights.sum(), np.float32)


_CENTRE = _centre_weights()
