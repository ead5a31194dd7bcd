"""A threshold chosen on one's own scores, put into a bundle with what is known of it.

A presentation is a clip where the score file says which clip a face is of, for the frames of one
clip are one person before one camera, not many trials; its score is the median of its faces', as
`detector.voting` has it. Else it is a face.

The interval is that of Clopper and Pearson. For a threshold that lies just above the r-th largest
of n living scores its upper end also bounds the rate of *new* living people from the same door: the
share of a continuous distribution above an order statistic follows Beta(r, n + 1 - r), whatever
the distribution is (Wilks 1941). The attacks' interval is optimistic where the rule looked at them.
"""

import hashlib
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from spooftrace.data.files import write_whole
from spooftrace.detector.bundle import Bundle
from spooftrace.detector.bundle_info import BundleInfo, Counted, OperatingPoint, write_info
from spooftrace.detector.development import errors_by_threshold
from spooftrace.errors import BundleError, ConfigError, MissingExtraError, SplitError
from spooftrace.evaluation.scores.file import read_scores
from spooftrace.evaluation.scores.table import ScoreTable
from spooftrace.metrics.intervals import clopper_pearson
from spooftrace.metrics.rates import Scores, is_called_attack
from spooftrace.metrics.thresholds import RULES, Threshold, bpcer_threshold, fit_threshold

SPLIT = "dev"
EVERY_ROW = "all rows"
"""What a threshold says it was chosen on, where the splits of the rows were passed over."""


def calibrate(
    bundle: str | Path,
    scores: Path,
    rule: str,
    out: Path,
    *,
    all_rows: bool = False,
    decision_only: bool = False,
) -> BundleInfo:
    """Write the bundle anew with the threshold that a rule chooses on a score file.

    Args:
        bundle: whose scores they are.
        scores: a score file (`evaluation.scores.file`).
        rule: one of `metrics.thresholds.RULES`; `bpcer=0.01` is `bpcer@0.01`.
        out: where the new bundle goes; the old one is left as it is.
        all_rows: choose on every row, whatever split it states, and on one that states none; else
            on those of split dev alone. A rate that is later reported on such rows is flattered.
        decision_only: choose on the column map_score, and write encoder and regressor alone.

    Returns what the new bundle says of itself.

    Raises:
        SplitError: there are no rows to choose on.
        ConfigError: no such rule, or `out` is the bundle itself.
        MissingExtraError: the package onnx is not installed.
    """
    opened = Bundle.load(bundle)
    if out.exists() and out.samefile(opened.path):
        raise ConfigError(f"--out {out}: expected another file than the bundle; name a new one")
    table = read_scores(scores)
    if not all_rows:
        table = _development_rows(table, scores)
    if decision_only:
        table = replace(table, score=_map_scores(table, scores))
    live, attacks, counted = presentations(table)
    if not live.size:
        raise SplitError(f"{scores}: expected scores of living people, got none with an answer")
    threshold = _chosen(rule, attacks, live, EVERY_ROW if all_rows else SPLIT, scores)
    passing = {
        name: int(np.count_nonzero(~is_called_attack(values, threshold.value)))
        for name, values in attacks.items()
    }
    worst = max(passing, key=lambda name: passing[name] / attacks[name].size, default=None)
    point = OperatingPoint(
        scores_sha256=hashlib.sha256(scores.read_bytes()).hexdigest(),
        presentations=counted,
        bpcer=_counted(int(np.count_nonzero(is_called_attack(live, threshold.value))), live.size),
        apcer=None if worst is None else _counted(passing[worst], attacks[worst].size),
        species=worst,
        chosen_for=opened.sha256,
    )
    info = replace(
        opened.info,
        threshold=threshold,
        operating_point=point,
        development=errors_by_threshold(attacks, live, threshold.value, presentations=counted),
        is_decision_only=decision_only or opened.info.is_decision_only,
    )
    model = opened.path.read_bytes()
    if decision_only:
        model = _without_trace(model)
    try:
        write_whole(out, model)
    except OSError as error:
        raise BundleError(f"--out {out}: cannot be written ({error.strerror})") from error
    write_info(out, info)
    opened.close()
    return info


def presentations(table: ScoreTable) -> tuple[Scores, dict[str, Scores], str]:
    """Scores of living people, those of attacks by species, and whether they are clips or faces."""
    table = table.rows(table.has_answer)
    attacks = {name: _medians(table, rows) for name, rows in table.species().items()}
    return _medians(table, ~table.is_attack), attacks, "clips" if _has_clips(table) else "faces"


def _chosen(
    rule: str, attacks: dict[str, Scores], live: Scores, chosen_on: str, scores: Path
) -> Threshold:
    """By a rule that needs attacks, or living people alone."""
    rule = rule.replace("bpcer=", "bpcer@").replace("apcer=", "apcer@")
    if attacks:
        return fit_threshold(rule, attacks, live, split=chosen_on)
    if rule.startswith("bpcer@"):
        return bpcer_threshold(live, _budget(rule), split=chosen_on)
    raise SplitError(
        f"{scores}: the rule {rule} needs attacks, and there are none; record some, or choose "
        "by bpcer=BUDGET, which needs living people alone"
    )


def _has_clips(table: ScoreTable) -> bool:
    return table.clip is not None and all(table.clip)


def _medians(table: ScoreTable, rows: NDArray[np.bool_]) -> Scores:
    """The scores of these rows, or the median of each of their clips."""
    scores = table.score[rows]
    if table.clip is None or not _has_clips(table):
        return scores
    clips = np.asarray(table.clip[rows], np.str_)
    return np.array([np.median(scores[clips == clip]) for clip in np.unique(clips)], np.float64)


def _map_scores(table: ScoreTable, scores: Path) -> Scores:
    if table.map_score is None or not np.isfinite(table.map_score[table.has_answer]).all():
        raise ConfigError(
            f"{scores}: expected a column map_score, which a decision-only bundle decides by; "
            "`spooftrace evaluate MODEL --store STORE --out DIR` writes one into scores.csv"
        )
    return table.map_score


def _without_trace(model: bytes) -> bytes:
    try:
        import onnx
    except ImportError as error:
        raise MissingExtraError(
            "writing a bundle needs the package onnx, which is not installed; in the checkout: "
            "pip install '.[train]'"
        ) from error
    from spooftrace.export.decision_only import without_trace

    part: bytes = without_trace(onnx.load_from_string(model)).SerializeToString()
    return part


def _development_rows(table: ScoreTable, scores: Path) -> ScoreTable:
    is_dev = np.asarray(table.split == SPLIT, np.bool_)
    if not is_dev.any():
        raise SplitError(
            f"{scores}: expected rows of split {SPLIT} to choose a threshold on, got none (a row "
            "that states no split is a test row); add a column split, or choose on every row with "
            "--all-rows, and report on other recordings"
        )
    return table.rows(is_dev)


def _counted(events: int, trials: int) -> Counted:
    interval = clopper_pearson(events, trials)
    return Counted(events=events, trials=trials, low=interval.low, high=interval.high)


def _budget(rule: str) -> float:
    try:
        return float(rule.removeprefix("bpcer@"))
    except ValueError:
        raise ConfigError(f"threshold rule: expected one of {RULES}, got {rule!r}") from None
