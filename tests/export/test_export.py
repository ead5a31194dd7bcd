import numpy as np
import onnxruntime
import pytest
import torch
from torch import nn

from spooftrace.detector.bundle import OUTPUT_NAMES, Bundle
from spooftrace.detector.bundle_info import BundleInfo, CropRule
from spooftrace.errors import BundleError
from spooftrace.export import DetectorGraph, _compare_decisions, check_parity, export
from spooftrace.labels import Medium
from spooftrace.metrics.thresholds import fixed_threshold
from spooftrace.stdn.generator import Generator, GeneratorConfig
from spooftrace.stdn.initialise import initialise
from spooftrace.stdn.score import spoof_score

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
    assert parity.faces == 4
    return path


@pytest.mark.parametrize("batch", [1, 3])
def test_the_bundle_answers_as_torch_does(generator, exported, batch) -> None:
    faces = np.random.default_rng(batch).integers(0, 256, (batch, SIZE, SIZE, 3), dtype=np.uint8)
    answered = Bundle.load(exported).run(faces)
    image = torch.from_numpy(faces).permute(0, 3, 1, 2).float() / 255
    with torch.no_grad():
        output = generator(image)
        trace = output.trace.compose(image)
        score = spoof_score(output.spoof_map, trace, ALPHA)
    np.testing.assert_allclose(answered.score, score, atol=1e-4)
    np.testing.assert_allclose(answered.trace, trace, atol=1e-4)
    np.testing.assert_allclose(answered.live, image - trace, atol=1e-4)
    np.testing.assert_allclose(answered.content, output.trace.content, atol=1e-4)
    np.testing.assert_allclose(answered.spoof_map, output.spoof_map, atol=1e-4)
    assert ((answered.score >= 0.4) == (score.numpy() >= 0.4)).all()


def test_metadata_travels_in_the_file(exported) -> None:
    assert Bundle.load(exported).info == info(0.4)


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
    with pytest.raises(BundleError, match=r"output 'score' .* away from torch's at batch 1"):
        check_parity(DetectorGraph(other.eval(), ALPHA), Bundle.load(exported))


def test_a_different_decision_is_not_exported() -> None:
    def scores(*values):
        return np.array(values, np.float32)

    _compare_decisions(scores(0.3, 0.9), scores(0.3, 0.9), info(0.4))
    _compare_decisions(scores(0.1), scores(0.9), info(None))  # nothing decides
    with pytest.raises(BundleError, match="decides otherwise"):
        _compare_decisions(scores(0.3, 0.9), scores(0.5, 0.9), info(0.4))
