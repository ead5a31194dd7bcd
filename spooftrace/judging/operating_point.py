"""The threshold that a report judges by, and what must be said about it."""

from spooftrace.evaluation.protocols.operating import (
    development_threshold,
    is_of,
    oracle_threshold,
)
from spooftrace.evaluation.scores.table import ScoreTable
from spooftrace.judging.scored import Scored
from spooftrace.metrics.thresholds import Threshold, fixed_threshold


def choose_threshold(
    scored: Scored, split: str, stated: float | None, rule: str | None, *, oracle: bool = False
) -> tuple[Threshold | None, list[str]]:
    """The threshold, or `None`, and what must be said about it.

    In this order: the one stated; an oracle's, where one was asked for; the one a rule chooses on
    the development rows, where a rule was asked for; the bundle's; the equal-error threshold of the
    development rows.

    Raises:
        SplitError: there are no rows of both classes to choose it on.
        ConfigError: no such rule.
    """
    asked = asked_for(scored.table, split, stated, rule, oracle=oracle)
    if asked is not None:
        return asked, []
    found, said = scored.threshold, []
    if found is not None:
        said.append(f"the threshold is the bundle's{scored.threshold_caveat}")
    elif has_development_rows(scored.table, split):
        found = development_threshold(scored.table)
        said.append("the threshold was chosen on the development rows of these scores")
    if found is None:
        return None, ["no threshold was given and there are no development rows to choose one on"]
    if is_of(found, split):
        return None, [f"figures at a threshold are left out: it was chosen on these rows ({split})"]
    return found, said


def asked_for(
    table: ScoreTable, split: str, stated: float | None, rule: str | None, *, oracle: bool = False
) -> Threshold | None:
    """The one stated; an oracle's, where asked for; the rule's on the development rows; or none.

    Raises:
        SplitError: there are no rows of both classes to choose it on.
        ConfigError: no such rule.
    """
    if stated is not None:
        return fixed_threshold(stated, "the user")
    if oracle:
        return oracle_threshold(table, split, rule or "eer")
    return None if rule is None else development_threshold(table, rule)


def has_development_rows(table: ScoreTable, split: str) -> bool:
    """Whether there are rows to choose a threshold on that are not the rows reported on."""
    return split != "dev" and bool((table.split == "dev").any())
