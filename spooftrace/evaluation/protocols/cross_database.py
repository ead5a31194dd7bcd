"""Across databases: trained on some, judged on another that neither trains nor chooses.

`mcio`: MSU-MFSD (M), CASIA-FASD (C), Replay-Attack (I) and OULU-NPU (O), each held out in turn. Of
the sources the training and development parts train and the test parts choose - each has one, of
other people - and every clip of the target judges. Papers train on all clips of the sources and
mostly read the half total error rate at the equal error rate of the target itself, which nobody has
beforehand; beside such figures those of here are at a disadvantage, on purpose.
"""

from collections.abc import Sequence
from typing import Final

from spooftrace.data.layouts.databases import DATABASES
from spooftrace.errors import ConfigError, did_you_mean
from spooftrace.evaluation.protocols.protocol import Fold, Protocol
from spooftrace.evaluation.protocols.published import MCIO_HTER
from spooftrace.evaluation.protocols.splits import SplitConfig

_QUARTET: Final = {"M": "MSU-MFSD", "C": "CASIA-FASD", "I": "Replay-Attack", "O": "OULU-NPU"}


def _fold(name: str, sources: Sequence[str], targets: Sequence[str]) -> Fold:
    return Fold(
        name=name,
        split=SplitConfig(
            train={"database": [*sources], "attributes.split": ["train", "dev"]},
            dev={"database": [*sources], "attributes.split": ["test"]},
            test={"database": [*targets]},
        ),
    )


MCIO: Final = Protocol(
    name="mcio",
    folds=tuple(
        _fold(
            f"{''.join(other for other in _QUARTET if other != letter)}-to-{letter}",
            [name for other, name in _QUARTET.items() if other != letter],
            [target],
        )
        for letter, target in _QUARTET.items()
    ),
    published=MCIO_HTER,
    apart=("subject",),
    unseen=("database",),
)


def across(name: str) -> Protocol:
    """`cross/SOURCE+SOURCE/TARGET`, by layout names: one fold.

    Raises:
        ConfigError: a database is not known, or on both sides.
    """
    known = {database.layout.value: database.name for database in DATABASES}
    parts = name.split("/")
    sides = [side.split("+") for side in parts[1:]]
    if len(sides) != 2 or set(sides[0]) & set(sides[1]):
        raise ConfigError(
            f"protocol: expected cross/SOURCE+SOURCE/TARGET with different databases, got {name!r}"
        )
    for key in (*sides[0], *sides[1]):
        if key not in known:
            raise ConfigError(f"protocol: got {key!r}; {did_you_mean(key, list(known))}")
    sources, targets = ([known[key] for key in side] for side in sides)
    return Protocol(name=name, folds=(_fold("all", sources, targets),), unseen=("database",))
