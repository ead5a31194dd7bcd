"""Draw `docs/images/vertices.png`: vertices, triangles and anchors on a face.

    python tools/draw_vertices.py [--out FILE]

The face is `skimage.data.astronaut()`, a NASA photograph in the public domain.
"""

import argparse
import io
from pathlib import Path

import matplotlib

matplotlib.use("Agg")

import numpy as np
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from numpy.typing import NDArray
from PIL import Image
from skimage.data import astronaut

from spooftrace.faces.crop import CROP_SIZE
from spooftrace.faces.face_mesh import FaceMesh
from spooftrace.faces.finder import FoundFace, find_face
from spooftrace.faces.mesh import VERTEX_COUNT
from spooftrace.faces.topology import triangles_for, with_anchors

CYAN, YELLOW, RED = "#00c8d8", "#ffd400", "#d62728"


def main() -> None:
    """Find the face, draw it twice."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path("docs/images/vertices.png"))
    out = parser.parse_args().out
    picture: NDArray[np.uint8] = astronaut()  # type: ignore[no-untyped-call]
    face = find_face(picture, FaceMesh())
    if not isinstance(face, FoundFace):
        raise SystemExit(f"expected a face, got: {face.detail}")
    figure, (whole, close) = plt.subplots(1, 2, figsize=(11, 5.6), layout="constrained")
    draw(whole, face, size=2.0)
    draw(close, face, size=9.0)
    margin = CROP_SIZE / 4 + 12
    whole.set(xlim=(-margin, CROP_SIZE + margin), ylim=(CROP_SIZE + margin, -margin))
    whole.set_title("crop, 140 vertices (yellow), 32 anchors (red), 310 triangles")
    close.set(xlim=(20, 236), ylim=(236, 20))
    close.set_title("the vertices")
    out.parent.mkdir(parents=True, exist_ok=True)
    drawn = io.BytesIO()
    figure.savefig(drawn, dpi=80)
    # A palette: a third of the bytes.
    Image.open(drawn).convert("RGB").quantize(128).save(out)


def draw(axes: Axes, face: FoundFace, *, size: float) -> None:
    """The crop with its mesh; `size` is that of a vertex' dot."""
    points: NDArray[np.float32] = with_anchors(face.vertices, CROP_SIZE)
    vertices, frame = points[:VERTEX_COUNT], points[VERTEX_COUNT:]
    axes.imshow(face.image)
    axes.triplot(*points.T, triangles_for(face.vertices, CROP_SIZE), color=CYAN, linewidth=0.6)
    axes.scatter(vertices[:, 0], vertices[:, 1], s=size, color=YELLOW, zorder=3)
    axes.scatter(frame[:, 0], frame[:, 1], s=14, color=RED, zorder=3)
    axes.axis("off")


if __name__ == "__main__":
    main()
