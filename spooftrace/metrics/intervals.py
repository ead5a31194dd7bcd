"""Intervals for a rate of which events and trials are counted, taking the trials as independent.

Frames of one clip, or faces of one person, are not independent: such an interval is then too
narrow, and `spooftrace.metrics.bootstrap` resamples whole clips, subjects or sources instead.
"""

from dataclasses import dataclass

from scipy.stats import binomtest

from spooftrace.errors import ConfigError, NoSamplesError


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """A two-sided interval of a rate, and how it was made."""

    low: float
    high: float
    level: float
    """Confidence level, for instance 0.95."""
    method: str


def clopper_pearson(events: int, trials: int, level: float = 0.95) -> Interval:
    """The exact interval of Clopper and Pearson (1934): covers at least `level`, often more.

    Raises:
        NoSamplesError: no trial.
        ConfigError: more events than trials, fewer than 0, or a level outside (0, 1).
    """
    check_level(level)
    if trials < 1:
        raise NoSamplesError(f"interval: expected at least one trial, got {trials}")
    if not 0 <= events <= trials:
        raise ConfigError(f"interval: expected 0 to {trials} events, got {events}")
    found = binomtest(events, trials).proportion_ci(level)
    return Interval(
        low=float(found.low), high=float(found.high), level=level, method="Clopper-Pearson"
    )


def rule_of_three(
    trials: int,
    what: str = "error",
    level: float = 0.95,
    *,
    clusters: int | None = None,
    unit: str = "cluster",
) -> str:
    """What may be said when nothing was seen in so many trials, as a sentence.

    Trials of one cluster (a person, a clip) are one independent trial, not many: where `clusters`
    are fewer, they count. `unit` is what they are called.

    At 95 % the bound is close to 3 / trials, hence the name (Hanley and Lippman-Hand 1983); the
    exact 1 - (1 - level) ** (1 / trials) is stated.

    Raises:
        NoSamplesError: no trial.
        ConfigError: a level outside (0, 1).
    """
    check_level(level)
    if trials < 1:
        raise NoSamplesError(f"rule of three: expected at least one trial, got {trials}")
    independent = trials if clusters is None else min(trials, clusters)
    bound = 1 - (1 - level) ** (1 / independent)
    seen = f"{trials} independent trials"
    if independent < trials:
        seen = f"{trials} trials of {independent} x {unit}, each taken as one independent trial"
    return (
        f"no {what} in {seen}: a rate of up to {bound:.2%} is compatible with "
        f"that ({level:g} confidence, one-sided; rule of three)"
    )


def check_level(level: float) -> None:
    """Refuse a confidence level outside (0, 1) with a `ConfigError`."""
    if not 0 < level < 1:
        raise ConfigError(f"confidence level: expected a number in (0, 1), got {level}")
