"""People who do not exist: a person drawn from the model, and looks at this person.

`draw_person` fixes what stays the same - shape, skin, hair, eyes, clothes -, `render` what changes
from look to look: the turn of the head, smile, lips, lids and gaze. The light is the even light of
the studio where the model's portraits were taken.
"""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from spooftrace.simulation.people import eyes, face_model, hairs, head_mesh, poses, skins
from spooftrace.simulation.people.fields import blended, resized, spread, step
from spooftrace.simulation.scene import raster
from spooftrace.simulation.scene.light import Image, Points, decode, to_picture
from spooftrace.simulation.scene.portrait import PORTRAIT_ENLARGE, PORTRAIT_SIZE, Portrait

Floats = NDArray[np.floating[Any]]

_RASTER_SIZE = PORTRAIT_SIZE // 2
_IRISES = (
    (0.24, 0.15, 0.1),
    (0.36, 0.25, 0.16),
    (0.38, 0.36, 0.24),
    (0.42, 0.48, 0.52),
    (0.36, 0.46, 0.58),
)
"""Dark brown, hazel, green, grey, blue; gamma-encoded."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Person:
    """What one person keeps from look to look."""

    face: Points
    """(468, 3) at rest, in head coordinates (`head_mesh`)."""
    texture: Image
    """(768, 768, 3) colour of skin, hair and clothes, gamma-encoded."""
    cover: Image
    """(768, 768) in [0, 1]: where the person is in the texture."""
    hair: Image
    """(768, 768) in [0, 1]: where hair covers the skin."""
    eyes: eyes.Eyes
    teeth: Points
    """(3,) gamma-encoded."""


def draw_person(rng: np.random.Generator) -> Person:
    """A new person."""
    model = face_model.load()
    scores = model.scores(rng)
    drawn = {name: part.at(scores[name]) for name, part in model.parts.items()}
    skin = skins.skin(drawn["texture"], model)
    tone = float(skin[384:420, 270:300].mean())
    skins.add_detail(skin, drawn["detail"], rng)
    skins.dress(skin, rng)
    outline = resized(drawn["outline"].reshape(face_model.COARSE_SIZE, -1), len(skin))
    outline = skins.with_shoulders(outline, rng)
    curl = float(np.clip(0.8 * rng.beta(0.7, 3) + max(0.0, 0.5 - tone), 0, 1))
    hue = hairs.dyed(drawn["colour"], tone, rng)
    colour, hair = hairs.grow(drawn["hair"], outline, hue, curl, rng)
    skins.shadow(skin, hair)
    skin = blended(skin, colour, hair)
    cover = skins.closed(np.maximum(skins.edged(outline), hair))
    return Person(
        face=drawn["shape"].reshape(-1, 3),
        texture=_continued(np.clip(skin, 0, 1, out=skin), cover),
        cover=cover,
        hair=hair,
        eyes=_draw_eyes(tone, rng),
        teeth=np.array([0.86, 0.81, 0.74], np.float32) * np.float32(rng.uniform(0.88, 1.02)),
    )


def render(person: Person, rng: np.random.Generator) -> Portrait:
    """One look at a person."""
    return look(person, poses.draw_pose(rng))


def look(person: Person, pose: poses.Pose) -> Portrait:
    """The look in this pose."""
    model = face_model.load()
    face = poses.moved(person.face, model.smile_shape, pose)
    points = poses.turned(head_mesh.extended(face), pose)
    frame = _Frame(points, pose)
    flat = frame.pixels(points)
    places = _where(flat, points[:, 2])
    folds = _folds(places)
    picture = _softened(_sampled(_smiling(person, pose.smile, model), places), folds)
    matte = _softened(_sampled(person.cover, places), folds)
    _draw_features(picture, person, pose, flat, frame, face)
    depth = points[: len(face), 2:] * frame.zoom
    return Portrait(
        light=decode(to_picture(picture)),
        mesh=np.concatenate([flat[: len(face)], depth], axis=1).astype(np.float32),
        matte=np.clip(matte, 0, 1),
    )


class _Frame:
    """Where the camera's picture lies in the portrait: the face's box in its middle."""

    def __init__(self, points: Points, pose: poses.Pose) -> None:
        self._pose = pose
        seen = poses.projected(points[:468], pose)
        low, high = seen.min(0), seen.max(0)
        self.zoom = PORTRAIT_SIZE / PORTRAIT_ENLARGE / float((high - low).max())
        self._middle = (low + high) / 2

    def pixels(self, points: Points) -> Points:
        seen = poses.projected(points, self._pose)
        return np.asarray((seen - self._middle) * self.zoom + (PORTRAIT_SIZE - 1) / 2, np.float32)


def _where(flat: Points, depth: Image) -> Points:
    """Pixels (720, 720, 2) of the texture that are seen in the portrait."""
    half = np.asarray((flat + 0.5) / 2 - 0.5, np.float32)
    pixels = raster.visible(half, depth, head_mesh.TRIANGLES, _RASTER_SIZE)
    rest = head_mesh.place(head_mesh.REST[:, :2])
    found = raster.interpolate(rest, half, head_mesh.TRIANGLES, pixels)
    places = np.full((_RASTER_SIZE, _RASTER_SIZE, 2), -9, np.float32)
    places[pixels.rows, pixels.columns] = found
    return np.asarray(cv2.resize(places, (PORTRAIT_SIZE, PORTRAIT_SIZE)), np.float32)


def _sampled(texture: Image, places: Points) -> Image:
    return np.asarray(
        cv2.remap(
            texture,
            places[..., 0],
            places[..., 1],
            cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REPLICATE,
        ),
        np.float32,
    )


def _folds(places: Points) -> Image:
    """1 where one part of the surface hides another, which the raster draws with steps."""
    coarse = places[::2, ::2]
    jump = np.zeros(coarse.shape[:2], np.float32)
    jump[:, 1:] = np.abs(np.diff(coarse, axis=1)).max(2)
    jump[1:] = np.maximum(jump[1:], np.abs(np.diff(coarse, axis=0)).max(2))
    near = cv2.dilate(step(jump, 8, 14), np.ones((3, 3), np.uint8))
    return resized(np.asarray(near, np.float32), len(places)).clip(0, 1)


def _softened(image: Image, folds: Image) -> Image:
    rows, columns = np.flatnonzero(folds.any(1)), np.flatnonzero(folds.any(0))
    if rows.size:
        box = np.s_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        part = np.ascontiguousarray(image[box])
        image[box] = blended(part, skins.smooth(part, 1.3), folds[box].copy())
    return image


def _smiling(person: Person, smile: float, model: face_model.Model) -> Image:
    change = skins.change(np.float32(smile) * model.smile_texture, model)
    texture = person.texture.copy()
    texture[skins.WINDOW] += change * (1 - person.hair[skins.WINDOW])[..., None]
    return texture


def _draw_features(
    picture: Image,
    person: Person,
    pose: poses.Pose,
    flat: Points,
    frame: _Frame,
    face: Points,
) -> None:
    """Eyes and mouth."""
    for ring in (list(poses.RIGHT_EYE), list(poses.LEFT_EYE)):
        width = float(np.linalg.norm(person.face[ring[0]] - person.face[ring[8]]))
        # The eyeball turns about a point behind the lids, and looks at the camera.
        ball = (face[ring[0]] + face[ring[8]]) / 2
        ball = ball + np.array([0, 0, 0.3 * width], np.float32)
        centre = poses.turned(ball[None], pose)
        outline = flat[ring]
        iris = _held(
            frame.pixels(centre)[0] + 0.4 * width * frame.zoom * np.asarray(pose.gaze), outline
        )
        below = outline[:9].mean(0) + np.array([0, 0.45 * width * frame.zoom])
        row, column = np.clip(np.round(below[::-1]).astype(int), 0, PORTRAIT_SIZE - 1)
        shade = float(picture[row, column].mean())
        radius = 0.213 * width * frame.zoom
        eyes.draw_eye(picture, outline, iris, radius, person.eyes, shade)
    lips = flat[list(poses.INNER_LIPS)]
    eyes.draw_mouth(picture, lips, frame.zoom, person.teeth, pose.smile)


def _held(iris: Floats, outline: Points) -> Floats:
    """The middle of the iris kept between the lids, a little nearer to the upper one."""
    corner, other = outline[0], outline[8]
    middle = (outline.max(0) + outline.min(0)) / 2
    width, height = abs(float(other[0] - corner[0])), float(np.ptp(outline[:, 1]))
    limit = np.array([0.17 * width, 0.12 * height])
    rest = middle - np.array([0, 0.08 * height])
    return np.asarray(rest + np.clip(iris - rest, -limit, limit))


def _draw_eyes(tone: float, rng: np.random.Generator) -> eyes.Eyes:
    """Brown eyes with dark skin; with light skin brown, hazel, green, grey or blue ones."""
    shades = np.array(_IRISES)
    light = float(np.clip((tone - 0.5) / 0.12, 0, 1))
    odds = np.array([1 - 0.72 * light, 0.22 * light, 0.14 * light, 0.16 * light, 0.2 * light])
    iris = shades[rng.choice(5, p=odds / odds.sum())] * rng.uniform(0.85, 1.15)
    return eyes.Eyes(
        iris=iris.astype(np.float32),
        white=(np.array([0.8, 0.76, 0.75]) * rng.uniform(0.92, 1.02)).astype(np.float32),
        lashes=float(rng.uniform(0.1, 1.0)),
        fibres=rng.standard_normal(64).astype(np.float32),
        pupil=float(rng.uniform(0.32, 0.45)),
    )


def _continued(texture: Image, cover: Image) -> Image:
    """The texture with its colours continued to where the person is not."""
    small = np.asarray(cv2.resize(texture, (96, 96), interpolation=cv2.INTER_AREA), np.float32)
    weight = np.asarray(cv2.resize(cover, (96, 96), interpolation=cv2.INTER_AREA), np.float32)
    around = resized(spread(small, step(weight, 0.6, 0.95)), len(texture))
    return blended(around, texture, step(cover, 0.2, 0.75))
