"""A rate is a value: what is measured, of which attacks, at what level. It is the key of results.

What people read is made from it in `evaluation.tables.naming`, and nowhere else.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Kind(StrEnum):
    """What is measured. docs/metrics.md defines each."""

    EER = "eer"
    EER_ON_HULL = "eer-on-hull"
    AUC = "auc"
    TDR_AT_FDR = "tdr-at-fdr"
    BPCER_AT_APCER = "bpcer-at-apcer"
    APCER = "apcer"
    BPCER = "bpcer"
    ACER = "acer"
    HTER = "hter"
    APNRR = "apnrr"
    BPNRR = "bpnrr"
    IAPAR = "iapar"
    FRR = "frr"
    RIAPAR = "riapar"
    ECE = "ece"


ERRORS: Final = {Kind.APCER, Kind.BPCER, Kind.BPCER_AT_APCER, Kind.IAPAR, Kind.FRR}
"""Kinds that are shares of decisions which went wrong."""


class Over(StrEnum):
    """How a rate of attacks is taken over their species."""

    WORST = "worst"
    """The largest of all species, as ISO/IEC 30107-3 asks."""
    POOLED = "pooled"
    """All attacks counted together."""


@dataclass(frozen=True, slots=True)
class Rate:
    """One rate. Equal values are the same rate."""

    kind: Kind
    over: Over | None = None
    species: str | None = None
    """The medium that it is of, where it is of one."""
    potential: str | None = None
    """Attack potential: with `over`, up to this one; with `species`, of exactly this one."""
    level: float | None = None
    """The false detection rate or APCER at which it is read."""

    def __str__(self) -> str:
        """A name for programs, as a key of JSON; nothing takes one apart again."""
        name = _READ_AT.get(self.kind, str(self.kind))
        if self.level is not None:
            name += f"={self.level:g}"
        if self.potential is not None:
            name += f"@potential={self.potential}"
        of = self.species or (None if self.potential else self.over)
        return f"{name}/{of}" if of else name


_READ_AT = {Kind.TDR_AT_FDR: "tdr@fdr", Kind.BPCER_AT_APCER: "bpcer@apcer"}

EER: Final = Rate(Kind.EER)
EER_ON_HULL: Final = Rate(Kind.EER_ON_HULL)
AUC: Final = Rate(Kind.AUC)
WORST_APCER: Final = Rate(Kind.APCER, Over.WORST)
POOLED_APCER: Final = Rate(Kind.APCER, Over.POOLED)
BPCER: Final = Rate(Kind.BPCER)
ACER: Final = Rate(Kind.ACER)
HTER: Final = Rate(Kind.HTER)
WORST_APNRR: Final = Rate(Kind.APNRR, Over.WORST)
BPNRR: Final = Rate(Kind.BPNRR)
WORST_IAPAR: Final = Rate(Kind.IAPAR, Over.WORST)
FRR: Final = Rate(Kind.FRR)
RIAPAR: Final = Rate(Kind.RIAPAR)
ECE: Final = Rate(Kind.ECE)


def tdr_at_fdr(fdr: float) -> Rate:
    """TDR@FDR: attacks detected where at most the share `fdr` of the live faces is refused."""
    return Rate(Kind.TDR_AT_FDR, level=fdr)


def bpcer_at_apcer(budget: float, species: str | None = None) -> Rate:
    """BPCER where at most the share `budget` passes, of every species or of one."""
    return Rate(Kind.BPCER_AT_APCER, species=species, level=budget)
