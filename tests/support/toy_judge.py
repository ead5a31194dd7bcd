"""A detector whose trace is known: whatever is blue. Live faces here have no blue at all.

G(I) = (0, 0, I_blue)      score = 3 x mean |G| = mean of I_blue
"""

import numpy as np
import torch
from toy_faces import PROVENANCE, mean_vertices

from spooftrace.data.sample import FaceSample
from spooftrace.data.store.store import Store
from spooftrace.data.store.writer import StoreWriter
from spooftrace.experiments.faithfulness.judge import Judge
from spooftrace.labels import Medium

SIZE = 32


def blue(pictures):
    trace = pictures * torch.tensor([0.0, 0.0, 1.0]).view(1, 3, 1, 1)
    return 3 * trace.abs().mean(dim=(1, 2, 3)), trace


JUDGE = Judge("toy", SIZE, 0.25, blue)


def face(number, medium):
    """Blue from 0 to 255 evenly over the pixels of a spoof, in an order drawn by chance."""
    rng = np.random.default_rng(number)
    small = np.zeros((SIZE, SIZE, 3), np.uint8)
    small[..., :2] = rng.integers(40, 200, (SIZE, SIZE, 2))
    if medium is not Medium.LIVE:
        small[..., 2] = rng.permutation(np.arange(SIZE * SIZE) // 4).reshape(SIZE, SIZE)
    return small.repeat(8, axis=0).repeat(8, axis=1)


def write_blue_store(path, people=12):
    """Every person once live and once behind a screen, all with the same mesh."""
    with StoreWriter(path, PROVENANCE) as writer:
        for number in range(people):
            for medium in (Medium.LIVE, Medium.REPLAY):
                writer.append(
                    FaceSample(
                        id=f"{medium.value}{number}",
                        image=face(number, medium),
                        vertices=mean_vertices(),
                        label=medium.label,
                        medium=medium,
                        database="made",
                        subject=f"p{number}",
                    )
                )
    return Store.open(path)
