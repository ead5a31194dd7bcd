"""Files to records: pictures, videos, folders, and whatever else lies about."""

import json
from pathlib import Path

import numpy as np
import pytest
from made_files import write_exact_video
from PIL import Image
from toy_bundle import toy_info, write_toy
from toy_landmarker import OPEN_GATE, CentredFaces

from spooftrace.detector.analysis import Analysis, NamedFile, collect, was_read
from spooftrace.detector.bundle import Bundle
from spooftrace.detector.detector import SpoofDetector
from spooftrace.detector.following import FollowConfig
from spooftrace.detector.panel import HEIGHT, WIDTH
from spooftrace.detector.voting import VoteConfig
from spooftrace.errors import BundleError, ConfigError

BLACK, GREY, WHITE = (0, 0, 0), (60, 60, 60), (255, 255, 255)


def save_picture(path, colour=WHITE):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (320, 240), colour).save(path)
    return path


def save_video(path, levels):
    """Frames of one grey level each, 10 a second."""
    return write_exact_video(path, [np.full((240, 320, 3), level, np.uint8) for level in levels])


def make_analysis(path, *, threshold=None, info=None, **options):
    bundle = Bundle.load(write_toy(path / "toy.onnx", info or toy_info()), threads=1)
    detector = SpoofDetector.load(bundle, landmarker=CentredFaces(), gate=OPEN_GATE)
    return Analysis(detector=detector, threshold=threshold, **options)


def record_of(analysis, path):
    return json.loads(json.dumps(analysis.file(NamedFile(path, path.name))))


class TestPictures:
    def test_a_record(self, tmp_path):
        path = save_picture(tmp_path / "white.png")
        record = record_of(make_analysis(tmp_path), path)
        assert record["file"] == str(path)
        assert record["kind"] == "picture"
        assert record["panel"] is None
        assert record["decision"] == "spoof"
        assert record["score"] == pytest.approx(0.95, abs=1e-6)

    def test_the_callers_threshold(self, tmp_path):
        path = save_picture(tmp_path / "white.png")
        record = record_of(make_analysis(tmp_path, threshold=0.96), path)
        assert record["decision"] == "live"
        assert record["threshold_source"] == "caller"

    def test_a_panel(self, tmp_path):
        analysis = make_analysis(tmp_path, panels=tmp_path / "out")
        record = record_of(analysis, save_picture(tmp_path / "white.jpg"))
        assert record["panel"] == "white.jpg.png"
        with Image.open(tmp_path / "out" / "white.jpg.png") as panel:
            assert panel.size == (WIDTH, HEIGHT)

    def test_no_face_no_panel(self, tmp_path):
        analysis = make_analysis(tmp_path, panels=tmp_path / "out")
        record = record_of(analysis, save_picture(tmp_path / "black.png", BLACK))
        assert (record["decision"], record["reason"]) == ("no_answer", "no_face")
        assert record["panel"] is None
        assert was_read(record)
        assert not (tmp_path / "out").exists()

    def test_broken(self, tmp_path):
        path = tmp_path / "broken.png"
        path.write_bytes(b"\x89PNG\r\n\x1a\n")
        record = record_of(make_analysis(tmp_path), path)
        assert (record["decision"], record["reason"]) == ("no_answer", "unreadable")
        assert not was_read(record)

    def test_a_panel_that_cannot_be_written(self, tmp_path):
        (tmp_path / "out").write_text("a file, not a folder")
        analysis = make_analysis(tmp_path, panels=tmp_path / "out")
        with pytest.raises(ConfigError, match=r"white\.png\.png: the panel cannot be written"):
            record_of(analysis, save_picture(tmp_path / "white.png"))


class TestVideos:
    def test_every_second_frame_is_judged_and_voted_on(self, tmp_path):
        # Frames 0, 2, 4, 6: white, white, black (no face), dark grey.
        path = save_video(tmp_path / "clip.avi", [255, 0, 255, 0, 0, 0, 60, 0])
        record = record_of(make_analysis(tmp_path, every=2), path)
        assert [frame["frame"] for frame in record["frames"]] == [0, 2, 4, 6]
        assert [frame["decision"] for frame in record["frames"]] == [
            "spoof",
            "spoof",
            "no_answer",
            "live",
        ]
        assert record["decision"] == "spoof"
        assert record["score"] == pytest.approx(0.95, abs=0.02)
        assert (record["frames_seen"], record["answered"], record["spoof_frames"]) == (4, 3, 2)
        assert record["share_without_answer"] == 0.25

    def test_the_names_of_the_record_are_stable(self, tmp_path):
        record = record_of(make_analysis(tmp_path), save_video(tmp_path / "clip.avi", [255] * 3))
        assert list(record) == [
            "file",
            "kind",
            "schema_version",
            "every",
            "decision",
            "score",
            "threshold",
            "threshold_source",
            "frames_seen",
            "answered",
            "spoof_frames",
            "share_without_answer",
            "reason",
            "detail",
            "advice",
            "stopped_early",
            "tracks",
            "frames",
        ]
        assert record["kind"] == "video"
        assert list(record["frames"][0])[:5] == [
            "frame",
            "time_s",
            "panel",
            "track",
            "schema_version",
        ]

    def test_too_few_frames_have_a_face(self, tmp_path):
        path = save_video(tmp_path / "clip.avi", [0, 0, 0, 0, 255, 255, 255])
        record = record_of(make_analysis(tmp_path, every=1), path)
        assert (record["decision"], record["reason"]) == ("no_answer", "too_many_without_answer")

    def test_other_limits(self, tmp_path):
        path = save_video(tmp_path / "clip.avi", [255, 255])
        limits = FollowConfig(vote=VoteConfig(min_frames=1))
        assert record_of(make_analysis(tmp_path, every=1), path)["decision"] == "no_answer"
        analysis = make_analysis(tmp_path, every=1, follow_config=limits)
        assert record_of(analysis, path)["decision"] == "spoof"

    def test_a_panel_per_judged_frame(self, tmp_path):
        path = save_video(tmp_path / "clip.avi", [255, 0, 60])
        record = record_of(make_analysis(tmp_path, every=1, panels=tmp_path / "out"), path)
        panels = [frame["panel"] for frame in record["frames"]]
        assert panels == ["clip.avi/frame_000000.png", None, "clip.avi/frame_000002.png"]
        written = sorted(file.name for file in (tmp_path / "out" / "clip.avi").iterdir())
        assert written == ["frame_000000.png", "frame_000002.png"]

    def test_a_clip_that_breaks_off_has_no_answer(self, tmp_path):
        path = save_video(tmp_path / "clip.avi", [255] * 60)
        content = path.read_bytes()
        path.write_bytes(content[: len(content) // 2])
        record = record_of(make_analysis(tmp_path, every=5), path)
        assert (record["decision"], record["reason"]) == ("no_answer", "unreadable")
        assert record["answered"] >= 3
        assert was_read(record)

    def test_no_video_at_all(self, tmp_path):
        path = tmp_path / "clip.mp4"
        path.write_bytes(b"not a video")
        record = record_of(make_analysis(tmp_path), path)
        assert (record["decision"], record["reason"]) == ("no_answer", "unreadable")
        assert "clip.mp4" in record["detail"]
        assert record["frames"] == []
        assert not was_read(record)

    def test_without_a_threshold_nothing_is_decided(self, tmp_path):
        path = save_video(tmp_path / "clip.avi", [255] * 3)
        with pytest.raises(BundleError, match="spooftrace evaluate"):
            record_of(make_analysis(tmp_path, info=toy_info(threshold=None)), path)


class TestCollect:
    def names(self, *paths, skip=None):
        files, others = collect(paths, skip=skip)
        return [file.name for file in files], others

    def test_folders_are_searched_in_order_without_what_is_hidden(self, tmp_path):
        for name in ("b/z.png", "b/a.JPG", "a/c.mp4", ".cache/x.png", "b/.x.png", "notes.txt"):
            file = tmp_path / name
            file.parent.mkdir(exist_ok=True)
            file.touch()
        assert self.names(tmp_path) == (["a/c.mp4", "b/a.JPG", "b/z.png"], 1)

    def test_a_file_stands_for_itself_whatever_its_name(self, tmp_path):
        assert self.names(tmp_path / "face.dat") == (["face.dat"], 0)

    def test_names_are_given_once(self, tmp_path):
        for name in ("a/x.png", "b/x.png"):
            (tmp_path / name).parent.mkdir()
            (tmp_path / name).touch()
        assert self.names(tmp_path / "a", tmp_path / "b", tmp_path / "a/x.png") == (
            ["x.png", "x.png-2", "x.png-3"],
            0,
        )

    def test_panels_of_an_earlier_call_are_no_input(self, tmp_path):
        for name in ("x.png", "out/x.png.png"):
            (tmp_path / name).parent.mkdir(exist_ok=True)
            (tmp_path / name).touch()
        assert self.names(tmp_path, skip=tmp_path / "out") == (["x.png"], 0)
        assert self.names(tmp_path, skip=Path("elsewhere")) == (["out/x.png.png", "x.png"], 0)


def test_without_the_extra_a_video_says_which_and_pictures_are_judged(tmp_path):
    """A process of its own in which PyAV cannot be imported."""
    import subprocess
    import sys

    code = (
        "import sys; sys.modules['av'] = None\n"
        "import spooftrace.detector.analysis\n"
        "from spooftrace.errors import MissingExtraError\n"
        "try:\n    from spooftrace.data.sources import video\n"
        "except MissingExtraError as error:\n    print(error)\n"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "needs the extra 'video', of which av is not installed" in said.stdout
    assert "pip install '.[video]'" in said.stdout
