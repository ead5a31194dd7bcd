"""Opening and running bundles; every way in which one can be wrong."""

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper
from toy_bundle import SIZE, flat_faces, toy_info, toy_model, write_toy

from spooftrace.detector.bundle import Bundle
from spooftrace.detector.bundle_info import write_info
from spooftrace.errors import BundleError, ConfigError

BLACK, WHITE, BLUISH = (0, 0, 0), (255, 255, 255), (51, 102, 204)


@pytest.fixture
def toy(tmp_path):
    return Bundle.load(write_toy(tmp_path / "toy.onnx"), threads=1)


def save(path, model):
    path.write_bytes(model.SerializeToString())
    return path


def test_hand_worked_scores(toy):
    out = toy.run(flat_faces(BLACK, WHITE, BLUISH))
    # |G| of black is |b| = (.05, 0, .05); of white (.4, .45, .5); of bluish (.12, .18, .39).
    np.testing.assert_allclose(out.map_score, [0, 1 / 2, 7 / 30], atol=1e-6)
    np.testing.assert_allclose(out.trace_score, [0.1 / 6, 1.35 / 6, 0.69 / 6], atol=1e-6)
    np.testing.assert_allclose(out.score, [0.1 / 3, 0.95, 7 / 30 + 0.23], atol=1e-6)


def test_hand_worked_elements(toy):
    out = toy.run(flat_faces(BLUISH))
    one = np.ones((SIZE, SIZE), np.float32)
    np.testing.assert_allclose(out.range_bias[0, :, 0, 0], [0.1, 0.2, 0.3], atol=1e-7)
    np.testing.assert_allclose(out.balance_bias[0, :, 0, 0], [0.05, 0, -0.05], atol=1e-7)
    for channel, (colour, trace) in enumerate([(0.2, 0.12), (0.4, 0.18), (0.8, 0.39)]):
        np.testing.assert_allclose(out.content[0, channel], colour / 2 * one[:8, :8], atol=1e-6)
        np.testing.assert_allclose(out.texture[0, channel], -colour / 4 * one, atol=1e-6)
        np.testing.assert_allclose(out.trace[0, channel], trace * one, atol=1e-6)
        np.testing.assert_allclose(out.live[0, channel], (colour - trace) * one, atol=1e-6)
    np.testing.assert_allclose(out.spoof_map, np.full((1, 1, 2, 2), 1.4 / 3), atol=1e-6)


def test_scores_alone_are_the_same(toy):
    faces = np.random.default_rng(0).integers(0, 256, (3, SIZE, SIZE, 3), np.uint8)
    whole, scores = toy.run(faces), toy.run_scores(faces)
    np.testing.assert_array_equal(scores.score, whole.score)
    np.testing.assert_array_equal(scores.map_score, whole.map_score)
    np.testing.assert_array_equal(scores.trace_score, whole.trace_score)


def test_a_batch_is_its_faces_one_by_one(toy):
    faces = np.random.default_rng(1).integers(0, 256, (3, SIZE, SIZE, 3), np.uint8)
    together = toy.run(faces)
    for index in range(3):
        alone = toy.run(faces[index : index + 1])
        np.testing.assert_allclose(alone.score[0], together.score[index], atol=1e-6)
        np.testing.assert_allclose(alone.trace[0], together.trace[index], atol=1e-6)


def test_faces_that_are_not_contiguous(toy):
    faces = flat_faces(BLACK, WHITE, BLUISH)[::-1]
    np.testing.assert_allclose(toy.run(faces).score, [7 / 30 + 0.23, 0.95, 0.1 / 3], atol=1e-6)


def test_a_run_folder_means_its_model(tmp_path):
    write_toy(tmp_path / "model.onnx")
    opened = Bundle.load(tmp_path)
    assert opened.path == tmp_path / "model.onnx"
    assert opened.info == toy_info()
    assert len(opened.sha256) == 64


def test_the_digest_changes_with_the_threshold(tmp_path):
    one = Bundle.load(write_toy(tmp_path / "one.onnx"))
    other = Bundle.load(write_toy(tmp_path / "other.onnx", toy_info(threshold=None)))
    assert one.sha256 != other.sha256


def test_a_bundle_without_a_threshold_scores_but_does_not_decide(tmp_path):
    bundle = Bundle.load(write_toy(tmp_path / "toy.onnx", toy_info(threshold=None)))
    np.testing.assert_allclose(bundle.run_scores(flat_faces(WHITE)).score, 0.95, atol=1e-6)
    with pytest.raises(BundleError, match=r"toy\.onnx: .*threshold.*spooftrace evaluate.*--thresh"):
        bundle.require_threshold()


@pytest.mark.parametrize(
    "faces",
    [
        np.zeros((1, SIZE, SIZE, 3), np.float32),
        np.zeros((SIZE, SIZE, 3), np.uint8),
        np.zeros((1, 3, SIZE, SIZE), np.uint8),
        np.zeros((1, SIZE + 1, SIZE, 3), np.uint8),
    ],
)
def test_other_faces_are_refused(toy, faces):
    with pytest.raises(BundleError, match=r"expected faces as uint8 \[b, 32, 32, 3\] RGB, got"):
        toy.run(faces)


def test_a_score_that_is_no_number_is_an_error_not_a_live_face(tmp_path):
    path = write_toy(tmp_path / "toy.onnx")
    model = onnx.load(path)
    weight = next(c for c in model.graph.initializer if c.name == "alpha_0")
    weight.raw_data = np.array(np.nan, np.float32).tobytes()
    with pytest.raises(BundleError, match=r"finite scores, got nan for face 0 of 2"):
        Bundle.load(save(path, model)).run_scores(flat_faces(BLACK, WHITE))


class TestWhatIsNoBundle:
    def test_no_such_file(self, tmp_path):
        with pytest.raises(BundleError, match=r"absent\.onnx: .*no such file.*spooftrace export"):
            Bundle.load(tmp_path / "absent.onnx")

    def test_a_folder_without_a_model(self, tmp_path):
        with pytest.raises(BundleError, match=r"folder without it.*spooftrace export"):
            Bundle.load(tmp_path)

    @pytest.mark.parametrize("content", [b"", b"not an onnx file at all", b"\x89PNG\r\n\x1a\n"])
    def test_something_else(self, tmp_path, content):
        path = tmp_path / "other.onnx"
        path.write_bytes(content)
        with pytest.raises(BundleError, match=rf"other\.onnx: .*ONNX model, got {len(content)} by"):
            Bundle.load(path)

    @pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99])
    def test_cut_short(self, tmp_path, share):
        path = write_toy(tmp_path / "toy.onnx")
        content = path.read_bytes()
        path.write_bytes(content[: int(share * len(content))])
        with pytest.raises(BundleError, match=r"toy\.onnx"):
            Bundle.load(path)

    def test_without_metadata(self, tmp_path):
        path = save(tmp_path / "bare.onnx", toy_model())
        with pytest.raises(BundleError, match=r"bare\.onnx: expected the metadata `spooftrace`"):
            Bundle.load(path)

    def test_no_threads(self, tmp_path):
        with pytest.raises(ConfigError, match=r"threads: expected at least 1, got 0"):
            Bundle.load(write_toy(tmp_path / "toy.onnx"), threads=0)


class TestOtherGraphs:
    def refused(self, tmp_path, model, match):
        write_info(model, toy_info())
        with pytest.raises(BundleError, match=match):
            Bundle.load(save(tmp_path / "toy.onnx", model))

    def test_another_size_than_stated(self, tmp_path):
        self.refused(tmp_path, toy_model(64), r"`faces` as uint8 \[None, 32, 32, 3\]")

    def test_an_output_too_few(self, tmp_path):
        model = toy_model()
        del model.graph.output[-1]
        self.refused(tmp_path, model, r"expected a graph with \['balance_bias', .*, got ")

    def test_another_input_name(self, tmp_path):
        model = toy_model()
        model.graph.input[0].name = model.graph.node[0].input[0] = "photo"
        self.refused(tmp_path, model, r"expected a graph with \['faces'\], got \['photo'\]")

    def test_another_input_type(self, tmp_path):
        model = toy_model()
        model.graph.input[0].type.tensor_type.elem_type = TensorProto.FLOAT
        self.refused(tmp_path, model, r"`faces` as uint8.*got float32")

    def test_another_output_shape(self, tmp_path):
        model = toy_model()
        node = next(node for node in model.graph.node if node.output[0] == "live")
        node.CopyFrom(helper.make_node("ReduceMean", ["image"], ["live"], axes=[2, 3]))
        output = next(output for output in model.graph.output if output.name == "live")
        for dim in output.type.tensor_type.shape.dim[2:]:
            dim.dim_value = 1
        self.refused(tmp_path, model, r"`live` as .*\[None, 3, 32, 32\].*'b', 3, 1, 1\]")

    def test_a_fixed_batch(self, tmp_path):
        model = toy_model()
        model.graph.input[0].type.tensor_type.shape.dim[0].dim_value = 1
        self.refused(tmp_path, model, r"`faces` as .*\[1, 32, 32, 3\]")
