"""The vocabulary: bona fide or attack, and the medium (the attack's species, ISO/IEC 30107-3).

The species are those of SiW-M (13) and SiW-Mv2 (14), Sec. 4.1 of the paper. `label_named`,
`medium_named` and `split_named` read what the field's databases call them, for folders, manifests
and score files alike.
"""

import re
from collections.abc import Mapping
from enum import IntEnum, StrEnum
from typing import Final


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

    def or_else(self, stated: "Medium | None") -> "Medium":
        """This one; for a spoof of unknown medium the spoof medium stated, if any."""
        is_spoof = stated is not None and stated.label is Label.SPOOF
        return stated if self is Medium.UNKNOWN and stated is not None and is_spoof else self

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


def _by_word(named: Mapping[str, str]) -> dict[str, str]:
    """From words separated by commas to the name before them."""
    return {_key(word): name for name, words in named.items() for word in (name, *words.split(","))}


def _key(word: str) -> str:
    """Letters and digits alone: `Half-Mask`, `half_mask` and `HalfMask` are the same word."""
    return re.sub(r"[\W_]+", "", word.casefold())


_LABELS: Final = _by_word(
    {
        "live": "alive, bona fide, genuine, real, client",
        "spoof": "attack, fake, spoofing, presentation attack, impostor, imposter",
    }
)
_MEDIA: Final = _by_word(
    {
        Medium.LIVE: "none, alive, bona fide, genuine, real",
        Medium.PRINT: "printed, print attack, print 1, print 2, paper, photo, printed photo,poster",
        Medium.REPLAY: "replayed, replay attack, replay 1, replay 2, video, video replay, screen,"
        "video replay 1, video replay 2, display, ipad video, iphone video, mobile video",
        Medium.HALF_MASK: "mask half, mask half mask",
        Medium.SILICONE_MASK: "silicone, silicon mask, mask silicone, mask silicone mask,"
        "flexible mask, latex mask",
        Medium.TRANSPARENT_MASK: "transparent, mask trans, mask transparent, mask transparent mask",
        Medium.PAPER_MASK: "mask paper, mask paper mask",
        Medium.MANNEQUIN: "mannequin head, mask mann, mask mannequin, mask mannequin head,"
        "fake head",
        Medium.OBFUSCATION: "makeup ob, makeup obfuscation, obfuscation makeup",
        Medium.IMPERSONATION: "makeup im, makeup impersonation, impersonation makeup",
        Medium.COSMETIC: "makeup co, makeup cosmetic, cosmetic makeup",
        Medium.FUNNY_EYE: "funny eyes, funny eye glasses, partial funny eye,"
        "partial funny eye glasses",
        Medium.PAPER_GLASSES: "paper glass, partial paper glass, partial paper glasses",
        Medium.PARTIAL_PAPER: "partial paper cut, paper cut",
        Medium.PARTIAL_EYE: "partial eyes",
        Medium.PARTIAL_MOUTH: "partial mouths",
        Medium.UNKNOWN: "attack, fake, spoof, other",
    }
)
_SPLITS: Final = _by_word(
    {
        "train": "training, train set, train files, train release",
        "dev": "devel, development, val, valid, validation, dev set, dev files",
        "test": "testing, eval, evaluation, test set, test files, test release",
    }
)


def plain(word: str) -> str:
    """`Half-Mask ` as `half_mask`: how names are written here."""
    return re.sub(r"[\s_-]+", "_", word.strip().lower())


def label_named(word: str) -> Label | None:
    """The label that databases and score files call so; 0 is live, 1 is spoof."""
    name = _LABELS.get(_key(word))
    if name is None and (number := re.fullmatch(r"\s*([01])(?:[.,]0*)?\s*", word)):
        return Label(int(number.group(1)))
    return None if name is None else Label[name.upper()]


def medium_named(word: str) -> Medium | None:
    """The medium that databases call so; `none`, as `real`, is a living face."""
    name = _MEDIA.get(_key(word))
    return None if name is None else Medium(name)


def split_named(word: str) -> str | None:
    """train, dev or test: the part that databases call so."""
    return _SPLITS.get(_key(word))


def agreed_medium(label: Label, medium: Medium | None) -> Medium:
    """The medium of a face of that label, `None` where nobody stated it.

    Raises:
        ValueError: they contradict each other.
    """
    if medium is None:
        return Medium.LIVE if label is Label.LIVE else Medium.UNKNOWN
    if medium.label is not label:
        raise ValueError(f"expected a medium that is {label.name.lower()}, got {medium.value!r}")
    return medium
