from collections import Counter

import cv2
import numpy as np
import pytest

from spooftrace.simulation import demo_set


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    out = tmp_path_factory.mktemp("demo")
    assert demo_set.demo_set(out, people=6, rng=np.random.default_rng(0), size=96) == 48
    return out


def test_layout(folder):
    kinds = Counter(path.parent.relative_to(folder).as_posix() for path in folder.rglob("*.jpg"))
    assert kinds == {
        "train/live": 16,
        "train/spoof/print": 8,
        "train/spoof/replay": 8,
        "dev/live": 4,
        "dev/spoof/print": 2,
        "dev/spoof/replay": 2,
        "test/live": 4,
        "test/spoof/print": 2,
        "test/spoof/replay": 2,
    }


def test_a_person_is_on_one_side_only(folder):
    sides = {
        split: {path.name.split("_")[0] for path in (folder / split).rglob("*.jpg")}
        for split in ("train", "dev", "test")
    }
    assert sides == {
        "train": {"person000", "person001", "person002", "person005"},
        "dev": {"person003"},
        "test": {"person004"},
    }


def test_files_are_pictures(folder):
    picture = cv2.imread(str(next(folder.rglob("*.jpg"))))
    assert picture.shape == (96, 96, 3)
    assert picture.std() > 10


def test_the_seed_decides_everything():
    first, second = (
        [picture.image for picture in demo_set.pictures(0, np.random.default_rng(9), 64)]
        for _ in range(2)
    )
    assert len(first) == 8
    assert all((a == b).all() for a, b in zip(first, second, strict=True))
