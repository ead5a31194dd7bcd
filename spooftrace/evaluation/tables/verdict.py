"""What a report says in sentences: the operating point, and what no error seen still allows."""

from collections.abc import Iterator

from spooftrace.evaluation.estimates.figures import Figure
from spooftrace.evaluation.estimates.report import Report
from spooftrace.evaluation.render.text import zero_errors
from spooftrace.evaluation.tables.naming import measured, title
from spooftrace.metrics.thresholds import Threshold

HEADLINES = ("apcer/worst", "bpcer", "acer", "eer", "auc", "tdr@fdr=")
"""Figures that stand in large print; the last is read at the FDR of summaries."""


def headlines(report: Report) -> list[Figure]:
    """The figures of the large print that these rows define."""
    fdr = f"{report.options.resampling.fdr:g}"
    keys = [key + fdr if key.endswith("=") else key for key in HEADLINES]
    found = (report.pooled.figure(key) for key in keys)
    return [figure for figure in found if figure is not None]


def verdict(report: Report) -> list[str]:
    """Sentences on the operating point, the most important first."""
    if report.threshold is None:
        return ["No verdict: without a threshold from other rows, scores only rank."]
    said = [_threshold(report.threshold)]
    bpcer, worst = report.pooled.figure("bpcer"), report.pooled.figure("apcer/worst")
    if bpcer is not None:
        said.append(f"Of the live faces, {_rate(bpcer)} were refused.")
    if worst is not None:
        said.append(f"Of the attacks of the worst species, {worst.of}, {_rate(worst)} passed.")
    silent = report.pooled.unanswered
    if silent:
        total = report.pooled.live + sum(report.pooled.attacks.values()) + silent
        said.append(f"{silent} of {total} presentations had no answer; error rates leave them out.")
    return said


def cautions(report: Report) -> Iterator[str]:
    """The rule of three, where no error was seen."""
    yield from zero_errors(report.pooled, report.options.resampling.level)


def origin_of(threshold: Threshold) -> str:
    """Where a threshold comes from, in a few words."""
    if threshold.split is None:
        return "stated"
    return f"chosen on {threshold.split} by {threshold.rule}"


def _threshold(threshold: Threshold) -> str:
    return f"Judged at the threshold {threshold.value:.6g}, {origin_of(threshold)}."


def _rate(figure: Figure) -> str:
    cell = measured(figure)
    mark = " (oracle)" if figure.is_oracle else ""
    interval = cell.interval
    between = ""
    if interval is not None:
        low, high = cell.number(interval.low), cell.number(interval.high)
        between = f"; {interval.level:.0%} interval {low} to {high}\u00a0%"
    return f"{cell.number(cell.value)}\u00a0%{mark} ({figure.events} of {figure.trials}{between})"


def caption(figure: Figure) -> str:
    """What stands below a figure in large print."""
    return title(figure.key, figure.of)
