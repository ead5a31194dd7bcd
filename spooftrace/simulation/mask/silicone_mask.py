"""Silicone mask: a soft skin over the whole head, the living eyes in its openings."""

from dataclasses import dataclass

import numpy as np

from spooftrace.simulation import noise
from spooftrace.simulation.mask import gloss, heads, openings, paints, shells
from spooftrace.simulation.mask.gloss import Gloss, Surroundings
from spooftrace.simulation.noise import Dice
from spooftrace.simulation.scene import skin
from spooftrace.simulation.scene.light import Light, dimmed, tinted
from spooftrace.simulation.scene.scene import Scene
from spooftrace.simulation.scene.skin import Colour


@dataclass(frozen=True, slots=True, kw_only=True)
class Silicone:
    """One mask."""

    likeness: float
    """In [0, 1]: how far the colours follow the wearer's own face rather than a cast skin."""
    keep: float
    """Share of the face's contrast that the paint holds; pigment is stirred into the silicone."""
    smooth: float
    """Pixels by which pores and lines are lost in the mould."""
    tone: Colour
    """(3,) reflectance of the cast."""
    mottling: float
    """Strength of the airbrushed blotches: 0 one even tone, 0.12 strong."""
    grain: float
    """Their size in pixels of the scene: 5 (fine speckles) to 30."""
    wrap: float
    """How far light reaches round an edge (`Illumination.irradiance`): 0.25 skin, 0.7 wax."""
    soften: float
    """Pixels (half scene) by which relief is rounded: thick silicone fills folds."""
    gloss: Gloss
    eye_size: float
    """Of the eye openings over the eyes."""
    mouth_size: float
    """Of the mouth's opening over the gap between the lips, 0 for a closed mouth."""
    rim_dark: float
    """In [0, 1]: light lost in the gap between silicone and eyelid."""
    thickness: float
    """Pixels of the scene."""
    bald: float
    """In [0, 1]: 1 the head's hair is under the mask, 0 it stays."""
    neckline: float
    """Where the mask ends, y on the mean face."""
    around: Surroundings
    dice: Dice
    """Of the mottling."""


def draw(rng: np.random.Generator, scene: Scene) -> Silicone:
    """A random mask, from the cheap hood to the film-grade face."""
    return Silicone(
        likeness=float(rng.choice([rng.uniform(0.6, 1), rng.uniform(0.2, 0.6)], p=(0.6, 0.4))),
        keep=rng.uniform(0.45, 0.9),
        smooth=rng.uniform(1.2, 4),
        tone=skin.draw_tone(rng),
        mottling=rng.uniform(0, 0.12),
        grain=float(np.exp(rng.uniform(np.log(5), np.log(30)))),
        wrap=rng.uniform(0.4, 0.8),
        soften=rng.uniform(1, 4),
        gloss=Gloss(roughness=rng.uniform(0.2, 0.45), reflectance=rng.uniform(0.028, 0.05)),
        eye_size=rng.uniform(1.05, 1.45),
        mouth_size=float(rng.choice([0.0, rng.uniform(0.9, 1.3)])),
        rim_dark=rng.uniform(0.3, 0.85),
        thickness=rng.uniform(1.5, 4.5),
        bald=float(rng.random() < 0.45),
        neckline=rng.uniform(0.58, 0.72),
        around=gloss.draw_surroundings(scene.illumination, rng),
        dice=Dice.of(rng),
    )


def apply(scene: Scene, mask: Silicone) -> Light:
    """The scene's light (n, n, 3) with this mask over the head."""
    head = heads.head_of(scene, mask.neckline)
    shell = silicone_shell(scene, mask, head)
    normal = shells.softened(head.normal, mask.soften)
    normal = shells.rounded_rim(shell, normal, tilt=0.8)
    lit = scene.illumination.irradiance(normal, wrap=mask.wrap)
    shine = gloss.mirrored(scene, normal, mask.gloss, mask.around)
    face = silicone_skin(scene, mask, head) * shells.fine(lit) + shells.fine(shine)
    return shells.put_on(_gap_darkened(scene, shell, mask), shell, face)


def silicone_skin(scene: Scene, mask: Silicone, head: heads.Head) -> Light:
    """(n, n, 3): the reflectance of the silicone."""
    own = paints.likeness(scene)
    middle = paints.skin_colour(scene, own)
    base = mask.tone + np.float32(mask.likeness) * (middle - mask.tone)
    smooth = paints.smoothed(own, mask.smooth)
    # Brows and lips of a darker cast are painted darker too.
    cast = np.clip(base / np.maximum(middle, 0.02), 0.4, 1.6).astype(np.float32)
    gain = np.float32(mask.keep) * cast
    differs = tinted(smooth, gain, -gain * middle)
    if mask.bald > 0:
        differs = dimmed(differs, 1 - shells.fine(head.hair * np.float32(mask.bald)))
    blotches = mask.mottling * noise.blobs(mask.dice.roll(), mask.grain, len(own))
    made = dimmed(tinted(differs, np.ones(3), base), np.exp(blotches))
    return np.clip(made, 0.004, 1.2, out=made)


def silicone_shell(scene: Scene, mask: Silicone, head: heads.Head) -> shells.Shell:
    """Where the silicone lies: head and neck, without the openings - and hair that hangs over."""
    covered = head.cover > 0.5
    if mask.bald < 0.5:
        covered &= head.hair < 0.5
    holes = openings.eyes(scene, mask.eye_size)
    if mask.mouth_size > 0:
        holes.append(openings.lips_gap(scene, mask.mouth_size))
    distance = shells.signed_distance(shells.cut(covered, holes))
    return shells.Shell(distance=distance, thickness=mask.thickness)


def _gap_darkened(scene: Scene, shell: shells.Shell, mask: Silicone) -> Scene:
    """The scene with less light close to the rim, inside the openings of the face only."""
    near = np.exp(np.minimum(shell.distance + 1, 0) / np.float32(1.2 * mask.thickness))
    dark = near * np.float32(mask.rim_dark) * shells.coarse(scene.surface.inside)
    return shells.relit(scene, 1 - shells.fine(np.asarray(dark, np.float32)))
