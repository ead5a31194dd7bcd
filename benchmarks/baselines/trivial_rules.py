"""Rules that look at one to four numbers of a face: what a data set gives away without any method.

    python -m benchmarks.baselines.trivial_rules --store STORE --out FOLDER [--preset small]

red_minus_blue   mean red minus mean blue
sharpness        variance of the Laplacian
four_numbers     logistic regression on both, brightness and contrast

The training rows say which way a rule points. With --equalise, training faces are equalised too.
"""

import cv2
import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from benchmarks.baselines.problem import Floats, Picture, read_problem
from spooftrace.metrics.ranking import auc

RED_MINUS_BLUE, SHARPNESS = 0, 1


def four_numbers(face: Picture) -> Floats:
    """Red minus blue, logarithm of the sharpness, brightness, contrast of a face (n, n, 3), RGB."""
    red, _, blue = face.reshape(-1, 3).mean(0) / 255
    grey = cv2.cvtColor(face, cv2.COLOR_RGB2GRAY)
    sharpness = np.log1p(cv2.Laplacian(grey, cv2.CV_64F).var())
    return np.array([red - blue, sharpness, grey.mean() / 255, grey.std() / 255])


def main(arguments: list[str] | None = None) -> None:
    """Write one score file a rule."""
    problem, _ = read_problem(__doc__, arguments)
    train = problem.features(four_numbers, problem.splits.train)
    judged = problem.features(four_numbers, problem.judged)
    is_spoof = problem.is_spoof(problem.splits.train)
    for name, column in (("red_minus_blue", RED_MINUS_BLUE), ("sharpness", SHARPNESS)):
        points_up = auc(train[is_spoof, column], train[~is_spoof, column]) >= 0.5
        problem.write(name, judged[:, column] * (1 if points_up else -1))
    model = make_pipeline(StandardScaler(), LogisticRegression(class_weight="balanced"))
    model.fit(train, is_spoof)
    problem.write("four_numbers", np.asarray(model.decision_function(judged)))


if __name__ == "__main__":
    main()
