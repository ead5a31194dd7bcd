import pytest
import torch
from torch import nn

from spooftrace.stdn.blocks import Silent
from spooftrace.stdn.generator import Generator, GeneratorConfig
from spooftrace.stdn.inference import UpConv, for_inference
from spooftrace.stdn.initialise import initialise


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("size", [(1, 1), (4, 4), (3, 5)])
def test_up_conv_is_the_transpose_convolution(bias: bool, size: tuple[int, int]) -> None:
    layer = nn.ConvTranspose2d(3, 5, kernel_size=4, stride=2, padding=1, bias=bias).double()
    x = torch.randn(2, 3, *size, dtype=torch.float64)
    torch.testing.assert_close(UpConv(layer)(x), layer(x))


TINY = GeneratorConfig(image_size=32, width=0.125)


def trained_a_little(config: GeneratorConfig = TINY) -> Generator:
    """Norms and heads whose weights and statistics are not those they were born with."""
    rng = torch.Generator().manual_seed(0)
    generator = Generator.from_config(config)
    initialise(generator, rng)
    for module in generator.modules():
        if isinstance(module, nn.BatchNorm2d):
            nn.init.uniform_(module.weight, 0.5, 1.5, generator=rng)
            nn.init.normal_(module.bias, 0, 0.2, generator=rng)
        if isinstance(module, Silent):
            nn.init.normal_(module.weight, 0, 0.1, generator=rng)
    for _ in range(5):
        generator(torch.rand(4, 3, 32, 32, generator=rng))
    return generator.double().eval()


def test_rewriting_changes_no_answer_and_not_the_original() -> None:
    generator = trained_a_little()
    before = {name: tensor.clone() for name, tensor in generator.state_dict().items()}
    rewritten = for_inference(generator)
    face = torch.rand(2, 3, 32, 32, dtype=torch.float64)
    expected, answered = generator(face), rewritten(face)
    torch.testing.assert_close(answered.spoof_map, expected.spoof_map)
    torch.testing.assert_close(answered.trace.compose(face), expected.trace.compose(face))
    torch.testing.assert_close(answered.trace.content, expected.trace.content)
    for kind in (nn.BatchNorm2d, nn.ConvTranspose2d):
        assert not any(isinstance(m, kind) for m in rewritten.modules())
    for name, tensor in generator.state_dict().items():
        assert torch.equal(tensor, before[name])
