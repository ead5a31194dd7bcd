"""A landmarker that needs no model: the top-left pixel of a picture says what it finds."""

import json
import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from spooftrace.faces.landmarker import Mesh
from spooftrace.faces.mesh import CANONICAL

NO_FACE, TWO_FACES, FAR, KILLS = (10, 0, 0), (20, 0, 0), (30, 0, 0), (40, 0, 0)


@dataclass(frozen=True)
class FakeLandmarker:
    """Finds a mesh that fills 70 % of the picture; notes each call as a line of `log`."""

    log: Path | None = None
    delay_s: float = 0.0
    antidote: Path | None = None
    """While this file is missing, a picture that kills does."""
    name: str = "fake"
    version: str = "1"

    def __call__(self):
        return self

    def find(self, image):
        if self.log is not None:
            with self.log.open("a") as file:
                file.write(json.dumps([int(image.sum()), os.getpid()]) + "\n")
        time.sleep(self.delay_s)
        mark = tuple(image[0, 0].tolist())
        if mark == KILLS and self.antidote is not None and not self.antidote.exists():
            os.kill(os.getpid(), signal.SIGKILL)
        if mark == NO_FACE:
            return []
        height, width = image.shape[:2]
        share = 0.2 if mark == FAR else 0.7
        points = CANONICAL[:, :2] * share * min(height, width) + [width / 2, height / 2]
        mesh = Mesh(points=points.astype(np.float32))
        return [mesh, mesh] if mark == TWO_FACES else [mesh]


def write_picture(path, seed, mark=(0, 0, 0), size=160):
    picture = np.random.default_rng(seed).integers(0, 256, (size, size, 3), dtype=np.uint8)
    picture[0, 0] = mark
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(picture).save(path)


def write_source(root, count=60):
    """Pictures in live/ and spoof/print/, of which every seventh has no face."""
    for number in range(count):
        folder = "live" if number % 2 else "spoof/print"
        mark = NO_FACE if number % 7 == 3 else (0, 0, 0)
        write_picture(root / folder / f"{number}.png", number, mark)
    return root
