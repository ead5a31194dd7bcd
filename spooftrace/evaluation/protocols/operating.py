"""Where a threshold comes from: development rows, or - said aloud - the rows reported on.

`development_threshold` is the way. `oracle_threshold` shows what the best threshold would have
been, which nobody has before the rows are seen; a report by it marks every figure.
"""

import numpy as np

from spooftrace.errors import SplitError
from spooftrace.evaluation.scores.table import ScoreTable
from spooftrace.labels import split_named
from spooftrace.metrics.calibration import Calibration, fit_calibration
from spooftrace.metrics.thresholds import Threshold, fit_threshold


def development_threshold(table: ScoreTable, rule: str = "eer") -> Threshold:
    """Choose a threshold on the development rows of the table, and on no others.

    Raises:
        SplitError: there is no development row, or none of a class.
        ConfigError: no such rule.
    """
    return _chosen(table, rule, "dev", "add rows of split dev, or state a threshold (--threshold)")


def oracle_threshold(table: ScoreTable, split: str, rule: str = "eer") -> Threshold:
    """Choose a threshold on the very rows that are reported on. Errors as above.

    `build_report` takes it only when told that it is an oracle's.
    """
    return _chosen(table, rule, split, "an oracle needs both classes among the rows reported on")


def development_calibration(table: ScoreTable) -> Calibration | None:
    """Score to probability, fitted on the development rows; `None` without both classes there."""
    dev = (table.split == "dev") & table.has_answer
    attacks, live = dev & table.is_attack, dev & ~table.is_attack
    if not attacks.any() or not live.any():
        return None
    return fit_calibration(table.score[attacks], table.score[live], split="dev")


def is_of(threshold: Threshold | None, split: str) -> bool:
    """Whether the threshold was chosen on this split."""
    if threshold is None or threshold.split is None:
        return False
    return (split_named(threshold.split) or threshold.split) == split


def _chosen(table: ScoreTable, rule: str, split: str, advice: str) -> Threshold:
    rows = (table.split == split) & table.has_answer
    live = np.count_nonzero(rows & ~table.is_attack)
    attacks = np.count_nonzero(rows & table.is_attack)
    if not live or not attacks:
        kind = "development" if split == "dev" else split
        raise SplitError(
            f"threshold: expected live and spoof {kind} rows to choose it on, got {live} live "
            f"and {attacks} spoof; {advice}"
        )
    chosen = table.rows(rows)
    return fit_threshold(rule, chosen.attacks_by_species(), chosen.live_scores(), split=split)
