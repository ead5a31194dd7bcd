"""A scene for tests: the mean face, plainly shaded, before a grey wall."""

import cv2
import numpy as np

from spooftrace.faces.mesh import CANONICAL
from spooftrace.simulation.scene import regions, scene
from spooftrace.simulation.scene.illumination import Illumination
from spooftrace.simulation.scene.portrait import PORTRAIT_SIZE, Portrait


def toy_portrait() -> Portrait:
    """Evenly coloured skin with darker eyes, brows and lips, 1/2 of the portrait tall."""
    mesh = np.asarray(CANONICAL * (PORTRAIT_SIZE / 2), np.float32)
    mesh[:, :2] += (PORTRAIT_SIZE - 1) / 2
    light = np.full((PORTRAIT_SIZE, PORTRAIT_SIZE, 3), 0.3, np.float32)
    head = np.zeros((PORTRAIT_SIZE, PORTRAIT_SIZE), np.float32)
    middle = (PORTRAIT_SIZE // 2, PORTRAIT_SIZE // 2 - 30)
    cv2.ellipse(head, middle, (160, 240), 0, 0, 360, 1.0, -1)
    cv2.rectangle(head, (300, 500), (420, 719), 1.0, -1)
    light += head[..., None] * (np.array([0.45, 0.3, 0.22], np.float32) - light)
    for landmarks, colour in (
        (regions.RIGHT_EYE, (0.3, 0.3, 0.3)),
        (regions.LEFT_EYE, (0.3, 0.3, 0.3)),
        (regions.RIGHT_BROW, (0.06, 0.04, 0.03)),
        (regions.LEFT_BROW, (0.06, 0.04, 0.03)),
        (regions.LIPS, (0.3, 0.12, 0.1)),
    ):
        cover = regions.mask(mesh, landmarks, PORTRAIT_SIZE)[..., None]
        light += cover * (np.array(colour, np.float32) - light)
    return Portrait(light=light, mesh=mesh, matte=cv2.GaussianBlur(head, (0, 0), 1.5))


def toy_view(*, key: float = 0.4) -> scene.View:
    """Upright, white light from above left, a grey wall."""
    towards = np.array([-0.4, -0.4, -0.825], np.float32)
    return scene.View(
        roll_deg=0.0,
        keystone=np.zeros((4, 2)),
        illumination=Illumination(
            towards=towards / np.linalg.norm(towards),
            key=key,
            ambient=1 - key,
            key_colour=np.ones(3, np.float32),
            ambient_colour=np.ones(3, np.float32),
        ),
        background=np.full((16, 16, 3), 0.4, np.float32),
    )


def toy_scene(*, key: float = 0.4) -> scene.Scene:
    """The toy portrait in the toy view."""
    return scene.place(toy_portrait(), toy_view(key=key))
