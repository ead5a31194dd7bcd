"""Transparent mask: a thin shell of clear plastic, the skin seen through it."""

from dataclasses import dataclass

import cv2
import numpy as np

from spooftrace.simulation import noise
from spooftrace.simulation.mask import gloss, openings, paints, shells
from spooftrace.simulation.mask.gloss import Gloss, Surroundings
from spooftrace.simulation.noise import Dice
from spooftrace.simulation.scene.light import Image, Light
from spooftrace.simulation.scene.scene import Scene
from spooftrace.simulation.scene.skin import Colour


@dataclass(frozen=True, slots=True, kw_only=True)
class Transparent:
    """One mask, vacuum-formed from PET, PVC or polycarbonate of 0.3 to 1 mm."""

    width: float
    """Half its width in heights of the face."""
    top: float
    """Where it begins, y on the mean face."""
    eye_size: float
    """Of the eye holes over the eyes; 0 for closed masks."""
    mouth_slit: bool
    tint: Colour
    """(3,): what one pass through the plastic leaves of the light, straight on."""
    haze: float
    """Share of the light that is scattered: 0.015 clear, 0.25 milky (haze by ASTM D1003)."""
    blur: float
    """Pixels by which the haze softens what is seen."""
    refraction: float
    """Pixels by which a slope of 45 degrees in the relief moves what is seen."""
    gloss: Gloss
    relief: float
    """Height of the waves that forming leaves, pixels of the scene."""
    grain: float
    """Their size in pixels of the scene."""
    seam: float
    """Height of the mould line down the middle; 0 for none."""
    thickness: float
    """Pixels between skin and shell at the rim."""
    around: Surroundings
    dice: Dice
    """Of the waves."""


def draw(rng: np.random.Generator, scene: Scene) -> Transparent:
    """A random mask, clear to milky, smooth to wavy."""
    open_eyes = rng.random() < 0.6
    return Transparent(
        width=rng.uniform(0.4, 0.47),
        top=rng.uniform(-0.6, -0.46),
        eye_size=rng.uniform(1.1, 1.7) if open_eyes else 0.0,
        mouth_slit=bool(rng.random() < 0.4),
        tint=np.asarray(rng.uniform(0.86, 0.98) * np.exp(rng.normal(0, 0.02, 3)), np.float32),
        haze=float(np.exp(rng.uniform(np.log(0.015), np.log(0.25)))),
        blur=rng.uniform(0.3, 1.8),
        refraction=rng.uniform(1, 6),
        gloss=Gloss(roughness=rng.uniform(0.04, 0.16), reflectance=rng.uniform(0.045, 0.09)),
        relief=rng.uniform(0.1, 1.1),
        grain=float(np.exp(rng.uniform(np.log(14), np.log(60)))),
        seam=float(rng.choice([0.0, rng.uniform(0.4, 1.5)])),
        thickness=rng.uniform(2, 6),
        around=gloss.draw_surroundings(scene.illumination, rng),
        dice=Dice.of(rng),
    )


def apply(scene: Scene, mask: Transparent) -> Light:
    """The scene's light (n, n, 3) with this mask on the face."""
    shell = transparent_shell(scene, mask)
    height = _relief(scene, mask)
    # The plastic does not follow the face's finest folds.
    moulded = shells.softened(shells.coarse(scene.surface.normal), 2.5)
    normal = shells.raised(moulded, height)
    normal = shells.rounded_rim(shell, normal, tilt=1.4)
    behind = _bent(paints.smoothed(scene.light, mask.blur), height, mask.refraction)
    face = behind * shells.fine(_passed(normal, shell, mask))
    face += shells.fine(_added(scene, normal, shell, mask))
    return shells.put_on(scene, shell, face)


def transparent_shell(scene: Scene, mask: Transparent) -> shells.Shell:
    """Where the shell lies on this face: a shield from the forehead to the chin."""
    place = shells.coarse(scene.surface.place)
    x, y = place[..., 0] / mask.width, place[..., 1]
    chin = np.clip((y - 0.02) / 0.54, 0, None) ** 2.4 * 1.15
    crown = np.clip((-0.2 - y) / max(0.1, -0.2 - mask.top), 0, None) ** 3
    holes = openings.eyes(scene, mask.eye_size, 0.3) if mask.eye_size > 0 else []
    if mask.mouth_slit:
        # Flattened to 0.35 of its y, the outline stays where its middle was.
        lowered = 0.65 * float(openings.mouth(scene, 1.0)[:, 1].mean())
        holes.append(openings.mouth(scene, 0.6) * (1, 0.35) + (0.0, lowered))
    inside = shells.cut(np.asarray(x * x + chin + crown < 1), holes)
    return shells.Shell(distance=shells.signed_distance(inside), thickness=mask.thickness)


def _relief(scene: Scene, mask: Transparent) -> Image:
    """(n/2, n/2) px: waves, and the mould line down the middle."""
    place = shells.coarse(scene.surface.place)
    rng = mask.dice.roll()
    waves = noise.blobs(rng, mask.grain / shells.COARSE, len(place))
    line = np.exp(-0.5 * ((place[..., 0] - rng.normal(0, 0.01)) / 0.006) ** 2)
    return np.asarray(mask.relief * waves + mask.seam * line, np.float32)


def _bent(light: Light, height: Image, by: float) -> Light:
    """What is behind the plastic, moved by the slopes of its waves."""
    move = shells.fine(shells.slope(height)) * np.float32(by)
    side = np.arange(len(light), dtype=np.float32)
    move[..., 0] += side
    move[..., 1] += side[:, None]
    return np.asarray(
        cv2.remap(
            light, move, np.empty(0, np.float32), cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        ),
        np.float32,
    )


def _passed(normal: Image, shell: shells.Shell, mask: Transparent) -> Light:
    """(n/2, n/2, 3): what is left of the skin's light: in and out through two faces each time.

    The path through the plastic grows as 1 / cos inside (Snell, index 1.5); at the rim the light
    runs along the sheet and is lost.
    """
    cosine = np.clip(-normal[..., 2], 0, 1)
    lost = gloss.fresnel(cosine, mask.gloss.reflectance)
    path = 1 / np.sqrt(1 - (1 - cosine * cosine) / np.float32(1.5**2))
    passed = np.exp(np.log(mask.tint) * (2 * path)[..., None])
    kept = (1 - lost) ** 2 * (1 - np.float32(mask.haze)) * (1 - 0.45 * shell.rim() ** 2)
    return np.asarray(passed * kept[..., None], np.float32)


def _added(scene: Scene, normal: Image, shell: shells.Shell, mask: Transparent) -> Light:
    """(n/2, n/2, 3): reflections of both faces, milk, and light that the rim pipes out."""
    shine = gloss.mirrored(scene, normal, mask.gloss, mask.around)
    lit = scene.illumination.irradiance(normal, wrap=0.5)
    glow = 0.6 * np.float32(mask.haze) + 0.25 * shell.rim() ** 3
    return np.asarray(shine + lit * glow[..., None], np.float32)
