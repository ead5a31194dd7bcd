"""How faces of one store look beside those of another: light, sharpness, noise, compression.

    python -m benchmarks.looks simulated=STORE recorded=STORE:set1,set2

Eight plain statistics of every face, and their 10th, 50th and 90th percentile for each class of
each store: where a simulation leaves out what recordings have, a detector trained on it calls that
an attack. Databases may be named after the store; rows of others are not read.
"""

import argparse
from collections import defaultdict

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.timing import record
from spooftrace.data.store.store import Store

FACE = np.s_[44:212, 56:200]
"""Of a crop of 256 px: what lies inside even of a detector's tight box."""
PERCENTILES = (10, 50, 90)


def looks(picture: NDArray[np.uint8]) -> dict[str, float]:
    """Statistics of a crop (256, 256, 3); in grey levels unless said otherwise."""
    face = picture[FACE].astype(np.float32)
    grey = cv2.cvtColor(face / np.float32(255), cv2.COLOR_RGB2GRAY) * np.float32(255)
    return {
        "brightness": float(grey.mean()),
        "contrast": float(grey.std()),
        "black": float(np.percentile(grey, 1)),
        "white": float(np.percentile(grey, 99)),
        "sharpness": float(np.abs(cv2.Laplacian(grey, cv2.CV_32F)).mean()),
        "noise": noise(grey),
        "red_blue": float(face[..., 0].mean() - face[..., 2].mean()),
        "blockiness": blockiness(grey),
    }


def noise(grey: NDArray[np.float32]) -> float:
    """Deviation of the finest detail in the smoothest tenth of 8 x 8 blocks."""
    fine = grey - cv2.GaussianBlur(grey, (0, 0), 1.0)
    rows, columns = grey.shape[0] // 8, grey.shape[1] // 8
    blocks = fine[: rows * 8, : columns * 8].reshape(rows, 8, columns, 8).std(axis=(1, 3))
    return float(np.percentile(blocks, 10))


def blockiness(grey: NDArray[np.float32]) -> float:
    """Highest line of the mean gradient's spectrum at periods of 6 to 22 px, over their median.

    The blocks of a codec lie 8 px apart in the picture, more or less in a crop of it.
    """
    found = []
    for axis in (0, 1):
        steps = np.abs(np.diff(grey, 2, axis=axis)).mean(axis=1 - axis)
        spectrum = np.abs(np.fft.rfft((steps - steps.mean()) * np.hanning(len(steps)), 512))
        low, high = round(512 / 22), round(512 / 6)
        found.append(spectrum[low:high].max() / np.median(spectrum[low:high]))
    return float(np.mean(found))


def measured(store: Store, databases: set[str], limit: int) -> dict[str, list[dict[str, float]]]:
    """Looks of the faces of each class, at most so many, chosen at random."""
    chosen = np.random.default_rng(0)
    columns = store.columns()
    rows = defaultdict(list)
    for row, (database, label) in enumerate(
        zip(columns["database"], columns["label"], strict=True)
    ):
        if not databases or database in databases:
            rows["attack" if label else "living"].append(row)
    return {
        name: [looks(store.sample(row).image) for row in chosen.permutation(found)[:limit]]
        for name, found in rows.items()
    }


def table(faces: list[dict[str, float]]) -> dict[str, list[float]]:
    """Percentiles of every statistic."""
    return {
        name: np.percentile([face[name] for face in faces], PERCENTILES).round(1).tolist()
        for name in faces[0]
    }


def main() -> None:
    """Measure, print, and keep the result."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("stores", nargs="+", help="NAME=STORE or NAME=STORE:DATABASE,DATABASE")
    parser.add_argument("--limit", type=int, default=400, help="faces of a class of a store")
    parser.add_argument("--name", default="looks", help="of the result")
    said = parser.parse_args()
    found = {}
    for one in said.stores:
        name, _, rest = one.partition("=")
        path, _, databases = rest.partition(":")
        wanted = set(filter(None, databases.split(",")))
        for label, faces in measured(Store.open(path), wanted, said.limit).items():
            found[f"{name}/{label}"] = {"faces": len(faces)} | table(faces)
            print(f"{name}/{label}", found[f"{name}/{label}"])
    record(said.name, {"percentiles": list(PERCENTILES), "looks": found})


if __name__ == "__main__":
    main()
