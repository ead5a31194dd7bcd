"""SiW-M (Liu et al., CVPR 2019): 660 live videos and 968 of 13 attacks. Withdrawn for SiW-Mv2.

    Makeup_Co_2.mov  Mask_Half_1/1.png ...    anywhere: a video, or a folder of frames
    Live_12.mov
    trainlist.txt  testlist.txt               a clip a line: Makeup_Co_2

`KIND_NUMBER`, with the kinds of `KINDS`; the paper's *partial paper* is Partial_Eye and
Partial_Mouth together. Numbers count recordings: who is shown is not told, so that only clips can
be kept apart. Parts are those of the lists, of which those of the live faces may be separate
(`trainlist_live.txt`, `testlist_live.txt`).

Sources: yaojieliu/ECCV20-STDN (`trainlist.txt`, `testlist.txt`: attacks of protocol I),
CHELSEA234/Multi-domain-learning-FAS (`config_siwm.py`: kinds; live lists of SiW-Mv2). The release's
lists name no live clips, for which it says nothing.
"""

import re
from pathlib import Path
from typing import Final

from spooftrace.data.layouts.database import SPECIES, Database, Stated
from spooftrace.data.layouts.lists import named_in, read_list, with_split
from spooftrace.data.sources.layout import Layout
from spooftrace.data.sources.source import Job
from spooftrace.labels import Medium

KINDS: Final = {
    "Live": Medium.LIVE,
    "Paper": Medium.PRINT,
    "Print": Medium.PRINT,
    "Replay": Medium.REPLAY,
    "Mask_Half": Medium.HALF_MASK,
    "Mask_Silicone": Medium.SILICONE_MASK,
    "Mask_Trans": Medium.TRANSPARENT_MASK,
    "Mask_Paper": Medium.PAPER_MASK,
    "Mask_Mann": Medium.MANNEQUIN,
    "Makeup_Ob": Medium.OBFUSCATION,
    "Makeup_Im": Medium.IMPERSONATION,
    "Makeup_Co": Medium.COSMETIC,
    "Partial_Funnyeye": Medium.FUNNY_EYE,
    "Partial_Paperglass": Medium.PAPER_GLASSES,
    "Partial_Eye": Medium.PARTIAL_EYE,
    "Partial_Mouth": Medium.PARTIAL_MOUTH,
}
CLIP: Final = rf"(?P<kind>{'|'.join(KINDS)})_(?P<number>\d+)$"


def states(name: re.Match[str]) -> Stated:
    """What `KIND_NUMBER` says."""
    medium = KINDS[name["kind"]]
    return Stated(
        medium=medium, clip=f"{name['kind']}_{name['number']}", attributes={SPECIES: medium.value}
    )


def with_lists(root: Path, jobs: tuple[Job, ...]) -> tuple[Job, ...]:
    """Parts of protocol I and of the live faces, from the lists that lie there."""
    found = {
        part: [
            named_in(line)
            for names in ((f"{part}list_all.txt", f"{part}list.txt"), (f"{part}list_live.txt",))
            for line in read_list(root, *names) or ()
        ]
        for part in ("train", "test")
    }
    return with_split(root, jobs, found)


SIW_M: Final = Database(
    layout=Layout.SIW_M,
    name="SiW-M",
    about="1628 videos, 493 people; 13 attacks: masks, make-up, partial attacks, print, replay",
    ask="withdrawn; SiW-Mv2 replaces it",
    licence="research only, by signed agreement with Michigan State University",
    tree="KIND_NUMBER.{mov,mp4} or KIND_NUMBER/N.png, trainlist.txt, testlist.txt",
    example="Makeup_Co_2.mov",
    pattern=re.compile(rf"(?:^|/){CLIP}"),
    states=states,
    complete=with_lists,
)
