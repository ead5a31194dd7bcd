"""Score tables for the tests of this folder."""

import numpy as np

from spooftrace.evaluation.scores.table import ScoreTable


def text(values):
    return np.array(list(values), dtype=object)


def table(score, label, **columns):
    """A table from lists: medium defaults to print for attacks, split to test."""
    media = columns.pop("medium", ["print" if value else "live" for value in label])
    split = columns.pop("split", ["test"] * len(label))
    named = {name: text(values) for name, values in columns.items()}
    return ScoreTable(
        id=named.pop("id", text(f"row{number}" for number in range(len(label)))),
        label=np.array(label, dtype=np.int8),
        medium=text(media),
        split=text(split),
        score=np.array(score, dtype=np.float64),
        **named,
    )


def random_table(rows=400, seed=0):
    """Two sources, two media, 40 clips, a quarter of the rows development."""
    rng = np.random.default_rng(seed)
    label = rng.integers(0, 2, rows)
    return table(
        label + rng.normal(0, 0.7, rows),
        label.tolist(),
        medium=["live" if not v else ("print", "replay")[n % 2] for n, v in enumerate(label)],
        split=["dev" if n % 4 == 0 else "test" for n in range(rows)],
        database=[f"set{n % 2}" for n in range(rows)],
        clip=[f"clip{n // 10}" for n in range(rows)],
    )
