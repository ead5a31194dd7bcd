from dataclasses import replace

import pytest
import torch
from test_generator import gigamacs, parameters
from test_inference import trained_a_little

from spooftrace.errors import ConfigError
from spooftrace.stdn.generator import Generator, GeneratorConfig
from spooftrace.stdn.inference import for_inference
from spooftrace.stdn.initialise import initialise
from spooftrace.stdn.trace import enlarge

TINY = GeneratorConfig(image_size=32, width=0.125, stem="patches")


def made(config: GeneratorConfig = TINY) -> Generator:
    generator = Generator.from_config(config)
    initialise(generator, torch.Generator().manual_seed(0))
    return generator


def test_what_it_answers_has_the_papers_shapes() -> None:
    generator = made(GeneratorConfig(stem="patches")).eval()
    face = torch.rand(1, 3, 256, 256)
    with torch.no_grad():
        output = generator(face)
    assert output.spoof_map.shape == (1, 1, 16, 16)  # K = 16
    assert output.trace.content.shape == (1, 3, 64, 64)  # L = 64
    assert output.trace.texture.shape == (1, 3, 256, 256)
    assert output.trace.range_bias.shape == output.trace.balance_bias.shape == (1, 3, 1, 1)
    assert parameters(generator) == 2_976_058  # docs/divergences.md says 3 M
    assert 2.5 < gigamacs(generator, face) < 2.7  # and 2.6 GMAC


def test_before_training_there_is_no_trace() -> None:
    generator, face = made(), torch.rand(2, 3, 32, 32)
    output = generator(face)
    assert not output.trace.compose(face).any()
    assert output.spoof_map.any()
    output.trace.compose(face).sum().backward()
    for head in ("bias_head", "content_head", "texture_head"):
        assert getattr(generator.decoder, head).weight.grad.any()  # and it can learn one


def test_every_weight_learns() -> None:
    """Once the silent layers have spoken."""
    generator, face = made(), torch.rand(4, 3, 32, 32)
    for parameter in generator.parameters():
        torch.nn.init.normal_(parameter, 0.1, 0.1, generator=torch.Generator().manual_seed(1))
    output = generator(face)
    (output.trace.compose(face).square().mean() + output.spoof_map.abs().mean()).backward()
    still = [name for name, p in generator.named_parameters() if p.grad is None or not p.grad.any()]
    assert still == []


def test_elements_can_be_kept_apart() -> None:
    generator = trained_a_little(replace(TINY, separate_elements=True)).float()
    trace = generator(torch.rand(2, 3, 32, 32)).trace
    blocks = torch.nn.functional.avg_pool2d(trace.texture, 4)
    assert trace.content.mean(dim=(2, 3)).abs().max() < 1e-6
    # What C could carry is all but gone: bilinear enlargement does not keep the means of blocks.
    assert blocks.square().mean() < 0.1 * trace.texture.square().mean()
    assert enlarge(blocks, 32).abs().max() > 0


def test_inference_folds_the_norms_and_changes_no_answer() -> None:
    generator = trained_a_little(TINY)
    rewritten, face = for_inference(generator), torch.rand(2, 3, 32, 32, dtype=torch.float64)
    expected, answered = generator(face), rewritten(face)
    torch.testing.assert_close(answered.spoof_map, expected.spoof_map)
    torch.testing.assert_close(answered.trace.compose(face), expected.trace.compose(face))
    assert not any(isinstance(m, torch.nn.BatchNorm2d) for m in rewritten.modules())


def test_a_window_is_seen_as_within_the_whole_face() -> None:
    """It is convolutional: far from borders, moving the face by 16 px moves M, C and T with it."""
    generator = trained_a_little(GeneratorConfig(image_size=32, width=0.0625, stem="patches"))
    face = torch.rand(1, 3, 528, 528, dtype=torch.float64)
    here, there = generator(face[..., :512, :512]), generator(face[..., 16:, 16:])
    inner = slice(240, 272)
    moved = slice(224, 256)
    torch.testing.assert_close(
        here.trace.texture[..., inner, inner], there.trace.texture[..., moved, moved]
    )
    torch.testing.assert_close(
        here.trace.content[..., 60:68, 60:68], there.trace.content[..., 56:64, 56:64]
    )
    torch.testing.assert_close(
        here.spoof_map[..., 15:17, 15:17], there.spoof_map[..., 14:16, 14:16]
    )
    assert here.trace.texture[..., inner, inner].std() > 1e-3


def test_the_ablation_is_of_the_papers_networks() -> None:
    with pytest.raises(ConfigError, match=r"generator\.elements: expected 'four' where .*patches"):
        GeneratorConfig(stem="patches", elements="single")
