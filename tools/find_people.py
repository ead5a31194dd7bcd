"""Count the drawn people whose face MediaPipe finds, and how far from the mesh it finds it.

    python tools/find_people.py [--count 500] [--seed 2026]

Prints the share in which exactly one face is found, each person before a grey wall of random
brightness, and the distance between the mesh of the portrait and the one found, in face heights.
"""

import argparse

import numpy as np

from spooftrace.faces.face_mesh import FaceMesh
from spooftrace.simulation.people import person
from spooftrace.simulation.scene.light import encode, to_picture
from spooftrace.simulation.scene.portrait import PORTRAIT_ENLARGE, PORTRAIT_SIZE, Portrait


def main() -> None:
    """Draw, look, count."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--seed", type=int, default=2026)
    arguments = parser.parse_args()
    landmarker = FaceMesh()
    away = []
    for index in range(arguments.count):
        rng = np.random.default_rng([arguments.seed, index])
        portrait = person.render(person.draw_person(rng), rng)
        faces = landmarker.find(picture_of(portrait, float(rng.uniform(0.02, 0.8))))
        if len(faces) == 1:
            error = np.linalg.norm(faces[0].points - portrait.mesh[:, :2], axis=1).mean()
            away.append(error / (PORTRAIT_SIZE / PORTRAIT_ENLARGE))
        else:
            print(f"person {index}: {len(faces)} faces found")
    mean, most = np.mean(away), np.quantile(away, 0.95)
    print(f"one face found in {len(away)} of {arguments.count}")
    print(f"distance to the mesh: mean {mean:.4f}, 95 % {most:.4f}, largest {max(away):.4f}")


def picture_of(portrait: Portrait, wall: float) -> np.ndarray:
    """The portrait before a grey wall of this linear brightness."""
    behind = np.float32(wall)
    light = behind + portrait.matte[..., None] * (portrait.light - behind)
    return to_picture(encode(light))


if __name__ == "__main__":
    main()
