"""How often every threshold errs on the scores that a bundle's own was chosen on.

It travels in the bundle, so that whoever moves the threshold can be told what that means. Scores of
single people do not: a table of about a hundred thresholds is kept, evenly over the ranks.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from spooftrace.metrics.rates import as_scores

ENTRIES: Final = 101


@dataclass(frozen=True, slots=True, kw_only=True)
class Development:
    """Error rates at k increasing thresholds; between two of them, either bounds the rates."""

    presentations: str
    """What was counted: `clips` (the median of the scores of each) or `faces`."""
    live: int
    """Presentations of living people."""
    attacks: int
    """Presentations of attacks, all species together."""
    thresholds: tuple[float, ...]
    """[k], the bundle's own among them."""
    bpcer: tuple[float, ...]
    """[k] share of the living with a score >= the threshold. Not increasing."""
    apcer: tuple[float, ...] | None
    """[k] share of the attacks below it, of the species that passes most often there; not
    decreasing. None where no attack was recorded."""


def errors_by_threshold(
    attacks: Mapping[str, ArrayLike], bona_fide: ArrayLike, threshold: float, *, presentations: str
) -> Development:
    """The table of some scores, live ones and attacks by species; `threshold` is an entry of it."""
    live = np.sort(as_scores(bona_fide, "live"))
    species = [np.sort(as_scores(scores, f"attack ({name})")) for name, scores in attacks.items()]
    every = np.concatenate([live, *species])
    ranks = np.quantile(every, np.linspace(0, 1, ENTRIES), method="inverted_cdf")
    # Just above the highest score everything passes.
    values = np.unique([*ranks, threshold, np.nextafter(every.max(), np.inf)])
    missed = [np.searchsorted(scores, values) / scores.size for scores in species]
    return Development(
        presentations=presentations,
        live=live.size,
        attacks=sum(scores.size for scores in species),
        thresholds=tuple(values.tolist()),
        bpcer=tuple((1 - np.searchsorted(live, values) / live.size).tolist()),
        apcer=tuple(np.max(missed, axis=0).tolist()) if missed else None,
    )
