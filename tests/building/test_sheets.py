"""Contact sheets of a simulated store."""

import io

import pytest
from made_samples import make_sample, write_store
from PIL import Image

from spooftrace.building.sheets import write_sheets
from spooftrace.data.folder import Folder
from spooftrace.data.store.store import Store
from spooftrace.errors import ConfigError
from spooftrace.labels import Medium


def write_traced_store(path):
    write_store(path, [make_sample(number, traced=bool(number % 2)) for number in range(4)])


def test_sheets_that_cannot_be_written_leave_the_store_and_one_line(tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    write_traced_store(tmp_path / "store")
    monkeypatch.setattr(Folder, "write", full)
    with pytest.raises(ConfigError, match=r"--sheets.*cannot write.*the store is complete"):
        write_sheets(Store.open(tmp_path / "store"), Folder(tmp_path / "sheets"), (Medium.REPLAY,))


@pytest.mark.parametrize("url", ["memory://bucket/sheets", "{tmp}/sheets"])
def test_sheets_go_to_a_folder_or_a_url(url, tmp_path):
    write_traced_store(tmp_path / "store")
    folder = Folder(url.format(tmp=tmp_path))
    write_sheets(Store.open(tmp_path / "store"), folder, (Medium.REPLAY, Medium.PRINT))
    assert folder.names() == ["replay.png"]
    assert Image.open(io.BytesIO(folder.read("replay.png"))).width == 2 * (3 * 256 + 6)
    folder.remove("replay.png")
