"""Displays that attackers use - phones, tablets, laptops, monitors - as held and lit."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from spooftrace.simulation.replay.display import Display
from spooftrace.simulation.replay.glass import Glass
from spooftrace.simulation.replay.subpixels import LAYOUTS, Layout
from spooftrace.simulation.scene.backgrounds import draw_background
from spooftrace.simulation.scene.devices import Range
from spooftrace.simulation.scene.illumination import Illumination
from spooftrace.simulation.scene.light import Light
from spooftrace.simulation.scene.scene import FACE_PIXELS, SCENE_SIZE
from spooftrace.simulation.scene.sheet import Box, Pose


@dataclass(frozen=True, slots=True, kw_only=True)
class Bands:
    """Of a blinking backlight under a rolling shutter."""

    period: float
    """Rows of the scene: more than the scene's side for a single slow step."""
    phase: float
    duty: float
    depth: float
    soft: float
    """Length of the flanks over half the period: exposure time over that of the pulse."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Replay:
    """One display before the camera. Lengths are pixels of the scene."""

    display: Display
    layout: Layout
    pitch: float
    """Of the display's pixels."""
    depth: float
    pose: Pose
    glass: Glass
    fall_off: NDArray[np.float64]
    """(2, 3): change of the logarithm of R, G, B over the scene, across and down."""
    bands: Bands | None = None
    screen: Box | None = None
    """Edges of the lit screen; None where it fills the view."""
    bezel: float = 0.0
    """Width of the frame."""
    frame: NDArray[np.float32]
    """(3,) light of the frame."""
    room: Light
    """Light of the room behind."""
    room_level: float = 1.0
    """Light on what is beside the display, over the display's own white."""
    window: Box | None = None
    """Edges of the picture on the screen."""
    surround: float = 0.0
    """Grey beside the picture, linear."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """Ranges of a kind of device, from data sheets."""

    share: float
    ppi: Range
    face_mm: Range
    """Height of the face on the screen, logarithmically uniform; small in a player's window."""
    gamuts: tuple[str, ...]
    layouts: tuple[str, ...]
    log_black: Range
    matt: float
    """Share with a matt coating."""


KINDS: Final = (
    Kind(share=0.25, ppi=(300, 500), face_mm=(22, 75), gamuts=("srgb", "p3", "amoled"),
         layouts=("rgb", "pentile", "pentile"), log_black=(-4, -2.7), matt=0.05),  # phone
    Kind(share=0.2, ppi=(220, 330), face_mm=(30, 140), gamuts=("srgb", "p3", "ntsc60"),
         layouts=("rgb", "bgr"), log_black=(-3.2, -2.6), matt=0.05),  # tablet
    Kind(share=0.28, ppi=(90, 190), face_mm=(22, 130),
         gamuts=("ntsc45", "ntsc45", "ntsc60", "srgb"), layouts=("rgb", "rgb", "bgr"),
         log_black=(-3.0, -1.8), matt=0.6),  # laptop
    Kind(share=0.27, ppi=(80, 110), face_mm=(24, 160), gamuts=("srgb", "ntsc60", "p3"),
         layouts=("rgb", "rgb", "bgr"), log_black=(-3.1, -2.3), matt=0.7),  # monitor
)  # fmt: skip


def draw_replay(light: Illumination, rng: np.random.Generator) -> Replay:
    """A random display of a random kind, in the scene's light."""
    kind = KINDS[rng.choice(len(KINDS), p=[kind.share for kind in KINDS])]
    per_mm = FACE_PIXELS / np.exp(rng.uniform(*np.log(kind.face_mm)))
    ambient = light.ambient_colour * np.float32(light.ambient + 0.5 * light.key)
    # White paper beside the screen over the screen's white: 5 to 200 cd/m2 (15 to 600 lx) over
    # 100 to 500 cd/m2.
    room_level = np.float32(np.exp(rng.uniform(np.log(0.02), np.log(1.5))))
    has_window = rng.random() < 0.25
    return Replay(
        display=_draw_display(kind, rng),
        layout=LAYOUTS[str(rng.choice(kind.layouts))],
        pitch=25.4 / rng.uniform(*kind.ppi) * per_mm,
        depth=rng.uniform(0.5, 1.0),
        pose=_draw_pose(rng),
        glass=_draw_glass(kind, ambient * room_level, rng),
        # A TN panel changes by half over its height, an IPS or OLED panel hardly.
        fall_off=rng.choice([0.05, 0.15, 0.5])
        * (rng.normal(0, 1, (2, 1)) + rng.normal(0, 0.25, (2, 3))),
        bands=_draw_bands(rng) if rng.random() < 0.35 else None,
        screen=_draw_box(rng, (0.34, 0.66)) if rng.random() < 0.5 else None,
        bezel=rng.uniform(2, 25) * per_mm,
        frame=np.asarray(ambient * room_level * rng.choice([0.03, 0.05, 0.3, 0.85]), np.float32),
        room=np.asarray(np.clip(draw_background(rng), 0, None) * ambient * room_level, np.float32),
        room_level=float(room_level),
        window=_draw_box(rng, (0.34, 0.7)) if has_window else None,
        surround=float(rng.choice([0.0, 0.0, 0.02, 0.9])),
    )


def _draw_display(kind: Kind, rng: np.random.Generator) -> Display:
    """Bluish whites are the rule (6500 to 9300 K as shipped, more on cheap panels).

    A slanting view washes black out and turns the hue.
    """
    wash = rng.uniform(0.01, 0.12) if rng.random() < 0.35 else 0.0
    return Display(
        gamut=str(rng.choice(kind.gamuts)),
        kelvin=rng.triangular(4800, 7200, 16000),
        magenta=rng.normal(0.04, 0.1),
        gamma=rng.normal(2.2, 0.22),
        black=10 ** rng.uniform(*kind.log_black) + wash,
        black_tint=rng.normal(0.5, 0.3),
        contrast=rng.uniform(0.9, 1.25),
    )


def _draw_pose(rng: np.random.Generator) -> Pose:
    tilt_x, tilt_y = np.clip(rng.normal(0, 0.12, 2), -0.4, 0.4)
    return Pose(roll=rng.normal(0, 0.05), tilt_x=float(tilt_x), tilt_y=float(tilt_y))


def _draw_glass(kind: Kind, room: NDArray[np.float32], rng: np.random.Generator) -> Glass:
    """What glass mirrors and scatters of a room's light (3,), over the display's white.

    Bare glass mirrors 4 % a face, coated glass 1-2 %, a film on top more; a matt surface spreads
    the same light.
    """
    is_matt = rng.random() < kind.matt
    mirror = rng.uniform(0.002, 0.02) if is_matt else rng.uniform(0.01, 0.09)
    scatter = rng.uniform(0.01, 0.06) if is_matt else rng.uniform(0.0, 0.02)
    if rng.random() < 0.3:
        # A lamp or bright window slants in, and film, dust and lens throw it over the picture.
        scatter += rng.uniform(0.02, 0.2)
    reflected = np.clip(draw_background(rng), 0, None) ** 1.5 * rng.uniform(1, 3)
    tint = np.exp(np.array([-0.5, 0, 0.5]) * rng.normal(0.2, 0.25))
    return Glass(
        mirrored=np.asarray(reflected * room * mirror, np.float32),
        mirror_blur=rng.uniform(4, 12) if is_matt else rng.uniform(0.4, 2.5),
        veil=np.asarray(room * scatter * tint, np.float32),
        grease=rng.uniform(0.05, 0.45) if not is_matt and rng.random() < 0.4 else 0.0,
        bloom=rng.uniform(0.0, 0.12),
    )


def _draw_bands(rng: np.random.Generator) -> Bands:
    """Backlights blink at 60 to 1000 Hz; a frame of 1/30 s so holds 2 to 30 bands."""
    return Bands(
        period=SCENE_SIZE * np.exp(rng.uniform(np.log(0.06), np.log(2.0))),
        phase=rng.random(),
        duty=rng.uniform(0.3, 0.8),
        depth=rng.uniform(0.03, 0.35),
        soft=rng.uniform(0.2, 1.2),
    )


def _draw_box(rng: np.random.Generator, reach: Range) -> Box:
    """Edges on all sides, most of them beyond the view."""
    left, top, right, bottom = rng.uniform(*reach, 4) * SCENE_SIZE
    return -left, -top, right, bottom
