"""OULU-NPU (Boulkenafet et al., FG 2017): 4950 videos of 55 people by six phones.

    Train_files/  1_1_01_1.avi  1_1_01_1.txt     people 01 to 20
    Dev_files/                                   people 21 to 35
    Test_files/                                  people 36 to 55
    Protocols/Protocol_1/{Train,Dev,Test}.txt    and so on to Protocol_4/Train_6.txt

`PHONE_SESSION_USER_FILE`: phone 1 to 6, session 1 to 3, user 01 to 55; file 1 is live, 2 and 3 are
prints of two printers, 4 and 5 replays on two displays. The text beside a video holds the eyes of
each frame (frame, left x, left y, right x, right y); faces are found here without it. The part is
told by the user's number, so that the lists in `Protocols/`, which the protocols of
`evaluation.protocols` restate as rules, need not lie there.

Sources: bob.db.oulunpu (lists and counts of every protocol), the database's site, the loaders of
ZitongYu/CDCN. They disagree on the tree: bob's lists are of the competition's distribution
(`OULU_NPU_Part_1/Files_1/`), whose test files have names without meaning (`02C48`) that no rule
reads; and on the lists' attack labels, -1 for all or -1 and -2 for prints and replays.
"""

import re
from collections.abc import Iterator
from typing import Final

from spooftrace.data.layouts.database import SPECIES, Database, Stated
from spooftrace.data.sources.layout import Layout
from spooftrace.labels import Medium

_FILES: Final = {
    "1": (Medium.LIVE, "live"),
    "2": (Medium.PRINT, "print-1"),
    "3": (Medium.PRINT, "print-2"),
    "4": (Medium.REPLAY, "replay-1"),
    "5": (Medium.REPLAY, "replay-2"),
}


def _part(user: int) -> str:
    return "train" if user <= 20 else "dev" if user <= 35 else "test"


def _states(name: re.Match[str]) -> Stated:
    phone, session, user, file = name.group("phone", "session", "user", "file")
    medium, species = _FILES[file]
    return Stated(
        medium=medium,
        clip=f"{phone}_{session}_{user}_{file}",
        subject=user,
        device=phone,
        session=session,
        attributes={"split": _part(int(user)), SPECIES: species},
    )


def _names() -> Iterator[str]:
    folders = {"train": "Train_files", "dev": "Dev_files", "test": "Test_files"}
    for user in range(1, 56):
        for phone in range(1, 7):
            for session in (1, 2, 3):
                for file in _FILES:
                    yield f"{folders[_part(user)]}/{phone}_{session}_{user:02}_{file}.avi"


OULU_NPU: Final = Database(
    layout=Layout.OULU_NPU,
    name="OULU-NPU",
    about="4950 videos, 55 people, 6 phones, 3 sessions; 2 printers, 2 displays",
    ask="https://sites.google.com/site/oulunpudatabase/",
    licence="research only, by signed agreement with the University of Oulu",
    tree="{Train,Dev,Test}_files/PHONE_SESSION_USER_FILE.avi",
    example="Train_files/1_1_01_1.avi",
    pattern=re.compile(
        r"(?:^|/)(?P<phone>[1-6])_(?P<session>[1-3])_(?P<user>[0-4]\d|5[0-5])_(?P<file>[1-5])$"
    ),
    states=_states,
    names=_names,
)
