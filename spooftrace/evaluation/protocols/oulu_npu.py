"""The four protocols of OULU-NPU (Boulkenafet et al., FG 2017), as rules over its columns.

People 01 to 20 train, 21 to 35 choose, 36 to 55 judge. Unknown to training is in protocol 1 the
session, in 2 printer and display, in 3 the phone (6 folds), in 4 all of them (6 folds). APCER is
that of the worse of print and replay; of protocols 3 and 4 the paper gives mean and standard
deviation over the phones. Source: the lists and counts of bob.db.oulunpu.
"""

from typing import Final

from spooftrace.evaluation.protocols.protocol import Fold, by_people
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


OULU_NPU: Final = (
    by_people("oulu-npu/1", DATABASE, (_fold("all", _SEEN, _NEW),), oulu_npu(1), "session"),
    by_people("oulu-npu/2", DATABASE, (_fold("all", _KNOWN, _UNKNOWN),), oulu_npu(2), _SPECIES),
    by_people("oulu-npu/3", DATABASE, _phones({}, {}), oulu_npu(3), "device"),
    by_people(
        "oulu-npu/4",
        DATABASE,
        _phones(_SEEN | _KNOWN, _NEW | _UNKNOWN),
        oulu_npu(4),
        "session",
        "device",
        _SPECIES,
    ),
)
