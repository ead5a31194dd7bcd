"""Presentations to which the system gave no answer: APNRR and BPNRR.

A face that was not found, a picture refused by the quality gate, a time-out: such a presentation
has no score, so that APCER and BPCER are shares of the presentations that were answered. How many
were not is reported beside them, because a system that answers easy cases only looks good.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from spooftrace.errors import ConfigError, NoSamplesError
from spooftrace.metrics.intervals import Interval, clopper_pearson


@dataclass(frozen=True, slots=True, kw_only=True)
class NoAnswer:
    """How many presentations had no answer."""

    count: int
    presentations: int
    """All that were made, answered or not."""

    def __post_init__(self) -> None:
        if self.presentations < 1:
            raise NoSamplesError("no-answer rate: expected at least one presentation, got none")
        if not 0 <= self.count <= self.presentations:
            raise ConfigError(
                f"no-answer rate: expected 0 to {self.presentations} presentations without answer, "
                f"got {self.count}"
            )

    @property
    def rate(self) -> float:
        """The share of the presentations without an answer."""
        return self.count / self.presentations

    def interval(self, level: float = 0.95) -> Interval:
        """The exact interval of the rate, presentations being independent."""
        return clopper_pearson(self.count, self.presentations, level)


def bpnrr(no_answers: int, answered: int) -> NoAnswer:
    """BPNRR: the share of bona fide presentations that had no answer.

    Raises:
        NoSamplesError: there is no presentation.
        ConfigError: a count is negative.
    """
    return NoAnswer(count=no_answers, presentations=no_answers + answered)


def apnrr_by_species(
    no_answers: Mapping[str, int], answered: Mapping[str, int]
) -> dict[str, NoAnswer]:
    """APNRR of every species named in either count, by name; what is not named is 0.

    Raises:
        NoSamplesError: there is no species, or one has no presentation.
        ConfigError: a count is negative.
    """
    species = sorted({*no_answers, *answered})
    if not species:
        raise NoSamplesError("APNRR: expected at least one attack species, got none")
    return {name: bpnrr(no_answers.get(name, 0), answered.get(name, 0)) for name in species}


def worst_apnrr(no_answers: Mapping[str, int], answered: Mapping[str, int]) -> tuple[str, NoAnswer]:
    """The species with the largest APNRR; of equals the first by name. Errors as above."""
    rates = apnrr_by_species(no_answers, answered)
    species = min(rates, key=lambda name: (-rates[name].rate, name))
    return species, rates[species]
