"""Reading the names that people give to labels, media and columns."""

from collections.abc import Iterable

from spooftrace.errors import SourceError, did_you_mean, nearest
from spooftrace.labels import Label, Medium

_NO_MEDIUM = ("", "none")


def plain(name: str) -> str:
    """`Half-Mask ` as `half_mask`."""
    return name.strip().lower().replace("-", "_").replace(" ", "_")


def is_nearly(name: str, known: Iterable[str]) -> bool:
    """Whether the name is close to a known one without being one."""
    known = list(known)
    return name not in known and nearest(name, known) is not None


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
