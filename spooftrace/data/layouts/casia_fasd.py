"""CASIA-FASD (Zhang et al., ICB 2012): 600 videos of 50 people by three cameras.

    train_release/1/1.avi ... 8.avi  HR_1.avi ... HR_4.avi     people 1 to 20
    test_release/1/...                                         people 1 to 30, others than those

Of each person four kinds by three cameras: 1, 2 and HR_1 are live; 3, 4, HR_2 a warped print; 5, 6,
HR_3 a print with the eyes cut out; 7, 8, HR_4 a replay. Subjects are numbered on, 21 to 50 in the
test part, as bob does. There is no development part: one is held out of the training people.

Sources: bob.db.casia_fasd (`models.py`: kinds, cameras, people), the paper. They disagree on which
of the first two numbers is the normal and which the low quality; here it is as in bob.
"""

import re
from collections.abc import Iterator
from typing import Final

from spooftrace.data.layouts.database import SPECIES, Database, Stated
from spooftrace.data.sources.layout import Layout
from spooftrace.labels import Medium

_KINDS: Final = (
    (Medium.LIVE, "live"),
    (Medium.PRINT, "print-warped"),
    (Medium.PRINT, "print-cut"),
    (Medium.REPLAY, "replay"),
)
_FILES: Final = tuple(
    name for kind in range(4) for name in (str(2 * kind + 1), str(2 * kind + 2), f"HR_{kind + 1}")
)
"""In the order of the kinds, three cameras each."""
_CAMERAS: Final = ("normal", "low", "high")


def _states(name: re.Match[str]) -> Stated:
    part, person, file = name.group("part", "person", "file")
    kind, camera = divmod(_FILES.index(file), 3)
    medium, species = _KINDS[kind]
    return Stated(
        medium=medium,
        clip=f"{part}_release/{person}/{file}",
        subject=str(int(person) + (20 if part == "test" else 0)),
        device=_CAMERAS[camera],
        attributes={"split": part, SPECIES: species},
    )


def _names() -> Iterator[str]:
    for part, people in (("train", 20), ("test", 30)):
        for person in range(1, people + 1):
            for file in _FILES:
                yield f"{part}_release/{person}/{file}.avi"


CASIA_FASD: Final = Database(
    layout=Layout.CASIA_FASD,
    name="CASIA-FASD",
    about="600 videos, 50 people, 3 cameras; warped print, cut print, replay",
    ask="http://www.cbsr.ia.ac.cn/english/FASDB_Agreement/Agreement.pdf",
    licence="research only, by signed agreement with the Chinese Academy of Sciences",
    tree="{train,test}_release/PERSON/{1..8,HR_1..HR_4}.avi",
    example="train_release/1/HR_1.avi",
    pattern=re.compile(
        r"(?:^|/)(?P<part>train|test)_release/(?P<person>\d{1,2})/(?P<file>[1-8]|HR_[1-4])$"
    ),
    states=_states,
    names=_names,
)
