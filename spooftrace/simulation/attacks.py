"""Every simulated attack by its medium, and the pair of pictures that one presentation gives."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from spooftrace.faces.crop import CROP_SIZE, resize_face
from spooftrace.labels import Medium
from spooftrace.simulation.makeup.cosmetic import cosmetic
from spooftrace.simulation.makeup.impersonation import impersonated
from spooftrace.simulation.makeup.obfuscation import obfuscated
from spooftrace.simulation.mask.half_mask import half_masked
from spooftrace.simulation.mask.mannequin import mannequin
from spooftrace.simulation.mask.paper_mask import paper_masked
from spooftrace.simulation.mask.silicone_mask import silicone_masked
from spooftrace.simulation.mask.transparent_mask import transparent_masked
from spooftrace.simulation.partial.funny_eye import funny_eye
from spooftrace.simulation.partial.paper_glasses import paper_glasses
from spooftrace.simulation.partial.patches import partial_eye, partial_mouth, partial_paper
from spooftrace.simulation.print.attack import printed
from spooftrace.simulation.replay.attack import replayed
from spooftrace.simulation.scene import camera, devices
from spooftrace.simulation.scene.light import Light, Picture, Points
from spooftrace.simulation.scene.portrait import Portrait
from spooftrace.simulation.scene.scene import (
    CROP_SIDE,
    MARGIN,
    SCENE_SIZE,
    Scene,
    crop_points,
    draw_view,
    place,
)

Attack = Callable[[Scene, np.random.Generator], Light]

ATTACKS: Final[Mapping[Medium, Attack]] = {
    Medium.PRINT: printed,
    Medium.REPLAY: replayed,
    Medium.HALF_MASK: half_masked,
    Medium.SILICONE_MASK: silicone_masked,
    Medium.TRANSPARENT_MASK: transparent_masked,
    Medium.PAPER_MASK: paper_masked,
    Medium.MANNEQUIN: mannequin,
    Medium.OBFUSCATION: obfuscated,
    Medium.IMPERSONATION: impersonated,
    Medium.COSMETIC: cosmetic,
    Medium.FUNNY_EYE: funny_eye,
    Medium.PAPER_GLASSES: paper_glasses,
    Medium.PARTIAL_PAPER: partial_paper,
    Medium.PARTIAL_EYE: partial_eye,
    Medium.PARTIAL_MOUTH: partial_mouth,
}
"""The attacks of SiW-M (the first 13) and of SiW-Mv2, in the order in which they are listed."""

_FILLS_VIEW: Final = frozenset({Medium.PRINT, Medium.REPLAY})
"""Media that a camera meters in place of the room; with others it has the living scene's settings,
so that the trace is what the medium touches and not a change of exposure everywhere."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Presentation:
    """One presentation as a store holds it, and the same moment without its medium."""

    picture: Picture
    """(256, 256, 3) the face's crop."""
    live: Picture
    """(256, 256, 3) the same without the medium: same camera, same noise; of a living face the
    same array."""
    points: Points
    """(468, 2) the mesh in pixels of the crop."""
    camera: str
    """Profile of the device."""
    native_size: int
    """Pixels of the camera's picture that became the crop's 256."""


def present(portrait: Portrait, medium: Medium, seed: np.random.SeedSequence) -> Presentation:
    """A living face (`Medium.LIVE`) or an attack, before a random camera in a random room.

    View, camera, noise and medium are drawn apart, so that the live picture of an attack is drawn
    exactly as a living face is.
    """
    stand, device, grain, matter = (np.random.default_rng(child) for child in seed.spawn(4))
    scene = place(portrait, draw_view(stand))
    used = devices.draw_camera(device)
    noise = camera.draw_noise(used, grain)
    settings = camera.meter(scene.light, used)
    live = _crop(camera.capture(scene.light, used, settings, noise))
    picture = live
    if medium is not Medium.LIVE:
        light = ATTACKS[medium](scene, matter)
        if medium in _FILLS_VIEW:
            settings = camera.meter(light, used)
        picture = _crop(camera.capture(light, used, settings, noise))
    return Presentation(
        picture=picture,
        live=live,
        points=crop_points(scene.mesh),
        camera=used.profile,
        native_size=used.sensor * CROP_SIDE // SCENE_SIZE,
    )


def _crop(picture: Picture) -> Picture:
    """The middle of the camera's picture, as `faces.crop` cuts and resizes it."""
    margin = len(picture) * MARGIN // SCENE_SIZE
    return resize_face(picture[margin:-margin, margin:-margin], CROP_SIZE)
