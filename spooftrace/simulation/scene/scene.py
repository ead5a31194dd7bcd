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
from spooftrace.simulation.scene.backgrounds import draw_background
from spooftrace.simulation.scene.light import Floats, Image, Light, Points, dimmed
from spooftrace.simulation.scene.portrait import Portrait
from spooftrace.simulation.scene.surface import Surface, enlarged, surface_of

SCENE_SIZE: Final = 640
"""Side of a scene in pixels; finer than every sensor that looks at it."""

CROP_SIDE: Final = 512
"""Side of the face's crop (`faces.crop`) in the middle of the scene."""

FACE_PIXELS: Final = CROP_SIDE / ENLARGE
"""Longer side of the face in a scene."""

MARGIN: Final = (SCENE_SIZE - CROP_SIDE) // 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Illumination:
    """The room's light: one key light, and light from everywhere."""

    towards: NDArray[np.float32]
    """(3,) unit vector towards the key light: x right, y down, z away from the camera."""
    key: float
    """Strength of the key light on a surface that faces it."""
    ambient: float
    """Strength of the light from everywhere; key + ambient is about 1."""
    key_colour: NDArray[np.float32]
    """(3,) linear RGB of mean 1."""
    ambient_colour: NDArray[np.float32]
    """(3,) linear RGB of mean 1."""

    def irradiance(self, normal: Image, wrap: float = 0.25) -> Light:
        """What falls on a surface with these normals (..., 3): (..., 3) linear RGB.

        `wrap` lets the key light reach that far round an edge, as light below the skin does; 0 is
        Lambert's law.
        """
        facing = (normal @ self.towards + np.float32(wrap)) / np.float32(1 + wrap)
        sky = 0.85 - 0.15 * normal[..., 1:2]
        lit = np.clip(facing, 0, None)[..., None] * (self.key_colour * np.float32(self.key))
        return np.asarray(lit + sky * (self.ambient_colour * np.float32(self.ambient)), np.float32)

    def highlight(self, normal: Image, sharpness: float) -> Light:
        """Blinn's lobe of the key light on a surface with normals (..., 3), seen from in front."""
        half = self.towards + np.array([0, 0, -1], np.float32)
        half /= np.linalg.norm(half)
        lobe = np.clip(normal @ half, 0, None) ** np.float32(sharpness)
        return np.asarray(lobe[..., None] * (self.key_colour * np.float32(self.key)), np.float32)


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
    """How a person stands before the camera, and in which light."""

    roll_deg: float
    keystone: NDArray[np.float64]
    """(4, 2): how far the corners of the portrait move, in shares of its side: a small turn in
    depth, seen in perspective."""
    illumination: Illumination
    background: Light
    """Linear RGB of any size: the reflectance of the room behind."""


def draw_view(rng: np.random.Generator) -> View:
    """A random stand and light: roll within 12 degrees, a window or lamp from any side."""
    return View(
        roll_deg=float(np.clip(rng.normal(0, 5), -12, 12)),
        keystone=rng.uniform(-0.03, 0.03, (4, 2)),
        illumination=draw_illumination(rng),
        background=draw_background(rng),
    )


def draw_illumination(rng: np.random.Generator) -> Illumination:
    """A random key light within 75 degrees to the sides and 20 below to 60 above.

    Colour temperatures run along the Planckian locus from about 2700 K to 9000 K, with a little
    green or magenta as fluorescent lamps have.
    """
    azimuth, height = np.radians(rng.uniform(-75, 75)), np.radians(rng.uniform(-20, 60))
    towards = (np.sin(azimuth) * np.cos(height), -np.sin(height), -np.cos(azimuth) * np.cos(height))
    key = rng.uniform(0.05, 0.8)
    return Illumination(
        towards=np.array(towards, np.float32),
        key=key,
        ambient=1 - key,
        key_colour=_lamp_colour(rng),
        ambient_colour=_lamp_colour(rng),
    )


def place(portrait: Portrait, view: View) -> Scene:
    """The person of a portrait, seen in a view: the face's crop fills the middle of the scene."""
    matrix = _placing(portrait.mesh, view)
    mesh = _moved_mesh(portrait.mesh, matrix)
    surface = surface_of(mesh, SCENE_SIZE)
    light = _warped(portrait.light, matrix, cv2.BORDER_REPLICATE)
    person = _warped(portrait.matte, matrix, cv2.BORDER_REPLICATE)
    # Normals are smooth: so is what falls on them.
    coarse = np.ascontiguousarray(surface.normal[2::4, 2::4])
    shading = enlarged(view.illumination.irradiance(coarse), SCENE_SIZE)
    light *= shading
    light -= (room := _room(view))
    light = dimmed(light, person)
    light += room
    return Scene(
        light=light,
        mesh=mesh,
        person=person,
        surface=surface,
        shading=shading,
        illumination=view.illumination,
    )


def _room(view: View) -> Light:
    """The room behind, in its own light."""
    lamp, reflectance = view.illumination, np.clip(view.background, 0, None)
    lit = reflectance * (lamp.ambient_colour * np.float32(lamp.ambient) + np.float32(lamp.key / 2))
    return enlarged(np.asarray(lit, np.float32), SCENE_SIZE)


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
    box = face_box(1000 * _moved_points(mesh[:, :2], first))
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


def _warped(image: Image, matrix: NDArray[np.float64], border: int) -> Image:
    side = (SCENE_SIZE, SCENE_SIZE)
    return np.asarray(
        cv2.warpPerspective(image, matrix, side, flags=cv2.INTER_LINEAR, borderMode=border),
        np.float32,
    )


def _lamp_colour(rng: np.random.Generator) -> NDArray[np.float32]:
    """(3,) linear RGB of mean 1 of a lamp or of daylight."""
    warm = rng.triangular(-0.35, 0.05, 0.45)
    colour = np.exp(np.array([warm, rng.normal(0, 0.04), -warm]) * (1, 1, 1.2))
    return np.asarray(colour / colour.mean(), np.float32)
