"""Replay-Mobile (Costa-Pazo et al., BIOSIG 2016): 1030 videos of 40 people by a phone and a tablet.

    train/real/client001_session01_authenticate_mobile_adverse.mov
    train/attack/attack_client001_session01_mattescreen_fixed_mobile_photo_lightoff.mov
    devel/  test/                              likewise; attacks may lie below fixed/ and hand/
    enroll/                                    passed over

`attack_CLIENT_SESSION_INSTRUMENT_SUPPORT_DEVICE_TYPE_LIGHT`: `print` is a print, `mattescreen` a
replay of a photo or a video. DEVICE is the camera, `mobile` or `tablet`.

Source: bob.db.replaymobile (`create.py`: naming; `test.py`: clients of each part, and counts: real
120, 160 and 110, attacks 192, 256 and 192).
"""

import re
from typing import Final

from spooftrace.data.layouts.database import Database, Stated
from spooftrace.data.layouts.idiap import stated
from spooftrace.data.sources.layout import Layout


def _states(name: re.Match[str]) -> Stated:
    camera = name["camera"] or name["own"]
    return stated(name, instrument=name["instrument"], kind=name["type"], device=camera)


REPLAY_MOBILE: Final = Database(
    layout=Layout.REPLAY_MOBILE,
    name="Replay-Mobile",
    about="1030 videos, 40 people, a phone and a tablet; prints and replays",
    ask="https://www.idiap.ch/en/scientific-research/data/replaymobile",
    licence="research only, by agreement with Idiap",
    tree="{train,devel,test}/{real,attack}/*.mov",
    example="train/real/client001_session01_authenticate_mobile_adverse.mov",
    pattern=re.compile(
        r"(?:^|/)(?P<clip>(?P<part>train|devel|test)/(?:real|attack)/(?:(?:fixed|hand)/)?"
        r"(?:client|attack_client)(?P<client>\d{3})_session(?P<session>\d\d)_"
        r"(?:authenticate_(?P<own>mobile|tablet)|(?P<instrument>print|mattescreen)_(?P<support>fixed|hand)_"
        r"(?P<camera>mobile|tablet)_(?P<type>photo|video))_(?P<light>[a-z]+)(?:_\d+)?)$"
    ),
    states=_states,
    beside=re.compile(r"(?:^|/)enroll/"),
)
