"""Every simulated attack by its medium, and the pair of pictures that one presentation gives."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Generic, TypeVar

import numpy as np

from spooftrace.labels import Medium
from spooftrace.simulation.makeup import cosmetic, impersonation, obfuscation
from spooftrace.simulation.mask import (
    half_mask,
    mannequin,
    paper_mask,
    silicone_mask,
    transparent_mask,
)
from spooftrace.simulation.partial import funny_eye, paper_glasses, patches, pieces
from spooftrace.simulation.print import attack as print_attack
from spooftrace.simulation.replay import attack as replay_attack
from spooftrace.simulation.scene import camera, devices
from spooftrace.simulation.scene.camera import Settings
from spooftrace.simulation.scene.eyewear import kept_on
from spooftrace.simulation.scene.framing import (
    draw_framing,
    framed,
    framed_points,
    native_size,
)
from spooftrace.simulation.scene.light import Light, Picture, Points
from spooftrace.simulation.scene.portrait import Portrait
from spooftrace.simulation.scene.scene import (
    FACE_PIXELS,
    SCENE_SIZE,
    Scene,
    draw_view,
    place,
)

P = TypeVar("P")


@dataclass(frozen=True)
class Attack(Generic[P]):
    """The one grammar of every attack, whatever its parameters P."""

    draw: Callable[[np.random.Generator, Scene], P]
    """Parameters at random, for this scene: all that chance decides."""
    apply: Callable[[Scene, P], Light]
    """(n, n, 3): the scene's light with the medium in it; nothing is left to chance."""
    keeps_glasses: bool = False
    """Whether the person's own glasses stay on: over paint and masks, not over paper on eyes."""

    def on(self, scene: Scene, rng: np.random.Generator) -> Light:
        """The scene's light with a medium drawn at random."""
        light = self.apply(scene, self.draw(rng, scene))
        return kept_on(scene, light) if self.keeps_glasses else light


ATTACKS: Final[Mapping[Medium, Attack[Any]]] = {
    Medium.PRINT: Attack(print_attack.draw, print_attack.apply),
    Medium.REPLAY: Attack(replay_attack.draw, replay_attack.apply),
    Medium.HALF_MASK: Attack(half_mask.draw, half_mask.apply, keeps_glasses=True),
    Medium.SILICONE_MASK: Attack(silicone_mask.draw, silicone_mask.apply, keeps_glasses=True),
    Medium.TRANSPARENT_MASK: Attack(
        transparent_mask.draw, transparent_mask.apply, keeps_glasses=True
    ),
    Medium.PAPER_MASK: Attack(paper_mask.draw, paper_mask.apply, keeps_glasses=True),
    Medium.MANNEQUIN: Attack(mannequin.draw, mannequin.apply),
    Medium.OBFUSCATION: Attack(obfuscation.draw, obfuscation.apply, keeps_glasses=True),
    Medium.IMPERSONATION: Attack(impersonation.draw, impersonation.apply, keeps_glasses=True),
    Medium.COSMETIC: Attack(cosmetic.draw, cosmetic.apply, keeps_glasses=True),
    Medium.FUNNY_EYE: Attack(funny_eye.draw, pieces.apply),
    Medium.PAPER_GLASSES: Attack(paper_glasses.draw, pieces.apply),
    Medium.PARTIAL_PAPER: Attack(patches.draw_anywhere, pieces.apply),
    Medium.PARTIAL_EYE: Attack(patches.draw_over_eyes, pieces.apply),
    Medium.PARTIAL_MOUTH: Attack(patches.draw_over_mouth, pieces.apply),
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

    View, camera, noise, framing and medium are drawn apart, so that the live picture of an attack
    is drawn exactly as a living face is.
    """
    stand, device, grain, matter, cut = map(np.random.default_rng, seed.spawn(5))
    scene = place(portrait, draw_view(stand))
    used = devices.draw_camera(device, portrait.detail * SCENE_SIZE / FACE_PIXELS)
    noise = camera.draw_noise(used, grain)
    settings = camera.meter(scene.light, used)
    framing = draw_framing(cut)
    live = framed(camera.capture(scene.light, used, settings, noise), framing)
    picture = live
    if medium is not Medium.LIVE:
        light = ATTACKS[medium].on(scene, matter)
        if medium in _FILLS_VIEW:
            settings = _metered_among(camera.meter(light, used), settings, matter)
        picture = framed(camera.capture(light, used, settings, noise), framing)
    return Presentation(
        picture=picture,
        live=live,
        points=framed_points(scene.mesh, used.side, framing),
        camera=used.profile,
        native_size=native_size(used.side, framing),
    )


def _metered_among(medium: Settings, room: Settings, rng: np.random.Generator) -> Settings:
    """Settings for a sheet or a display that is seldom all that the camera sees.

    What lies around it, dark or bright, has a say in exposure, and the room's lamps in the balance.
    """
    missed = np.exp(np.clip(rng.normal(0.1, 0.4), -0.8, 1.1))
    share = np.float32(rng.random())
    balance = medium.balance**share * room.balance ** (1 - share)
    return replace(medium, exposure=medium.exposure * float(missed), balance=balance)
