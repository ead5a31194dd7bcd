"""Cosmetic make-up (SiW-M): foundation, lips, eye shadow, liner, lashes, blush, brow pencil."""

from dataclasses import dataclass
from functools import partial

import numpy as np

from spooftrace.simulation import noise
from spooftrace.simulation.makeup import places, strokes
from spooftrace.simulation.makeup.paint import Pigment, painted
from spooftrace.simulation.noise import Dice
from spooftrace.simulation.scene.light import Floats, Light
from spooftrace.simulation.scene.scene import SCENE_SIZE, Scene

LIP_COLOURS = np.array(
    [
        [0.50, 0.02, 0.04],
        [0.35, 0.02, 0.06],
        [0.62, 0.12, 0.20],
        [0.55, 0.20, 0.16],
        [0.20, 0.02, 0.05],
        [0.70, 0.10, 0.30],
        [0.40, 0.16, 0.10],
        [0.62, 0.14, 0.11],
    ]
)
"""Linear RGB of lipsticks: reds, pinks, nudes, plums, coral."""
SHADOW_COLOURS = np.array(
    [
        [0.12, 0.07, 0.05],
        [0.04, 0.04, 0.05],
        [0.30, 0.18, 0.12],
        [0.10, 0.14, 0.35],
        [0.25, 0.08, 0.30],
        [0.05, 0.22, 0.16],
        [0.55, 0.40, 0.22],
        [0.50, 0.16, 0.20],
    ]
)
"""Linear RGB of eye shadows: browns, smoke, blue, violet, green, gold, rose."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Cosmetic:
    """What is put on; each strength is the share of the skin that it hides where it is thickest."""

    foundation: float
    """0.1 (tinted cream) to 0.75 (full cover)."""
    lighter: float
    """Reflectance of the foundation over that of the cheeks: 0.85 to 1.25, the steps of shades
    that people choose for themselves."""
    lipstick: float
    lip_colour: Floats
    lip_gloss: float
    """0 matt to 0.5 wet."""
    over_lips: float
    """Size of the painted lips over the true ones, 1 to 1.1."""
    shadow: float
    shadow_colour: Floats
    shadow_reach: float
    """From the lashes (0) to the brow (1)."""
    liner: float
    wing: float
    """Length of the liner's wing over the width of the eye, 0 to 0.3."""
    lashes: float
    blush: float
    blush_colour: Floats
    brows: float
    dice: Dice
    """Of grain, hairs and strokes."""


def draw(rng: np.random.Generator, _scene: Scene) -> Cosmetic:
    """From a natural look to a stage look: one overall level, and each product around it."""
    worn = partial(strokes.worn, rng, rng.uniform(0.25, 1.0))
    return Cosmetic(
        foundation=worn(0.85, 0.75),
        lighter=float(rng.uniform(0.85, 1.25)),
        lipstick=worn(0.95, 0.97),
        lip_colour=strokes.varied(LIP_COLOURS, rng),
        lip_gloss=float(rng.choice([0.0, rng.uniform(0.05, 0.5)])),
        over_lips=float(rng.uniform(1.0, 1.08)),
        shadow=worn(0.85, 0.9),
        shadow_colour=strokes.varied(SHADOW_COLOURS, rng),
        shadow_reach=float(rng.uniform(0.3, 0.9)),
        liner=worn(0.8, 1.0),
        wing=float(rng.uniform(0, 0.3)),
        lashes=worn(0.7, 1.0),
        blush=worn(0.8, 0.6),
        blush_colour=strokes.varied(np.array([[0.7, 0.22, 0.2], [0.6, 0.2, 0.25]]), rng),
        brows=worn(0.75, 0.9),
        dice=Dice.of(rng),
    )


def apply(scene: Scene, look: Cosmetic) -> Light:
    """The light of a face that wears `look`; all strengths 0 give the scene's light itself."""
    rng = look.dice.roll()
    powder = noise.unevenness(rng, 0.08, 0.05, SCENE_SIZE)
    skin = places.skin(scene)
    shade = places.skin_colour(scene) * look.lighter
    light = painted(
        scene.light, scene, look.foundation * np.minimum(skin * powder, 1), Pigment(colour=shade)
    )
    blush = strokes.blush(scene, rng) * skin * powder
    light = painted(light, scene, look.blush * blush, Pigment(colour=look.blush_colour))
    light = _eyes(light, scene, look, rng)
    light = strokes.brows(light, scene, look.brows, (1.0, 1.3), rng)
    lips = places.lips(scene, look.over_lips) * powder
    paint = Pigment(colour=look.lip_colour, gloss=look.lip_gloss, sharpness=40.0)
    return painted(light, scene, look.lipstick * np.minimum(lips, 1), paint)


def _eyes(light: Light, scene: Scene, look: Cosmetic, rng: np.random.Generator) -> Light:
    """Shadow in two steps, deeper near the lashes; liner; lashes."""
    powder = noise.unevenness(rng, 0.1, 0.1, SCENE_SIZE)
    outwards = float(rng.uniform(0, 0.3))
    for side in (0, 1):
        lid = places.lid(scene, side, look.shadow_reach, outwards) * powder
        deep = places.lid(scene, side, 0.4 * look.shadow_reach, outwards) * powder
        hue = look.shadow_colour
        light = painted(
            light, scene, look.shadow * 0.7 * np.minimum(lid, 1.3), Pigment(colour=hue, gloss=0.02)
        )
        light = painted(
            light, scene, look.shadow * 0.6 * np.minimum(deep, 1.3), Pigment(colour=hue * 0.5)
        )
    black = Pigment(colour=np.array([0.02, 0.018, 0.018]))
    light = painted(light, scene, look.liner * strokes.liner(scene, look.wing, rng), black)
    return painted(light, scene, look.lashes * strokes.lashes(scene, rng), black)
