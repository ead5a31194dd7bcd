"""Colour texture: local binary patterns in HSV and YCbCr, and a linear support vector machine.

    python -m benchmarks.baselines.lbp_svm --store STORE --out FOLDER [--preset small]

Uniform patterns of 8 neighbours at radius 1 on each of the six channels, one histogram of 59 bins
each (Boulkenafet, Komulainen, Hadid: Face Spoofing Detection Using Colour Texture Analysis, 2016).
The machine's C is the one that ranks the development rows best. With --equalise, training faces
are equalised too.
"""

import cv2
import numpy as np
from numpy.typing import NDArray
from skimage.feature import local_binary_pattern
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC

from benchmarks.baselines.problem import Floats, Picture, read_problem
from spooftrace.metrics.ranking import auc

NEIGHBOURS, RADIUS, BINS = 8, 1, 59
COSTS = (1e-5, 1e-4, 1e-3, 1e-2, 1e-1)


def colour_texture(face: Picture) -> Floats:
    """Histograms (354,) of a face (n, n, 3), RGB."""
    spaces = [cv2.cvtColor(face, code) for code in (cv2.COLOR_RGB2HSV, cv2.COLOR_RGB2YCrCb)]
    channels = [space[..., channel] for space in spaces for channel in range(3)]
    return np.concatenate([_histogram(np.asarray(channel, np.uint8)) for channel in channels])


def _histogram(channel: Picture) -> Floats:
    patterns = local_binary_pattern(  # type: ignore[no-untyped-call]
        channel, NEIGHBOURS, RADIUS, method="nri_uniform"
    )
    counts = np.bincount(patterns.astype(np.intp).ravel(), minlength=BINS)
    return np.asarray(counts / counts.sum(), np.float64)


def fit(features: Floats, is_spoof: NDArray[np.bool_], cost: float) -> Pipeline:
    """The machine with one value of C."""
    machine = LinearSVC(C=cost, class_weight="balanced", dual=True, max_iter=20_000, random_state=0)
    return make_pipeline(StandardScaler(), machine).fit(features, is_spoof)


def main(arguments: list[str] | None = None) -> None:
    """Fit on the training rows, choose C on the development rows, write the score file."""
    problem, _ = read_problem(__doc__, arguments)
    splits = problem.splits
    train, dev = (problem.features(colour_texture, rows) for rows in (splits.train, splits.dev))
    spoof_train, spoof_dev = problem.is_spoof(splits.train), problem.is_spoof(splits.dev)
    found = []
    for cost in COSTS:
        model = fit(train, spoof_train, cost)
        scores = model.decision_function(dev)
        found.append((auc(scores[spoof_dev], scores[~spoof_dev]), cost, model))
    area, cost, model = max(found, key=lambda entry: entry[0])
    print(f"C = {cost:g} ranks the development rows best (AUC {area:.3f})")
    judged = problem.features(colour_texture, problem.judged)
    problem.write("lbp_svm", np.asarray(model.decision_function(judged)))


if __name__ == "__main__":
    main()
