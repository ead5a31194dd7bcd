"""Half mask: a rigid shell - plastic, resin, printed plaster - over a part of the face."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from spooftrace.simulation import noise
from spooftrace.simulation.mask import gloss, openings, paints, shells
from spooftrace.simulation.mask.gloss import Gloss, Surroundings
from spooftrace.simulation.noise import Dice
from spooftrace.simulation.scene.light import Image, Light
from spooftrace.simulation.scene.scene import Scene
from spooftrace.simulation.scene.skin import Colour

Part = Literal["upper", "lower", "front"]
_LOWER_EDGES: Final[Mapping[Part, tuple[float, float]]] = {
    "upper": (0.0, 0.16),
    "lower": (0.5, 0.56),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class HalfMask:
    """One mask; lengths in heights of the face (about 190 mm) unless said otherwise."""

    part: Part
    """upper: forehead to tip of the nose; lower: nose to chin; front: all but large openings."""
    top: float
    """Where the shell begins, y on the mean face (-0.5 hairline, 0.5 chin)."""
    bottom: float
    """Where it ends."""
    arch: float
    """How much lower the edge across the face lies at the temples than in the middle."""
    width: float
    """Half its width."""
    eye_size: float
    """Of the eye holes, over the eye's own outline; masks are cut 1.2 to 2.2 times as large."""
    eye_round: float
    mouth_size: float
    """Of the mouth hole over the lips; 0 for none."""
    thickness: float
    """Pixels of the scene; 2 px are about 1 mm, shells stand off the skin by 1 to 5 mm."""
    likeness: float
    """In [0, 1]: 0 painted plain, 1 the wearer's own reflectance."""
    keep: float
    """Share of the likeness' contrast that the paint holds."""
    smooth: float
    """Blur of the likeness in pixels."""
    paint: Colour
    gloss: Gloss
    relief: float
    """Height of dents, layers and brush strokes in pixels of the scene."""
    grain: float
    """Their size in pixels of the scene."""
    around: Surroundings
    dice: Dice
    """Of the relief."""


def draw(rng: np.random.Generator, scene: Scene) -> HalfMask:
    """A random mask: shops' party masks to printed shells with the wearer's own face."""
    part: Part = ("upper", "lower", "front")[int(rng.choice(3, p=(0.4, 0.25, 0.35)))]
    own = rng.random() < 0.45
    top, bottom = rng.uniform(-0.56, -0.4), rng.uniform(0.48, 0.53)
    return HalfMask(
        part=part,
        arch=rng.uniform(-0.12, 0.12),
        width=rng.uniform(0.36, 0.45),
        eye_size=rng.uniform(1.15, 2.0),
        eye_round=rng.uniform(0, 0.5),
        mouth_size=rng.choice([0.0, rng.uniform(0.7, 1.3)]),
        thickness=rng.uniform(2, 9),
        likeness=rng.uniform(0.6, 1.0) if own else 0.0,
        keep=rng.uniform(0.5, 1.0),
        smooth=rng.uniform(0.8, 3),
        paint=paints.draw_paint(rng),
        gloss=Gloss(roughness=float(np.exp(rng.uniform(np.log(0.07), np.log(0.6))))),
        relief=rng.uniform(0, 0.35),
        grain=float(np.exp(rng.uniform(np.log(5), np.log(40)))),
        top=rng.uniform(-0.14, 0.02) if part == "lower" else top,
        bottom=bottom if part == "front" else rng.uniform(*_LOWER_EDGES[part]),
        around=gloss.draw_surroundings(scene.illumination, rng),
        dice=Dice.of(rng),
    )


def apply(scene: Scene, mask: HalfMask) -> Light:
    """The scene's light (n, n, 3) with this mask on the face."""
    shell = half_shell(scene, mask)
    normal = shells.coarse(scene.surface.normal)
    relief = mask.relief * noise.blobs(mask.dice.roll(), mask.grain / shells.COARSE, len(normal))
    normal = shells.raised(normal, np.asarray(relief, np.float32))
    normal = shells.rounded_rim(shell, normal)
    lit = scene.illumination.irradiance(normal, wrap=0.05)
    shine = gloss.mirrored(scene, normal, mask.gloss, mask.around)
    face = painted(scene, mask) * shells.fine(lit) + shells.fine(shine)
    return shells.put_on(scene, shell, face)


def painted(scene: Scene, mask: HalfMask) -> Light:
    """(n, n, 3): the reflectance of the shell's outer face."""
    if mask.likeness == 0:
        return np.broadcast_to(mask.paint, scene.light.shape)
    own = paints.likeness(scene)
    middle = paints.skin_colour(scene, own)
    own = paints.flattened(paints.smoothed(own, mask.smooth), middle, mask.keep)
    return np.asarray(mask.paint + np.float32(mask.likeness) * (own - mask.paint), np.float32)


def half_shell(scene: Scene, mask: HalfMask) -> shells.Shell:
    """Where the shell lies on this face."""
    place = shells.coarse(scene.surface.place)
    inside = shells.cut(_outline(place, mask), _openings(scene, mask))
    return shells.Shell(distance=shells.signed_distance(inside), thickness=mask.thickness)


def _outline(place: Image, mask: HalfMask) -> shells.Bools:
    """The shell without its openings: a rounded shield that narrows towards the chin."""
    x, y = place[..., 0], place[..., 1]
    bow = mask.arch * (x / mask.width) ** 2
    top = mask.top + (bow if mask.part == "lower" else 0 * bow)
    bottom = mask.bottom + (bow if mask.part == "upper" else 0 * bow)
    oval = (x / mask.width) ** 2 + np.clip((y - 0.02) / 0.56, 0, None) ** 2.6 * 1.25
    crown = (x / (mask.width * 1.02)) ** 2 + np.clip((-0.25 - y) / 0.36, 0, None) ** 2
    return np.asarray((y > top) & (y < bottom) & (oval < 1) & (crown < 1))


def _openings(scene: Scene, mask: HalfMask) -> list[Image]:
    holes = openings.eyes(scene, mask.eye_size, mask.eye_round)
    if mask.part != "upper":
        holes += openings.nostrils(scene, 0.018)
        if mask.mouth_size > 0:
            holes.append(openings.mouth(scene, mask.mouth_size))
    return holes
