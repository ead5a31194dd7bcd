"""Reading the names that people give to labels, media and columns."""

from collections.abc import Iterable
from difflib import get_close_matches

from spooftrace.errors import SourceError
from spooftrace.labels import Label, Medium

_CLOSE = 0.75
_NO_MEDIUM = ("", "none")


def plain(name: str) -> str:
    """`Half-Mask ` as `half_mask`."""
    return name.strip().lower().replace("-", "_").replace(" ", "_")


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """`; did you mean 'print'?` for a name close to a known one, else the known ones."""
    known = list(known)
    close = get_close_matches(plain(name), known, n=1, cutoff=_CLOSE)
    return f"did you mean {close[0]!r}?" if close else f"known are {', '.join(known)}"


def is_nearly(name: str, known: Iterable[str]) -> bool:
    """Whether the name is close to a known one without being one."""
    known = list(known)
    return name not in known and bool(get_close_matches(plain(name), known, 1, _CLOSE))


def medium_named(name: str, where: str) -> Medium:
    """The medium of that name; `SourceError` naming `where`, with a suggestion."""
    try:
        return Medium(plain(name))
    except ValueError as error:
        known = [medium.value for medium in Medium]
        raise SourceError(
            f"{where}: unknown medium {name!r}; {did_you_mean(name, known)}"
        ) from error


def label_named(name: str, where: str) -> Label:
    """The label of that name; `SourceError` naming `where`, with a suggestion."""
    try:
        return Label[plain(name).upper()]
    except KeyError as error:
        names = [label.name.lower() for label in Label]
        raise SourceError(
            f"{where}: unknown label {name!r}; {did_you_mean(name, names)}"
        ) from error


def or_else(found: Medium, stated: Medium | None) -> Medium:
    """What the source says, or for a spoof of unknown medium what its reader was told."""
    unknown = found is Medium.UNKNOWN and stated is not None and stated.label is found.label
    return stated if unknown and stated is not None else found


def medium_of(label: Label, medium: str, where: str) -> Medium:
    """The medium of a face with that label, where the medium may be empty or `none`."""
    unstated = plain(medium) in _NO_MEDIUM
    if label is Label.LIVE:
        found = Medium.LIVE if unstated else medium_named(medium, where)
    else:
        found = Medium.UNKNOWN if not medium.strip() else medium_named(medium, where)
    if found.label is not label:
        raise SourceError(
            f"{where}: label {label.name.lower()!r} contradicts medium {medium!r}; mend one of them"
        )
    return found
