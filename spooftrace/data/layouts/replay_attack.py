"""Replay-Attack (Chingovska et al., BIOSIG 2012): 1200 videos of 50 people, by a webcam.

    train/real/client001_session01_webcam_authenticate_adverse_1.mov
    train/attack/fixed/attack_print_client001_session01_highdef_photo_adverse.mov
    devel/  test/                              likewise
    enroll/  face-locations/                   enrolments and boxes: passed over

`attack_DEVICE_CLIENT_SESSION_SAMPLE-DEVICE_SAMPLE-TYPE_LIGHT` below the support, `fixed` or `hand`:
DEVICE `print` is a print, `mobile` and `highdef` are replays of a photo or a video.

Source: bob.db.replay (`create.py`: naming; guide: counts).
"""

import re
from typing import Final

from spooftrace.data.layouts.database import Database, Stated
from spooftrace.data.layouts.idiap import stated
from spooftrace.data.sources.layout import Layout


def _states(name: re.Match[str]) -> Stated:
    shown_by = name["device"]
    kind = f"{shown_by}-{name['type']}"
    return stated(name, instrument=shown_by, kind=kind, device="webcam")


REPLAY_ATTACK: Final = Database(
    layout=Layout.REPLAY_ATTACK,
    name="Replay-Attack",
    about="1200 videos, 50 people, a webcam; prints and replays, fixed and in the hand",
    ask="https://www.idiap.ch/en/scientific-research/data/replayattack",
    licence="research only, by agreement with Idiap",
    tree="{train,devel,test}/{real,attack/{fixed,hand}}/*.mov",
    example="train/real/client001_session01_webcam_authenticate_adverse_1.mov",
    pattern=re.compile(
        r"(?:^|/)(?P<clip>(?P<part>train|devel|test)/(?:real|attack/(?P<support>fixed|hand))/"
        r"(?:attack_(?P<device>print|mobile|highdef)_)?client(?P<client>\d{3})_session(?P<session>\d\d)_"
        r"(?:webcam_authenticate|(?:highdef|mobile)_(?P<type>photo|video))_"
        r"(?P<light>adverse|controlled)(?:_\d+)?)$"
    ),
    states=_states,
    beside=re.compile(r"(?:^|/)enroll/"),
)
