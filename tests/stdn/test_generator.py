import pytest
import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from spooftrace.errors import ConfigError
from spooftrace.stdn.blocks import up_block
from spooftrace.stdn.discriminators import DiscriminatorConfig, Discriminators
from spooftrace.stdn.generator import Generator, GeneratorConfig
from spooftrace.stdn.initialise import initialise
from spooftrace.stdn.trace import enlarge

TINY = GeneratorConfig(image_size=32, width=0.125)
SEPARATE = GeneratorConfig(image_size=32, width=0.125, separate_elements=True)


def made(config: GeneratorConfig = TINY) -> Generator:
    generator = Generator.from_config(config)
    initialise(generator, torch.Generator().manual_seed(0))
    return generator


def parameters(module: nn.Module) -> int:
    return sum(p.numel() for p in module.parameters())


def gigamacs(module: nn.Module, *inputs: object) -> float:
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        module(*inputs)
    return counter.get_total_flops() / 2e9


def test_the_papers_shapes() -> None:
    generator = made(GeneratorConfig()).eval()
    with torch.no_grad():
        face = torch.rand(1, 3, 256, 256)
        features = generator.encoder(face)
        output = generator(face)
    assert features.bottleneck.shape == (1, 96, 32, 32)  # F, Sec. 3.2
    assert output.spoof_map.shape == (1, 1, 16, 16)  # K = 16
    assert output.trace.content.shape == (1, 3, 64, 64)  # L = 64
    assert output.trace.texture.shape == (1, 3, 256, 256)
    assert output.trace.range_bias.shape == output.trace.balance_bias.shape == (1, 3, 1, 1)


def test_the_encoder_is_the_heavier_half() -> None:
    generator = made(GeneratorConfig()).eval()
    face = torch.rand(1, 3, 256, 256)
    whole = gigamacs(generator, face)
    encoder = gigamacs(generator.encoder, face)
    with torch.no_grad():
        decoder = gigamacs(generator.decoder, generator.encoder(face))
    assert parameters(generator.encoder) > parameters(generator.decoder)
    assert encoder > 2 * decoder
    assert 12 < whole < 14  # docs/divergences.md says 13
    assert 0.9e6 < parameters(generator) < 1.1e6


@pytest.mark.parametrize(("size", "width"), [(32, 0.125), (64, 0.25), (128, 0.5)])
def test_small_models_scale(size: int, width: float) -> None:
    config = GeneratorConfig(image_size=size, width=width)
    output = made(config).eval()(torch.rand(2, 3, size, size))
    assert output.spoof_map.shape[-1] == config.map_size == size // 16
    assert output.trace.content.shape[-1] == config.content_size == size // 4


@pytest.mark.parametrize("size", [0, 16, 40, 100])
def test_impossible_sizes_are_refused(size: int) -> None:
    with pytest.raises(ConfigError, match="multiple of 16"):
        GeneratorConfig(image_size=size)


@pytest.mark.parametrize("width", [0.0, -1.0, 5.0])
def test_impossible_widths_are_refused(width: float) -> None:
    with pytest.raises(ConfigError, match="width"):
        GeneratorConfig(width=width)
    with pytest.raises(ConfigError, match="width"):
        DiscriminatorConfig(width=width)


def test_separated_elements_share_little() -> None:
    """C carries no constant, and T little where C could have carried it."""
    face = torch.rand(2, 3, 32, 32)
    separate = made(SEPARATE).eval()(face).trace
    literal = made().eval()(face).trace
    assert separate.content.mean(dim=(2, 3)).abs().max() < 1e-6
    literal_smooth = nn.functional.avg_pool2d(literal.texture, 4).square().mean()
    assert nn.functional.avg_pool2d(separate.texture, 4).square().mean() < 0.3 * literal_smooth
    # A constant texture is one that C could carry whole: nothing of it stays.
    constant = torch.full((1, 3, 32, 32), 0.7)
    gone = constant - enlarge(nn.functional.avg_pool2d(constant, 4), 32)
    assert gone.abs().max() < 1e-6


def test_separating_elements_has_no_weights() -> None:
    assert made().state_dict().keys() == made(SEPARATE).state_dict().keys()


def test_elements_keep_the_images_precision_under_autocast() -> None:
    with torch.autocast("cpu", torch.bfloat16):
        output = made()(torch.rand(2, 3, 32, 32))
    assert output.spoof_map.dtype == output.trace.texture.dtype == torch.float32


def test_initialise_draws_the_papers_weights() -> None:
    generator = made(GeneratorConfig(image_size=64))
    for module in generator.modules():
        if isinstance(module, nn.Conv2d | nn.ConvTranspose2d) and module.weight.numel() > 20_000:
            assert module.weight.std().item() == pytest.approx(0.02, rel=0.03)
            assert abs(module.weight.mean().item()) < 5e-4
        if isinstance(module, nn.BatchNorm2d):
            assert (module.weight == 1).all()
            assert (module.bias == 0).all()
    again = made(GeneratorConfig(image_size=64))
    for left, right in zip(generator.parameters(), again.parameters(), strict=True):
        assert torch.equal(left, right)


def test_discriminators_have_seven_convolutions_three_of_which_halve() -> None:
    discriminators = Discriminators.from_config(DiscriminatorConfig())
    assert len(discriminators.scales) == 3
    for network in discriminators.scales:
        convolutions = [m for m in network.modules() if isinstance(m, nn.Conv2d)]
        assert len(convolutions) == 7
        assert sum(c.stride == (2, 2) for c in convolutions) == 3
    verdicts = discriminators(torch.rand(2, 3, 256, 256))
    assert [v.shape for v in verdicts] == [(2, 2, s, s) for s in (32, 16, 8)]


def test_each_discriminator_sees_its_own_scale() -> None:
    class Size(nn.Module):
        def forward(self, face: torch.Tensor) -> torch.Tensor:
            return torch.tensor(face.shape[-1])

    seen = Discriminators([Size(), Size(), Size()])(torch.rand(1, 3, 256, 256))
    assert [int(s) for s in seen] == [256, 128, 64]


def neighbour_energy(upsampling: str) -> float:
    """How much an upsampled constant differs between neighbouring pixels: the checkerboard."""
    rng = torch.Generator().manual_seed(0)
    block = up_block(8, 16, upsampling)
    initialise(block, rng)
    inside = block.eval()(torch.ones(1, 8, 16, 16))[..., 4:-4, 4:-4]
    return (inside[..., 1:] - inside[..., :-1]).abs().max().item()


def test_resize_draws_no_checkerboard() -> None:
    assert neighbour_energy("transpose") > 0.01
    assert neighbour_energy("resize") < 1e-6


def test_resize_has_the_same_shapes() -> None:
    config = GeneratorConfig(image_size=32, width=0.125, upsampling="resize")
    output = made(config).eval()(torch.rand(1, 3, 32, 32))
    assert output.trace.texture.shape == (1, 3, 32, 32)
