"""MSU-MFSD (Wen, Han, Jain, TIFS 2015), the public part: 280 videos of 35 people.

    scene01/real/real_client001_android_SD_scene01.mp4     real_client001_laptop_SD_scene01.mov
    scene01/attack/attack_client001_android_SD_ipad_video_scene01.mp4
    train_sub_list.txt  test_sub_list.txt                  people by number, 15 and 20

Each person twice live (phone and laptop camera), and by both cameras as a replay on an iPad, a
replay on an iPhone, and a print. A `.face` file beside a video holds the face of each frame; faces
are found here without it. The people of each part are a constant. There is no development part.

Sources: bob.db.msu_mfsd_mod (`create.py`: naming; `folds/`: people of each part), loaders that
quote names of the laptop's camera. bob divides the training people further; that is its own choice.
"""

import re
from collections.abc import Iterator
from typing import Final

from spooftrace.data.layouts.database import SPECIES, Database, Stated
from spooftrace.data.sources.layout import Layout
from spooftrace.labels import Medium

_TRAIN: Final = (2, 3, 5, 6, 7, 8, 9, 11, 12, 21, 22, 34, 53, 54, 55)
_TEST: Final = (1, 13, 14, 23, 24, 26, 28, 29, 30, 32, 33, 35, 36, 37, 39, 42, 48, 49, 50, 51)
_INSTRUMENTS: Final = {
    None: (Medium.LIVE, "live"),
    "ipad_video": (Medium.REPLAY, "replay-tablet"),
    "iphone_video": (Medium.REPLAY, "replay-phone"),
    "printed_photo": (Medium.PRINT, "print"),
}


def _states(name: re.Match[str]) -> Stated:
    medium, species = _INSTRUMENTS[name["instrument"]]
    client = int(name["client"])
    part = {"split": "train" if client in _TRAIN else "test"} if client in _TRAIN + _TEST else {}
    return Stated(
        medium=medium,
        clip=name["clip"],
        subject=name["client"],
        device=name["camera"],
        attributes={**part, SPECIES: species},
    )


def _names() -> Iterator[str]:
    for client in _TRAIN + _TEST:
        for camera, suffix in (("android", "mp4"), ("laptop", "mov")):
            for instrument in _INSTRUMENTS:
                kind = "attack" if instrument else "real"
                words = (kind, f"client{client:03}", camera, "SD", instrument, "scene01")
                yield f"scene01/{kind}/{'_'.join(filter(None, words))}.{suffix}"


MSU_MFSD: Final = Database(
    layout=Layout.MSU_MFSD,
    name="MSU-MFSD",
    about="280 videos, 35 people, a phone and a laptop; prints, replays on phone and tablet",
    ask="http://biometrics.cse.msu.edu/Publications/Databases/MSUMobileFaceSpoofing/index.htm",
    licence="research only, by agreement with Michigan State University",
    tree="scene01/{real,attack}/*.{mp4,mov}",
    example="scene01/real/real_client001_android_SD_scene01.mp4",
    pattern=re.compile(
        r"(?:^|/)(?P<clip>(?:real|attack)_client(?P<client>\d{3})_(?P<camera>android|laptop)_[SH]D_"
        r"(?:(?P<instrument>ipad_video|iphone_video|printed_photo)_)?scene\d\d)$"
    ),
    states=_states,
    names=_names,
)
