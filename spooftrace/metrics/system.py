"""Rates of a whole verification system: presentation attack detection together with a matcher.

A presentation is *accepted* when it passes the detection (score < threshold; no answer does not
pass) and the matcher accepts it as the person it claims to be. Attacks are impostor attacks, bona
fide presentations are genuine ones; zero-effort impostors belong in neither.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spooftrace.errors import NoSamplesError, ScoreFileError

Decisions = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Presentations:
    """Both decisions on presentations of one kind, all that were made."""

    passed: Decisions
    """(n,): taken for bona fide; False where there was no answer."""
    matched: Decisions
    """(n,): accepted by the matcher; False where it had no answer."""

    def __post_init__(self) -> None:
        shapes = np.shape(self.passed), np.shape(self.matched)
        if len(shapes[0]) != 1 or shapes[0] != shapes[1]:
            raise ScoreFileError(
                "presentations: expected two decisions of shape (n,), one pair for each, "
                f"got {shapes[0]} and {shapes[1]}"
            )

    def __len__(self) -> int:
        return len(self.passed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A rate with its counts."""

    events: int
    trials: int

    @property
    def rate(self) -> float:
        """The share, in [0, 1]."""
        return self.events / self.trials


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemRates:
    """What attackers reach and what people pay, with the detection and without it."""

    iapar: Mapping[str, Share]
    """By species: attacks accepted by the whole system."""
    iapmr: Mapping[str, Share]
    """By species: attacks accepted by the matcher, whatever the detection says."""
    frr: Share
    """Genuine presentations that the whole system does not accept."""
    fnmr: Share
    """Genuine presentations that the matcher alone does not accept."""

    @property
    def worst_species(self) -> str:
        """The species with the largest IAPAR; of equals the first by name."""
        return min(self.iapar, key=lambda name: (-self.iapar[name].rate, name))

    @property
    def riapar(self) -> float:
        """RIAPAR of the worst species: 1 + (IAPAR - (1 - FRR)), in [0, 2].

        It is the sum of the two errors, so that refusing everybody (1) is no way to look secure.
        """
        return self.iapar[self.worst_species].rate + self.frr.rate


def system_rates(attacks: Mapping[str, Presentations], bona_fide: Presentations) -> SystemRates:
    """The rates of the whole system.

    Args:
        attacks: by species, impostor attacks on an enrolled person.
        bona_fide: genuine presentations of enrolled people.

    Raises:
        NoSamplesError: no species, or one of them or the bona fide class is empty.
    """
    if not attacks:
        raise NoSamplesError("IAPAR: expected at least one attack species, got none")
    return SystemRates(
        iapar={name: _share(rows.passed & rows.matched, name) for name, rows in attacks.items()},
        iapmr={name: _share(rows.matched, name) for name, rows in attacks.items()},
        frr=_share(~(bona_fide.passed & bona_fide.matched), "bona fide"),
        fnmr=_share(~bona_fide.matched, "bona fide"),
    )


def _share(events: Decisions, kind: str) -> Share:
    if not len(events):
        raise NoSamplesError(f"system rates: expected at least one presentation ({kind}), got none")
    return Share(events=int(np.count_nonzero(events)), trials=len(events))
