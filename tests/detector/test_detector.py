"""From a picture to a decision: hand-worked answers, reasons, threads, life without torch."""

import json
import subprocess
import sys
import textwrap
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import skimage.data
from PIL import Image
from toy_bundle import SIZE, flat_faces, toy_info, write_toy
from toy_landmarker import OPEN_GATE, CentredFaces

from spooftrace.detector.bundle import Bundle
from spooftrace.detector.bundle_info import CropRule
from spooftrace.detector.detector import Decision, SpoofDetector
from spooftrace.errors import BundleError, ConfigError, PictureError
from spooftrace.faces.crop import resize_face
from spooftrace.faces.finder import RejectReason, find_face
from spooftrace.faces.quality import QualityGate
from spooftrace.metrics.thresholds import Threshold

BLUISH = (51, 102, 204)
BLUISH_SCORE = 7 / 30 + 0.23
"""Of a face of that colour, see toy_bundle: map_score 7/30, trace_score 0.115, alpha_0 2."""


def picture(*colour):
    """A whole frame of one colour, 400 x 300."""
    return np.broadcast_to(np.uint8(colour), (300, 400, 3)).copy()


def make_detector(path, *, faces=1, gate=None, **info):
    bundle = Bundle.load(write_toy(path / "toy.onnx", toy_info(**info)), threads=1)
    gate = gate or OPEN_GATE
    return SpoofDetector.load(bundle, landmarker=CentredFaces(faces), gate=gate)


@pytest.fixture
def detector(tmp_path):
    return make_detector(tmp_path)


class TestAnswers:
    def test_live(self, detector):
        answer = detector.predict(picture(*BLUISH))
        assert answer.decision is Decision.LIVE
        assert answer.score == pytest.approx(BLUISH_SCORE, abs=1e-6)
        assert (answer.threshold, answer.threshold_source) == (0.5, "eer on dev")
        assert answer.reason is answer.detail is None

    def test_spoof(self, detector):
        answer = detector.predict(picture(255, 255, 255))
        assert answer.decision is Decision.SPOOF
        assert answer.score == pytest.approx(0.95, abs=1e-6)

    def test_the_threshold_itself_is_a_spoof(self, detector):
        score = detector.predict(picture(*BLUISH)).score
        at, above = score, float(np.nextafter(score, 1))
        assert detector.predict(picture(*BLUISH), threshold=at).decision is Decision.SPOOF
        assert detector.predict(picture(*BLUISH), threshold=above).decision is Decision.LIVE

    def test_a_threshold_of_the_callers_says_so(self, detector):
        answer = detector.predict(picture(*BLUISH), threshold=0.4)
        assert answer.decision is Decision.SPOOF
        assert (answer.threshold, answer.threshold_source) == (0.4, "caller")

    def test_a_stated_threshold_has_no_split(self, tmp_path):
        stated = Threshold(value=0.4, rule="fixed", split=None, description="by the bank")
        answer = make_detector(tmp_path, threshold=stated).predict(picture(*BLUISH))
        assert answer.threshold_source == "fixed"

    def test_the_place_of_the_face(self, detector):
        answer = detector.predict(picture(*BLUISH))
        # The mesh is 150 px high, in the middle of 400 x 300; the square is 1.2 times that.
        assert answer.native_size == answer.box.side == 180
        assert answer.box.left + 90 == pytest.approx(200, abs=1)
        assert answer.box.top + 90 == pytest.approx(150, abs=1)
        assert answer.quality.inside == 1.0

    def test_the_evidence(self, detector):
        seen = detector.predict(picture(*BLUISH)).evidence
        colour, trace = np.array([0.2, 0.4, 0.8]), np.array([0.12, 0.18, 0.39])
        assert seen.crop.shape == (256, 256, 3)
        assert (seen.crop == BLUISH).all()
        np.testing.assert_allclose(seen.range_bias, [0.1, 0.2, 0.3], atol=1e-6)
        np.testing.assert_allclose(seen.balance_bias, [0.05, 0, -0.05], atol=1e-6)
        for values, side, expected in [
            (seen.content, SIZE // 4, colour / 2),
            (seen.texture, SIZE, -colour / 4),
            (seen.trace, SIZE, trace),
            (seen.live, SIZE, colour - trace),
        ]:
            assert values.shape == (side, side, 3)
            np.testing.assert_allclose(values, np.broadcast_to(expected, values.shape), atol=1e-6)
        np.testing.assert_allclose(seen.spoof_map, np.full((2, 2), 1.4 / 3), atol=1e-6)
        assert seen.map_score == pytest.approx(7 / 30, abs=1e-6)
        assert seen.trace_score == pytest.approx(0.115, abs=1e-6)

    def test_rows_and_columns_are_not_swapped(self, detector):
        face = np.zeros((1, SIZE, SIZE, 3), np.uint8)
        face[0, :16, 16:, 0] = 255  # red in the upper right quarter
        seen = detector.analyze_faces(face)[0].evidence
        np.testing.assert_allclose(seen.texture[4, 20], [-0.25, 0, 0], atol=1e-6)
        np.testing.assert_allclose(seen.texture[20, 4], [0, 0, 0], atol=1e-6)
        np.testing.assert_allclose(seen.spoof_map, [[0, 1 / 3], [0, 0]], atol=1e-6)

    def test_files(self, detector, tmp_path):
        path = tmp_path / "bluish.png"
        Image.fromarray(picture(*BLUISH)).save(path)
        for where in (path, str(path)):
            assert detector.predict(where).to_json() == detector.predict(picture(*BLUISH)).to_json()

    def test_it_sees_the_crop_that_preparation_sees(self, tmp_path):
        astronaut = skimage.data.astronaut()
        detector = SpoofDetector.load(write_toy(tmp_path / "toy.onnx"))
        answer = detector.predict(astronaut)
        found = find_face(astronaut, detector.landmarker, detector.gate)
        resized = resize_face(found.image, SIZE)[None]
        np.testing.assert_array_equal(answer.evidence.crop, found.image)
        assert answer.score == pytest.approx(float(detector.bundle.run(resized).score[0]))
        assert answer.box == found.box


class TestNoAnswer:
    @pytest.mark.parametrize(
        ("options", "frame", "reason", "detail"),
        [
            ({}, picture(0, 0, 0), RejectReason.NO_FACE, "no face"),
            ({"faces": 2}, picture(9, 9, 9), RejectReason.SEVERAL_FACES, "found 2"),
            ({}, picture(9, 9, 9)[:80, :80], RejectReason.TOO_SMALL, "48 px"),
            ({"gate": QualityGate()}, picture(9, 9, 9), RejectReason.TOO_DARK, "mean grey is 0.04"),
            (
                {"gate": replace(OPEN_GATE, min_sharpness=0.07)},
                picture(9, 9, 9),
                RejectReason.TOO_BLURRED,
                "sharpness",
            ),
        ],
    )
    def test_reasons(self, tmp_path, options, frame, reason, detail):
        answer = make_detector(tmp_path, **options).predict(frame)
        assert answer.decision is Decision.NO_ANSWER
        assert answer.reason is reason
        assert detail in answer.detail
        assert answer.threshold == 0.5
        assert answer.score is answer.box is answer.native_size is answer.evidence is None

    @pytest.mark.parametrize("content", [None, b"", b"no picture", b"\x89PNG\r\n\x1a\n broken"])
    def test_files_that_cannot_be_read(self, detector, tmp_path, content):
        path = tmp_path / "face.png"
        if content is not None:
            path.write_bytes(content)
        answer = detector.predict(path)
        assert answer.decision is Decision.NO_ANSWER
        assert answer.reason is RejectReason.UNREADABLE
        assert "face.png" in answer.detail


class TestReadyCrops:
    def test_hand_worked_scores(self, detector):
        faces = flat_faces((0, 0, 0), (255, 255, 255), BLUISH, size=256)
        scores = detector.score_faces(faces)
        assert scores.dtype == np.float64
        np.testing.assert_allclose(scores, [0.1 / 3, 0.95, BLUISH_SCORE], atol=1e-6)

    def test_detections(self, detector):
        answers = detector.analyze_faces(flat_faces(BLUISH, (255, 255, 255), size=256))
        assert [answer.decision for answer in answers] == [Decision.LIVE, Decision.SPOOF]
        assert {answer.box for answer in answers} == {None}
        assert (answers[1].evidence.crop == 255).all()

    @pytest.mark.parametrize("count", [0, 1, 33])
    def test_any_number(self, detector, count):
        faces = np.random.default_rng(0).integers(0, 256, (count, 64, 64, 3), np.uint8)
        scores = detector.score_faces(faces)
        answers = detector.analyze_faces(faces)
        assert scores.shape == (count,)
        np.testing.assert_allclose([answer.score for answer in answers], scores, atol=1e-6)

    def test_scores_need_no_threshold(self, tmp_path):
        detector = make_detector(tmp_path, threshold=None)
        assert detector.score_faces(flat_faces(BLUISH)) == pytest.approx(BLUISH_SCORE, abs=1e-6)

    @pytest.mark.parametrize(
        "faces",
        [
            np.zeros((2, 64, 64, 3), np.float32),
            np.zeros((64, 64, 3), np.uint8),
            np.zeros((2, 64, 64), np.uint8),
            np.zeros((2, 64, 32, 3), np.uint8),
        ],
    )
    def test_other_arrays_are_refused(self, detector, faces):
        with pytest.raises(PictureError, match=r"expected square faces"):
            detector.score_faces(faces)


class TestErrors:
    def test_without_a_threshold_it_does_not_decide(self, tmp_path):
        detector = make_detector(tmp_path, threshold=None)
        with pytest.raises(BundleError, match=r"toy\.onnx: .*spooftrace evaluate"):
            detector.predict(picture(*BLUISH))
        with pytest.raises(BundleError, match=r"toy\.onnx: .*spooftrace evaluate"):
            detector.analyze_faces(flat_faces(BLUISH))
        assert detector.predict(picture(*BLUISH), threshold=0.4).decision is Decision.SPOOF

    @pytest.mark.parametrize("threshold", [float("nan"), float("inf")])
    def test_a_threshold_must_be_a_number(self, detector, threshold):
        with pytest.raises(ConfigError, match=r"threshold: expected a finite number"):
            detector.predict(picture(*BLUISH), threshold=threshold)

    @pytest.mark.parametrize(
        "array",
        [np.zeros((9, 9), np.uint8), np.zeros((9, 9, 4), np.uint8), np.zeros((9, 9, 3))],
    )
    def test_other_arrays_are_refused(self, detector, array):
        with pytest.raises(PictureError, match=r"uint8 \[h, w, 3\] RGB, got"):
            detector.predict(array)

    def test_faces_cut_by_another_rule(self, tmp_path):
        path = write_toy(tmp_path / "toy.onnx", toy_info(crop=CropRule(size=256, enlarge=1.5)))
        with pytest.raises(BundleError, match=r"toy\.onnx: expected faces cut by .*enlarge=1\.5"):
            SpoofDetector.load(path)


class TestJson:
    def test_a_face(self, detector):
        answer = json.loads(json.dumps(detector.predict(picture(*BLUISH)).to_json()))
        near = {"abs": 1e-5}
        assert answer == {
            "schema_version": 1,
            "decision": "live",
            "score": pytest.approx(BLUISH_SCORE, **near),
            "threshold": 0.5,
            "threshold_source": "eer on dev",
            "doubt": detector.doubt,
            "reason": None,
            "detail": None,
            "advice": None,
            "box": {"left": 110, "top": 60, "side": 180},
            "native_size": 180,
            "quality": {
                "sharpness": 0.0,
                "brightness": pytest.approx(0.386, abs=0.01),
                "inside": 1.0,
            },
            "evidence": {
                "map_score": pytest.approx(7 / 30, **near),
                "trace_score": pytest.approx(0.115, **near),
                "range_bias": pytest.approx([0.1, 0.2, 0.3], **near),
                "balance_bias": pytest.approx([0.05, 0, -0.05], **near),
                "content": pytest.approx(1.4 / 6, **near),
                "texture": pytest.approx(1.4 / 12, **near),
                "trace": pytest.approx(0.23, **near),
            },
            # Magnitudes: s I (0.02 + 0.08 + 0.24) / 3, b 0.1 / 3, C and T as above.
            "explanation": "Mean |G| is 0.2300 of white; of the elements' magnitude smooth content "
            "C 47%, sharp texture T 23%, range bias s 23%, balance bias b 7%; they cancel each "
            "other in part (2.2 times the trace); it is about as strong all over the face.",
        }

    def test_no_face(self, detector):
        answer = json.loads(json.dumps(detector.predict(picture(0, 0, 0)).to_json()))
        assert answer == {
            "schema_version": 1,
            "decision": "no_answer",
            "score": None,
            "threshold": 0.5,
            "threshold_source": "eer on dev",
            "doubt": None,
            "reason": "no_face",
            "detail": "centred finds no face in the picture",
            "advice": "look into the camera",
            "box": None,
            "native_size": None,
            "quality": None,
            "evidence": None,
            "explanation": None,
        }


def test_four_threads_answer_as_one(tmp_path):
    detector = SpoofDetector.load(write_toy(tmp_path / "toy.onnx"), threads=1)
    astronaut = skimage.data.astronaut()
    frames = [np.uint8(astronaut * (0.6 + 0.05 * step)) for step in range(8)] + [picture(0, 0, 0)]
    serial = [detector.predict(frame).to_json() for frame in frames]
    with ThreadPoolExecutor(4) as pool:
        parallel = list(pool.map(lambda frame: detector.predict(frame).to_json(), frames * 3))
    assert parallel == serial * 3
    assert len({answer["score"] for answer in serial}) == 9


def test_it_needs_no_torch(tmp_path):
    """A whole prediction, panel included, where torch and the packages of training are absent."""
    model = write_toy(tmp_path / "toy.onnx")
    face = tmp_path / "face.png"
    Image.fromarray(skimage.data.astronaut()).save(face)
    code = f"""
        import sys

        class Absent:
            def find_spec(self, name, path=None, target=None):
                if name.split(".")[0] in ("torch", "onnx", "safetensors", "jaxtyping"):
                    raise ImportError(f"{{name}} was imported")

        sys.meta_path.insert(0, Absent())
        import spooftrace.detector.detector, spooftrace.detector.scoring
        from spooftrace.detector.panel import draw_panel

        answer = spooftrace.SpoofDetector.load({str(model)!r}).predict({str(face)!r})
        draw_panel(answer)
        print(answer.decision.value, answer.score)
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    decision, score = done.stdout.split()
    expected = SpoofDetector.load(model).predict(Path(face))
    assert (decision, float(score)) == (expected.decision.value, expected.score)


class TestDoubt:
    def test_the_landmarker_that_cut_the_training_faces(self, tmp_path):
        assert make_detector(tmp_path, landmarker="centred 1").doubt is None

    def test_another_landmarker(self, tmp_path):
        doubt = make_detector(tmp_path, landmarker="other 7").doubt
        assert doubt is not None
        assert "trained on faces found by other 7, judges faces found by centred 1" in doubt
        assert "its threshold may not hold here; measure it" in doubt

    def test_weights_that_are_not_trained_say_so_at_every_load_and_answer(self, tmp_path):
        path = write_toy(tmp_path / "random.onnx", toy_info(is_trained=False))
        with pytest.warns(UserWarning, match="the weights are not trained"):
            detector = SpoofDetector.load(path)
        (answer,) = detector.analyze_faces(flat_faces((200, 200, 200)))
        assert answer.doubt == detector.doubt == answer.to_json()["doubt"]
        assert "so the answers mean nothing" in answer.doubt
        trained = SpoofDetector.load(write_toy(tmp_path / "trained.onnx"))
        (answer,) = trained.analyze_faces(flat_faces((200, 200, 200)))
        assert answer.doubt is None

    def test_the_same_networks_in_mediapipes_graphs_are_no_other(self, tmp_path):
        old = write_toy(tmp_path / "old.onnx", toy_info(landmarker="mediapipe-face-mesh 0.10.21"))
        assert SpoofDetector.load(old).doubt is None
        older = write_toy(tmp_path / "x.onnx", toy_info(landmarker="mediapipe-face-mesh 0.10.20"))
        assert "found by mediapipe-face-mesh 0.10.20" in SpoofDetector.load(older).doubt


class TestEveryKindOfPicture:
    def test_bytes_and_pillow_images(self, detector, tmp_path):
        path = tmp_path / "bluish.png"
        Image.fromarray(picture(*BLUISH)).save(path)
        expected = detector.predict(picture(*BLUISH)).to_json()
        assert detector.predict(path.read_bytes()).to_json() == expected
        assert detector.predict(Image.open(path)).to_json() == expected

    def test_bytes_that_are_no_picture(self, detector):
        answer = detector.predict(b"\x89PNG\r\n\x1a\n")
        assert answer.reason is RejectReason.UNREADABLE
        assert answer.detail.startswith("the picture: ")

    def test_a_list_is_answered_in_its_order(self, detector, tmp_path):
        answers = detector.predict([picture(255, 255, 255), tmp_path / "no.png", picture(*BLUISH)])
        assert [answer.decision for answer in answers] == [
            Decision.SPOOF,
            Decision.NO_ANSWER,
            Decision.LIVE,
        ]
        assert answers[2].score == pytest.approx(BLUISH_SCORE, abs=1e-6)
        assert detector.predict([]) == []

    def test_vertices_lie_in_the_picture(self, detector):
        answer = detector.predict(picture(*BLUISH))
        assert answer.vertices.shape == (140, 2)
        # The mesh is 150 px high, in the middle of 400 x 300.
        low, high = answer.vertices.min(axis=0), answer.vertices.max(axis=0)
        assert low[1] >= 75 - 1
        assert high[1] <= 225 + 1
        assert (low[0] + high[0]) / 2 == pytest.approx(199.5, abs=1)

    def test_the_evidence_by_its_short_names(self, detector):
        answer = detector.predict(picture(*BLUISH))
        assert answer.trace is answer.evidence.trace
        assert answer.live is answer.evidence.live
        assert answer.spoof_map is answer.evidence.spoof_map
        assert detector.predict(picture(0, 0, 0)).trace is None
