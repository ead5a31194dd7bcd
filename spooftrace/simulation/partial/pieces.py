"""Opaque pieces before the face: bent paper or plastic with thickness, shadow and print."""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from spooftrace.faces.mesh import CANONICAL
from spooftrace.simulation.scene import raster
from spooftrace.simulation.scene.light import Floats, Image, Light, dimmed
from spooftrace.simulation.scene.regions import box_of
from spooftrace.simulation.scene.scene import SCENE_SIZE, Scene
from spooftrace.simulation.scene.surface import enlarged, tilted

DOTS: Final = 512
"""Texels of a piece per height of the face."""

_COARSE: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Piece:
    """A flat cut-out before it is bent; (u, v) are heights of the face from its middle."""

    colour: Light
    """(h, w, 3) reflectance."""
    shape: Image
    """(h, w) in [0, 1]: 1 where there is material."""
    left: float
    """u of the left edge of the texture."""
    top: float
    """v of its upper edge."""
    relief: Image
    """(h, w) height above the sheet in px of the scene: bulging eyes, creases."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """How a piece sits."""

    radius: float
    """Of the bend about the vertical axis, heights of the face: 0.45 follows a head, 5 is flat."""
    depth: float
    """z of its middle on the mean face; the bridge of the nose is at -0.11, its tip at -0.21."""
    shift: tuple[float, float]
    """Misplacement (u, v), heights of the face."""
    roll_deg: float
    curl: float
    """How far the corners stand off, heights of the face."""
    gap: float
    """Between piece and skin, heights of the face; sets the length of the shadow."""
    thickness: float
    """Height of the edge in px of the scene: 0.3 paper, 2 card or plastic."""
    gloss: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Worn:
    """A piece on a face: the parameters of every attack of this family."""

    piece: Piece
    hold: Hold


def draw_hold(rng: np.random.Generator, depth: float) -> Hold:
    """Put on by hand: up to 2 % of the face beside its place, 5 degrees askew."""
    return Hold(
        radius=float(np.exp(rng.uniform(np.log(0.5), np.log(4)))),
        depth=depth,
        shift=(float(rng.normal(0, 0.012)), float(rng.normal(0, 0.015))),
        roll_deg=float(np.clip(rng.normal(0, 2.5), -6, 6)),
        curl=float(rng.exponential(0.02)),
        gap=float(rng.uniform(0.008, 0.06)),
        thickness=float(rng.uniform(0.3, 1.8)),
        gloss=float(rng.choice([0.0, rng.uniform(0.02, 0.15)])),
    )


def apply(scene: Scene, worn: Worn) -> Light:
    """The light with the piece before the face and its shadow on it."""
    piece, hold = worn.piece, worn.hold
    texels, normal = _seen(scene, piece, hold)
    shape = np.asarray(cv2.remap(piece.shape, *_two(texels), cv2.INTER_LINEAR), np.float32)
    out = dimmed(scene.light, _shadow(scene, shape, hold))
    box = box_of(shape, margin=3)
    if box is None:
        return out
    at, cover = _two(texels[box]), shape[box]
    colour = cv2.remap(piece.colour, *at, cv2.INTER_LINEAR)
    colour = colour / np.maximum(cover, np.float32(1e-3))[..., None]
    edge = np.float32(hold.thickness) * cv2.GaussianBlur(cover, (0, 0), 1.0)
    relief = np.asarray(cv2.remap(piece.relief, *at, cv2.INTER_LINEAR) + edge, np.float32)
    facing = tilted(normal[box], relief)
    lit = np.asarray(colour * scene.illumination.irradiance(facing, wrap=0.0), np.float32)
    if hold.gloss > 0:
        lit = lit + np.float32(hold.gloss) * scene.illumination.highlight(facing, 25.0)
    both = dimmed(out[box], 1 - cover) + dimmed(lit, cover)
    out[box] = np.maximum(both, 0, out=both)
    return out


def _two(texels: Image) -> tuple[Image, Image]:
    """Columns and rows (h, w) of texels (h, w, 2), as a resampling wants them."""
    x, y = cv2.split(texels)
    return np.asarray(x, np.float32), np.asarray(y, np.float32)


def places_of(scene: Scene, u: Floats, v: Floats, hold: Hold) -> Floats:
    """(..., 3) pixels and depth in the scene of places (u, v) of the sheet."""
    turn = np.radians(hold.roll_deg)
    across = u * np.cos(turn) - v * np.sin(turn) + hold.shift[0]
    down = u * np.sin(turn) + v * np.cos(turn) + hold.shift[1]
    x = hold.radius * np.sin(across / hold.radius)
    z = hold.depth + hold.radius * (1 - np.cos(across / hold.radius))
    z = z - hold.curl * (np.abs(across) / 0.4) ** 3
    model = np.column_stack([CANONICAL, np.ones(len(CANONICAL))])
    affine = np.linalg.lstsq(model, scene.mesh, rcond=None)[0]
    return np.asarray(np.stack([x, down, z, np.ones_like(x)], axis=-1) @ affine)


def texel_places(piece_shape: tuple[int, int], left: float, top: float) -> tuple[Floats, Floats]:
    """(u, v), each (h, w), of the texels of a sheet."""
    rows, columns = np.indices(piece_shape)
    return left + (columns + 0.5) / DOTS, top + (rows + 0.5) / DOTS


def _seen(scene: Scene, piece: Piece, hold: Hold) -> tuple[Image, Image]:
    """For every pixel the texel (x, y) that it shows, far outside where none, and the normal."""
    height, width = piece.shape.shape
    u = np.linspace(-0.06, width / DOTS + 0.06, 17)
    v = np.linspace(-0.06, height / DOTS + 0.06, 9)
    across, down = np.meshgrid(u, v)
    spot = places_of(scene, piece.left + across, piece.top + down, hold).reshape(-1, 3)
    spot = spot.astype(np.float32)
    index = np.arange(17 * 9).reshape(9, 17)
    a, b, c, d = index[:-1, :-1], index[:-1, 1:], index[1:, :-1], index[1:, 1:]
    corners = np.concatenate([np.stack(t, -1).reshape(-1, 3) for t in ((a, b, c), (b, d, c))])
    values = np.column_stack(
        [across.ravel() * DOTS - 0.5, down.ravel() * DOTS - 0.5, raster.normals(spot, corners)]
    ).astype(np.float32)
    side = SCENE_SIZE // _COARSE
    flat = np.asarray((spot[:, :2] + 0.5) / _COARSE - 0.5, np.float32)
    pixels = raster.visible(flat, spot[:, 2], corners, side)
    fields = np.zeros((side, side, 5), np.float32)
    fields[..., :2], fields[..., 4] = -1e4, -1
    fields[pixels.rows, pixels.columns] = raster.interpolate(values, flat, corners, pixels)
    return enlarged(fields[..., :2], SCENE_SIZE), enlarged(fields[..., 2:], SCENE_SIZE)


def _shadow(scene: Scene, shape: Image, hold: Hold) -> Image:
    """(n, n) share of the light that is left on what lies behind the piece."""
    lamp = scene.illumination
    tall = float(np.linalg.norm(scene.mesh[10] - scene.mesh[152]))
    away = -lamp.towards[:2] / max(float(-lamp.towards[2]), 0.4) * hold.gap * tall
    # Soft, so made at half the size.
    side, half = (SCENE_SIZE, SCENE_SIZE), (SCENE_SIZE // 2, SCENE_SIZE // 2)
    small = cv2.resize(shape, half, interpolation=cv2.INTER_AREA)
    move = np.array([[1, 0, away[0] / 2], [0, 1, away[1] / 2]], np.float64)
    cast = cv2.warpAffine(small, move, half)
    cast = cv2.GaussianBlur(cast, (0, 0), max(0.5, 0.08 * hold.gap * tall))
    near = cv2.GaussianBlur(small, (0, 0), max(0.5, 0.2 * hold.gap * tall))
    cast, near = cv2.resize(cast, side), cv2.resize(near, side)
    share = lamp.key / (lamp.key + lamp.ambient)
    kept = (1 - np.float32(0.9 * share) * cast) * (1 - np.float32(0.5 * (1 - share)) * near)
    left = np.where(cast + near > np.float32(0.004), 1 - scene.person * (1 - kept), 1)
    return np.asarray(left, np.float32)
