"""Mannequin head: a smooth cast head with painted features in the place of the living one."""

from dataclasses import dataclass

import numpy as np

from spooftrace.simulation.mask import gloss, heads, paints, shells
from spooftrace.simulation.mask.gloss import Gloss, Surroundings
from spooftrace.simulation.mask.painted_eyes import PaintedEyes, draw_painted_eyes, paint_eyes
from spooftrace.simulation.scene import regions, skin
from spooftrace.simulation.scene.light import Image, Light, mixed, thrice, tinted
from spooftrace.simulation.scene.scene import Scene
from spooftrace.simulation.scene.skin import Colour


@dataclass(frozen=True, slots=True, kw_only=True)
class Mannequin:
    """One head."""

    colour: Colour
    """(3,) reflectance of plastic, plaster or fibreglass under the paint."""
    likeness: float
    """In [0, 0.5]: what is left of the person's own colours (a printed or cast likeness)."""
    smooth: float
    """Pixels over which the likeness is smoothed: no pores, no hairs."""
    eyes: PaintedEyes | None
    """None on unpainted heads, whose eyes have the head's colour."""
    brow: Colour
    brow_cover: float
    lip: Colour
    lip_cover: float
    blush: float
    """Redness sprayed on the cheeks, 0 to 0.35."""
    wig: bool
    """A wig in the place of the hair, else sculpted hair or a bald head."""
    hair: Colour
    gloss: Gloss
    soften: float
    """Pixels (half scene) by which the cast has rounded the relief."""
    neckline: float
    """Where the cast meets clothes, y on the mean face."""
    around: Surroundings


def draw(rng: np.random.Generator, scene: Scene) -> Mannequin:
    """A random head: shop window, hairdresser's training head, plaster, polystyrene."""
    plain = rng.random() < 0.3
    cover = 0.0 if plain else 1.0
    colour = paints.draw_paint(rng) if plain else skin.draw_tone(rng)
    return Mannequin(
        colour=colour,
        likeness=0.0 if plain else float(rng.choice([0.0, rng.uniform(0.1, 0.5)])),
        smooth=rng.uniform(4, 9),
        eyes=None if plain else draw_painted_eyes(rng),
        brow=_dark(rng),
        brow_cover=cover * rng.uniform(0.4, 0.95),
        lip=np.asarray(rng.uniform((0.25, 0.05, 0.05), (0.6, 0.22, 0.2)), np.float32),
        lip_cover=cover * rng.uniform(0.3, 0.95),
        blush=cover * rng.uniform(0, 0.35),
        wig=bool(rng.random() < (0.2 if plain else 0.65)),
        hair=_dark(rng) if rng.random() < 0.5 or not plain else colour,
        gloss=Gloss(
            roughness=float(np.exp(rng.uniform(np.log(0.08), np.log(0.5)))),
            reflectance=rng.uniform(0.035, 0.06),
        ),
        soften=rng.uniform(0.5, 3),
        neckline=rng.uniform(0.6, 0.76),
        around=gloss.draw_surroundings(scene.illumination, rng),
    )


def apply(scene: Scene, cast: Mannequin) -> Light:
    """The scene's light (n, n, 3) with this head in the person's place."""
    head = heads.head_of(scene, cast.neckline)
    normal = shells.softened(head.normal, cast.soften)
    lit = scene.illumination.irradiance(normal, wrap=0.1)
    shine = gloss.mirrored(scene, normal, cast.gloss, cast.around)
    if cast.wig:
        shine *= 1 - head.hair[..., None]
    face = painted_cast(scene, cast, head) * shells.fine(lit) + shells.fine(shine)
    return mixed(scene.light, face, shells.fine(head.cover))


def painted_cast(scene: Scene, cast: Mannequin, head: heads.Head) -> Light:
    """(n, n, 3): the reflectance of the cast, its paint and its hair."""
    paint = np.empty(scene.light.shape, np.float32)
    paint[:] = cast.colour
    if cast.likeness > 0:
        own = paints.smoothed(paints.likeness(scene), cast.smooth)
        own *= cast.colour / np.maximum(paints.skin_colour(scene, own), 0.02)
        paint += np.float32(cast.likeness) * (np.clip(own, 0, 1) - paint)
    _blushed(scene, paint, cast.blush)
    for brow in (regions.RIGHT_BROW, regions.LEFT_BROW):
        _laid(paint, regions.mask(scene.mesh, brow, len(paint), 2.0) * cast.brow_cover, cast.brow)
    _laid(paint, regions.mask(scene.mesh, regions.LIPS, len(paint), 1.2) * cast.lip_cover, cast.lip)
    if cast.eyes is not None:
        paint_eyes(paint, scene, cast.eyes)
    hair = cast.hair
    if cast.wig:
        hair = tinted(thrice(heads.hair_detail(scene)), hair)
    _laid(paint, shells.fine(head.hair), hair)
    return paint


def _laid(paint: Light, cover: Image, colour: Light) -> None:
    """Lays a colour onto the paint, in place."""
    box = regions.box_of(cover)
    if box is not None:
        here = colour[box] if colour.ndim == 3 else colour
        paint[box] = mixed(paint[box], here, cover[box])


def _blushed(scene: Scene, paint: Light, strength: float) -> None:
    if strength <= 0:
        return
    place = shells.coarse(scene.surface.place)
    away = ((np.abs(place[..., 0]) - 0.25) / 0.1) ** 2 + ((place[..., 1] - 0.02) / 0.09) ** 2
    red = thrice(np.asarray(np.exp(-0.5 * away) * strength, np.float32))
    paint *= shells.fine(tinted(red, np.array([0.0, -0.55, -0.45]), 1.0))


def _dark(rng: np.random.Generator) -> Colour:
    """(3,): black, brown or blond of wigs and brow paint."""
    return np.asarray(
        np.exp(rng.uniform(np.log(0.012), np.log(0.3))) * np.array([1.25, 0.95, 0.7]), np.float32
    )
