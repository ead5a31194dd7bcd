"""The command, with the real landmarker, on a portrait in the public domain."""

import csv
import subprocess
import sys

import numpy as np
import pytest
import typer
from made_files import write_exact_video
from PIL import Image
from typer.testing import CliRunner

from spooftrace.building import preparation
from spooftrace.cli.prepare import prepare
from spooftrace.cli.stops import stoppable
from spooftrace.data.store.store import Store
from spooftrace.errors import ConfigError, MissingExtraError, SourceError, StoreError

skimage_data = pytest.importorskip("skimage.data")
cv2 = pytest.importorskip("cv2")

app = typer.Typer()
app.command()(stoppable(prepare))


def run(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture(scope="module")
def portrait():
    return skimage_data.astronaut()[:300, 80:380]


@pytest.fixture(scope="module")
def pictures(portrait, tmp_path_factory):
    """One face in many files, and files without one."""
    root = tmp_path_factory.mktemp("pictures") / "astronaut"
    (root / "live").mkdir(parents=True)
    (root / "spoof/replay").mkdir(parents=True)
    image = Image.fromarray(portrait)
    image.save(root / "live/1_plain.png")
    image.convert("L").save(root / "live/2_grey.png")
    image.convert("CMYK").save(root / "live/3_cmyk.jpg", quality=95)
    image.convert("RGBA").save(root / "live/4_alpha.png")
    exif = Image.Exif()
    exif[0x0112] = 6
    image.transpose(Image.Transpose.ROTATE_90).save(root / "live/5_turned.png", exif=exif)
    deep = portrait[:, :, ::-1].astype(np.uint16) * 257
    cv2.imwrite(str(root / "live/6_deep.png"), deep)
    image.save(root / "live/7_moving.gif", save_all=True, append_images=[image.rotate(9)])
    (root / "live/8_cut.jpg").write_bytes((root / "live/3_cmyk.jpg").read_bytes()[:2000])
    Image.new("RGB", (300, 300), "teal").save(root / "live/9_empty.png")
    for name, size in (("one", (1, 1)), ("row", (3000, 1)), ("column", (2, 900))):
        Image.new("RGB", size).save(root / f"live/odd_{name}.png")
    write_exact_video(root / "spoof/replay/a.avi", [portrait] * 5)
    return root


@pytest.mark.slow
def test_a_folder_becomes_a_store(pictures, tmp_path):
    result = run(pictures, "--out", tmp_path, "--every", 2, "--workers", 1)
    assert result.exit_code == 0, result.output
    assert "13 files, layout folder" in result.output
    assert f"{tmp_path}: 8 faces" in result.output
    assert "rejected: 7 (1 no_colour, 4 no_face, 2 unreadable)" in result.output
    with (tmp_path / "rejected.csv").open(newline="") as file:
        reasons = {row["file"]: row["reason"] for row in csv.DictReader(file)}
    assert reasons == {
        "live/2_grey.png": "no_colour",
        "live/7_moving.gif": "unreadable",
        "live/8_cut.jpg": "unreadable",
        "live/9_empty.png": "no_face",
        "live/odd_column.png": "no_face",
        "live/odd_one.png": "no_face",
        "live/odd_row.png": "no_face",
    }
    columns = Store.open(tmp_path).columns()
    assert [name.rpartition("/")[2] for name in columns["id"]] == [
        "1_plain.png",
        "3_cmyk.jpg",
        "4_alpha.png",
        "5_turned.png",
        "6_deep.png",
        "a.avi#0",
        "a.avi#2",
        "a.avi#4",
    ]
    assert columns["medium"] == ["live"] * 5 + ["replay"] * 3
    _assert_one_face(Store.open(tmp_path))


def _assert_one_face(store):
    """Whatever the file, the crop and the mesh are those of the plain picture."""
    for index in range(1, len(store)):
        difference = store.vertices[index] - store.vertices[0]
        assert np.linalg.norm(difference, axis=1).mean() < 3
    for index in (2, 3, 4):
        np.testing.assert_array_equal(store.image(index), store.image(0))


@pytest.mark.slow
def test_processes_give_the_same_store(pictures, tmp_path):
    for workers in (1, 2):
        result = run(pictures, "--out", tmp_path / str(workers), "--workers", workers)
        assert result.exit_code == 0, result.output
    for file in (tmp_path / "1").iterdir():
        assert file.read_bytes() == (tmp_path / "2" / file.name).read_bytes()


@pytest.mark.slow
def test_a_refusal_is_one_line_whatever_the_decoders_say(portrait, tmp_path):
    """Pillow warns of a truncated TIFF, in the process that reads it."""
    (tmp_path / "a/live").mkdir(parents=True)
    Image.fromarray(portrait).save(tmp_path / "a/live/1.tif")
    whole = (tmp_path / "a/live/1.tif").read_bytes()
    (tmp_path / "a/live/2.tif").write_bytes(whole[:-3])
    (tmp_path / "a/live/3.tif").write_bytes(whole[:60])
    program = [sys.executable, "-c", "from spooftrace.cli.main import main; main()", "prepare"]
    for workers in ("1", "2"):
        options = ["--out", tmp_path / workers, "--workers", workers, "--max-failures", "1"]
        command = [*program, tmp_path / "a", *options]
        done = subprocess.run(
            [str(part) for part in command], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        assert "2 unreadable" in done.stdout
        assert [line for line in done.stderr.splitlines() if "files," not in line] == []


def test_limits_of_the_gate_refuse(portrait, tmp_path):
    (tmp_path / "a/live").mkdir(parents=True)
    (tmp_path / "a/spoof").mkdir()
    Image.fromarray(portrait).save(tmp_path / "a/live/near.png")
    Image.fromarray(portrait).resize((200, 200)).save(tmp_path / "a/spoof/far.png")
    out = tmp_path / "out"
    result = run(tmp_path / "a", "--out", out, "--workers", 1, "--limit", "min_size_px=110")
    assert result.exit_code == 0, result.output
    assert list(Store.open(out).columns()["native_size"]) == [129]
    (refused,) = csv.DictReader((out / "rejected.csv").read_text("utf-8").splitlines())
    assert (refused["file"], refused["reason"]) == ("spoof/far.png", "too_small")
    assert "expected at least 110" in refused["detail"]


def test_a_run_that_cannot_begin_shows_no_bar(pictures, tmp_path):
    (tmp_path / "out").touch()
    result = run(pictures, "--out", tmp_path / "out")
    assert isinstance(result.exception, StoreError)
    assert "0/13" not in result.output + result.stderr


def test_wrong_usage(pictures, tmp_path):
    result = run(pictures / "live/1_plain.png", "--out", tmp_path)
    assert isinstance(result.exception, SourceError)
    result = run(pictures, "--out", tmp_path, "--limit", "min_size=0")
    assert isinstance(result.exception, ConfigError)
    assert "did you mean 'min_size_px'?" in str(result.exception)
    result = run(pictures, "--out", tmp_path, "--layout", "foldr")
    assert result.exit_code == 2


def test_a_cluster_needs_its_extra_and_an_address_a_cluster(pictures, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "ray", None)
    monkeypatch.delitem(sys.modules, "spooftrace.building.ray_engine", raising=False)
    result = run(pictures, "--out", tmp_path / "x", "--engine", "ray")
    assert isinstance(result.exception, MissingExtraError)
    assert "extra 'cluster', of which ray is not installed" in str(result.exception)
    result = run(pictures, "--out", tmp_path / "x", "--address", "auto")
    assert result.exit_code == 2
    assert "--engine ray" in result.output
    assert not (tmp_path / "x").exists()


def test_ctrl_c_says_how_to_go_on(pictures, tmp_path, monkeypatch):
    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(preparation, "prepare", interrupted)
    result = run(pictures, "--out", tmp_path)
    assert result.exit_code == 130
    assert "the same command continues" in result.output
