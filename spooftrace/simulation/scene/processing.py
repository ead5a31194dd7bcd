"""What a device makes of its raw colours: noise reduction, tone, colour, sharpness, beauty.

    linear colours -> noise reduction -> local tone (HDR, `local_tone`) -> tone curve, black level
                   -> saturation -> beauty filter -> sharpening -> encoded values

All of it is deterministic: a pair of raw pictures with the same noise stays a pair.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from spooftrace.simulation.scene.light import (
    LEVELS,
    Image,
    Light,
    dimmed,
    encode,
    luminance,
    through,
)

_TONE_SIDE = 40
"""Side at which local tone is made: it is smooth."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Processing:
    """One device's; a device that changes nothing has the defaults."""

    denoise: float = 0.0
    """Strength of the noise reduction: 0 none, 1 smooths what the noise level explains, more makes
    watercolours; colour is smoothed more than luminance."""
    hdr: float = 0.0
    """0 to 1: how far the local tone is brought to the mean, as phones do in strong contrasts."""
    contrast: float = 1.0
    """Slope of the tone curve's S at middle grey; 1 is plain sRGB."""
    gamma: float = 1.0
    """Exponent of the encoded values; over 1 darkens."""
    lift: float = 0.0
    """Encoded value of black: cheap webcams and faded films 0.03 to 0.12."""
    saturation: float = 1.0
    beauty: float = 0.0
    """0 to 1: how much of the skin's finest relief a filter takes."""
    sharpening: float = 0.0
    """Strength of the unsharp mask."""


def processed(
    colours: Light,
    made: Processing,
    *,
    tone: Image | None = None,
    shot_noise: float = 0.0,
    read_noise: float = 0.0,
) -> Image:
    """(n, n, 3) encoded values in about [0, 1] of linear colours (n, n, 3), in place at times.

    Args:
        colours: demosaiced and balanced.
        made: the device's processing.
        tone: (m, m) gain of the local tone, of any size; None for 1.
        shot_noise: variance of the noise that it knows of, over the light.
        read_noise: its deviation in the dark.
    """
    if made.denoise > 0:
        colours = denoised(colours, made.denoise, shot_noise, read_noise)
    if tone is not None:
        wide = cv2.resize(tone, colours.shape[1::-1], interpolation=cv2.INTER_LINEAR)
        colours = dimmed(colours, np.asarray(wide, np.float32))
    values = through(_tone_curve(made), colours)
    if made.saturation != 1:
        grey = np.tile(np.array([0.299, 0.587, 0.114]), (3, 1)) * (1 - made.saturation)
        matrix = np.eye(3) * made.saturation + grey
        values = np.asarray(cv2.transform(values, matrix), np.float32)
    if made.beauty > 0:
        values = _flattered(values, made.beauty)
    if made.sharpening > 0:
        soft = cv2.GaussianBlur(values, (7, 7), 1.2)
        strength = made.sharpening
        values = np.asarray(cv2.addWeighted(values, 1 + strength, soft, -strength, 0), np.float32)
    return values


def denoised(colours: Light, strength: float, shot_noise: float, read_noise: float) -> Light:
    """Lee's filter (1980) on luminance, a mean on colour, as cheap pipelines do.

    Detail is kept where its variance exceeds what the noise level explains.
    """
    grey = luminance(colours)
    side = 5 if strength < 0.7 else 7
    mean = cv2.blur(grey, (side, side))
    variance = cv2.blur(grey * grey, (side, side)) - mean * mean
    level = np.float32(shot_noise) * np.maximum(mean, 0) + np.float32(read_noise**2)
    level *= np.float32(2 * strength * strength)
    np.maximum(variance - level / 2, 0, out=variance)
    kept = variance / (variance + level + np.float32(1e-9))
    soft = mean + kept * (grey - mean)
    colour = cv2.subtract(colours, cv2.merge([grey] * 3))
    if strength > 0.2:
        share, reach = min(1.0, strength), 5 if strength < 0.8 else 9
        colour = cv2.addWeighted(colour, 1 - share, cv2.blur(colour, (reach, reach)), share, 0)
    share = min(1.0, 1.5 * strength)
    mixed = cv2.addWeighted(grey, 1 - share, soft, share, 0)
    return np.asarray(cv2.add(colour, cv2.merge([mixed] * 3)), np.float32)


def local_tone(light: Light, strength: float) -> Image:
    """(40, 40) gains that bring a wide mean of the luminance towards its geometric mean.

    What the device's automatic decides for a scene, like exposure: it is metered on the light.
    """
    side = (_TONE_SIDE, _TONE_SIDE)
    small = np.asarray(cv2.resize(light, side, interpolation=cv2.INTER_AREA), np.float32)
    grey = np.maximum(luminance(small), 0)
    base = cv2.GaussianBlur(grey, (0, 0), _TONE_SIDE / 16) + np.float32(0.02 * grey.mean() + 1e-6)
    level = np.exp(np.log(base).mean())
    return np.asarray(np.clip((level / base) ** np.float32(strength), 0.4, 3.0), np.float32)


def _flattered(values: Image, strength: float) -> Image:
    """Skin without its relief, a little brighter: small contrasts go, edges stay."""
    grey = cv2.cvtColor(values, cv2.COLOR_RGB2GRAY)
    side = 2 * (len(values) // 64) + 3
    mean = cv2.blur(grey, (side, side))
    variance = np.maximum(cv2.blur(grey * grey, (side, side)) - mean * mean, 0)
    change = (mean - grey) * (np.float32(0.003) / (variance + np.float32(0.003)))
    # Skin is redder than it is blue; hair, eyes and rooms mostly are not.
    skin = np.clip((values[..., 0] - values[..., 2]) * 8, 0, 1)
    lighter = np.float32(0.05 * strength) * (1 - grey)
    change = cv2.blur(skin, (5, 5)) * (np.float32(strength) * change + lighter)
    return np.asarray(np.add(values, cv2.merge([change] * 3)), np.float32)


def _tone_curve(made: Processing) -> Image:
    """SRGB's curve blended with smoothstep, whose slope at middle grey is 3/2; then black."""
    curve = encode(LEVELS)
    curve = curve + 2 * (made.contrast - 1) * (curve * curve * (3 - 2 * curve) - curve)
    if made.gamma != 1:
        curve = np.clip(curve, 0, 1) ** made.gamma
    return np.asarray(made.lift + (1 - made.lift) * curve, np.float32)
