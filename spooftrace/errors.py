"""What can go wrong, as one tree.

    SpoofTraceError
    ├── ConfigError          a configuration, preset or `--set` that does not hold
    ├── MissingExtraError    an optional dependency is needed and absent
    ├── PictureError         a picture or video cannot be read or is refused
    │   └── PictureTooLargeError   it has more pixels than may be decoded
    ├── SourceError          a folder, manifest or database layout is not what it should be
    ├── SimulationError      a simulated scene that cannot be: light that is not a number
    ├── StoreError           a store is missing, damaged or of another schema
    ├── SplitError           the rows cannot be split as asked (an empty class, an unknown column)
    ├── ScoreFileError       a score file lacks a column or holds something else
    ├── NoSamplesError       a rate was asked for of nothing
    ├── BundleError          a bundle is damaged, of another schema, or cannot decide
    ├── CheckpointError      a checkpoint is missing, damaged or of another architecture
    └── DivergedError        a loss is not finite

A message says what was expected, what came, where (path, field, index) and what to do, in one line.
`assert` is for invariants of our own; users never see one.
"""

from collections.abc import Iterable
from difflib import get_close_matches


class SpoofTraceError(Exception):
    """Anything that a user can cause and mend.

    The command line prints it in one line, exit code 1.
    """


class ConfigError(SpoofTraceError):
    """A configuration, preset or `--set` does not hold."""


class MissingExtraError(SpoofTraceError):
    """An optional dependency is needed and absent."""


class PictureError(SpoofTraceError):
    """A picture or video cannot be read, or is refused."""


class PictureTooLargeError(PictureError):
    """A picture has more pixels than may be decoded."""


class SourceError(SpoofTraceError):
    """A folder, manifest or database layout is not what it should be."""


class SimulationError(SpoofTraceError):
    """A simulated scene that cannot be."""


class StoreError(SpoofTraceError):
    """A store is missing, damaged or of another schema."""


class SplitError(SpoofTraceError):
    """The rows cannot be split as asked."""


class ScoreFileError(SpoofTraceError):
    """A score file lacks a column or holds something else."""


class NoSamplesError(SpoofTraceError):
    """A rate was asked for of nothing."""


class BundleError(SpoofTraceError):
    """A bundle is damaged, of another schema, or cannot decide."""


class CheckpointError(SpoofTraceError):
    """A checkpoint is missing, damaged or of another architecture."""


class DivergedError(SpoofTraceError):
    """A loss is not finite; raised before an optimiser moves."""


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """The end of a message about an unknown word: `did you mean 'print'?`, or what is known."""
    known = list(known)
    near = nearest(word, known)
    return f"did you mean {near!r}?" if near else f"known are {', '.join(known)}"


def nearest(word: str, known: Iterable[str], *, cutoff: float = 0.75) -> str | None:
    """The known word that this one looks like, whatever its case and its `-` or `_`, if any."""
    by_plain = {_plain(name): name for name in known}
    near = get_close_matches(_plain(word), by_plain, n=1, cutoff=cutoff)
    return by_plain[near[0]] if near else None


def _plain(word: str) -> str:
    return word.strip().lower().replace("-", "_").replace(" ", "_")


def first_line(error: Exception) -> str:
    """The first line of an error's message, for a message of one line."""
    return (str(error).splitlines() or [type(error).__name__])[0]
