"""Reports for the tests of their forms."""

from dataclasses import replace

import numpy as np
from made_tables import random_table, text

from spooftrace.evaluation.estimates.estimate import ReportOptions, Resampling
from spooftrace.evaluation.estimates.report import build_report
from spooftrace.evaluation.protocols.operating import development_threshold, oracle_threshold
from spooftrace.evaluation.tables.report import report_document
from spooftrace.evaluation.tables.table import Measured, Table

QUICK = ReportOptions(resampling=Resampling(rounds=60))
EXTRA = Table(
    key="trace-accuracy",
    title="Trace accuracy",
    columns=("medium", "PSNR"),
    rows=(("print", Measured(value=31.5, is_share=False, digits=1)),),
    note="Where the true trace is known.",
)


def rich_rows():
    """Everything that a score file can state."""
    rows, rng = random_table(400), np.random.default_rng(7)
    answered = rng.random(400) > 0.05
    levels = {"live": None, "print": "basic", "replay": "moderate"}
    return replace(
        rows,
        score=np.where(answered, rows.score, np.nan),
        answered=answered,
        matched=rng.random(400) < 0.8,
        attack_potential=text(levels[medium] for medium in rows.medium),
        device=text(("phone", "webcam")[n % 2] for n in range(400)),
        groups={"skin type": text(("I-III", "IV-VI")[n // 200] for n in range(400))},
    )


def rich_report(*, oracle=False, system="a <toy> & more"):
    rows = rich_rows()
    threshold = oracle_threshold(rows, "test") if oracle else development_threshold(rows)
    return build_report(rows, threshold, system=system, options=QUICK, oracle=oracle)


def rich_document(**more):
    return report_document(rich_report(**more), [EXTRA])
