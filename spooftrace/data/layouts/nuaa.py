r"""NUAA Photograph Imposter Database (Tan et al., ECCV 2010): 12 614 pictures of 15 people.

    ClientRaw/0001/0001_00_00_01_0.jpg       live
    ImposterRaw/0001/0001_00_00_01_0.jpg     prints
    client_train_raw.txt  client_test_raw.txt  imposter_train_raw.txt  imposter_test_raw.txt
    Detectedface/  NormalizedFace/           the same faces cut out: passed over

`PERSON_GLASSES_PLACE_SESSION_NUMBER`. A list names a picture a line, `0001\0001_00_00_01_0.jpg`;
parts are by session, and people are in both, which the authors wanted so. The pictures of a session
are a clip. There is no development part.

Sources: bob.db.nuaa (lists; parts), copies of the database whose lists hold whole paths. Lists
agree on 1743 + 1748 training and 3362 + 5761 test pictures.
"""

import re
from dataclasses import replace
from pathlib import Path
from typing import Final

from spooftrace.data.layouts.database import SPECIES, Database, Stated
from spooftrace.data.layouts.lists import named_in, read_list
from spooftrace.data.sources.layout import Layout
from spooftrace.data.sources.source import Job
from spooftrace.labels import Label, Medium


def _states(name: re.Match[str]) -> Stated:
    is_live = name["kind"] == "Client"
    return Stated(
        medium=Medium.LIVE if is_live else Medium.PRINT,
        clip=f"{name['kind']}/{name['sequence']}",
        subject=name["person"],
        session=name["session"],
        frame=int(name["number"]),
        attributes={SPECIES: "live" if is_live else "print"},
    )


def _complete(root: Path, jobs: tuple[Job, ...]) -> tuple[Job, ...]:
    parts: dict[tuple[Label, str], str] = {}
    for label, kind in ((Label.LIVE, "client"), (Label.SPOOF, "imposter")):
        for part in ("train", "test"):
            for line in read_list(root, f"{kind}_{part}_raw.txt") or ():
                parts[label, named_in(line)] = part
    return tuple(_with_part(job, parts.get((job.label, job.path.stem))) for job in jobs)


def _with_part(job: Job, part: str | None) -> Job:
    return job if part is None else replace(job, attributes={**job.attributes, "split": part})


NUAA: Final = Database(
    layout=Layout.NUAA,
    name="NUAA",
    about="12 614 pictures, 15 people, 3 sessions, a webcam; prints",
    ask="http://parnec.nuaa.edu.cn/_upload/tpl/02/db/731/template731/pages/xtan/NUAAImposterDB_download.html",
    licence="research only",
    tree="{Client,Imposter}Raw/PERSON/*.jpg, {client,imposter}_{train,test}_raw.txt",
    example="ClientRaw/0001/0001_00_00_01_0.jpg",
    pattern=re.compile(
        r"(?:^|/)(?P<kind>Client|Imposter)(?:Raw|Face)/\d{4}/"
        r"(?P<sequence>(?P<person>\d{4})_\d\d_\d\d_(?P<session>\d\d))_(?P<number>\d+)$"
    ),
    states=_states,
    frames=False,
    beside=re.compile(r"(?:^|/)(?:Detectedface|NormalizedFace)/"),
    complete=_complete,
)
