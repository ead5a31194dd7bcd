"""What the development split says of the networks: alpha_0, EER and AUC.

Test data never comes here.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from spooftrace.data.prefetch import prefetched, stacked
from spooftrace.data.store.store import Store
from spooftrace.faces.crop import resize_face
from spooftrace.labels import Label
from spooftrace.metrics import fusion, thresholds
from spooftrace.stdn.generator import Generator
from spooftrace.stdn.score import score_terms
from spooftrace.training.device import Device

BATCH = 32

Rows = Sequence[int] | NDArray[np.intp]
"""Numbers of rows of a store."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Development:
    """One look at the development split."""

    step: int
    eer: float
    auc: float
    alpha_0: float
    """Weight of the trace in Eq. 3 with the smallest EER, ties broken by the AUC (Sec. 4.1)."""
    threshold: float
    """Where APCER and BPCER are closest at this alpha_0, midway between two scores."""

    def beats(self, other: "Development | None") -> bool:
        """Whether this is the better checkpoint; of equals the later, which has seen more."""
        return other is None or (self.eer, -self.auc) <= (other.eer, -other.auc)


def look(
    generator: Generator, store: Store, rows: Rows, device: Device, *, step: int
) -> Development:
    """Score the development rows; fit alpha_0 and the threshold on them."""
    map_scores, trace_scores = score_rows(generator, store, rows, device)
    labels = np.array(store.columns()["label"])[np.asarray(rows)]
    fit = fusion.fit_alpha0(map_scores, trace_scores, labels)
    scores = fusion.fuse(map_scores, trace_scores, fit.value)
    spoof, live = scores[labels == Label.SPOOF], scores[labels == Label.LIVE]
    threshold = thresholds.eer_threshold(spoof, live, split="dev")
    return Development(
        step=step, eer=fit.eer, auc=fit.auc, alpha_0=fit.value, threshold=threshold.value
    )


@torch.no_grad()
def score_rows(
    generator: Generator, store: Store, rows: Rows, device: Device
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Both terms of Eq. 3 for some rows of a store.

    With the running batch statistics, in float32.
    """
    was_training = generator.training
    generator.eval()
    found = []
    # TF32 would fit alpha_0 and the threshold on other scores than the float32 bundle gives.
    with torch.backends.cudnn.flags(
        enabled=True, benchmark=False, deterministic=False, allow_tf32=False
    ):
        for faces in _batches(store, rows, device.image_size):
            image = device.pictures(faces)
            output = generator(image)
            found.append(torch.stack(score_terms(output.spoof_map, output.trace.compose(image))))
    generator.train(was_training)
    scores = torch.cat(found, dim=1).double().cpu().numpy()
    return scores[0], scores[1]


def _batches(store: Store, rows: Rows, size: int) -> Iterator[NDArray[np.uint8]]:
    """Faces [b, n, n, 3]; threads decode the next batch while the device works on this one."""

    def face(row: int) -> NDArray[np.uint8]:
        return resize_face(store.image(row), size)

    return stacked(prefetched(face, map(int, rows), ahead=2 * BATCH), BATCH)
