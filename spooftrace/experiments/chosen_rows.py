"""Fewer rows than a store has, for experiments that cost much a face."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def at_most(
    count: int | None, rows: NDArray[np.intp], labels: Sequence[int], seed: int
) -> NDArray[np.intp]:
    """At most `count` rows of each class, drawn without replacement, in the order of the store.

    Args:
        count: of each class; `None` keeps every row.
        rows: (m,) the rows to draw from.
        labels: (n,) label of every row of the store.
        seed: of the draw.
    """
    if count is None:
        return rows
    rng, of_row = np.random.default_rng(seed), np.asarray(labels)[rows]
    classes = [rows[of_row == label] for label in np.unique(of_row)]
    kept = [rng.permutation(members)[:count] for members in classes]
    return np.sort(np.concatenate([np.empty(0, np.intp), *kept]))
