"""SiW-Mv2 (Guo et al., ECCV 2022): 785 live videos and 915 of 14 attacks.

    Live/Live_1.mov
    Spoof/Makeup_Cosmetic/Makeup_Co_1.mov     and thirteen more folders
    pro_3_text/trainlist_all.txt              attacks of protocol I; names repeat, to balance kinds
    pro_3_text/trainlist_live.txt             live faces of protocols I and II
    pro_3_text/{train,test}_{A,B,C,D,E}_*.txt the source and the four target domains of protocol III

Clips are named as in SiW-M (`siw_m`). The lists do not come with the videos: fetch them from the
authors' repository. Who is shown is not told, so that only clips can be
kept apart. Protocol III's lists become the attributes `domain_A` to `domain_E`: `train` or `test`.

Sources: CHELSEA234/Multi-domain-learning-FAS (`source_SiW_Mv2/README.md`: tree; `config_siwm.py`:
kinds, lists, protocols; `pro_3_text/`), lathevinh/fas (which lists and archive agree: 1680 clips;
11 listed live clips are not in the archive, 20 of its attacks in no list). They disagree on the
folder of prints: `Print` in the README, `Paper` in the archive; and on the number of live videos,
785 in the archive and 796 in the lists.
"""

import re
from pathlib import Path
from typing import Final

from spooftrace.data.layouts.database import Database
from spooftrace.data.layouts.lists import named_in, read_list, with_split
from spooftrace.data.layouts.siw_m import CLIP, states, with_lists
from spooftrace.data.sources.layout import Layout
from spooftrace.data.sources.source import Job

DOMAINS: Final = {"A": "pretrain", "B": "spoof", "C": "race", "D": "age", "E": "ill"}
"""Of protocol III: the source domain A, and what is new in each target domain."""


def _complete(root: Path, jobs: tuple[Job, ...]) -> tuple[Job, ...]:
    jobs = with_lists(root, jobs)
    for domain, name in DOMAINS.items():
        parts = {
            part: map(named_in, read_list(root, f"{part}_{domain}_{name}.txt") or ())
            for part in ("train", "test")
        }
        jobs = with_split(root, jobs, parts, attribute=f"domain_{domain}")
    return jobs


SIW_MV2: Final = Database(
    layout=Layout.SIW_MV2,
    name="SiW-Mv2",
    about="1700 videos; 14 attacks: masks, make-up, partial attacks, print, replay",
    ask="https://github.com/CHELSEA234/Multi-domain-learning-FAS",
    licence="research only, by signed agreement with Michigan State University",
    tree="Live/Live_N.mov, Spoof/FOLDER/KIND_N.mov, pro_3_text/*.txt",
    example="Spoof/Makeup_Cosmetic/Makeup_Co_1.mov",
    pattern=re.compile(
        r"(?:^|/)(?:Live|Spoof/(?:Makeup_Cosmetic|Makeup_Impersonation|Makeup_Obfuscation|Mannequin|"
        r"Silicone|Print|Paper|Replay|Partial_FunnyeyeGlasses|Partial_PaperGlasses|Partial_Eye|"
        rf"Partial_Mouth|Mask_HalfMask|Mask_PaperMask|Mask_TransparentMask))/{CLIP}"
    ),
    states=states,
    complete=_complete,
)
