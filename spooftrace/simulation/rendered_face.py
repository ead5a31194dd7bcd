"""Rendered faces of nobody: a head from the canonical mesh, painted, lit and projected.

They stand in for photographs in the demo and the tests. A render is the light that reaches a
camera: linear RGB, HWC, float32, about [0, 1]; `simulation.camera` makes a picture of it.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from spooftrace.simulation import face_paint, head_shape, raster
from spooftrace.simulation.face_paint import Floats, Image, cloud
from spooftrace.simulation.head_shape import Points

_DISTANCE = 7.0
"""Of the camera from the head, in halves of the face's width."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody who does not exist: a shape, a painted face, hair and clothes."""

    head: head_shape.Head
    look: face_paint.Look
    albedo: Image
    """(s, s, 3): reflectance of the frontal face."""
    relief: Image
    """(s, s, 2): how the skin's pores tilt its normal, x and y."""
    strands: Image
    """(s, s): lighter and darker strands of hair, unit deviation, combed downwards."""
    shine: float
    """How much the skin gleams."""
    clothes: NDArray[np.float32]
    """Linear RGB."""


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """One look at a person: pose, light and what is behind."""

    angles: NDArray[np.float64]
    """Yaw, pitch and roll in degrees."""
    centre: NDArray[np.float64]
    """Where the face's middle lies, as shares of the picture's side, (x, y)."""
    scale: float
    """Half of the face's width as a share of the picture's side."""
    light: NDArray[np.float64]
    """Direction towards the key light; its length is its strength."""
    tint: NDArray[np.float32]
    """Colour of the key light."""
    ambient: float
    """Strength of the light from everywhere."""
    background: Image
    """Linear RGB of any size, enlarged to the picture."""


def draw_person(rng: np.random.Generator) -> Person:
    """A random person."""
    look = face_paint.draw_look(rng)
    pores = 0.6 * cloud(rng, 1.6) + 0.8 * cloud(rng, 4)
    down, across = np.gradient(pores)
    return Person(
        head=head_shape.draw_head(rng),
        look=look,
        albedo=face_paint.paint(look, head_shape.canonical()[:, :2], rng),
        relief=np.asarray(np.stack([across, down], -1) * rng.uniform(0.03, 0.1), np.float32),
        strands=_combed(rng),
        shine=rng.uniform(0.02, 0.14),
        clothes=rng.uniform(0.02, 0.5, 3).astype(np.float32),
    )


def draw_view(rng: np.random.Generator) -> View:
    """A random pose within 20 degrees, light and background."""
    azimuth, height = rng.uniform(-1.2, 1.2), rng.uniform(-0.2, 0.9)
    towards = np.array([np.sin(azimuth), -np.sin(height), -np.cos(azimuth) * np.cos(height)])
    return View(
        angles=rng.uniform(-1, 1, 3) * (20, 15, 12),
        centre=np.array([0.5, 0.52]) + rng.uniform(-0.05, 0.05, 2),
        scale=rng.uniform(0.22, 0.28),
        light=towards / np.linalg.norm(towards) * rng.uniform(0.4, 1.0),
        tint=np.asarray(1 + rng.uniform(-0.12, 0.12) * np.array([1, 0, -1]), np.float32),
        ambient=rng.uniform(0.25, 0.6),
        background=_background(rng),
    )


def render(person: Person, view: View, size: int = 512) -> Image:
    """The person as seen in the view: linear RGB, (size, size, 3)."""
    head = person.head
    turned = np.asarray(head.points @ _rotation(view.angles).T, np.float32)
    flat = _project(turned, view, size)
    picture = np.asarray(cv2.resize(view.background, (size, size)), np.float32)
    _draw_body(picture, person, view, flat)
    pixels = raster.visible(flat, turned[:, 2], head.triangles, size)
    normal = raster.normals(turned, head.triangles)
    place = face_paint.place(head.painted)
    values = np.concatenate([normal, place, head.hair[:, None]], 1)
    values = raster.interpolate(values, flat, head.triangles, pixels)
    foreground = picture.copy()
    foreground[pixels.rows, pixels.columns] = _shade(person, view, values, pixels)
    covered = np.zeros((size, size), np.float32)
    covered[pixels.rows, pixels.columns] = 1
    # A soft outline: the inner half of the blurred edge, where the foreground is known.
    edge = np.clip(cv2.GaussianBlur(covered, (0, 0), 0.8) * 2 - 1, 0, 1)[..., None]
    return np.asarray(picture + edge * (foreground - picture), np.float32)


def landmarks(person: Person, view: View, size: int = 512) -> Points:
    """Where the 468 vertices of the face mesh lie in the render: (468, 2), pixels (x, y)."""
    turned = np.asarray(person.head.points[:468] @ _rotation(view.angles).T, np.float32)
    return _project(turned, view, size)


def _rotation(angles: NDArray[np.float64]) -> NDArray[np.float64]:
    (cy, cp, cr), (sy, sp, sr) = np.cos(np.radians(angles)), np.sin(np.radians(angles))
    yaw = np.array([[cy, 0, sy], [0, 1, 0], [-sy, 0, cy]])
    pitch = np.array([[1, 0, 0], [0, cp, -sp], [0, sp, cp]])
    roll = np.array([[cr, -sr, 0], [sr, cr, 0], [0, 0, 1]])
    return np.asarray(roll @ pitch @ yaw)


def _project(turned: Points, view: View, size: int) -> Points:
    """Pixels (x, y) by perspective from `_DISTANCE`."""
    zoom = view.scale * size * _DISTANCE / (_DISTANCE + turned[:, 2:])
    return np.asarray(view.centre * size + turned[:, :2] * zoom, np.float32)


def _shade(person: Person, view: View, values: Points, pixels: raster.Pixels) -> Points:
    """Light (p, 3) that leaves the head; `values` are normal, place in the texture, hair."""
    albedo = _look_up(person.albedo, values[:, 3:5])
    tilt = _look_up(person.relief, values[:, 3:5])
    side = len(person.strands)
    strands = person.strands[pixels.rows % side, pixels.columns % side]
    hair = np.clip((values[:, 5] + 0.12 * strands - 0.42) / 0.16, 0, 1)[:, None]
    albedo += hair * (person.look.hair * np.exp(0.35 * strands)[:, None] - albedo)
    normal = values[:, :3]
    normal[:, :2] += tilt * (1 - hair) + 0.12 * hair * strands[:, None]
    normal /= np.linalg.norm(normal, axis=1, keepdims=True)
    strength = float(np.linalg.norm(view.light))
    # Skin scatters light below its surface, red furthest: it bleeds round the edge of a shadow.
    bleed = np.array([0.3, 0.18, 0.14], np.float32) * strength
    facing = (normal @ np.asarray(view.light, np.float32))[:, None]
    diffuse = np.clip((facing + bleed) / (1 + bleed), 0, None) * view.tint
    sky = view.ambient * (0.72 - 0.28 * normal[:, 1:2]) * (0.55 + 0.45 * np.abs(normal[:, 2:3]))
    halfway = view.light / strength + (0, 0, -1)
    gloss = np.clip(normal @ np.asarray(halfway / np.linalg.norm(halfway), np.float32), 0, 1) ** 22
    shine = person.shine * strength * gloss[:, None] * (1 - 0.6 * hair)
    return np.asarray(albedo * (diffuse + sky) + shine * view.tint, np.float32)


def _look_up(texture: Image, places: Points) -> Points:
    """The texture (s, s, k) at places (p, 2), bilinearly."""
    rows = -(-len(places) // 1024)  # OpenCV takes no picture wider than 32767
    grid = np.zeros((rows * 1024, 2), np.float32)
    grid[: len(places)] = places
    grid = grid.reshape(rows, 1024, 2)
    x, y = grid[..., 0], grid[..., 1]
    found = cv2.remap(texture, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(found.reshape(rows * 1024, -1)[: len(places)], np.float32)


def _draw_body(picture: Image, person: Person, view: View, flat: Points) -> None:
    """Neck, shoulders and ears, painted flat: the head will cover most of them."""
    unit = view.scale * len(picture)
    light = view.ambient + 0.45 * np.linalg.norm(view.light) * view.tint
    skin = np.asarray(person.look.skin * light, np.float32)
    chin, left, right = flat[152], flat[288], flat[58]
    base = np.array([(left[0] + right[0]) / 2, chin[1] + 1.45 * unit])
    clothes = np.asarray(person.clothes * light, np.float32)
    shoulders = _mask(picture, _oval(base, (2.3 * unit, 1.0 * unit)), 2.0)
    face_paint.blend(picture, shoulders, clothes)
    corners = [right * 0.8 + left * 0.2, left * 0.8 + right * 0.2]
    corners += [base + np.array([sign * 0.78, -0.85]) * unit for sign in (1, -1)]
    neck = _mask(picture, np.array(corners), 3.0)
    face_paint.blend(picture, neck, skin * np.float32(0.7))
    under_chin = _mask(picture, _oval(chin, (0.8 * unit, 0.45 * unit)), 0.14 * unit)
    face_paint.blend(picture, neck * under_chin, skin * np.float32(0.3))
    for cheek, sign in ((454, 1), (234, -1)):
        centre = flat[cheek] + np.array([0.03 * sign, 0.02], np.float32) * unit
        ear = _mask(picture, _oval(centre, (0.15 * unit, 0.3 * unit)), 1.5)
        face_paint.blend(picture, ear, skin * np.array([0.75, 0.62, 0.6], np.float32))


def _oval(centre: Floats, radii: tuple[float, float]) -> Floats:
    turn = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    return np.asarray(centre + np.stack([np.cos(turn), np.sin(turn)], 1) * radii)


def _mask(picture: Image, outline: Floats, blur: float) -> Image:
    mask = np.zeros(picture.shape[:2], np.uint8)
    cv2.fillPoly(mask, [np.round(outline * 16).astype(np.int32)], (255,), cv2.LINE_AA, shift=4)
    return np.asarray(cv2.GaussianBlur(mask, (0, 0), blur), np.float32) / 255


def _combed(rng: np.random.Generator) -> Image:
    """Noise drawn out downwards, slightly waved."""
    noise = cv2.GaussianBlur(
        cloud(rng, 1), (0, 0), sigmaX=1.0, sigmaY=14, borderType=cv2.BORDER_REFLECT
    )
    y, x = np.mgrid[: len(noise), : len(noise)].astype(np.float32)
    wave = 8 * cloud(rng, 60)
    noise = cv2.remap(noise, x + wave, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
    return np.asarray(noise / noise.std(), np.float32)


def _background(rng: np.random.Generator) -> Image:
    """A blurred room: a wall with light from one side and some things in front of it."""
    wall = rng.uniform(0.05, 0.6) * rng.uniform(0.75, 1.25, 3)
    ramp = np.linspace(rng.uniform(0.5, 1), rng.uniform(0.5, 1), 64)[None, :, None]
    room = np.ones((64, 1, 1)) * ramp * wall
    for _ in range(rng.integers(0, 6)):
        top, left = rng.integers(0, 56, 2)
        height, width = rng.integers(6, 40, 2)
        room[top : top + height, left : left + width] = rng.uniform(0.02, 0.6) * rng.uniform(
            0.6, 1.4, 3
        )
    return np.asarray(cv2.GaussianBlur(room, (0, 0), rng.uniform(0.6, 3)), np.float32)
