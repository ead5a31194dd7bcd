"""Paint on skin: layers that follow the skin's own shading, relief of wax, and gloss.

A layer is one of Kubelka and Munk's: a pigment of reflectance R_inf where it hides everything, laid
so thick that its scattering power is `density` (their S X). Skin shows through thin layers and
vanishes below thick ones (Kubelka and Munk 1931; Kubelka 1948, Eq. 28; used for skin and make-up by
Doi et al. 2003, "Estimation and simulation of reflectance of foundation").
"""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from spooftrace.simulation.scene.light import Floats, Image, Light, dimmed, thrice
from spooftrace.simulation.scene.scene import Scene

Box = tuple[slice, slice]
"""Rows and columns of a picture."""

_DARK: Final = 0.015
_BRIGHT: Final = 0.95
"""Reflectances that pigments and skin reach: lamp black and titanium white."""
_THICK: Final = 1e-4
"""Share of the ground that shows through the thickest paint."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pigment:
    """What is on the brush."""

    colour: Floats
    """(3,) linear RGB reflectance of a layer that hides everything."""
    gloss: float = 0.0
    """Strength of the highlight at full cover: 0 powder, 0.1 cream, 0.5 lip gloss or wax."""
    sharpness: float = 20.0
    """Exponent of the highlight: 8 satin, 60 wet."""


def painted(light: Light, scene: Scene, cover: Image, pigment: Pigment) -> Light:
    """The light (n, n, 3) after a layer of paint that hides the share `cover` (n, n) of the skin.

    Where the cover is 0 the light is unchanged, bit by bit.
    """
    box = box_of(cover)
    out = light.copy()
    if box is None:
        return out
    here, shading = cover[box], scene.shading[box]
    ground = np.clip(light[box] / np.maximum(shading, np.float32(1e-3)), 0, np.float32(_BRIGHT))
    # exp(-density (1/R - R)) of the density that hides a share is what it leaves, in every channel.
    change = _change(ground, thrice(_left(here)), pigment.colour)
    change *= shading
    change += out[box]
    if pigment.gloss > 0:
        lobe = highlight(scene, scene.surface.normal[box], pigment.sharpness)
        change += dimmed(lobe, np.float32(pigment.gloss) * np.minimum(here, 1))
    out[box] = np.maximum(change, 0, out=change)
    return out


def density_of(cover: Image, colour: Floats) -> Image:
    """The scattering power, per channel, at which a layer hides the share `cover` of the ground.

    Pigments are milled and mixed to cover evenly: one power for all channels would let a dark
    paint over skin glow red where it is thin.
    """
    full = np.clip(colour, _DARK, _BRIGHT)
    return np.asarray(-np.log(_left(cover)) / (1 / full - full), np.float32)


def layer_change(below: Light, density: Image, colour: Floats) -> Light:
    """R - R_g: how a layer over a ground `below` (R_g) changes the reflectance.

    Kubelka's R(R_inf, R_g, S X) less R_g, in a form that is exactly 0 without paint and does
    not overflow below thick paint. `density` must broadcast with `below` (..., 3).
    """
    full = np.clip(colour, _DARK, _BRIGHT).astype(np.float32)
    return _change(below, np.exp(-density * (1 / full - full)), colour)


def _left(cover: Image) -> Image:
    """Share of the ground that shows through."""
    return np.clip(1 - cover, np.float32(_THICK), 1)


def _change(below: Light, passed: Image, colour: Floats) -> Light:
    """`layer_change` from the share `passed` = exp(-density (1/R_inf - R_inf))."""
    full = np.clip(colour, _DARK, _BRIGHT).astype(np.float32)
    unlike = below - full
    rest = (1 / full).astype(np.float32) - below
    bottom = unlike * passed
    bottom += rest
    rest *= unlike
    rest *= passed - 1
    rest /= bottom
    return np.asarray(rest, np.float32)


def highlight(scene: Scene, normal: Image, sharpness: float) -> Light:
    """Blinn's lobe of the key light on a surface with normals (..., 3), seen from in front."""
    lamp = scene.illumination
    half = lamp.towards + np.array([0, 0, -1], np.float32)
    half /= np.linalg.norm(half)
    lobe = np.clip(normal @ half, 0, None) ** np.float32(sharpness)
    return np.asarray(lobe[..., None] * (lamp.key_colour * np.float32(lamp.key)), np.float32)


def raised(light: Light, scene: Scene, height: Image, gloss: float = 0.0) -> Light:
    """The light after the skin is raised by `height` (n, n) px: lit by the new normals.

    Where the height is flat and there is no gloss the light is unchanged, bit by bit.
    """
    box = box_of(height, margin=2)
    out = light.copy()
    if box is None:
        return out
    normal = tilted(scene.surface.normal[box], height[box])
    lamp = scene.illumination
    change = (lamp.irradiance(normal) - lamp.irradiance(scene.surface.normal[box])) / np.maximum(
        scene.shading[box], np.float32(1e-3)
    )
    out[box] += light[box] * np.maximum(change, np.float32(-0.9))
    if gloss > 0:
        waxed = np.clip(height[box], 0, 1)[..., None]
        out[box] += np.float32(gloss) * waxed * highlight(scene, normal, 18.0)
    return np.maximum(out, 0)


def tilted(normal: Image, height: Image) -> Image:
    """Normals (h, w, 3) of a surface that is raised towards the camera by `height` (h, w) px."""
    new = normal.copy()
    new[..., 0] -= cv2.Scharr(height, cv2.CV_32F, 1, 0) / 32
    new[..., 1] -= cv2.Scharr(height, cv2.CV_32F, 0, 1) / 32
    return np.asarray(new / np.linalg.norm(new, axis=2, keepdims=True), np.float32)


def box_of(field: Image, margin: int = 0) -> Box | None:
    """The smallest box round everything that is not 0, or None."""
    rows, columns = np.flatnonzero(field.any(axis=1)), np.flatnonzero(field.any(axis=0))
    if not len(rows):
        return None
    top, left = max(int(rows[0]) - margin, 0), max(int(columns[0]) - margin, 0)
    return slice(top, int(rows[-1]) + 1 + margin), slice(left, int(columns[-1]) + 1 + margin)


def grain(size: int, rng: np.random.Generator, coarse: float, fine: float) -> Image:
    """(size, size) of mean 1, at least 0: how unevenly paint lies.

    `coarse` is the standard deviation of patches of 40 px (brush and sponge), `fine` that of specks
    of 2 px (powder, pores).
    """
    out = np.ones((size, size), np.float32)
    for strength, step in ((coarse, 40), (coarse / 2, 12), (fine, 2)):
        side = size // step + 2
        noise = rng.standard_normal((side, side), dtype=np.float32)
        if strength > 0:
            noise *= np.float32(strength)
            large = cv2.resize(noise, (side * step, side * step), interpolation=cv2.INTER_LINEAR)
            out += large[:size, :size]
    return np.maximum(out, 0, out=out)
