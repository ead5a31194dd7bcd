"""People must not lie on both sides of a split: a detector may know the face, not the attack."""

from collections.abc import Sequence
from itertools import combinations

from spooftrace.errors import SplitError
from spooftrace.evaluation.protocols.splits import Splits
from spooftrace.evaluation.scores.columns import Columns, whole_keys


def people_of(columns: Columns) -> list[str]:
    """Who every row shows.

    Raises:
        SplitError: some row does not say.
    """
    keys: Sequence[str | None] = whole_keys(columns, "subject") or [None]
    unknown = sum(key is None for key in keys)
    if unknown:
        raise SplitError(
            f"subject: expected who every face shows, got {unknown} of {len(columns['label'])} "
            "rows without; state the column subject in the manifest and prepare the store again"
        )
    return [str(key) for key in keys]


def check_apart(columns: Columns, splits: Splits) -> None:
    """Refuse a split that has anybody in two parts.

    Raises:
        SplitError: it has, or some row does not say who it shows.
    """
    people = people_of(columns)
    parts = {
        name: {people[row] for row in getattr(splits, name)} for name in ("train", "dev", "test")
    }
    for left, right in combinations(parts, 2):
        both = sorted(parts[left] & parts[right])
        if both:
            raise SplitError(
                f"split: expected different people in {left} and {right}, got {len(both)} in both "
                f"({', '.join(both[:3])}{', ...' if len(both) > 3 else ''}); "
                "leave the stated split out, or set split.group=subject"
            )
