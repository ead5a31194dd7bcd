"""SiW, Spoof in the Wild (Liu et al., CVPR 2018): 4478 videos of 165 people.

    Train/live/003/003-1-1-1-1.mov     Train/live/003/003-1-1-1-1.face
    Train/spoof/003/003-1-2-1-1.mov
    Test/...

`SUBJECT-SENSOR-TYPE-MEDIUM-SESSION`: subject 001 to 165, sensor 1 or 2 (Canon EOS T6, Logitech
C920); type 1 is live, 2 a print of medium 1 or 2 (by resolution), 3 a replay on display 1 to 4. A
`.face` file holds a face's box for each frame, two corners; faces are found here without it. The
database has no development part: one is held out of the training people.

Sources: bob.db.siw (`common.py`: naming; `test.py`: counts, and 10 of the 90 training people as
development part, which is bob's own choice), the database's site. Names are written with `_` on
the site and with `-` in the files; both are read.
"""

import re
from typing import Final

from spooftrace.data.layouts.database import SPECIES, Database, Stated
from spooftrace.data.sources.layout import Layout
from spooftrace.labels import Medium, split_named

_TYPES: Final = {"1": Medium.LIVE, "2": Medium.PRINT, "3": Medium.REPLAY}


def _states(name: re.Match[str]) -> Stated:
    subject, sensor, kind, medium, session = name.group(
        "subject", "sensor", "type", "medium", "session"
    )
    found = _TYPES[kind]
    species = "live" if found is Medium.LIVE else f"{found.value}-{medium}"
    return Stated(
        medium=found,
        clip="-".join((subject, sensor, kind, medium, session)),
        subject=subject,
        device=sensor,
        session=session,
        attributes={"split": split_named(name["part"]) or "", SPECIES: species},
    )


SIW: Final = Database(
    layout=Layout.SIW,
    name="SiW",
    about="4478 videos, 165 people, 2 cameras, 4 sessions; 2 prints, 4 displays",
    ask="http://cvlab.cse.msu.edu/siw-spoof-in-the-wild-database.html",
    licence="research only, by signed agreement with Michigan State University",
    tree="{Train,Test}/{live,spoof}/SUBJECT/SUBJECT-SENSOR-TYPE-MEDIUM-SESSION.{mov,mp4}",
    example="Train/live/003/003-1-1-1-1.mov",
    pattern=re.compile(
        r"(?:^|/)(?P<part>[Tt]rain|[Tt]est)/(?:live|spoof)/\d{3}/"
        r"(?P<subject>\d{3})[-_](?P<sensor>\d)[-_](?P<type>[123])[-_](?P<medium>\d)[-_](?P<session>\d)$"
    ),
    states=_states,
)
