"""What a report says in sentences: the operating point, and what no error seen still allows."""

from collections.abc import Iterator

from spooftrace.evaluation.estimates.estimate import Estimate, Section
from spooftrace.evaluation.estimates.rate import (
    ACER,
    AUC,
    BPCER,
    EER,
    WORST_APCER,
    Kind,
    Rate,
    tdr_at_fdr,
)
from spooftrace.evaluation.estimates.report import Report
from spooftrace.evaluation.tables.naming import measured, threshold_origin, title
from spooftrace.evaluation.tables.table import ORACLE, Measured
from spooftrace.metrics.intervals import rule_of_three


def highlights(report: Report) -> list[tuple[str, Measured]]:
    """The numbers for large print that these rows define, by name."""
    detected = tdr_at_fdr(report.options.resampling.fdr)
    wanted = (WORST_APCER, BPCER, ACER, EER, AUC, detected)
    estimates = (report.pooled.estimate(rate) for rate in wanted)
    return [(title(each.rate, each.worst), measured(each)) for each in estimates if each]


def verdict(report: Report) -> list[str]:
    """Sentences on the operating point, the most important first."""
    if report.threshold is None:
        return ["No verdict: without a threshold from other rows, scores only rank."]
    origin = threshold_origin(report.threshold)
    said = [f"Judged at the threshold {report.threshold.value:.6g}, {origin}."]
    bpcer, worst = report.pooled.estimate(BPCER), report.pooled.estimate(WORST_APCER)
    if bpcer is not None:
        said.append(f"Of the live faces, {_spoken(bpcer)} were refused.")
    if worst is not None:
        said.append(f"Of the attacks of the worst species, {worst.worst}, {_spoken(worst)} passed.")
    silent = report.pooled.unanswered
    if silent:
        total = report.pooled.live + sum(report.pooled.attacks.values()) + silent
        said.append(f"{silent} of {total} presentations had no answer; error rates leave them out.")
    return said


def cautions(section: Section, level: float) -> Iterator[str]:
    """The rule of three for error rates of which no error was seen; of groups the main two."""
    for found in section.estimates:
        is_main = found.rate in (WORST_APCER, BPCER)
        is_told = is_main if section.grouping else found.is_error and not found.worst
        if is_told and found.events == 0 and found.trials:
            # Of a worst species, those who carry that species count.
            own = Rate(Kind.APCER, species=found.worst) if found.worst else found.rate
            by_cluster = (section.estimate(own) or found).clustered
            said = rule_of_three(
                found.trials, level=level, clusters=by_cluster.clusters, unit=section.cluster
            )
            yield f"{title(found.rate)}: {said}"


def _spoken(found: Estimate) -> str:
    cell = measured(found)
    mark = f" {ORACLE}" if found.is_oracle else ""
    interval = cell.interval
    between = ""
    if interval is not None:
        low, high = cell.number(interval.low), cell.number(interval.high)
        between = f"; {interval.level:.0%} interval {low} to {high}\u00a0%"
    return f"{cell.number(cell.value)}\u00a0%{mark} ({found.events} of {found.trials}{between})"
