"""The threshold that `spooftrace evaluate` judges by, and what must be said about it."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from spooftrace.judging.scoring import Judged
    from spooftrace.metrics.thresholds import Threshold


def choose_threshold(
    judged: "Judged", split: str, stated: float | None, rule: str | None, *, oracle: bool = False
) -> tuple["Threshold | None", list[str]]:
    """The threshold, or `None`, and what must be said about it.

    In this order: the one stated; an oracle's, where one was asked for; the one a rule chooses on
    the development rows, where a rule was asked for; the bundle's; the equal-error threshold of the
    development rows.
    """
    from spooftrace.evaluation.protocols.operating import development_threshold, oracle_threshold
    from spooftrace.metrics.thresholds import fixed_threshold

    if stated is not None:
        return fixed_threshold(stated, "the user"), []
    if oracle:
        return oracle_threshold(judged.table, split, rule or "eer"), []
    if rule is not None:
        return development_threshold(judged.table, rule), []
    found, said = judged.threshold, []
    if found is not None:
        said.append(f"the threshold is the bundle's{judged.threshold_caveat}")
    elif split != "dev" and (judged.table.split == "dev").any():
        found = development_threshold(judged.table)
        said.append("the threshold was chosen on the development rows of these scores")
    if found is None:
        return None, ["no threshold was given and there are no development rows to choose one on"]
    if found.split == split:
        return None, [f"figures at a threshold are left out: it was chosen on these rows ({split})"]
    return found, said
