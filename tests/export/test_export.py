from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from torch import nn

import spooftrace
from spooftrace.detector.bundle import OUTPUT_NAMES, Bundle
from spooftrace.detector.bundle_info import BundleInfo, CropRule
from spooftrace.errors import BundleError
from spooftrace.export.graph import DetectorGraph
from spooftrace.export.onnx_file import export
from spooftrace.export.parity import check_parity, equal_decisions, rendered_faces
from spooftrace.labels import Medium
from spooftrace.metrics.fusion import fuse
from spooftrace.metrics.thresholds import fixed_threshold
from spooftrace.stdn.generator import Generator, GeneratorConfig
from spooftrace.stdn.initialise import initialise
from spooftrace.stdn.score import score_terms

SIZE, ALPHA = 32, 3.0


def info(threshold: float | None) -> BundleInfo:
    return BundleInfo(
        package_version="0",
        image_size=SIZE,
        alpha_0=ALPHA,
        threshold=None if threshold is None else fixed_threshold(threshold, "test"),
        media=(Medium.LIVE, Medium.PRINT),
        landmarker="none",
        crop=CropRule(size=256, enlarge=1.2),
        config_hash="0",
        licence="none",
        trained_on="nothing",
        is_trained=False,
    )


@pytest.fixture(scope="module")
def generator() -> Generator:
    """Weights large enough, and running statistics moved far enough, for differences to show."""
    rng = torch.Generator().manual_seed(0)
    made = Generator.from_config(GeneratorConfig(image_size=SIZE, width=0.25))
    initialise(made, rng)
    for module in made.modules():
        if isinstance(module, nn.Conv2d | nn.ConvTranspose2d):
            module.weight.data.mul_(5)
        if isinstance(module, nn.BatchNorm2d):
            module.weight.data.uniform_(0.5, 1.5, generator=rng)
            module.bias.data.normal_(0, 0.2, generator=rng)
    made.train()
    for _ in range(20):
        made(torch.rand(8, 3, SIZE, SIZE, generator=rng))
    return made.eval()


@pytest.fixture(scope="module")
def exported(generator, tmp_path_factory):
    path = tmp_path_factory.mktemp("bundle") / "model.onnx"
    parity = export(generator, info(0.4), path)
    assert parity.largest_difference < 1e-4
    assert (parity.faces, parity.decisions) == (16, 16)  # twelve faces, and four pictures of none
    return path


@pytest.mark.parametrize("batch", [1, 3])
def test_the_bundle_answers_as_torch_does(generator, exported, batch) -> None:
    faces = np.random.default_rng(batch).integers(0, 256, (batch, SIZE, SIZE, 3), dtype=np.uint8)
    answered = Bundle.load(exported).run(faces)
    image = torch.from_numpy(faces).permute(0, 3, 1, 2).float() / 255
    with torch.no_grad():
        output = generator(image)
        trace = output.trace.compose(image)
        score = fuse(*score_terms(output.spoof_map, trace), ALPHA)
    np.testing.assert_allclose(answered.score, score, atol=1e-4)
    np.testing.assert_allclose(answered.trace, trace, atol=1e-4)
    np.testing.assert_allclose(answered.live, image - trace, atol=1e-4)
    np.testing.assert_allclose(answered.content, output.trace.content, atol=1e-4)
    np.testing.assert_allclose(answered.spoof_map, output.spoof_map, atol=1e-4)
    assert ((answered.score >= 0.4) == (score.numpy() >= 0.4)).all()


def test_a_bundle_in_eight_bits_saves_three_bytes_of_four(generator, exported, tmp_path) -> None:
    """It answers as the rounded network does, which `export` proves, and nearly as the other."""
    path = tmp_path / "eight.onnx"
    assert export(generator, info(0.4), path, eight_bits=True).largest_difference < 1e-4
    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)
    kept = {t.name: onnx.numpy_helper.to_array(t) for t in model.graph.initializer}
    floats = {n.output[0] for n in model.graph.node if n.op_type == "DequantizeLinear"}
    weights = {n.input[1] for n in model.graph.node if n.op_type == "Conv"}
    assert weights == floats
    for name in weights:
        largest = np.abs(kept[f"{name}/multiples"].astype(int)).max(axis=(1, 2, 3))
        assert (largest == 127).all()
    bytes_of_weights = sum(kept[f"{name}/multiples"].size for name in weights)
    assert exported.stat().st_size - path.stat().st_size > 2.5 * bytes_of_weights
    faces = np.random.default_rng(0).integers(0, 256, (2, SIZE, SIZE, 3), dtype=np.uint8)
    eight, plain = (Bundle.load(one).run(faces) for one in (path, exported))
    far = [np.abs(getattr(eight, name) - getattr(plain, name)).max() for name in OUTPUT_NAMES]
    assert 1e-5 < max(far) < 0.1


def test_metadata_travels_in_the_file(exported) -> None:
    assert Bundle.load(exported).info == info(0.4)


def test_nothing_of_the_machine_is_in_the_file(exported) -> None:
    content = exported.read_bytes()
    assert b".py" not in content
    assert str(Path(spooftrace.__file__).parent).encode() not in content


def test_runtimes_of_2023_read_it(exported) -> None:
    model = onnx.load(exported)
    assert [(opset.domain, opset.version) for opset in model.opset_import] == [("", 18)]
    assert model.ir_version == 8
    onnx.checker.check_model(model, full_check=True)


def test_the_graph_takes_bytes_and_any_batch(exported) -> None:
    session = onnxruntime.InferenceSession(exported)
    (faces,) = session.get_inputs()
    assert faces.type == "tensor(uint8)"
    assert faces.shape[1:] == [SIZE, SIZE, 3]
    assert isinstance(faces.shape[0], str)
    assert [o.name for o in session.get_outputs()] == list(OUTPUT_NAMES)


def test_a_different_answer_is_not_exported(generator, exported) -> None:
    other = Generator.from_config(GeneratorConfig(image_size=SIZE, width=0.25))
    initialise(other, torch.Generator().manual_seed(1))
    faces = np.zeros((0, SIZE, SIZE, 3), np.uint8)
    with pytest.raises(BundleError, match=r"output 'score' .* away from torch's at batch 1"):
        check_parity(DetectorGraph(other.eval(), ALPHA), Bundle.load(exported), faces)


def test_a_face_on_which_they_differ_is_not_exported(generator, exported) -> None:
    """The difference shows on faces alone: the pictures of none have no black corner."""

    class Otherwise(DetectorGraph):
        def forward(self, faces):
            score, *evidence = super().forward(faces)
            return score + 0.5 * (faces[:, :4, :4].sum((1, 2, 3)) == 0), *evidence

    faces = rendered_faces(SIZE)
    bundle, reference = Bundle.load(exported), Otherwise(generator, ALPHA)
    assert check_parity(reference, bundle, faces).faces == 16
    faces[7, :4, :4] = 0
    with pytest.raises(BundleError, match=r"output 'score' .* at batch 12"):
        check_parity(reference, bundle, faces)


def test_faces_to_decide_on_are_people_alive_and_attacked() -> None:
    faces = rendered_faces(64)
    assert faces.shape == (12, 64, 64, 3)
    assert faces.dtype == np.uint8
    assert len({face.tobytes() for face in faces}) == 12
    assert np.array_equal(faces, rendered_faces(64))


def test_a_different_decision_is_not_exported() -> None:
    def scores(*values):
        return np.array(values, np.float32)

    assert equal_decisions(scores(0.3, 0.9), scores(0.3, 0.9), info(0.4)) == 2
    assert equal_decisions(scores(0.3, 0.4), scores(0.3, 0.3999999), info(0.4)) == 1  # a touch
    assert equal_decisions(scores(0.1), scores(0.9), info(None)) == 0  # nothing decides
    with pytest.raises(BundleError, match="decides otherwise"):
        equal_decisions(scores(0.3, 0.9), scores(0.5, 0.9), info(0.4))
