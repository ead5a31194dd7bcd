"""Choosing by name from what there is, with a hint when a name is misspelt."""

import difflib
from collections.abc import Sequence

from spooftrace.errors import ConfigError


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
            near = difflib.get_close_matches(name, known, n=1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            raise ConfigError(f"{where}: expected some of {', '.join(known)}, got {name!r}{hint}")
    if len(set(wanted)) < len(wanted):
        raise ConfigError(f"{where}: expected each name once, got {', '.join(wanted)}")
    return list(wanted) or list(known)
