"""The vocabulary: bona fide or attack, and the medium (the attack's species, ISO/IEC 30107-3).

The species are those of SiW-M (13) and SiW-Mv2 (14), Sec. 4.1 of the paper.
"""

from collections.abc import Mapping
from enum import IntEnum, StrEnum

SPLIT_NAMES: Mapping[str, str] = {
    "train": "train",
    "training": "train",
    "dev": "dev",
    "devel": "dev",
    "development": "dev",
    "val": "dev",
    "valid": "dev",
    "validation": "dev",
    "test": "test",
    "testing": "test",
    "eval": "test",
}
"""What databases call the three parts, in small letters, and what they are called here."""


class Label(IntEnum):
    """Bona fide (live) or attack presentation (spoof)."""

    LIVE = 0
    SPOOF = 1


class Family(StrEnum):
    """Groups of media whose traces look alike."""

    LIVE = "live"
    PRINT = "print"
    REPLAY = "replay"
    MASK = "mask"
    MAKEUP = "makeup"
    PARTIAL = "partial"
    UNKNOWN = "unknown"


class Medium(StrEnum):
    """What stands between the camera and a living face."""

    LIVE = "live"
    PRINT = "print"
    REPLAY = "replay"
    HALF_MASK = "half_mask"
    SILICONE_MASK = "silicone_mask"
    TRANSPARENT_MASK = "transparent_mask"
    PAPER_MASK = "paper_mask"
    MANNEQUIN = "mannequin"
    OBFUSCATION = "obfuscation"
    IMPERSONATION = "impersonation"
    COSMETIC = "cosmetic"
    FUNNY_EYE = "funny_eye"
    PAPER_GLASSES = "paper_glasses"
    PARTIAL_PAPER = "partial_paper"
    PARTIAL_EYE = "partial_eye"
    PARTIAL_MOUTH = "partial_mouth"
    UNKNOWN = "unknown"
    """A spoof whose medium nobody stated."""

    @property
    def label(self) -> Label:
        """`LIVE` for the live medium, `SPOOF` for every other."""
        return Label.LIVE if self is Medium.LIVE else Label.SPOOF

    @property
    def family(self) -> Family:
        """The group of media that this one belongs to."""
        return _FAMILY[self]


_FAMILY: dict[Medium, Family] = {
    Medium.LIVE: Family.LIVE,
    Medium.PRINT: Family.PRINT,
    Medium.REPLAY: Family.REPLAY,
    Medium.HALF_MASK: Family.MASK,
    Medium.SILICONE_MASK: Family.MASK,
    Medium.TRANSPARENT_MASK: Family.MASK,
    Medium.PAPER_MASK: Family.MASK,
    Medium.MANNEQUIN: Family.MASK,
    Medium.OBFUSCATION: Family.MAKEUP,
    Medium.IMPERSONATION: Family.MAKEUP,
    Medium.COSMETIC: Family.MAKEUP,
    Medium.FUNNY_EYE: Family.PARTIAL,
    Medium.PAPER_GLASSES: Family.PARTIAL,
    Medium.PARTIAL_PAPER: Family.PARTIAL,
    Medium.PARTIAL_EYE: Family.PARTIAL,
    Medium.PARTIAL_MOUTH: Family.PARTIAL,
    Medium.UNKNOWN: Family.UNKNOWN,
}
