"""From the bytes of one file to frames, with and without files in memory."""

import math
import os
import tempfile

import numpy as np
import pytest
from toy_service import BLUISH, clip

from spooftrace.service.files import Reader
from spooftrace.service.problems import Code, RefusedError
from spooftrace.service.settings import Settings
from spooftrace.service.uploads import Upload


@pytest.fixture(params=["memfd", "folder"])
def folder(request, tmp_path, monkeypatch):
    """Where a system without files in memory puts the clip while it is read."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    if request.param == "folder":
        monkeypatch.delattr(os, "memfd_create", raising=False)
    elif not hasattr(os, "memfd_create"):
        pytest.skip("this system has no files in memory")
    return tmp_path if request.param == "folder" else None


def frames(data):
    return Reader(Settings()).frames(Upload(3, data), every=4, deadline=math.inf)


def test_frames_are_read_and_nothing_stays(folder, tmp_path):
    read = []
    for frame in frames(clip(frames=10)):
        # While it is read the clip lies in one folder of its own, or nowhere.
        assert len(list(tmp_path.glob("*/clip"))) == (folder is not None)
        read.append(frame)
    assert [frame.number for frame in read] == [0, 4, 8]
    assert np.abs(read[0].picture.astype(int) - BLUISH).max() <= 6
    assert list(tmp_path.iterdir()) == []


def test_a_broken_clip_is_refused_by_its_number_and_nothing_stays(folder, tmp_path):
    with pytest.raises(RefusedError) as refused:
        list(frames(clip()[:1500]))
    assert refused.value.code is Code.UNREADABLE_FILE
    assert "file 3" in str(refused.value)
    assert str(tmp_path) not in str(refused.value)
    assert "/proc" not in str(refused.value)
    assert list(tmp_path.iterdir()) == []
