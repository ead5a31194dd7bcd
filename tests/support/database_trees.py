"""Folders of the field's databases with real videos and pictures, of people of nobody."""

import numpy as np
from database_names import BY_LAYOUT, lists, small
from made_files import write_exact_video
from PIL import Image
from toy_landmarker import OPEN_GATE, CentredFaces
from toy_people import MEDIA, picture

from spooftrace.building.preparation import prepare
from spooftrace.data.layouts.chooser import read_source
from spooftrace.data.store.store import Store
from spooftrace.labels import Label, Medium


def write_tree(root, layout, names=None):
    """Every file of a small folder, its pictures of a person with the pattern of a medium."""
    people = {}
    own = 1000 * list(BY_LAYOUT).index(layout)  # no picture is in two databases
    for at, name in enumerate(small(layout) if names is None else names):
        stated = BY_LAYOUT[layout].stated(name.rpartition(".")[0])
        person = people.setdefault(stated.subject or name, len(people))
        is_live = stated.medium.label is Label.LIVE
        medium = Medium.LIVE if is_live else stated.medium if stated.medium in MEDIA else MEDIA[-1]
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        shown = [np.ascontiguousarray(picture(person, medium, own + at)[::2, ::2])]
        if BY_LAYOUT[layout].frames:
            write_exact_video(path, shown)
        else:
            Image.fromarray(shown[0]).save(path)
    for name, text in lists(layout).items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


def prepared(root, out):
    """The store that `prepare` makes of the folder, whose layout it recognises."""
    prepare(read_source(root), out, landmarker=CentredFaces, gate=OPEN_GATE)
    return Store.open(out)
