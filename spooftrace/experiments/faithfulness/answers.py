"""Faithfulness of the explanation: does the score stand and fall with the trace that is shown?

removal    spoof faces less their estimated trace must be judged as live faces are
pasting    live faces plus the trace of a spoof, warped onto them (Eqs. 4-7), must be judged spoof
deletion   exchanging the pixels with the largest |G| first must lower the score fastest
insertion  and putting them back first must raise it fastest

As controls the same trace with its pixels shuffled, random order, and the input gradient's order.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from spooftrace.data.store.store import Store
from spooftrace.errors import SplitError
from spooftrace.experiments.faithfulness.judge import Judge
from spooftrace.experiments.faithfulness.probes import (
    FRACTIONS,
    ORDERS,
    exchange_curve,
    rankings,
    shuffled,
    without,
)
from spooftrace.faces.crop import CROP_SIZE, resize_face
from spooftrace.faces.topology import triangles_for, with_anchors
from spooftrace.labels import Label
from spooftrace.stdn.warp import warp_between

BATCH = 16

LIVE, SPOOF = "live faces", "spoof faces"
REMOVED, REMOVED_SHUFFLED = "spoof less its trace", "spoof less its trace, shuffled"
PASTED, PASTED_SHUFFLED = "live plus a spoof's trace", "live plus a spoof's trace, shuffled"
CONDITIONS = (LIVE, SPOOF, REMOVED, REMOVED_SHUFFLED, PASTED, PASTED_SHUFFLED)
KINDS = ("deletion", "insertion")

Rows = NDArray[np.intp]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """Scores of m faces under every condition; NaN where a condition is of the other class."""

    rows: Rows
    """(m,) of the store: the live rows, then the spoof rows."""
    scores: dict[str, Floats]
    """(m,) by condition; a pasted face stands in the row of its live face."""
    curves: dict[tuple[str, str], Floats]
    """(m, k) by kind and order, at `FRACTIONS`."""


def ask(
    judge: Judge,
    store: Store,
    rows: Rows,
    *,
    seed: int = 0,
    device: torch.device | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Answers:
    """Ask the judge about every face of the rows under every condition.

    Args:
        judge: the detector.
        store: where the faces are.
        rows: live and spoof rows, none of which the detector learnt from.
        seed: of the pairs, the shuffles and the random order.
        device: where the judge computes.
        progress: called with (faces done, faces in all).

    Raises:
        SplitError: a class is missing.
    """
    live, spoof = _by_class(store, rows)
    faces = Faces(store, judge.image_size, device or torch.device("cpu"))
    rng, order = torch.Generator().manual_seed(seed), np.random.default_rng(seed)
    partners = _partners(store, live, spoof, order)
    total, found = len(live) + len(spoof), _Found()
    for start in range(0, len(live), BATCH):
        part = slice(start, start + BATCH)
        found.add(len(live[part]), _of_live(judge, faces, live[part], partners[part], rng))
        if progress:
            progress(min(start + BATCH, len(live)), total)
    for start in range(0, len(spoof), BATCH):
        rows_here = spoof[start : start + BATCH]
        found.add(len(rows_here), _of_spoof(judge, faces, rows_here, rng))
        if progress:
            progress(len(live) + min(start + BATCH, len(spoof)), total)
    return found.answers(np.concatenate([live, spoof]))


class Faces:
    """Faces of a store as the judge sees them."""

    def __init__(self, store: Store, size: int, device: torch.device) -> None:
        self._store, self._size, self._device = store, size, device

    def pictures(self, rows: Rows) -> Tensor:
        """[b, 3, n, n] in [0, 1]."""
        faces = np.stack([resize_face(self._store.image(int(row)), self._size) for row in rows])
        return torch.from_numpy(faces).to(self._device).permute(0, 3, 1, 2).float() / 255

    def warped(self, trace: Tensor, sources: Rows, targets: Rows) -> Tensor:
        """Traces of the faces `sources` as they lie on the faces `targets`."""
        meshes = (self._store.vertices[sources], self._store.vertices[targets])
        scale = self._size / CROP_SIZE
        source, target = ((mesh + 0.5) * np.float32(scale) - 0.5 for mesh in meshes)
        triangles = np.stack([triangles_for(mesh, self._size) for mesh in target])
        source_points, target_points = (
            torch.from_numpy(with_anchors(mesh, self._size)).to(self._device)
            for mesh in (source, target)
        )
        topology = torch.from_numpy(triangles).to(self._device)
        return warp_between(trace, source_points, target_points, topology)


class _Found:
    """Answers batch by batch."""

    def __init__(self) -> None:
        self._sizes: list[int] = []
        self._parts: list[_Part] = []

    def add(self, faces: int, part: "_Part") -> None:
        self._sizes.append(faces)
        self._parts.append(part)

    def answers(self, rows: Rows) -> Answers:
        """All of them, NaN where a batch has none."""
        curves = [(kind, order) for kind in KINDS for order in ORDERS]
        return Answers(
            rows=rows,
            scores={name: self._joined((name,), ()) for name in CONDITIONS},
            curves={key: self._joined(key, (len(FRACTIONS),)) for key in curves},
        )

    def _joined(self, key: tuple[str, ...], shape: tuple[int, ...]) -> Floats:
        pieces = [
            part[key].double().cpu().numpy() if key in part else np.full((size, *shape), np.nan)
            for size, part in zip(self._sizes, self._parts, strict=True)
        ]
        return np.concatenate(pieces)


_Part = dict[tuple[str, ...], Tensor]
"""Scores [b] by (condition,) and curves [b, k] by (kind, order)."""


def _of_live(judge: Judge, faces: Faces, live: Rows, partners: Rows, rng: torch.Generator) -> _Part:
    pictures = faces.pictures(live)
    _, trace = judge.look(faces.pictures(partners))
    pasted = faces.warped(trace, partners, live)
    return {
        (LIVE,): judge.score(pictures),
        (PASTED,): judge.score((pictures + pasted).clamp(0, 1)),
        (PASTED_SHUFFLED,): judge.score((pictures + shuffled(pasted, rng)).clamp(0, 1)),
    }


def _of_spoof(judge: Judge, faces: Faces, spoof: Rows, rng: torch.Generator) -> _Part:
    pictures = faces.pictures(spoof)
    score, trace = judge.look(pictures)
    clean = without(pictures, trace)
    found: _Part = {
        (SPOOF,): score,
        (REMOVED,): judge.score(clean),
        (REMOVED_SHUFFLED,): judge.score(without(pictures, shuffled(trace, rng))),
    }
    for order, ranks in rankings(judge, pictures, trace, rng).items():
        found["deletion", order] = exchange_curve(judge, pictures, clean, ranks)
        found["insertion", order] = exchange_curve(judge, clean, pictures, ranks)
    return found


def _by_class(store: Store, rows: Rows) -> tuple[Rows, Rows]:
    labels = np.array(store.columns()["label"])[rows]
    live, spoof = rows[labels == Label.LIVE], rows[labels == Label.SPOOF]
    if not len(live) or not len(spoof):
        raise SplitError(
            f"faithfulness: expected live and spoof rows, got {len(live)} live and {len(spoof)} "
            "spoof; choose another split or store"
        )
    return live, spoof


def _partners(store: Store, live: Rows, spoof: Rows, rng: np.random.Generator) -> Rows:
    """A spoof row for each live row, of another person wherever persons are known."""
    subjects = np.array(store.columns()["subject"], dtype=object)
    chosen = []
    for row in live:
        others = spoof[subjects[spoof] != subjects[row]] if subjects[row] is not None else spoof
        chosen.append(rng.choice(others if len(others) else spoof))
    return np.array(chosen, np.intp)
