"""What a detector is worth on a store: one call from faces to the report."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from spooftrace.data.store.store import Store
from spooftrace.detector.bundle import Bundle
from spooftrace.evaluation.estimates.report import Report
from spooftrace.judging.changes import FaceChange
from spooftrace.judging.report import report_on
from spooftrace.judging.scoring import Progress, score_store

if TYPE_CHECKING:
    from spooftrace.detector.detector import SpoofDetector


def judge(
    detector: "SpoofDetector | Bundle | str | Path",
    store: Store | str | Path,
    *,
    split: str = "test",
    all_rows: bool = False,
    threshold: float | None = None,
    rule: str | None = None,
    oracle: bool = False,
    change: FaceChange | None = None,
    groups: Sequence[str] = (),
    cluster: str | None = None,
    progress: Progress | None = None,
) -> Report:
    """Score the rows that a detector never learnt from, and report its errors with intervals.

    Args:
        detector: a detector, an opened bundle, or the path of a bundle or of a run folder.
        store: a store, or its folder or fsspec URL.
        split: the rows to report on, "test" or "dev"; the parts are those of the detector's run,
            or the default ones (`evaluation.protocols.splits`) where it never saw the store.
        all_rows: take every row of a store that it never saw as test.
        threshold: a threshold of your own; `None`: by `rule`, or else the bundle's.
        rule: choose the threshold on the development rows, for instance "eer" or "bpcer@0.01".
        oracle: choose it on the very rows reported on, and mark every figure.
        change: what is done to every face first.
        groups: columns to report by, `attributes.NAME` included.
        cluster: what intervals resample: "database", "subject" or "clip"; `None`: what fits.
        progress: called with (rows done, rows in all) while faces are scored.

    Raises:
        BundleError, StoreError: the detector or the store cannot be opened.
        SplitError: rows are asked for that the detector learnt from, a part is missing, or the
            threshold would be chosen on the rows reported on.
    """
    if not isinstance(detector, str | Path | Bundle):
        detector = detector.bundle
    bundle = detector if isinstance(detector, Bundle) else Bundle.load(detector)
    opened = store if isinstance(store, Store) else Store.open(store)
    scored = score_store(
        bundle,
        opened,
        split=split,
        all_rows=all_rows,
        change=change,
        groups=groups,
        progress=progress,
    )
    return report_on(
        scored, split=split, threshold=threshold, rule=rule, oracle=oracle, cluster=cluster
    )
