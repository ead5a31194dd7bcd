"""Impersonating make-up (SiW-M): painted towards another person's look."""

from dataclasses import dataclass
from functools import partial

import numpy as np

from spooftrace.simulation import noise
from spooftrace.simulation.makeup import places, strokes
from spooftrace.simulation.makeup.cosmetic import LIP_COLOURS
from spooftrace.simulation.makeup.paint import Pigment, painted
from spooftrace.simulation.noise import Dice
from spooftrace.simulation.scene.light import Floats, Image, Light
from spooftrace.simulation.scene.scene import SCENE_SIZE, Scene


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Impersonation:
    """The other's look; each strength is the share of the skin that is hidden, 0 to 1."""

    base: float
    """Skin tone: 0.2 to 0.85."""
    tone: Floats
    """(3,) reflectance over that of the own skin."""
    contour: float
    """Shadows painted below cheek bones, along jaw and nose."""
    highlights: float
    """Light paint on the nose's ridge and the cheek bones."""
    nose_width: float
    """Width of the painted ridge over the height of the face: 0.015 to 0.05."""
    brows: float
    brow_height: float
    """Over the own brow's: 0.6 to 1.8."""
    lips: float
    lip_colour: Floats
    lip_size: float
    """Over the own lips': 0.9 to 1.15."""
    freckles: float
    moles: int
    stubble: float
    dice: Dice
    """Of grain, hairs and strokes."""


def draw(rng: np.random.Generator, _scene: Scene) -> Impersonation:
    """From a hint to a full transformation, with or without each part."""
    worn = partial(strokes.worn, rng, rng.uniform(0.4, 1))
    warm = rng.normal(0.03, 0.06)
    return Impersonation(
        base=worn(0.9, 0.9),
        tone=np.exp(np.clip(rng.normal(0, 0.22), -0.5, 0.35)) * np.exp(np.array([warm, 0, -warm])),
        contour=worn(0.95, 0.7),
        highlights=worn(0.9, 0.6),
        nose_width=float(rng.uniform(0.015, 0.05)),
        brows=worn(0.9, 0.97),
        brow_height=float(rng.uniform(0.6, 1.8)),
        lips=worn(0.85, 0.95),
        lip_colour=strokes.varied(LIP_COLOURS, rng),
        lip_size=float(rng.uniform(0.9, 1.15)),
        freckles=worn(0.25, 0.7),
        moles=int(rng.integers(1, 4)) * int(rng.random() < 0.35),
        stubble=worn(0.25, 0.9),
        dice=Dice.of(rng),
    )


def apply(scene: Scene, look: Impersonation) -> Light:
    """The light of a face with `look`; all strengths 0 give the scene's light itself."""
    rng = look.dice.roll()
    uneven = noise.unevenness(rng, 0.1, 0.06, SCENE_SIZE)
    skin = np.minimum(places.skin(scene) * uneven, 1)
    own = np.clip(places.skin_colour(scene) * look.tone, 0.02, 0.75)
    light = painted(
        scene.light, scene, look.base * skin, Pigment(colour=own, gloss=0.02 * look.base)
    )
    shadows, lights = _contour(scene, look, rng)
    dark = Pigment(colour=own * (0.24, 0.24, 0.26))
    light = painted(light, scene, look.contour * shadows * skin, dark)
    bright = Pigment(colour=np.clip(own * 1.5 + 0.05, 0, 0.85))
    light = painted(light, scene, look.highlights * lights * skin, bright)
    brown = Pigment(colour=np.clip(own * (0.3, 0.2, 0.15), 0.015, 0.5))
    light = painted(
        light, scene, look.freckles * strokes.dots(scene, 220, (0.8, 2.2), rng) * skin, brown
    )
    if look.moles:
        light = painted(
            light, scene, 0.9 * strokes.dots(scene, look.moles, (2.0, 5.0), rng) * skin, brown
        )
    if look.stubble > 0:
        hair = Pigment(colour=strokes.varied(strokes.DARK, rng))
        light = painted(light, scene, look.stubble * strokes.stubble(scene, rng), hair)
    light = strokes.brows(light, scene, look.brows, (look.brow_height, look.brow_height), rng)
    lips = np.minimum(places.lips(scene, look.lip_size) * uneven, 1)
    return painted(light, scene, look.lips * lips, Pigment(colour=look.lip_colour, gloss=0.05))


def _contour(scene: Scene, look: Impersonation, rng: np.random.Generator) -> tuple[Image, Image]:
    """Where shadows and where lights are painted: soft bands along the bones of the face."""
    mesh, tall = scene.mesh, places.height_of(scene)

    def bands(lines: tuple[tuple[int, ...], ...], width: float, blur: float) -> Image:
        wide = tall * width * rng.uniform(0.8, 1.3)
        made = [places.band(places.points(mesh, line), wide, tall * blur) for line in lines]
        return np.asarray(np.maximum.reduce(made), np.float32)

    shadows = bands(places.CHEEK_HOLLOWS, 0.10, 0.03)
    shadows = np.maximum(shadows, 0.8 * bands(places.NOSE_SIDES, look.nose_width, 0.01))
    shadows = np.maximum(shadows, 0.8 * bands((places.JAW,), 0.07, 0.03))
    lights = bands((places.NOSE_RIDGE,), look.nose_width, 0.008)
    lights = np.maximum(lights, bands(places.CHEEK_BONES, 0.05, 0.02))
    return shadows, lights
