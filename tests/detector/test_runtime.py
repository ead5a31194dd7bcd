"""A bundle needs no more of its runtime than the protocol says: ONNX's own reference serves."""

import dataclasses
import pickle

import numpy as np
import onnx
import pytest
from onnx import helper
from onnx.reference import ReferenceEvaluator
from toy_bundle import SIZE, toy_info, toy_model, write_toy

from spooftrace.detector.bundle import OUTPUT_NAMES, Bundle
from spooftrace.detector.bundle_info import write_info
from spooftrace.detector.detector import SpoofDetector
from spooftrace.detector.runtime import OnnxRuntime, Signature, TensorSpec
from spooftrace.errors import BundleError


class Reference:
    """The slow evaluator that ONNX specifies its operators by."""

    def __init__(self, model, threads):
        self.model = onnx.load_from_string(model)
        self.evaluator = ReferenceEvaluator(self.model)

    def signature(self):
        def specs(values):
            found = {}
            for value in values:
                kind = value.type.tensor_type
                dtype = helper.tensor_dtype_to_np_dtype(kind.elem_type).name
                sides = [side.dim_param or side.dim_value for side in kind.shape.dim]
                found[value.name] = TensorSpec(dtype, tuple(sides))
            return found

        return Signature(
            inputs=specs(self.model.graph.input),
            outputs=specs(self.model.graph.output),
            metadata={entry.key: entry.value for entry in self.model.metadata_props},
        )

    def run(self, outputs, inputs):
        return self.evaluator.run(list(outputs), dict(inputs))

    def close(self):
        self.evaluator = None


@pytest.fixture
def path(tmp_path):
    return write_toy(tmp_path / "toy.onnx")


def test_both_runtimes_say_the_same_of_a_graph(path):
    content = path.read_bytes()
    ours, theirs = OnnxRuntime(content, 1).signature(), Reference(content, 1).signature()
    assert ours == theirs
    assert ours.inputs == {"faces": TensorSpec("uint8", ("b", SIZE, SIZE, 3))}


def test_a_bundle_answers_alike_by_another_runtime(path):
    faces = np.random.default_rng(0).integers(0, 256, (3, SIZE, SIZE, 3), np.uint8)
    ours, theirs = Bundle.load(path), Bundle.load(path, runtime=Reference)
    assert (theirs.info, theirs.sha256) == (ours.info, ours.sha256)
    expected, answered = ours.run(faces), theirs.run(faces)
    for name in OUTPUT_NAMES:
        np.testing.assert_allclose(
            getattr(answered, name), getattr(expected, name), atol=1e-6, err_msg=name
        )
    np.testing.assert_array_equal(theirs.run_scores(faces).score, answered.score)


def test_a_bundle_that_is_sent_is_opened_by_its_runtime_anew(path):
    bundle = Bundle.load(path, threads=2, runtime=Reference)
    sent = pickle.loads(pickle.dumps(bundle))
    assert type(sent.runtime) is Reference
    assert sent.runtime is not bundle.runtime
    assert [getattr(sent, f.name) for f in dataclasses.fields(sent) if f.name != "runtime"] == [
        getattr(bundle, f.name) for f in dataclasses.fields(bundle) if f.name != "runtime"
    ]


def test_closing_a_bundle_closes_its_runtime(path):
    bundle = Bundle.load(path, runtime=Reference)
    bundle.close()
    assert bundle.runtime.evaluator is None


def test_what_a_runtime_cannot_open_is_no_bundle(tmp_path):
    (tmp_path / "other.onnx").write_bytes(b"not an onnx file at all")
    with pytest.raises(BundleError, match=r"other\.onnx: .*23 bytes that the runtime cannot open"):
        Bundle.load(tmp_path / "other.onnx", runtime=Reference)


def test_the_graph_is_checked_whatever_runs_it(tmp_path):
    model = toy_model(64)
    write_info(model, toy_info())
    (tmp_path / "toy.onnx").write_bytes(model.SerializeToString())
    with pytest.raises(BundleError, match=r"`faces` as uint8 \[None, 32, 32, 3\]"):
        Bundle.load(tmp_path / "toy.onnx", runtime=Reference)


def test_a_detector_takes_a_bundle_of_another_runtime(path):
    face = np.full((1, 256, 256, 3), 200, np.uint8)
    ours, theirs = (
        SpoofDetector.load(Bundle.load(path, runtime=runtime)).analyze_faces(face)[0]
        for runtime in (OnnxRuntime, Reference)
    )
    assert theirs.decision == ours.decision
    assert theirs.score == pytest.approx(ours.score, abs=1e-6)
