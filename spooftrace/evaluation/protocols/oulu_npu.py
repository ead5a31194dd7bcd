"""The four protocols of OULU-NPU (Boulkenafet et al., FG 2017), as rules over its columns.

People 01 to 20 train, 21 to 35 choose, 36 to 55 judge. Unknown to training is in protocol 1 the
session, in 2 printer and display, in 3 the phone (6 folds), in 4 all of them (6 folds). APCER is
that of the worse of print and replay; of protocols 3 and 4 the paper gives mean and standard
deviation over the phones. Source: the lists and counts of bob.db.oulunpu.
"""

from typing import Final

from spooftrace.evaluation.protocols.protocol import Fold, Protocol
from spooftrace.evaluation.protocols.published import oulu_npu
from spooftrace.evaluation.protocols.splits import SplitConfig

DATABASE: Final = "OULU-NPU"
_SEEN = {"session": ["1", "2"]}
_NEW = {"session": ["3"]}
_KNOWN = {"attributes.species": ["live", "print-1", "replay-1"]}
_UNKNOWN = {"attributes.species": ["live", "print-2", "replay-2"]}
_SPECIES = "spoof.attributes.species"


def _fold(name: str, learnt: dict[str, list[str]], judged: dict[str, list[str]]) -> Fold:
    def of(part: str) -> dict[str, list[str]]:
        return {"attributes.split": [part]}

    split = SplitConfig(
        train=of("train") | learnt, dev=of("dev") | learnt, test=of("test") | judged
    )
    return Fold(name=name, split=split)


def _phones(learnt: dict[str, list[str]], judged: dict[str, list[str]]) -> tuple[Fold, ...]:
    phones = [str(number) for number in range(1, 7)]
    return tuple(
        _fold(
            f"phone-{phone}",
            {"device": [other for other in phones if other != phone]} | learnt,
            {"device": [phone]} | judged,
        )
        for phone in phones
    )


def _protocol(number: int, folds: tuple[Fold, ...], *unseen: str) -> Protocol:
    return Protocol(
        name=f"oulu-npu/{number}",
        folds=folds,
        database=DATABASE,
        published=oulu_npu(number),
        apart=("subject",),
        unseen=unseen,
    )


OULU_NPU: Final = (
    _protocol(1, (_fold("all", _SEEN, _NEW),), "session"),
    _protocol(2, (_fold("all", _KNOWN, _UNKNOWN),), _SPECIES),
    _protocol(3, _phones({}, {}), "device"),
    _protocol(4, _phones(_SEEN | _KNOWN, _NEW | _UNKNOWN), "session", "device", _SPECIES),
)
