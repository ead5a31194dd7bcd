"""What a detector is worth on a store: one call from faces to the report."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from spooftrace.data.store.store import Store
from spooftrace.detector.bundle import Bundle
from spooftrace.evaluation.estimates.report import Report
from spooftrace.evaluation.protocols.protocol import Protocol
from spooftrace.judging.changes import FaceChange
from spooftrace.judging.report import report_on
from spooftrace.judging.scoring import Progress, score_store

if TYPE_CHECKING:
    from spooftrace.detector.detector import SpoofDetector


def judge(
    detector: "SpoofDetector | Bundle | str | Path",
    store: Store | str | Path,
    protocol: Protocol | None = None,
    *,
    fold: str | None = None,
    split: str = "test",
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
        protocol: which rows choose and which judge (`evaluation.protocols.protocol`); `None`: as
            the detector's own run divided the store, or by default where it never saw it.
        fold: name of the protocol's fold; `None`: its only one, or the one that the detector's own
            run was divided by.
        split: the rows to report on, "test" or "dev".
        threshold: a threshold of your own; `None`: by `rule`, or else the bundle's.
        rule: choose the threshold on the development rows, for instance "eer" or "bpcer@0.01";
            `None`: by the protocol's, where one is given that has development rows.
        oracle: choose it on the very rows reported on, and mark every figure.
        change: what is done to every face first.
        groups: columns to report by, `attributes.NAME` included.
        cluster: what intervals resample: "database", "subject" or "clip"; `None`: what fits.
        progress: called with (rows done, rows in all) while faces are scored.

    Raises:
        BundleError, StoreError: the detector or the store cannot be opened.
        SplitError: rows are asked for that the detector learnt from, a part is missing, or the
            threshold would be chosen on the rows reported on.
        ConfigError: no such fold, rule or column.
    """
    if not isinstance(detector, str | Path | Bundle):
        detector = detector.bundle
    bundle = detector if isinstance(detector, Bundle) else Bundle.load(detector)
    opened = store if isinstance(store, Store) else Store.open(store)
    scored = score_store(
        bundle,
        opened,
        protocol=protocol,
        fold=fold,
        split=split,
        change=change,
        groups=groups,
        progress=progress,
    )
    return report_on(
        scored,
        protocol=protocol,
        split=split,
        threshold=threshold,
        rule=rule,
        oracle=oracle,
        cluster=cluster,
    )
