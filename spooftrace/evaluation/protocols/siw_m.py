"""The protocols of SiW-M (Liu et al., CVPR 2019) and SiW-Mv2 (Guo et al., ECCV 2022).

I: known attacks, by the lists of 60 % and 40 %. II: each attack in turn in no row that trains or
chooses; all its clips judge, with the live clips of the test list. III (SiW-Mv2): trained on the
source domain A, judged on the test lists of A to E. Neither says who is shown, so that clips and
not people are held out for development, which the databases lack. In SiW-M *partial paper* is paper
on eyes and on mouths together. SiW-M reads detection at 0.5 % false detections, SiW-Mv2 at 1 %.
"""

from typing import Final

from spooftrace.data.layouts.siw_mv2 import DOMAINS
from spooftrace.evaluation.protocols.protocol import Fold, Protocol
from spooftrace.evaluation.protocols.published import (
    SIW_M_KNOWN,
    SIW_M_UNKNOWN,
    SIW_MV2_CROSS,
    SIW_MV2_KNOWN,
    SIW_MV2_UNKNOWN,
    Published,
)
from spooftrace.evaluation.protocols.splits import SplitConfig
from spooftrace.labels import Medium

_PIECES: Final = [Medium.PARTIAL_PAPER, Medium.PARTIAL_EYE, Medium.PARTIAL_MOUTH]
_MADE: Final = [
    medium for medium in Medium if medium not in (Medium.LIVE, Medium.UNKNOWN, *_PIECES)
]
_ATTACKS: Final[dict[str, dict[str, list[str]]]] = {
    "siw-m": {
        **{medium.value: [medium.value] for medium in _MADE},
        Medium.PARTIAL_PAPER.value: [piece.value for piece in _PIECES[1:]],
    },
    "siw-mv2": {medium.value: [medium.value] for medium in (*_MADE, *_PIECES[1:])},
}
_DATABASES: Final = {"siw-m": "SiW-M", "siw-mv2": "SiW-Mv2"}


def _known(key: str, published: Published, fdr: float, fold: Fold) -> Protocol:
    return Protocol(
        name=f"{key}/1",
        folds=(fold,),
        database=_DATABASES[key],
        published=published,
        apart=("clip",),
        fdr=fdr,
    )


def _unknown(key: str, published: Published, fdr: float) -> Protocol:
    attacks = _ATTACKS[key]
    folds = tuple(
        Fold(
            name=f"without-{name}",
            split=SplitConfig(
                train={
                    "live.attributes.split": ["train"],
                    "medium": [
                        "live",
                        *(m for other in attacks if other != name for m in attacks[other]),
                    ],
                },
                test={"live.attributes.split": ["test"], "medium": ["live", *held]},
                dev_share=0.1,
                group="clip",
            ),
        )
        for name, held in attacks.items()
    )
    return Protocol(
        name=f"{key}/2",
        folds=folds,
        over="attacks",
        database=_DATABASES[key],
        published=published,
        apart=("clip",),
        unseen=("spoof.medium",),
        fdr=fdr,
    )


def _listed(clips: tuple[tuple[int, int], tuple[int, int]] | None = None) -> Fold:
    split = SplitConfig(
        train={"attributes.split": ["train"]},
        test={"attributes.split": ["test"]},
        dev_share=0.1,
        group="clip",
    )
    return Fold(name="all", split=split, clips=clips)


def _domains() -> Protocol:
    return Protocol(
        name="siw-mv2/3",
        folds=tuple(
            Fold(
                name=f"A-to-{domain}",
                split=SplitConfig(
                    train={"attributes.domain_A": ["train"]},
                    test={f"attributes.domain_{domain}": ["test"]},
                    dev_share=0.1,
                    group="clip",
                ),
            )
            for domain in DOMAINS
        ),
        database=_DATABASES["siw-mv2"],
        published=SIW_MV2_CROSS,
        apart=("clip",),
        fdr=0.01,
    )


SIW_M: Final = (
    _known("siw-m", SIW_M_KNOWN, 0.005, _listed()),
    _unknown("siw-m", SIW_M_UNKNOWN, 0.005),
)
SIW_MV2: Final = (
    _known("siw-mv2", SIW_MV2_KNOWN, 0.01, _listed(((524, 533), (261, 362)))),
    _unknown("siw-mv2", SIW_MV2_UNKNOWN, 0.01),
    _domains(),
)
