"""CelebA-Spoof (Zhang et al., ECCV 2020): 625 537 pictures of 10 177 people.

    Data/train/1/live/000184.jpg   Data/train/1/spoof/494405.png     beside each NAME_BB.txt
    Data/test/...
    metas/intra_test/train_label.json  metas/intra_test/test_label.json

The JSON maps a path to 44 numbers, of which the last four are the kind of spoof, its light, its
place and 0 for live or 1 for spoof; a face whose folder says otherwise is refused. Without it a
spoof's medium is unknown. `NAME_BB.txt` holds a box as x, y, width, height of a picture of 224
pixels and a confidence; faces are found here without it, for issues of the database's repository
tell of boxes that are wrong. There is no development part.

Sources: ZhangYuanhan-AI/CelebA-Spoof (README: tree, kinds), loaders of kprokofi and hairymax
(indices of the labels).
"""

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Final

from spooftrace.data.layouts.database import SPECIES, Database, Stated
from spooftrace.data.sources.layout import Layout
from spooftrace.data.sources.source import Job
from spooftrace.errors import SourceError
from spooftrace.labels import Label, Medium

_KIND, _LIGHT, _PLACE, _LABEL = 40, 41, 42, 43
_KINDS: Final = (
    (Medium.LIVE, "live"),
    (Medium.PRINT, "print-photo"),
    (Medium.PRINT, "print-poster"),
    (Medium.PRINT, "print-a4"),
    (Medium.PAPER_MASK, "face-mask"),
    (Medium.PAPER_MASK, "upper-body-mask"),
    (Medium.PARTIAL_PAPER, "region-mask"),
    (Medium.REPLAY, "replay-pc"),
    (Medium.REPLAY, "replay-pad"),
    (Medium.REPLAY, "replay-phone"),
    (Medium.UNKNOWN, "3d-mask"),
)
_LIGHTS: Final = ("live", "normal", "strong", "back", "dark")
_PLACES: Final = ("live", "indoor", "outdoor")


def _states(name: re.Match[str]) -> Stated:
    is_live = name["label"] == "live"
    return Stated(
        medium=Medium.LIVE if is_live else Medium.UNKNOWN,
        clip=None,
        subject=name["subject"],
        attributes={"split": name["part"], **({SPECIES: "live"} if is_live else {})},
    )


def _complete(root: Path, jobs: tuple[Job, ...]) -> tuple[Job, ...]:
    labels: dict[str, list[int]] = {}
    for part in ("train", "test"):
        path = root / "metas" / "intra_test" / f"{part}_label.json"
        if not path.is_file():
            continue
        try:
            labels |= json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise SourceError(f"{path}: expected JSON of labels by path ({error})") from error
    return tuple(_labelled(root, job, labels.get(job.file)) for job in jobs)


def _labelled(root: Path, job: Job, numbers: list[int] | None) -> Job:
    if numbers is None:
        return job
    try:
        medium, species = _KINDS[numbers[_KIND]]
        light, place = _LIGHTS[numbers[_LIGHT]], _PLACES[numbers[_PLACE]]
        label = Label(numbers[_LABEL])
    except (IndexError, ValueError, TypeError) as error:
        raise SourceError(
            f"{root}: {job.file}: expected 44 numbers as the labels of a picture ({error})"
        ) from error
    if medium.label is not label or label is not job.label:
        raise SourceError(
            f"{root}: {job.file}: the folder says {job.label.name.lower()}, its labels say "
            f"{label.name.lower()} and {species}; one of them is wrong"
        )
    said = {SPECIES: species, "light": light, "place": place}
    return replace(job, medium=medium, attributes={**job.attributes, **said})


CELEBA_SPOOF: Final = Database(
    layout=Layout.CELEBA_SPOOF,
    name="CelebA-Spoof",
    about="625 537 pictures, 10 177 people; 10 kinds of prints, replays and masks",
    ask="https://github.com/ZhangYuanhan-AI/CelebA-Spoof",
    licence="non-commercial research",
    tree="Data/{train,test}/PERSON/{live,spoof}/NAME.{jpg,png}, metas/intra_test/*_label.json",
    example="Data/train/1/live/000184.jpg",
    pattern=re.compile(
        r"(?:^|/)Data/(?P<part>train|test)/(?P<subject>\d+)/(?P<label>live|spoof)/\w+$"
    ),
    states=_states,
    frames=False,
    complete=_complete,
)
