"""`spooftrace synthesize` from the outside, on a portrait in the public domain."""

import csv

import numpy as np
import pytest
import skimage.data
import typer
from PIL import Image
from toy_bundle import RANGE_BIAS, SIZE, write_toy
from typer.testing import CliRunner

from spooftrace.cli.synthesize import synthesize
from spooftrace.detector import synthesis_folder
from spooftrace.detector.detector import SpoofDetector
from spooftrace.errors import ConfigError, MissingExtraError, PictureError, SpoofTraceError

app = typer.Typer()
app.command()(synthesize)


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """Two spoofs, a living face, and what is none."""
    folder = tmp_path_factory.mktemp("synthesis")
    write_toy(folder / "toy.onnx")
    face = Image.fromarray(skimage.data.astronaut()[:300, 80:380])
    for name in ("spoofs/a.png", "spoofs/deep/b.png", "lives/c.png"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        face.point(lambda level, name=name: level * (0.7 if "b" in name else 1)).save(folder / name)
    Image.new("RGB", (300, 300), "teal").save(folder / "spoofs/nobody.png")
    (folder / "spoofs/clip.mp4").touch()
    (folder / "lives/notes.txt").touch()
    return folder


def call(place, spoof, live, out, *more):
    words = ["--spoof", place / spoof, "--live", place / live, "--out", out, *more]
    return CliRunner().invoke(app, [*map(str, words), "--model", str(place / "toy.onnx")])


def failure(*arguments):
    result = call(*arguments)
    assert isinstance(result.exception, SpoofTraceError), result.output
    assert "\n" not in str(result.exception)
    return result.exception


def test_of_two_pictures_a_picture(place, tmp_path):
    out = tmp_path / "new" / "made.png"
    result = call(place, "spoofs/a.png", "lives/c.png", out)
    assert result.exit_code == 0, result.output
    made = np.asarray(Image.open(out)).astype(float)
    assert made.shape == (SIZE, SIZE, 3)
    # The same face on both sides: I + G(I), clipped.
    detector = SpoofDetector.load(place / "toy.onnx")
    answer = detector.predict(place / "spoofs/a.png")
    seen = answer.evidence
    assert result.stdout.startswith(
        f"scores: spoof {answer.score:.4f}, living face {answer.score:.4f}, with the trace 0.6"
    )
    image = seen.trace + seen.live
    np.testing.assert_allclose(made, np.clip(255 * (image + seen.trace), 0, 255), atol=1)
    without = tmp_path / "without.png"
    call(place, "spoofs/a.png", "lives/c.png", without, "--without", "s")
    less = np.clip(255 * (image + seen.trace - np.float32(RANGE_BIAS) * image), 0, 255)
    np.testing.assert_allclose(np.asarray(Image.open(without)), less, atol=1)


def test_of_folders_every_pair_and_a_sheet(place, tmp_path):
    out = tmp_path / "out"
    result = call(place, "spoofs", "lives", out, "--scale", "T=1.5")
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith("2 pairs; written: ")
    assert "nobody.png: expected a picture with one good face, no_face" in result.stderr
    assert sorted(str(path.relative_to(out)) for path in out.rglob("*.*") if path.is_file()) == [
        "a.png/c.png.png", "deep/b.png/c.png.png", "pairs.csv", "sheet.png",
    ]  # fmt: skip
    rows = list(csv.DictReader((out / "pairs.csv").read_text().splitlines()))
    assert [row["picture"] for row in rows] == ["a.png/c.png.png", "deep/b.png/c.png.png"]
    detector = SpoofDetector.load(place / "toy.onnx")
    made = np.stack([np.asarray(Image.open(out / row["picture"])) for row in rows])
    np.testing.assert_allclose(
        [float(row["score"]) for row in rows], detector.score_faces(made), rtol=1e-6
    )
    assert float(rows[0]["live_score"]) == pytest.approx(
        detector.predict(place / "lives/c.png").score
    )
    single = tmp_path / "single.png"
    call(place, "spoofs/deep/b.png", "lives/c.png", single, "--scale", "T=1.5")
    np.testing.assert_array_equal(np.asarray(Image.open(single)), made[1])


def test_what_it_made_before_is_no_source(place):
    out = place / "spoofs" / "made"
    for _ in range(2):
        result = call(place, "spoofs", "lives/c.png", out)
        assert result.stdout.startswith("2 pairs"), result.output


class TestErrors:
    def test_no_face(self, place, tmp_path):
        error = failure(place, "spoofs/nobody.png", "lives/c.png", tmp_path / "x.png")
        assert isinstance(error, PictureError)
        assert "nobody.png: expected a picture with one good face, no_face" in str(error)

    def test_a_folder_without_faces(self, place, tmp_path):
        (tmp_path / "none").mkdir()
        error = failure(place, tmp_path / "none", "lives", tmp_path / "x")
        assert "expected pictures with one good face each, none of 0 has" in str(error)

    def test_an_unknown_element(self, place, tmp_path):
        error = failure(place, "spoofs", "lives", tmp_path / "x", "--without", "q")
        assert isinstance(error, ConfigError)
        assert "no element 'q'" in str(error)

    def test_a_lossy_picture(self, place, tmp_path):
        error = failure(place, "spoofs/a.png", "lives/c.png", tmp_path / "x.jpg")
        assert "expected the name of a PNG" in str(error)

    def test_a_picture_that_is_read_is_not_written_over(self, place, tmp_path):
        given = tmp_path / "given.png"
        given.write_bytes((place / "spoofs/a.png").read_bytes())
        for spoof, live in ((given, "lives/c.png"), ("lives/c.png", given)):
            error = failure(place, spoof, live, given)
            assert isinstance(error, ConfigError)
            assert "expected another file" in str(error)
        assert given.read_bytes() == (place / "spoofs/a.png").read_bytes()

    @pytest.mark.parametrize("out", ["spoofs", "lives", ""])
    def test_sources_in_the_folder_that_is_written(self, place, out):
        error = failure(place, "spoofs", "lives", place / out)
        assert isinstance(error, ConfigError)
        assert "does not lie in" in str(error)

    def test_a_file_in_the_way(self, place, tmp_path):
        (tmp_path / "file").touch()
        error = failure(place, "spoofs", "lives", tmp_path / "file")
        assert isinstance(error, ConfigError)


def test_a_face_that_needs_what_is_not_installed_is_left_out(place, tmp_path, monkeypatch):
    (tmp_path / "lives").mkdir()
    for name in ("c.png", "turned.png"):
        (tmp_path / "lives" / name).write_bytes((place / "lives/c.png").read_bytes())
    seen = []

    def one_is_turned(vertices, size):
        seen.append(size)
        if len(seen) == 2:
            raise MissingExtraError("expected SciPy")

    monkeypatch.setattr(synthesis_folder, "triangles_for", one_is_turned)
    result = call(place, "spoofs/a.png", tmp_path / "lives", tmp_path / "out")
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith("1 pairs; written: ")
    assert "turned.png: expected SciPy" in result.stderr
    assert seen == [SIZE, SIZE]
