"""A threshold chosen on scores, and what the new bundle says of it: hand-worked counts."""

import hashlib
from pathlib import Path

import numpy as np
import onnx
import pytest
from toy_bundle import flat_faces, toy_info, write_toy

from spooftrace.detector.bundle import Bundle
from spooftrace.detector.detector import SpoofDetector
from spooftrace.errors import BundleError, ConfigError, SplitError
from spooftrace.judging.calibrating import calibrate


@pytest.fixture
def bundle(tmp_path):
    return write_toy(tmp_path / "toy.onnx")


def score_file(path: Path, rows, columns="clip,label,medium,score", *, split="dev"):
    """Rows of one split; with `split=None`, of those that the rows state, or of none."""
    if split is not None:
        columns, rows = f"{columns},split", [(*row, split) for row in rows]
    path.write_text("\n".join([columns, *(",".join(map(str, row)) for row in rows)]) + "\n")
    return path


def live_clips(count):
    """Clips of three frames whose medians are 0.01, 0.02, ...; one frame of each is a blunder."""
    return [
        (f"c{number}", "live", "live", score)
        for number in range(1, count + 1)
        for score in (number / 100, number / 100, 9)
    ]


def test_twenty_clips_of_living_people(bundle, tmp_path):
    scores = score_file(tmp_path / "dev.csv", live_clips(20))
    info = calibrate(bundle, scores, "bpcer=0.05", tmp_path / "new.onnx")
    # At most 1 of 20: just above the second largest median, 0.19.
    assert info.threshold.value == pytest.approx(0.19, abs=1e-9)
    assert info.threshold.value > 0.19
    assert info.threshold.rule == "bpcer@0.05"
    point = info.operating_point
    assert (point.presentations, point.bpcer.events, point.bpcer.trials) == ("clips", 1, 20)
    # Clopper-Pearson for 1 of 20, from tables.
    assert (point.bpcer.low, point.bpcer.high) == pytest.approx((0.00127, 0.24873), abs=1e-5)
    assert (point.apcer, point.species) == (None, None)
    assert point.scores_sha256 == hashlib.sha256(scores.read_bytes()).hexdigest()
    assert point.chosen_for == Bundle.load(bundle).sha256


def test_the_new_bundle_reads_back_and_scores_alike(bundle, tmp_path):
    before = bundle.read_bytes()
    scores = score_file(tmp_path / "dev.csv", live_clips(20))
    info = calibrate(bundle, scores, "bpcer=0.05", tmp_path / "new.onnx")
    new = Bundle.load(tmp_path / "new.onnx")
    assert new.info == info
    faces = flat_faces((51, 102, 204), (255, 255, 255))
    np.testing.assert_array_equal(new.run(faces).score, Bundle.load(bundle).run(faces).score)
    assert bundle.read_bytes() == before


def test_attacks_are_counted_by_the_species_that_passes_most(bundle, tmp_path):
    attacks = [
        *((f"p{n}", "spoof", "print", 0.5) for n in range(10)),
        *((f"r{n}", "spoof", "replay", 0.5 if n < 7 else 0.1) for n in range(10)),
    ]
    scores = score_file(tmp_path / "dev.csv", [*live_clips(20), *attacks])
    point = calibrate(bundle, scores, "bpcer=0.05", tmp_path / "new.onnx").operating_point
    assert (point.species, point.apcer.events, point.apcer.trials) == ("replay", 3, 10)
    assert (point.apcer.low, point.apcer.high) == pytest.approx((0.0667, 0.6525), abs=1e-4)


def test_faces_without_clips_stand_for_themselves(bundle, tmp_path):
    rows = [("live", number / 100) for number in range(1, 101)]
    scores = score_file(tmp_path / "dev.csv", rows, columns="label,score")
    info = calibrate(bundle, scores, "bpcer@0.01", tmp_path / "new.onnx")
    assert info.threshold.value == pytest.approx(0.99)
    assert info.operating_point.presentations == "faces"


def test_only_development_rows_are_looked_at(bundle, tmp_path):
    rows = [("live", "dev", number / 100) for number in range(1, 21)]
    rows += [("live", "test", 5)] * 50
    scores = score_file(tmp_path / "all.csv", rows, columns="label,split,score", split=None)
    info = calibrate(bundle, scores, "bpcer=0.05", tmp_path / "new.onnx")
    assert info.operating_point.bpcer.trials == 20


@pytest.mark.parametrize(
    ("rows", "rule", "kind", "message"),
    [
        (live_clips(20), "eer", SplitError, "the rule eer needs attacks"),
        (live_clips(20), "bpcer=few", ConfigError, "threshold rule: expected one of"),
        ([("a", "spoof", "print", 1)], "bpcer=0.1", SplitError, "expected scores of living people"),
    ],
)
def test_what_cannot_be_chosen(bundle, tmp_path, rows, rule, kind, message):
    scores = score_file(tmp_path / "dev.csv", rows)
    with pytest.raises(kind, match=message):
        calibrate(bundle, scores, rule, tmp_path / "new.onnx")
    assert not (tmp_path / "new.onnx").exists()


def test_the_bundle_itself_is_not_written_over(bundle, tmp_path):
    scores = score_file(tmp_path / "dev.csv", live_clips(20))
    with pytest.raises(ConfigError, match="another file than the bundle"):
        calibrate(bundle, scores, "bpcer=0.05", bundle)


@pytest.mark.parametrize("split", ["train", "test", None])
def test_other_rows_choose_only_when_asked(bundle, tmp_path, split):
    scores = score_file(tmp_path / "rows.csv", live_clips(20), split=split)
    with pytest.raises(SplitError, match=r"rows\.csv: expected rows of split dev .* --all-rows"):
        calibrate(bundle, scores, "bpcer=0.05", tmp_path / "new.onnx")
    assert not (tmp_path / "new.onnx").exists()
    info = calibrate(bundle, scores, "bpcer=0.05", tmp_path / "new.onnx", all_rows=True)
    assert info.threshold.value == pytest.approx(0.19, abs=1e-9)
    assert info.threshold.split == "all rows"
    assert info.threshold.description.endswith("1 of 20 live samples refused of all rows")
    assert info.operating_point.bpcer.trials == 20


def test_every_row_means_those_of_every_split(bundle, tmp_path):
    rows = [("live", "dev", number / 100) for number in range(1, 21)]
    rows += [("live", "test", 5)] * 20
    scores = score_file(tmp_path / "all.csv", rows, columns="label,split,score", split=None)
    new = tmp_path / "new.onnx"
    point = calibrate(bundle, scores, "bpcer=0.05", new, all_rows=True).operating_point
    # At most 2 of 40: all scores of 5 are equal, so none of them.
    assert (point.bpcer.events, point.bpcer.trials) == (0, 40)


def test_a_bundle_without_threshold_gets_one(tmp_path):
    bundle = write_toy(tmp_path / "toy.onnx", toy_info(threshold=None))
    scores = score_file(tmp_path / "dev.csv", live_clips(20))
    calibrate(bundle, scores, "bpcer=0.05", tmp_path / "new.onnx")
    assert Bundle.load(tmp_path / "new.onnx").require_threshold().split == "dev"


class TestDecisionOnly:
    @pytest.fixture
    def small(self, bundle, tmp_path):
        rows = [("live", number / 100, number / 1000) for number in range(1, 21)]
        scores = score_file(tmp_path / "dev.csv", rows, columns="label,score,map_score")
        calibrate(bundle, scores, "bpcer=0.05", tmp_path / "small.onnx", decision_only=True)
        return Bundle.load(tmp_path / "small.onnx", threads=1)

    def test_it_decides_by_the_map_with_a_threshold_of_its_own(self, small, bundle):
        assert small.info.threshold.value == pytest.approx(0.019)
        faces = flat_faces((51, 102, 204), (255, 255, 255), (0, 0, 0))
        whole, scores = Bundle.load(bundle).run(faces), small.run_scores(faces)
        np.testing.assert_allclose(scores.score, [7 / 30, 1 / 2, 0], atol=1e-6)
        np.testing.assert_array_equal(scores.score, whole.map_score)
        assert np.isnan(scores.trace_score).all()

    def test_the_decoder_is_gone(self, small, bundle):
        held = {node.op_type for node in onnx.load(small.path).graph.node}
        assert "Resize" in {node.op_type for node in onnx.load(bundle).graph.node}
        assert "Resize" not in held
        with pytest.raises(BundleError, match="a decision-only one"):
            small.run(flat_faces((0, 0, 0)))

    def test_answers_say_so_and_carry_no_evidence(self, small):
        (answer,) = SpoofDetector.load(small).analyze_faces(flat_faces((255, 255, 255)))
        assert (answer.decision, answer.evidence) == ("spoof", None)
        assert answer.threshold_source == "bpcer@0.05 on dev, decision only"

    def test_without_map_scores_there_is_none(self, bundle, tmp_path):
        scores = score_file(tmp_path / "dev.csv", live_clips(20))
        with pytest.raises(ConfigError, match="expected a column map_score"):
            calibrate(bundle, scores, "bpcer=0.05", tmp_path / "new.onnx", decision_only=True)
