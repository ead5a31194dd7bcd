"""The mean score of several crops of a face: a crop that lies a little otherwise moves it less."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from spooftrace.detector.detection import Detection, decide
from spooftrace.faces.finder import FoundFace

Score = Callable[[NDArray[np.uint8]], NDArray[np.float64]]


def averaged(
    judged: Sequence[Detection], faces: Sequence[FoundFace], score: Score
) -> list[Detection]:
    """The detections of faces, with the mean over all crops where a face has some beside its own.

    The evidence stays that of the face's own crop. `score` gives the scores of crops.
    """
    several = [crop for face in faces for crop in face.beside]
    scores = iter(score(np.stack(several)) if several else ())

    def mean(one: Detection, face: FoundFace) -> Detection:
        if not face.beside:
            return one
        assert one.score is not None  # of a face
        whole = float(np.mean([one.score, *(next(scores) for _ in face.beside)]))
        return replace(one, score=whole, decision=decide(whole, one.threshold))

    return [mean(one, face) for one, face in zip(judged, faces, strict=True)]
