"""Paint on skin: layers that follow the skin's own shading, relief of wax, and gloss.

A layer is one of Kubelka and Munk's: a pigment of reflectance R_inf where it hides everything, laid
so thick that its scattering power is `density` (their S X). Skin shows through thin layers and
vanishes below thick ones (Kubelka and Munk 1931; Kubelka 1948, Eq. 28; used for skin and make-up by
Doi et al. 2003, "Estimation and simulation of reflectance of foundation").
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from spooftrace.simulation.scene.light import Floats, Image, Light, dimmed, thrice
from spooftrace.simulation.scene.regions import box_of
from spooftrace.simulation.scene.scene import Scene
from spooftrace.simulation.scene.surface import tilted

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
    seen = light[box] / np.maximum(shading, np.float32(1e-3))
    ground = np.asarray(np.clip(seen, 0, np.float32(_BRIGHT)), np.float32)
    # exp(-density (1/R - R)) of the density that hides a share is what it leaves, in every channel.
    change = _change(ground, thrice(_left(here)), pigment.colour)
    change *= shading
    change += out[box]
    if pigment.gloss > 0:
        lobe = scene.illumination.highlight(scene.surface.normal[box], pigment.sharpness)
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
        out[box] += np.float32(gloss) * waxed * scene.illumination.highlight(normal, 18.0)
    return np.maximum(out, 0)
