"""A scene: a living face in some room and light, as the light that would reach a lens.

What every attack is given. `draw_view` and `place` make it from a portrait; live faces and attacks
come this same way, so that nothing but the medium can tell them apart.
"""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from spooftrace.faces.crop import ENLARGE, face_box
from spooftrace.simulation.scene import skin, turning
from spooftrace.simulation.scene.backgrounds import draw_background
from spooftrace.simulation.scene.company import (
    Hand,
    Neighbour,
    draw_hand,
    draw_neighbour,
    with_hand,
    with_neighbour,
)
from spooftrace.simulation.scene.illumination import Illumination, draw_illumination
from spooftrace.simulation.scene.light import Floats, Image, Light, Points, dimmed, mixed, tinted
from spooftrace.simulation.scene.portrait import PORTRAIT_SIZE, Portrait
from spooftrace.simulation.scene.surface import Surface, enlarged, surface_of
from spooftrace.simulation.scene.turning import UNTURNED, Turn

SCENE_SIZE: Final = 640
"""Side of a scene in pixels; finer than every sensor that looks at it."""

CROP_SIDE: Final = 512
"""Side of the face's crop (`faces.crop`) in the middle of the scene."""

FACE_PIXELS: Final = CROP_SIDE / ENLARGE
"""Longer side of the face in a scene."""

MARGIN: Final = (SCENE_SIZE - CROP_SIDE) // 2

_COARSE: Final = 8
"""Pixels of the scene per place at which the way to the portrait is worked out."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Scene:
    """A living person in a room, before any camera. Side n = `SCENE_SIZE`."""

    light: Light
    """(n, n, 3) linear RGB, 1 being white paper in full light."""
    mesh: Points
    """(468, 3): x, y in pixels of the scene, z in the same unit, growing away from the camera."""
    person: Image
    """(n, n) in [0, 1]: 1 on the person, 0 on the room behind."""
    surface: Surface
    """Normals and places on the mean face."""
    shading: Light
    """(n, n, 3): the irradiance that is in `light`; `light / shading` is the person's reflectance,
    `colour * shading` is how anything else of that reflectance would look in the same place."""
    illumination: Illumination


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """How a person stands before the camera, and in which room and light."""

    roll_deg: float
    keystone: NDArray[np.float64]
    """(4, 2): how far the corners of the portrait move, in shares of its side: a small turn in
    depth, seen in perspective."""
    turn: Turn = UNTURNED
    """Of the head, as far as the mesh allows."""
    illumination: Illumination
    background: Light
    """Linear RGB of any size: the reflectance of the room behind."""
    keeps_room: bool = False
    """Whether the person stays where the portrait was taken, if it shows where."""
    neighbour: Neighbour | None = None
    hand: Hand | None = None


KEEPS_ROOM: Final = 0.4
NEIGHBOURS: Final = 0.06
HANDS: Final = 0.06
"""Shares of views."""


def draw_view(rng: np.random.Generator) -> View:
    """A random stand and light: rolled and turned a little, in rooms as people sit in them."""
    yaw, pitch = np.clip(rng.normal(0, (7, 4)), (-18, -10), (18, 10))
    return View(
        roll_deg=float(np.clip(rng.normal(0, 5), -14, 14)),
        keystone=rng.uniform(-0.03, 0.03, (4, 2)),
        turn=Turn(yaw=float(yaw), pitch=float(pitch)),
        illumination=draw_illumination(rng),
        background=draw_background(rng),
        keeps_room=bool(rng.random() < KEEPS_ROOM),
        neighbour=draw_neighbour(rng) if rng.random() < NEIGHBOURS else None,
        hand=draw_hand(rng) if rng.random() < HANDS else None,
    )


def place(portrait: Portrait, view: View) -> Scene:
    """The person of a portrait, seen in a view: the face's crop fills the middle of the scene."""
    turn = turning.allowed(portrait.mesh, view.turn)
    posed = turning.turned(portrait.mesh, turn)
    matrix = _placing(posed, view)
    mesh = _moved_mesh(posed, matrix)
    surface = surface_of(mesh, SCENE_SIZE)
    at = _looked_up(matrix, turning.field(portrait.mesh, posed, PORTRAIT_SIZE))
    person = _seen(portrait.matte, at)
    # Normals are smooth: so is what falls on them.
    coarse = np.ascontiguousarray(surface.normal[2::4, 2::4])
    shading = enlarged(view.illumination.irradiance(coarse), SCENE_SIZE)
    if view.keeps_room and portrait.whole is not None:
        lit = tinted(shading - (around := view.illumination.on_room()), np.ones(3))
        light = _seen(portrait.whole, at) * (dimmed(lit, person) + around)
    else:
        light = _seen(portrait.light, at) * shading
        room = _room(portrait, view, float(np.sqrt(abs(np.linalg.det(matrix[:2, :2])))))
        light = mixed(room, light, person)
    if view.hand is not None:
        tone = skin.of_cheeks(light, shading, mesh)
        free = np.asarray(1 - cv2.GaussianBlur(surface.inside, (0, 0), 1.5), np.float32)
        light, hidden = with_hand(light, free, tone, view.hand, view.illumination)
        person = person * (1 - hidden)
    return Scene(
        light=light,
        mesh=mesh,
        person=person,
        surface=surface,
        shading=shading,
        illumination=view.illumination,
    )


def _room(portrait: Portrait, view: View, scale: float) -> Light:
    """The room behind, in its own light, and who else is there."""
    lit = view.illumination.on_room()
    room = enlarged(tinted(np.maximum(view.background, 0), lit), SCENE_SIZE)
    if view.neighbour is None:
        return room
    return with_neighbour(room, portrait, scale, view.neighbour, lit)


def _placing(mesh: Points, view: View) -> NDArray[np.float64]:
    """(3, 3): from the portrait's pixels to the scene's, the crop's square in the middle."""
    side = np.float64(2 * np.abs(mesh[:, :2] - mesh[:, :2].mean(axis=0)).max())
    middle = mesh[:, :2].mean(axis=0).astype(np.float64)
    corners = middle + np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * side
    turned = np.radians(view.roll_deg)
    turn = np.array([[np.cos(turned), -np.sin(turned)], [np.sin(turned), np.cos(turned)]])
    goal = (corners + view.keystone * 2 * side - middle) @ turn.T
    ends = corners.astype(np.float32), goal.astype(np.float32)
    first = np.asarray(cv2.getPerspectiveTransform(*ends), np.float64)
    box = face_box(np.float32(1000) * _moved_points(mesh[:, :2], first))
    zoom = 1000 * CROP_SIDE / box.side
    shift = MARGIN - 0.5 - zoom * (np.array([box.left, box.top]) - 0.5) / 1000
    fit = np.array([[zoom, 0, shift[0]], [0, zoom, shift[1]], [0, 0, 1]])
    return np.asarray(fit @ first)


def _moved_points(points: Floats, matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    moved = np.column_stack([points, np.ones(len(points))]) @ matrix.T
    return np.asarray(moved[:, :2] / moved[:, 2:])


def _moved_mesh(mesh: Points, matrix: NDArray[np.float64]) -> Points:
    """The mesh in the scene; depth is scaled like the face."""
    flat = _moved_points(mesh[:, :2], matrix)
    scale = np.ptp(flat, axis=0).max() / np.ptp(mesh[:, :2], axis=0).max()
    return np.asarray(np.column_stack([flat, mesh[:, 2] * scale]), np.float32)


def _looked_up(matrix: NDArray[np.float64], moved: Image) -> tuple[Image, Image]:
    """For every pixel of the scene the place (x, y) in the portrait that it shows.

    A turn is smooth, a perspective nearly so: both are made at an eighth of the size.
    """
    steps = np.arange(SCENE_SIZE // _COARSE) * _COARSE + (_COARSE - 1) / 2
    x, y = np.meshgrid(steps, steps)
    flat = np.stack([x.ravel(), y.ravel(), np.ones(x.size)])
    back = np.linalg.inv(matrix) @ flat
    source = (back[:2] / back[2]).T.reshape(*x.shape, 2).astype(np.float32)
    scale = np.float32(len(moved) / PORTRAIT_SIZE)
    at = (source + np.float32(0.5)) * scale - np.float32(0.5)
    way = cv2.remap(moved, at[..., 0], at[..., 1], cv2.INTER_LINEAR, None, cv2.BORDER_REPLICATE)
    columns, rows = cv2.split(_extended(source - way))
    return np.asarray(columns, np.float32), np.asarray(rows, np.float32)


def _extended(coarse: Image) -> Image:
    """Coarse places at the size of the scene, straight on beyond the outermost centres."""
    padded = np.pad(coarse, ((1, 1), (1, 1), (0, 0)), mode="reflect", reflect_type="odd")
    side = SCENE_SIZE + 2 * _COARSE
    large = cv2.resize(padded, (side, side), interpolation=cv2.INTER_LINEAR)
    return np.asarray(large[_COARSE:-_COARSE, _COARSE:-_COARSE], np.float32)


def _seen(image: Image, at: tuple[Image, Image]) -> Image:
    return np.asarray(
        cv2.remap(image, *at, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.float32
    )
