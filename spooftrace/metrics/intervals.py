"""Intervals for a rate of which events and trials are counted, taking the trials as independent.

Frames of one clip, or faces of one person, are not independent: such an interval is then too
narrow, and `spooftrace.metrics.bootstrap` resamples whole clips, subjects or sources instead.
"""

from dataclasses import dataclass

from scipy.special import betaincinv, ndtri

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
    _check(events, trials, level)
    tail = (1 - level) / 2
    low = 0.0 if events == 0 else float(betaincinv(events, trials - events + 1, tail))
    high = 1.0 if events == trials else float(betaincinv(events + 1, trials - events, 1 - tail))
    return Interval(low=low, high=high, level=level, method="Clopper-Pearson")


def wilson(events: int, trials: int, level: float = 0.95) -> Interval:
    """The score interval of Wilson (1927): covers `level` on average; shorter than the exact one.

    Raises:
        NoSamplesError: no trial.
        ConfigError: more events than trials, fewer than 0, or a level outside (0, 1).
    """
    _check(events, trials, level)
    z = float(ndtri((1 + level) / 2))
    share, spread = events / trials, z**2 / trials
    centre = (share + spread / 2) / (1 + spread)
    half = (spread * (share * (1 - share) + spread / 4)) ** 0.5 / (1 + spread)
    low = 0.0 if events == 0 else centre - half
    high = 1.0 if events == trials else centre + half
    return Interval(low=low, high=high, level=level, method="Wilson")


def upper_bound(events: int, trials: int, level: float = 0.95) -> float:
    """The one-sided exact bound: the rate is not larger, with confidence `level`.

    It is the upper end of the two-sided interval of level 2 * level - 1. Errors as above.
    """
    _check(events, trials, level)
    return 1.0 if events == trials else float(betaincinv(events + 1, trials - events, level))


def rule_of_three(trials: int, what: str = "error", level: float = 0.95) -> str:
    """What may be said when nothing was seen in so many independent trials, as a sentence.

    At 95 % the bound is close to 3 / trials, hence the name (Hanley and Lippman-Hand 1983); the
    exact 1 - (1 - level) ** (1 / trials) is stated.

    Raises:
        NoSamplesError: no trial.
        ConfigError: a level outside (0, 1).
    """
    bound = upper_bound(0, trials, level)
    return (
        f"no {what} in {trials} independent trials: a rate of up to {bound:.2%} is compatible with "
        f"that ({level:g} confidence, one-sided; rule of three)"
    )


def check_level(level: float) -> None:
    """Refuse a confidence level outside (0, 1) with a `ConfigError`."""
    if not 0 < level < 1:
        raise ConfigError(f"confidence level: expected a number in (0, 1), got {level}")


def _check(events: int, trials: int, level: float) -> None:
    check_level(level)
    if trials < 1:
        raise NoSamplesError(f"interval: expected at least one trial, got {trials}")
    if not 0 <= events <= trials:
        raise ConfigError(f"interval: expected 0 to {trials} events, got {events}")
