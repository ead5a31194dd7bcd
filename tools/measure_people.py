"""Portraits laid on the mean face: what `tools/fit_face_model.py` fits the face model to."""

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import mean_face
import numpy as np
from mediapipe.python.solutions import selfie_segmentation
from numpy.typing import NDArray
from PIL import Image
from scipy.ndimage import gaussian_filter

from spooftrace.faces import mesh
from spooftrace.simulation.people import head_mesh
from spooftrace.simulation.scene import raster

LABEL_SIZE = 192
"""Side of the label maps; a pixel is about a hundredth of the face's height."""

Floats = NDArray[Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """All portraits of the training split."""

    person: NDArray[np.str_]
    studio: NDArray[np.str_]
    """The set of portraits that each belongs to."""
    smiles: NDArray[np.bool_]
    shapes: Floats
    """(n, 468, 3) turned to the front and scaled to the mean face."""
    textures: NDArray[np.uint8]
    """(n, 768, 768, 3) sRGB, every picture warped to the mean face."""
    mattes: NDArray[np.uint8]
    """(n, 768, 768) where the person is."""


def measure(folder: Path) -> Measured:
    """Find, align and warp the portraits of a folder with `manifest.csv`."""
    with (folder / "manifest.csv").open() as file:
        rows = [row for row in csv.DictReader(file) if row["split"] == "train"]
    segmenter = selfie_segmentation.SelfieSegmentation(model_selection=0)
    flat = head_mesh.place(head_mesh.REST[:, :2])
    pixels = raster.visible(flat, head_mesh.REST[:, 2], head_mesh.TRIANGLES, 768)
    shapes, textures, mattes = [], [], []
    for row, points in zip(rows, mean_face.measured(folder), strict=True):
        picture = _balanced(np.asarray(Image.open(folder / row["file"]).convert("RGB")))
        matte = (segmenter.process(picture).segmentation_mask * 255).astype(np.uint8)
        places = _places(points[:, :2])
        xy = raster.interpolate(places, flat, head_mesh.TRIANGLES, pixels)
        look_up = np.full((768, 768, 2), -1, np.float32)
        look_up[pixels.rows, pixels.columns] = xy
        for image, kept in ((picture, textures), (matte, mattes)):
            kept.append(
                cv2.remap(image, look_up, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
            )
        shapes.append(_upright(points))
    return Measured(
        person=np.array([row["person"] for row in rows]),
        studio=np.array([row["set"] for row in rows]),
        smiles=np.array([row["expression"] == "smiling" for row in rows]),
        shapes=np.stack(shapes),
        textures=np.stack(textures),
        mattes=np.stack(mattes),
    )


def mirrored(measured: Measured) -> Measured:
    """The portraits and their mirror images, which count as other people."""
    shapes = measured.shapes[:, mesh.MIRROR_468] * np.array([-1.0, 1.0, 1.0])
    return Measured(
        person=np.concatenate([measured.person, np.char.add(measured.person, " mirrored")]),
        studio=np.tile(measured.studio, 2),
        smiles=np.tile(measured.smiles, 2),
        shapes=np.concatenate([measured.shapes, shapes]),
        textures=np.concatenate([measured.textures, measured.textures[:, :, ::-1]]),
        mattes=np.concatenate([measured.mattes, measured.mattes[:, :, ::-1]]),
    )


def _balanced(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The picture with the studio's wall, in the upper corners, made grey."""
    side = picture.shape[1] // 12
    wall = np.concatenate([picture[:side, :side], picture[:side, -side:]]).reshape(-1, 3)
    colour = np.median(wall, axis=0)
    return np.clip(picture * (colour.mean() / colour) ** 0.9, 0, 255).astype(np.uint8)


def _places(points: Floats) -> NDArray[np.float32]:
    """Where the picture shows each vertex of the extended mesh, (n, 2) pixels."""
    mean = mesh.CANONICAL[:, :2].astype(np.float64)
    source, target = points - points.mean(0), mean - mean.mean(0)
    norm = np.square(source).sum()
    a = (source * target).sum() / norm
    b = (source[:, 0] * target[:, 1] - source[:, 1] * target[:, 0]).sum() / norm
    turn = np.array([[a, b], [-b, a]])
    shift = mean.mean(0) - points.mean(0) @ turn
    aligned = np.column_stack([points @ turn + shift, mesh.CANONICAL[:, 2]])
    extended = head_mesh.extended(aligned)[:, :2]
    return np.asarray((extended - shift) @ np.linalg.inv(turn), np.float32)


def _upright(points: Floats) -> Floats:
    """The mesh (468, 3) brought nearest to the mean face by a similarity in space."""
    mean = mesh.CANONICAL.astype(np.float64)
    source, target = points - points.mean(0), mean - mean.mean(0)
    turned = source @ mean_face.best_rotation(source, target)
    return turned * ((turned * target).sum() / np.square(turned).sum()) + mean.mean(0)


def labels(texture: Floats, matte: Floats) -> tuple[Floats, Floats]:
    """Where hair and where skin is, (192, 192) bool each; skin is none below the picture's end.

    Gaussian colour models of the cheeks and of what lies above the forehead decide, smoothed;
    the lower face is skin (a beard belongs to the face).
    """
    colours = cv2.resize(texture, (LABEL_SIZE,) * 2, interpolation=cv2.INTER_AREA)
    lab = cv2.cvtColor(colours, cv2.COLOR_RGB2LAB).astype(np.float64)
    is_person = cv2.resize(matte, (LABEL_SIZE,) * 2, interpolation=cv2.INTER_AREA) > 127
    grid = ((np.arange(LABEL_SIZE) + 0.5) / LABEL_SIZE * 2 - 1) * head_mesh.SPAN
    x, y = np.meshgrid(grid, grid)
    face = (x / 0.4) ** 2 + (y / 0.5) ** 2 < 1
    cheeks = (np.abs(x) < 0.28) & (y > -0.1) & (y < 0.1)
    top = is_person & (y < -0.56) & (np.abs(x) < 0.22)
    shirt_like = (lab[..., 0] > lab[cheeks][:, 0].mean() + 18) & (y > 0.45)
    is_hair = _nearer(lab, lab[top], lab[cheeks])
    brows = ((np.abs(x) - 0.19) / 0.155) ** 2 + ((y + 0.27) / 0.075) ** 2 < 1
    is_hair &= ~brows
    is_hair &= is_person & ~shirt_like & ~((x / 0.4) ** 2 + ((y - 0.1) / 0.42) ** 2 < 1)
    # Shadow under the jaw has the colour of dark hair.
    is_hair &= ~((np.abs(x) < 0.31) & (y > 0.25))
    # Neither collars nor dark clothes are hair.
    is_hair &= (y < 0.55) & ((y < 0.2) | (np.abs(x) < 0.62))
    is_hair = _with_the_crown(_cleaned(is_hair, 8), y)
    is_skin = is_person & ~is_hair & ~shirt_like & (y < 0.72)
    return is_hair, _cleaned(is_skin & (~_far(lab, lab[cheeks]) | (face & (y > -0.22)) | brows), 40)


def _with_the_crown(mask: Floats, y: Floats) -> Floats:
    """The parts of a mask that reach above the eyes."""
    _, islands = cv2.connectedComponents(mask.astype(np.uint8))
    return np.isin(islands, np.unique(islands[mask & (y < -0.2)])) & mask


def _nearer(lab: Floats, these: Floats, those: Floats) -> Floats:
    """Where the smoothed likelihood of these colours is higher than of those."""
    if len(these) < 50 or np.linalg.norm(these.mean(0) - those.mean(0)) < 14:
        return np.zeros(lab.shape[:2], bool)
    return np.asarray(gaussian_filter(_distance(lab, these) - _distance(lab, those), 1.0) < 0)


def _far(lab: Floats, these: Floats) -> Floats:
    return np.asarray(gaussian_filter(_distance(lab, these), 1.0) > 45)


def _distance(lab: Floats, these: Floats) -> Floats:
    covariance = np.cov(these.T) + 25 * np.eye(3)
    away = lab - np.median(these, axis=0)
    mahalanobis = np.einsum("...i,ij,...j", away, np.linalg.inv(covariance), away)
    return np.asarray(np.minimum(mahalanobis, 60 * 4) + np.log(np.linalg.det(covariance)))


def _cleaned(mask: Floats, least: int) -> Floats:
    """Opened and closed, less its islands of fewer pixels than `least`."""
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (3, 3))
    solid = cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_CLOSE, kernel)
    solid = cv2.morphologyEx(solid, cv2.MORPH_OPEN, kernel)
    _, islands, stats, _ = cv2.connectedComponentsWithStats(solid)
    large = stats[:, cv2.CC_STAT_AREA] >= least
    large[0] = False
    return np.asarray(large[islands])
