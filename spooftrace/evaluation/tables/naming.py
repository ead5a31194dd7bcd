"""What rates are called, and how their numbers are shown: where a rate meets words."""

from spooftrace.evaluation.estimates.estimate import Estimate, Section
from spooftrace.evaluation.estimates.rate import Kind, Over, Rate
from spooftrace.evaluation.tables.table import Measured
from spooftrace.metrics.thresholds import Threshold

_NAMES = {kind: kind.upper() for kind in Kind} | {
    Kind.EER_ON_HULL: "EER on the ROC convex hull",
    Kind.FRR: "FRR, whole system",
}
_PLAIN = (Kind.AUC, Kind.ECE)
"""Fractions; every other rate is shown in percent."""


def title(rate: Rate, worst: str | None = None) -> str:
    """What a rate is called; `worst` names the species that a worst rate is of."""
    species = f" ({worst})" if worst else ""
    if rate.kind is Kind.TDR_AT_FDR:
        assert rate.level is not None
        return f"TDR@FDR {rate.level:.2%}"
    if rate.kind is Kind.BPCER_AT_APCER:
        assert rate.level is not None
        return f"BPCER{round(1 / rate.level)}{species}"
    name = _NAMES[rate.kind]
    if rate.potential is not None:
        return f"{name} up to {rate.potential}{species}"
    if rate.over is Over.WORST:
        return f"{name}, worst{species}"
    if rate.over is Over.POOLED:
        return f"{name}, pooled"
    return f"{name} {rate.species}" if rate.species else name


def measured(found: Estimate) -> Measured:
    """The estimate as a cell of a table."""
    return Measured(
        value=found.value,
        interval=found.interval,
        events=found.events,
        trials=found.trials,
        is_share=is_percent(found.rate),
        digits=digits(found.rate),
        is_oracle=found.is_oracle,
    )


def is_percent(rate: Rate) -> bool:
    """Whether it is shown in percent."""
    return rate.kind not in _PLAIN


def digits(rate: Rate) -> int:
    """Decimals shown."""
    return 2 if is_percent(rate) else 4


def interval_origin(found: Estimate, unit: str) -> str:
    """What the interval shown was made of."""
    if found.is_counted:
        return "counts"
    return "-" if found.interval is None else f"{found.clustered.clusters} x {unit}"


def threshold_origin(threshold: Threshold) -> str:
    """Where a threshold comes from, in a few words."""
    if threshold.split is None:
        return "stated"
    return f"chosen on {threshold.split} by {threshold.rule}"


def sizes(section: Section) -> str:
    """Numbers of live faces and of attacks."""
    return f"{section.live} + {sum(section.attacks.values())}"


def heading(section: Section) -> str:
    """The section and what it is made of."""
    shown = (f"{count} {medium}" for medium, count in section.attacks.items())
    silent = f"; {section.unanswered} without an answer" if section.unanswered else ""
    return f"{section.name}: {section.live} live, {', '.join(shown) or 'no attacks'}{silent}"
