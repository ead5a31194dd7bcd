"""Obfuscating make-up (SiW-M): heavy theatre paint, wax, false brows, age and beards."""

from dataclasses import dataclass

import numpy as np

from spooftrace.simulation import noise
from spooftrace.simulation.makeup import places, strokes
from spooftrace.simulation.makeup.paint import Pigment, painted, raised
from spooftrace.simulation.noise import Dice
from spooftrace.simulation.scene import regions
from spooftrace.simulation.scene.light import Floats, Image, Light
from spooftrace.simulation.scene.scene import SCENE_SIZE, Scene

BASES = np.array(
    [
        [0.80, 0.78, 0.74],
        [0.45, 0.46, 0.42],
        [0.62, 0.50, 0.40],
        [0.25, 0.14, 0.08],
        [0.12, 0.30, 0.10],
        [0.55, 0.08, 0.06],
        [0.10, 0.16, 0.45],
        [0.75, 0.55, 0.15],
        [0.05, 0.05, 0.05],
    ]
)
"""Linear RGB of theatre paint: clown white, grey, old, tan, green, red, blue, gold, black."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Obfuscation:
    """What hides the face; each strength is the share of the skin that is hidden, 0 to 1."""

    base: float
    base_colour: Floats
    own_tone: float
    """Share of the own skin's colour in the base: 1 for wax and greasepaint of the skin's tone."""
    patches: float
    """Blotches of a second paint: camouflage, bruises, dirt."""
    patch_colour: Floats
    sockets: float
    """Dark paint round the eyes."""
    cheeks: float
    """Dark paint in the hollows of the cheeks."""
    wrinkles: float
    brows: float
    stubble: float
    nose_wax: float
    """Height of the wax on the nose over the height of the face, 0 to 0.05."""
    scars: int
    brow_wax: float
    """Cover of wax over the own brows."""
    dice: Dice
    """Of grain, hairs and strokes."""


def draw(rng: np.random.Generator, _scene: Scene) -> Obfuscation:
    """Each part is there or not; heavy on the whole, as in the theatre."""

    def worn(chance: float, least: float, most: float) -> float:
        return float(rng.uniform(least, most) * (rng.random() < chance))

    return Obfuscation(
        base=worn(0.85, 0.3, 0.97),
        base_colour=strokes.varied(BASES, rng),
        own_tone=float(rng.choice([0.0, rng.uniform(0.3, 1)])),
        patches=worn(0.35, 0.3, 0.95),
        patch_colour=strokes.varied(BASES, rng),
        sockets=worn(0.5, 0.3, 0.95),
        cheeks=worn(0.6, 0.3, 0.9),
        wrinkles=worn(0.5, 0.3, 0.95),
        brows=worn(0.65, 0.6, 1.0),
        stubble=worn(0.4, 0.5, 1.0),
        nose_wax=worn(0.4, 0.01, 0.05),
        scars=int(rng.integers(1, 4)) * int(rng.random() < 0.4),
        brow_wax=worn(0.3, 0.6, 0.97),
        dice=Dice.of(rng),
    )


def apply(scene: Scene, look: Obfuscation) -> Light:
    """The light of a face behind `look`; all strengths 0 give the scene's light itself."""
    rng = look.dice.roll()
    uneven = noise.unevenness(rng, 0.18, 0.1, SCENE_SIZE)
    skin = np.minimum(places.skin(scene) * uneven, 1)
    own = places.skin_colour(scene)
    light = _wax(scene, look, own, rng)
    base = look.base_colour + look.own_tone * (own - look.base_colour)
    gloss = float(rng.uniform(0, 0.12)) * look.base
    light = painted(light, scene, look.base * skin, Pigment(colour=base, gloss=gloss, sharpness=10))
    light = painted(
        light, scene, look.patches * _patches(rng) * skin, Pigment(colour=look.patch_colour)
    )
    dark = Pigment(colour=np.clip(own * rng.uniform(0.08, 0.3) * (0.85, 0.95, 1.1), 0.02, 0.3))
    for strength, where in (
        (look.cheeks, _hollows),
        (look.sockets, _sockets),
        (look.wrinkles, strokes.lines_of_age),
    ):
        if strength > 0:
            light = painted(light, scene, strength * where(scene, rng) * skin, dark)
    if look.stubble > 0:
        hair = Pigment(colour=strokes.varied(strokes.DARK, rng))
        light = painted(light, scene, look.stubble * strokes.stubble(scene, rng), hair)
    return strokes.brows(light, scene, look.brows, (1.2, 2.8), rng)


def _wax(scene: Scene, look: Obfuscation, own: Floats, rng: np.random.Generator) -> Light:
    """Skin-coloured wax: a built nose, covered brows, scars with red grooves."""
    tall, light = places.height_of(scene), scene.light
    wax = Pigment(colour=np.clip(own * np.exp(rng.normal(0, 0.12, 3)), 0.03, 0.9), gloss=0.05)
    if look.brow_wax > 0:
        both = np.maximum(places.brow(scene, 0, 1.8), places.brow(scene, 1, 1.8))
        light = painted(light, scene, np.asarray(look.brow_wax * both, np.float32), wax)
        light = raised(light, scene, np.asarray(2.5 * both, np.float32), 0.08)
    if look.nose_wax > 0:
        radius = tall * rng.uniform(0.05, 0.09)
        lump = places.spot(scene.mesh[4, :2], (radius, radius * rng.uniform(0.9, 1.6)), 0.0)
        light = painted(light, scene, np.minimum(0.95 * lump * 1.3, 0.95), wax)
        lumpy = lump * noise.unevenness(rng, 0.04, 0.0, SCENE_SIZE)
        light = raised(light, scene, look.nose_wax * tall * lumpy, 0.15)
    for _ in range(look.scars):
        light = _scar(light, scene, wax, rng)
    return light


def _scar(light: Light, scene: Scene, wax: Pigment, rng: np.random.Generator) -> Light:
    tall = places.height_of(scene)
    start = scene.mesh[int(rng.choice([50, 280, 108, 337, 205, 425, 67, 297])), :2]
    angle, long = rng.uniform(0, np.pi), tall * rng.uniform(0.1, 0.28)
    along = np.array([np.cos(angle), np.sin(angle)]) * long
    line = start + np.linspace(-0.5, 0.5, 5)[:, None] * along + rng.normal(0, 0.02 * long, (5, 2))
    reach = np.minimum(scene.surface.inside, scene.person)
    ridge = places.band(line, tall * 0.035, 2.5) * reach
    groove = places.band(line, tall * rng.uniform(0.006, 0.014), 1.0) * reach
    light = painted(light, scene, 0.8 * ridge, wax)
    light = raised(light, scene, 5 * ridge - 4 * groove, 0.1)
    red = Pigment(colour=np.array([0.3, 0.03, 0.03]) * rng.uniform(0.3, 1.3), gloss=0.15)
    return painted(light, scene, 0.85 * groove, red)


def _patches(rng: np.random.Generator) -> Image:
    """Blotches with edges between hard (camouflage) and soft (dirt)."""
    uneven = noise.unevenness(rng, 0.6, 0.0, SCENE_SIZE)
    edge = rng.uniform(0.05, 0.6)
    blotches = (uneven - np.float32(rng.uniform(0.9, 1.4))) / np.float32(edge)
    return np.asarray(np.clip(blotches, 0, 1), np.float32)


def _hollows(scene: Scene, rng: np.random.Generator) -> Image:
    tall = places.height_of(scene)
    wide, soft = tall * rng.uniform(0.1, 0.2), tall * rng.uniform(0.015, 0.04)
    made = [places.band(places.points(scene.mesh, x), wide, soft) for x in places.CHEEK_HOLLOWS]
    return np.maximum(*made)


def _sockets(scene: Scene, rng: np.random.Generator) -> Image:
    grow, soft = rng.uniform(1.3, 2.3), places.height_of(scene) * rng.uniform(0.008, 0.025)
    out = np.zeros((SCENE_SIZE, SCENE_SIZE), np.float32)
    for eye in (regions.RIGHT_EYE, regions.LEFT_EYE):
        ring = regions.outline(scene.mesh, eye)
        middle = ring.mean(axis=0)
        taller = middle + (ring - middle) * np.array([1, 1.5])
        out = np.maximum(out, places.filled(regions.grown(taller, grow), soft))
    return out
