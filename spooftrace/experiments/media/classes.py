"""Which class each row of a store belongs to, by names that a user gives (Sec. 4.4)."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from spooftrace.errors import ConfigError
from spooftrace.evaluation.scores.columns import Columns
from spooftrace.experiments.named import choose
from spooftrace.labels import Family, Medium

NO_CLASS = -1


def class_names(columns: Columns, wanted: Sequence[str]) -> list[str]:
    """The classes: those wanted, or else the families that the rows hold.

    A class is a medium (`paper_mask`), a family of media (`mask`), or a medium by one device as in
    the paper's five classes (`print/printer1`).

    Raises:
        ConfigError: fewer than two, one twice, or one that no row belongs to.
    """
    media = [Medium(str(medium)) for medium in columns["medium"]]
    families = [family.value for family in Family if family in {m.family for m in media}]
    known = [*families, *sorted({medium.value for medium in media} - set(families))]
    known += sorted({f"{m}/{d}" for m, d in zip(media, columns["device"], strict=True) if d})
    names = choose(wanted, known, "--classes") if wanted else families
    if len(names) < 2:
        raise ConfigError(f"--classes: expected two classes or more, got {', '.join(names)}")
    return names


def class_of_rows(columns: Columns, names: Sequence[str]) -> NDArray[np.int64]:
    """(n,): number of the class of each row, `NO_CLASS` where none is named.

    Of several that fit, the narrowest counts: a medium by one device, a medium, a family.
    """
    numbers = {name: number for number, name in enumerate(names)}
    found = []
    for text, device in zip(columns["medium"], columns["device"], strict=True):
        medium = Medium(str(text))
        fitting = (f"{medium.value}/{device}", medium.value, medium.family.value)
        found.append(next((numbers[name] for name in fitting if name in numbers), NO_CLASS))
    return np.array(found, dtype=np.int64)
