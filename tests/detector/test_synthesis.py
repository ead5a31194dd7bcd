"""Traces put on other faces: what is added, and where (the toy bundle's traces are worked out)."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from toy_bundle import BALANCE_BIAS, RANGE_BIAS, SIZE, toy_info, write_toy
from toy_landmarker import OPEN_GATE, CentredFaces

from spooftrace.detector import synthesis
from spooftrace.detector.detector import SpoofDetector
from spooftrace.detector.panel import signed_pixels
from spooftrace.detector.synthesis_sheet import GAP, HEAD, SHOWN, TILE, chosen, corner, draw_sheet
from spooftrace.errors import BundleError, ConfigError, PictureError

SPOOF, LIVE = (102, 102, 102), (51, 153, 51)


@pytest.fixture(scope="module")
def detector(tmp_path_factory):
    path = write_toy(tmp_path_factory.mktemp("bundle") / "toy.onnx")
    return SpoofDetector.load(path, landmarker=CentredFaces(), gate=OPEN_GATE)


def flat(colour):
    return np.broadcast_to(np.uint8(colour), (300, 300, 3)).copy()


def made(detector, asked=None, spoof=SPOOF, live=LIVE):
    """The one colour of a flat living face with the trace of a flat spoof."""
    trace = synthesis.trace_of(detector, synthesis.face_of(detector, flat(spoof), "A"), asked or {})
    picture = synthesis.put_on(trace, synthesis.face_of(detector, flat(live), "B"))
    assert picture.shape == (SIZE, SIZE, 3)
    assert (picture == picture[0, 0]).all()
    return picture[0, 0].tolist()


def expected(asked, spoof=SPOOF, live=LIVE):
    """By hand: s v + b + v / 2 - v / 4 for a spoof of the one colour v."""
    v = np.array(spoof) / 255
    trace = asked.get("s", 1) * np.array(RANGE_BIAS) * v
    trace = trace + asked.get("b", 1) * np.array(BALANCE_BIAS)
    trace = trace + asked.get("C", 1) * v / 2 - asked.get("T", 1) * v / 4
    return np.rint(np.clip(np.array(live) + 255 * trace, 0, 255)).tolist()


@pytest.mark.parametrize(
    "asked", [{}, {"s": 0.0}, {"b": 0.0}, {"C": 0.0}, {"T": 1.5}, {"s": 0.0, "T": 0.0, "C": 2.0}]
)
def test_the_trace_is_added_element_by_element(detector, asked):
    np.testing.assert_allclose(made(detector, asked), expected(asked), atol=1)


@given(st.fixed_dictionaries({}, optional={k: st.floats(-2, 2) for k in "sbCT"}))
def test_any_strengths_give_what_eq_2_says(detector, asked):
    np.testing.assert_allclose(made(detector, asked), expected(asked), atol=1)


def test_without_any_element_the_living_face_is_left_as_it_is(detector):
    assert made(detector, dict.fromkeys("sbCT", 0.0)) == list(LIVE)


def test_colours_that_leave_the_range_are_clipped(detector):
    assert made(detector, {"C": 9.0}, live=(255, 200, 240)) == [255, 255, 255]


def test_the_whole_trace_is_the_graph_s_own(detector):
    face = synthesis.face_of(detector, flat(SPOOF), "A")
    trace = synthesis.trace_of(detector, face, {})
    outputs = detector.bundle.run(face.image[None])
    np.testing.assert_allclose(trace.values, outputs.trace[0].transpose(1, 2, 0), atol=1e-6)
    assert trace.score == pytest.approx(float(outputs.score[0]))


def test_elements_are_named_by_letter_or_words():
    asked = synthesis.strengths(["S", "balance_bias"], ["T=1.5", "smooth content=-1"])
    assert asked == {"s": 0, "b": 0, "T": 1.5, "C": -1}
    assert synthesis.strengths([], []) == {}


@pytest.mark.parametrize(
    ("without", "scales", "said"),
    [
        (["x"], [], r"--without: there is no element 'x', expected one of s \(range bias\)"),
        (["textur"], ["T=2"], "no element 'textur'"),
        (["sharp txture"], [], "did you mean 'sharp texture'"),
        ([], ["T"], "--scale T: expected an element and a factor from -1000 to 1000, as in T=1.5"),
        ([], ["T=much"], "a factor from"),
        ([], ["T=inf"], "a factor from"),
        ([], ["T=nan"], "a factor from"),
        ([], ["T=1e39"], "a factor from"),
        ([], ["T=-1001"], "a factor from"),
        (["T"], ["T=1.5"], "expected each element once, got T again"),
    ],
)
def test_what_is_no_element_is_refused(without, scales, said):
    with pytest.raises(ConfigError, match=said):
        synthesis.strengths(without, scales)


def test_pictures_without_exactly_one_face_are_refused(tmp_path):
    path = write_toy(tmp_path / "toy.onnx")
    nobody = SpoofDetector.load(path, landmarker=CentredFaces(0), gate=OPEN_GATE)
    with pytest.raises(PictureError, match="A: expected a picture with one good face, no_face"):
        synthesis.face_of(nobody, flat(SPOOF), "A")
    couple = SpoofDetector.load(path, landmarker=CentredFaces(2), gate=OPEN_GATE)
    with pytest.raises(PictureError, match="several_faces: expected one face, found 2"):
        synthesis.face_of(couple, flat(SPOOF), "A")
    with pytest.raises(PictureError, match="unreadable: cannot be read"):
        synthesis.face_of(couple, tmp_path / "absent.png", str(tmp_path / "absent.png"))


def test_a_decision_only_bundle_has_no_trace(detector, tmp_path):
    face = synthesis.face_of(detector, flat(SPOOF), "A")
    info = toy_info(is_decision_only=True)
    bundle = type(detector.bundle)(tmp_path / "d.onnx", info, "", detector.bundle.runtime)
    with pytest.raises(BundleError, match="decision-only"):
        synthesis.trace_of(SpoofDetector(bundle, landmarker=CentredFaces()), face, {})


def test_the_sheet_is_a_table_of_fig_8(detector):
    face = synthesis.face_of(detector, flat(SPOOF), "A")
    trace = synthesis.trace_of(detector, face, {})
    lives = [synthesis.face_of(detector, flat(colour), "B") for colour in (LIVE, (200, 10, 10))]
    pictures = [[synthesis.put_on(trace, live) for live in lives]]
    sheet = draw_sheet([trace], lives, pictures, "title")
    assert sheet.shape == (HEAD + 2 * (TILE + GAP), GAP + 4 * (TILE + GAP), 3)

    def middle(row, column):
        left, top = corner(row, column)
        return sheet[top + TILE // 2, left + TILE // 2].tolist()

    assert middle(0, 2) == list(LIVE)
    assert middle(0, 3) == [200, 10, 10]
    assert middle(1, 0) == list(SPOOF)
    assert middle(1, 1) == signed_pixels(trace.values, 5.0)[0, 0].tolist()
    assert middle(1, 2) == pictures[0][0][0, 0].tolist()
    assert middle(1, 3) == pictures[0][1][0, 0].tolist()


def test_a_sheet_shows_a_few_of_many():
    assert chosen(3) == [0, 1, 2]
    many = chosen(1000)
    assert len(many) == SHOWN
    assert (many[0], many[-1]) == (0, 999)
