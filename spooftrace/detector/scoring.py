"""Scores of the rows of a store: decoded and resized by threads, judged in batches."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spooftrace.data.prefetch import prefetched, stacked
from spooftrace.data.store.store import Store
from spooftrace.detector.bundle import SCORE_NAMES, Bundle
from spooftrace.faces.crop import resize_face

AHEAD = 2
"""Batches that are decoded while one is judged: enough to hide decoding, few enough for memory."""

Picture = NDArray[np.uint8]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RowScores:
    """The scores of n rows in the order asked for, float64 [n]; `score` is Eq. 3."""

    map_score: Floats
    """mean |M| / 2."""
    trace_score: Floats
    """mean |G(I)| / 2."""
    score: Floats
    """map_score + alpha_0 trace_score, alpha_0 being the bundle's."""


def score_rows(
    bundle: Bundle,
    store: Store,
    rows: Sequence[int] | NDArray[np.intp] | None = None,
    *,
    transform: Callable[[Picture], Picture] | None = None,
    batch_size: int = 32,
    progress: Callable[[int, int], None] | None = None,
) -> RowScores:
    """Judge rows of a store.

    Args:
        bundle: the detector; needs no threshold.
        store: where the faces are.
        rows: their numbers; None is every row.
        transform: applied to each crop, (256, 256, 3) uint8 RGB, before it is resized to the
            model's input; called from several threads.
        batch_size: faces in one run of the model.
        progress: called with (rows done, rows in all) after each batch.

    Raises:
        StoreError: a row cannot be decoded.
        BundleError: a score is not finite.
    """
    chosen = np.arange(len(store)) if rows is None else np.asarray(rows, np.intp)
    size = bundle.info.image_size

    def face(row: int) -> Picture:
        image = store.image(row)
        return resize_face(image if transform is None else transform(image), size)

    parts: dict[str, list[Floats]] = {name: [np.empty(0)] for name in SCORE_NAMES}
    done = 0
    ready = prefetched(face, map(int, chosen), ahead=AHEAD * batch_size)
    for faces in stacked(ready, batch_size):
        scores = bundle.run_scores(faces)
        for name, values in parts.items():
            values.append(getattr(scores, name).astype(np.float64))
        done += len(faces)
        if progress:
            progress(done, len(chosen))
    return RowScores(**{name: np.concatenate(values) for name, values in parts.items()})
