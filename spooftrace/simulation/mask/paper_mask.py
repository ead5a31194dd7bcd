"""Paper mask: a printed face, cut out and folded to facets around the head."""

from dataclasses import dataclass
from functools import cache
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from spooftrace.faces.mesh import CANONICAL
from spooftrace.simulation import noise
from spooftrace.simulation.mask import openings, paints, shells
from spooftrace.simulation.noise import Dice
from spooftrace.simulation.scene import regions
from spooftrace.simulation.scene.light import Floats, Image, Light, Points, dimmed, mixed, tinted
from spooftrace.simulation.scene.scene import Scene
from spooftrace.simulation.scene.skin import Colour

FOLDS: Final = (10, 54, 284, 127, 356, 132, 361, 150, 379, 152, 9, 6, 4, 2, 105, 334, 33, 263)
"""Corners of the facets: border, bridge and tip of the nose, brows, corners of the eyes ..."""
CORNERS: Final = (*FOLDS, 117, 346, 205, 425, 98, 327, 61, 291, 17, 200)
"""... cheeks, wings of the nose, mouth, chin: the fold lines of papercraft patterns."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperMask:
    """One mask."""

    folding: float
    """In [0, 1]: 0 follows the face, 1 is flat between the folds."""
    depth: float
    """How deep the folds are, over the face's own relief."""
    crease: float
    """In [0, 1]: how much the ink has cracked to white fibre along the folds."""
    crease_width: float
    """Pixels of the scene."""
    size: float
    """Of the sheet over the face's border; white shows beyond the print."""
    white_border: float
    """Width of the unprinted border in pixels of the scene; 0 where it is cut into the print."""
    corners: int
    """Of the cut outline: scissors cut straight."""
    eye_size: float
    """Of the eye holes over the eyes; 0 where the eyes are printed."""
    nose_slit: bool
    tabs: int
    """Glued tabs whose edges lie on the face."""
    paper: Colour
    """(3,) reflectance of bare paper, 0.75-0.9."""
    ink_black: float
    """Reflectance of the darkest ink, 0.015-0.07."""
    gamut: float
    """Saturation that is left: 0.6 worn toner, 1.1 photo ink."""
    cast: Colour
    """(3,): colour error of the print, a factor."""
    sharpness: float
    """Blur of the print in pixels."""
    thickness: float
    """Pixels between skin and sheet at the edge; paper stands off by 2 to 8 mm."""
    dice: Dice
    """Of the cut, the tabs and the wear."""


def draw(rng: np.random.Generator, _scene: Scene) -> PaperMask:
    """A random mask: office paper to card, cut by hand."""
    return PaperMask(
        folding=rng.uniform(0.6, 1.0),
        depth=rng.uniform(0.8, 1.5),
        crease=rng.uniform(0.0, 0.35),
        crease_width=rng.uniform(0.8, 1.8),
        size=rng.uniform(0.95, 1.1),
        white_border=float(rng.choice([0.0, rng.uniform(3, 16)])),
        corners=int(rng.integers(9, 22)),
        eye_size=float(rng.choice([0.0, rng.uniform(1.0, 1.6)], p=(0.25, 0.75))),
        nose_slit=bool(rng.random() < 0.3),
        tabs=int(rng.integers(0, 6)),
        paper=np.asarray(rng.uniform(0.75, 0.9) * np.exp(rng.normal(0, 0.02, 3)), np.float32),
        ink_black=rng.uniform(0.015, 0.07),
        gamut=rng.uniform(0.6, 1.1),
        cast=np.asarray(np.exp(rng.normal(0, 0.07, 3)), np.float32),
        sharpness=rng.uniform(0.8, 2.2),
        thickness=rng.uniform(3, 12),
        dice=Dice.of(rng),
    )


def apply(scene: Scene, mask: PaperMask) -> Light:
    """The scene's light (n, n, 3) with this mask."""
    rng = mask.dice.roll()
    shell = paper_shell(scene, mask, rng)
    normal = facet_normals(scene, mask)
    lit = shells.fine(scene.illumination.irradiance(normal, wrap=0.0))
    sheet = _printed_sheet(scene, shell, mask)
    lit *= mixed(sheet, mask.paper, _creases(scene, mask, rng))
    face = dimmed(lit, shells.fine(_tab_edges(scene, mask, rng)))
    return shells.put_on(scene, shell, face)


def printed(reflectance: Light, mask: PaperMask) -> Light:
    """The reflectance as this printer has it: ink black to paper white, gamut and cast."""
    grey = np.full((3, 3), (1 - mask.gamut) / 3)
    ink = cv2.transform(reflectance, (grey + mask.gamut * np.eye(3)).astype(np.float32))
    np.clip(ink, 0, 1, out=ink)
    gain = (mask.paper - mask.ink_black) * mask.cast * 1.15
    out = tinted(np.asarray(ink, np.float32), gain, mask.ink_black)
    return np.minimum(out, mask.paper, out=out)


def paper_shell(scene: Scene, mask: PaperMask, rng: np.random.Generator) -> shells.Shell:
    """Where the sheet lies: a polygon cut along the border of the face, with the holes."""
    side = len(scene.light) // shells.COARSE
    sheet = shells.filled(side, [_cut_outline(scene, mask, rng)])
    holes = openings.eyes(scene, mask.eye_size, 0.25) if mask.eye_size > 0 else []
    if mask.nose_slit:
        holes.append(np.asarray(scene.mesh[[98, 2, 327, 2], :2] + (0, 3), np.float32))
    distance = shells.signed_distance(shells.cut(sheet, holes))
    return shells.Shell(distance=distance, thickness=mask.thickness)


@cache
def _facets() -> tuple[tuple[int, int, int], ...]:
    """Triangles of landmarks: Delaunay's of the corners on the mean face."""
    points = CANONICAL[list(CORNERS), :2] * 1000 + 1000
    plane = cv2.Subdiv2D((0, 0, 2000, 2000))
    for point in points:
        plane.insert((float(point[0]), float(point[1])))
    found = np.asarray(plane.getTriangleList(), np.float32).reshape(-1, 3, 2)
    near = np.linalg.norm(found[:, :, None] - points, axis=3)
    real = near.min(axis=2).max(axis=1) < 1
    return tuple(
        (CORNERS[a], CORNERS[b], CORNERS[c]) for a, b, c in near[real].argmin(axis=2).tolist()
    )


def facet_normals(scene: Scene, mask: PaperMask) -> Image:
    """(n/2, n/2, 3): one normal for each facet."""
    smooth = shells.coarse(scene.surface.normal)
    flat = cv2.GaussianBlur(smooth, (0, 0), 12)
    for facet in _facets():
        corners = scene.mesh[list(facet)].astype(np.float64)
        corners[:, 2] *= mask.depth
        normal = np.cross(corners[1] - corners[0], corners[2] - corners[0])
        normal *= -np.sign(normal[2]) / (np.linalg.norm(normal) + 1e-9)
        cv2.fillConvexPoly(flat, _fixed(corners[:, :2]), tuple(normal), cv2.LINE_8, shift=4)
    flat = cv2.GaussianBlur(flat, (0, 0), 0.8)
    return shells.unit(smooth + np.float32(mask.folding) * (flat - smooth))


def _fixed(points: Floats) -> NDArray[np.int32]:
    """Coarse pixels in 1/16 for OpenCV's drawing, from pixels of the scene."""
    return np.asarray(np.round(((points + 0.5) / shells.COARSE - 0.5) * 16), np.int32)


def _cut_outline(scene: Scene, mask: PaperMask, rng: np.random.Generator) -> Points:
    """(corners, 2): straight cuts around the face's border."""
    border = regions.grown(regions.outline(scene.mesh, regions.OVAL), mask.size)
    along = (np.arange(mask.corners) + rng.uniform(-0.3, 0.3, mask.corners)) / mask.corners
    corners = border[np.floor(along * len(border)).astype(int) % len(border)]
    return np.asarray(corners + rng.normal(0, 3, corners.shape), np.float32)


def _printed_sheet(scene: Scene, shell: shells.Shell, mask: PaperMask) -> Light:
    """(n, n, 3): the reflectance of the sheet, bare along the border."""
    own = paints.smoothed(paints.likeness(scene), mask.sharpness)
    sheet = printed(own, mask)
    if mask.white_border > 0:
        place = shells.coarse(scene.surface.inside)
        bare = np.clip((mask.white_border - shell.distance) * 0.5, 0, 1) * _far_from_eyes(scene)
        bare = np.maximum(bare, np.clip(1 - 2 * place, 0, 1))
        sheet = mixed(sheet, mask.paper, shells.fine(np.asarray(bare, np.float32)))
    return sheet


def _far_from_eyes(scene: Scene) -> Image:
    """(n/2, n/2): 0 around the eyes, whose holes are cut into the print; 1 near the border."""
    place = shells.coarse(scene.surface.place)
    inner = (place[..., 0] / 0.33) ** 2 + (place[..., 1] / 0.4) ** 2
    return np.asarray(np.clip((inner - 1) * 4, 0, 1), np.float32)


def _creases(scene: Scene, mask: PaperMask, rng: np.random.Generator) -> Image:
    """(n, n) in [0, 1]: where the folds have broken the ink."""
    side = len(scene.light)
    lines = np.zeros((side, side), np.uint8)
    for facet in _facets():
        corners = np.round(scene.mesh[list(facet), :2] * 16).astype(np.int32)
        cv2.polylines(lines, [corners], True, (255,), 1, cv2.LINE_AA, shift=4)
    thin = cv2.GaussianBlur(lines, (0, 0), mask.crease_width / 2).astype(np.float32) / 255
    worn = np.clip(0.2 + 0.5 * noise.blobs(rng, 14, side), 0, 1)
    return np.asarray(np.clip(mask.crease * thin * worn * 1.6, 0, 1), np.float32)


def _tab_edges(scene: Scene, mask: PaperMask, rng: np.random.Generator) -> Image:
    """(n/2, n/2): what the edges of glued tabs leave of the light: a line of shadow each."""
    side = len(scene.light) // shells.COARSE
    shade = np.zeros((side, side), np.float32)
    for _ in range(mask.tabs):
        facet = list(_facets()[int(rng.integers(len(_facets())))])
        corners = scene.mesh[facet, :2]
        inner = corners.mean(axis=0) + 0.72 * (corners - corners.mean(axis=0))
        start, end = _fixed(inner[:2]).tolist()
        cv2.line(shade, start, end, (1.0,), 2, cv2.LINE_8, shift=4)
    return np.asarray(1 - 0.4 * cv2.GaussianBlur(shade, (0, 0), 0.8), np.float32)
