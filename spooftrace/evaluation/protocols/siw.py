"""The three protocols of SiW (Liu et al., CVPR 2018), as rules over its columns.

Training and test people are the database's. Protocol 1 takes the first 60 frames of every video
(prepare with `--every` small enough that some are there); protocol 2 holds each of the four
displays out in turn, among replays alone; protocol 3 trains on prints and judges replays, and the
other way round. The database has no development part: a tenth of its training people, whole,
chooses. Counts of clips are those of bob.db.siw, whose ten development people are its own choice.
"""

from typing import Final

from spooftrace.evaluation.protocols.protocol import Fold, by_people
from spooftrace.evaluation.protocols.published import siw
from spooftrace.evaluation.protocols.splits import SplitConfig

DATABASE: Final = "SiW"
_FIRST = {"frame": ["0..59"]}
_LIVE = (714, 599)
"""Live videos of the training and the test people."""


def _fold(
    name: str,
    learnt: dict[str, list[str]],
    judged: dict[str, list[str]],
    attacks: tuple[int, int],
) -> Fold:
    return Fold(
        name=name,
        split=SplitConfig(
            train={"attributes.split": ["train"]} | learnt,
            test={"attributes.split": ["test"]} | judged,
            dev_share=1 / 9,  # 10 of 90 people
            group="subject",
        ),
        clips=((_LIVE[0], attacks[0]), (_LIVE[1], attacks[1])),
    )


def _displays() -> tuple[Fold, ...]:
    replays = [f"replay-{display}" for display in range(1, 5)]
    counts = ((1004, 300), (1004, 300), (1005, 298), (1079, 250))
    return tuple(
        _fold(
            f"without-{replay}",
            {"attributes.species": ["live", *(other for other in replays if other != replay)]},
            {"attributes.species": ["live", replay]},
            count,
        )
        for replay, count in zip(replays, counts, strict=True)
    )


def _media() -> tuple[Fold, ...]:
    prints, replays = {"medium": ["live", "print"]}, {"medium": ["live", "replay"]}
    return (
        _fold("print-to-replay", prints, replays, (339, 1148)),
        _fold("replay-to-print", replays, prints, (1364, 314)),
    )


SIW: Final = (
    by_people("siw/1", DATABASE, (_fold("all", _FIRST, _FIRST, (1703, 1462)),), siw(1)),
    by_people("siw/2", DATABASE, _displays(), siw(2), "spoof.attributes.species"),
    by_people("siw/3", DATABASE, _media(), siw(3), "spoof.medium"),
)
