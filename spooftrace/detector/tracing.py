"""Estimated traces of the rows of a store, measured against the true ones."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from spooftrace.data.prefetch import prefetched
from spooftrace.data.store.store import Store
from spooftrace.detector.bundle import Bundle
from spooftrace.faces.crop import resize_face
from spooftrace.metrics.trace_accuracy import FIGURES, energy, trace_accuracy

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
Touched = Callable[[NDArray[Any]], Mask]
"""Which pixels (h, w) a true trace (h, w, 3) touches; who simulated the attack knows."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RowTraces:
    """Figures of n rows by name (`metrics.trace_accuracy.FIGURES`), each (n,), NaN where undefined.

    Of a live face there is the energy alone: its true trace is zero.
    """

    rows: NDArray[np.intp]
    """The rows measured: those asked for that are live or have a true trace."""
    estimate: dict[str, Floats]
    """Of the bundle's traces."""
    nothing: dict[str, Floats]
    """Of the do-nothing baseline, a trace of zero."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Truth:
    """One face at the model's input size."""

    image: NDArray[np.uint8]
    trace: NDArray[np.float32] | None
    """`None` for a live face."""
    touched: Mask | None


def measure_traces(
    bundle: Bundle,
    store: Store,
    rows: Sequence[int] | NDArray[np.intp],
    touched: Touched,
    *,
    batch_size: int = 16,
    progress: Callable[[int, int], None] | None = None,
) -> RowTraces:
    """Run the bundle over the rows that are live or have a true trace, and measure its traces.

    Image and true trace come to the model's input size by area means, the touched pixels by
    majority. Memory is bounded by the batch.

    Raises:
        StoreError: a row cannot be decoded.
        BundleError: a score is not finite.
    """
    is_live = np.array([label == 0 for label in store.columns()["label"]], np.bool_)
    asked = np.asarray(rows, np.intp)
    chosen = asked[is_live[asked] | store.has_trace[asked]]
    size = bundle.info.image_size

    def truth(row: int) -> _Truth:
        return _truth(store, row, size, touched)

    def estimated() -> Iterator[tuple[_Truth, NDArray[np.float32]]]:
        ready, done = prefetched(truth, map(int, chosen), ahead=2 * batch_size), 0
        while truths := list(islice(ready, batch_size)):
            traces = bundle.run(np.stack([truth.image for truth in truths])).trace
            yield from zip(truths, np.moveaxis(traces, 1, -1), strict=True)
            done += len(truths)
            if progress:
                progress(done, len(chosen))

    measured = list(prefetched(lambda pair: _figures(*pair), estimated(), ahead=batch_size))
    table = np.array(measured).reshape(-1, 2, len(FIGURES))
    estimate, nothing = (dict(zip(FIGURES, table[:, side].T, strict=True)) for side in (0, 1))
    return RowTraces(rows=chosen, estimate=estimate, nothing=nothing)


def _truth(store: Store, row: int, size: int, touched: Touched) -> _Truth:
    image, trace = resize_face(store.image(row), size), store.trace(row)
    if trace is None:
        return _Truth(image=image, trace=None, touched=None)
    share = _at_size(touched(trace).astype(np.float32), size)
    return _Truth(image=image, trace=_at_size(trace.astype(np.float32), size), touched=share >= 0.5)


def _at_size(values: NDArray[np.float32], size: int) -> NDArray[np.float32]:
    """A square picture or mask of floats, resized as `resize_face` resizes bytes."""
    if len(values) == size:
        return values
    method = cv2.INTER_AREA if len(values) > size else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(values, (size, size), interpolation=method), np.float32)


def _figures(truth: _Truth, estimate: NDArray[np.float32]) -> list[list[float]]:
    """(2, figures): of the estimate and of a zero trace."""
    return [_figures_of(truth, trace) for trace in (estimate, np.zeros_like(estimate))]


def _figures_of(truth: _Truth, trace: NDArray[np.float32]) -> list[float]:
    if truth.trace is None or truth.touched is None:
        known = {"energy": energy(trace)}
        return [known.get(name, float("nan")) for name in FIGURES]
    image = truth.image.astype(np.float32) / 255
    measured = trace_accuracy(image, truth.trace, trace, truth.touched)
    return [getattr(measured, name) for name in FIGURES]
