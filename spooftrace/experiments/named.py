"""Choosing by name from what there is, with a hint when a name is misspelt."""

from collections.abc import Sequence

from spooftrace.errors import ConfigError, did_you_mean


def choose(wanted: Sequence[str], known: Sequence[str], where: str) -> list[str]:
    """The wanted names in the order given, all of the known where none is.

    Args:
        wanted: names; empty for all.
        known: what there is.
        where: who asks, for instance `--variants`.

    Raises:
        ConfigError: a name is not known, or stands there twice.
    """
    for name in wanted:
        if name not in known:
            raise ConfigError(f"{where}: got {name!r}; {did_you_mean(name, known)}")
    if len(set(wanted)) < len(wanted):
        raise ConfigError(f"{where}: expected each name once, got {', '.join(wanted)}")
    return list(wanted) or list(known)
