import pytest
import torch

from spooftrace.errors import ConfigError
from spooftrace.metrics.fusion import fuse
from spooftrace.stdn import losses
from spooftrace.stdn.losses import LossWeights
from spooftrace.stdn.score import score_terms
from spooftrace.stdn.trace import Element


def full(value: float, *shape: int) -> torch.Tensor:
    return torch.full(shape, float(value))


def verdicts(live: float, spoof: float) -> list[torch.Tensor]:
    """Three scales whose first channel is `live` and whose second is `spoof` everywhere."""
    return [
        torch.stack([full(live, 2, side, side), full(spoof, 2, side, side)], dim=1)
        for side in (8, 4, 2)
    ]


def test_esr_loss_by_hand() -> None:
    # |0.25| + |0.5 - 1|
    assert losses.esr_loss(full(-0.25, 2, 1, 4, 4), full(0.5, 2, 1, 4, 4)).item() == 0.75
    assert losses.esr_loss(full(0.0, 2, 1, 4, 4), full(1.0, 2, 1, 4, 4)).item() == 0


def test_generator_adversarial_loss_by_hand() -> None:
    # Three scales: (0.5 - 1)^2 in the live channel, (0 - 1)^2 in the spoof channel; the other
    # channels do not count.
    loss = losses.generator_adversarial_loss(verdicts(0.5, 77.0), verdicts(77.0, 0.0))
    assert loss.item() == pytest.approx(3 * (0.25 + 1.0))
    assert losses.generator_adversarial_loss(verdicts(1, 9), verdicts(9, 1)).item() == 0


def test_discriminator_adversarial_loss_by_hand() -> None:
    loss = losses.discriminator_adversarial_loss(
        verdicts(0.5, 9.0), verdicts(9.0, 1.5), verdicts(0.25, 9.0), verdicts(9.0, -1.0)
    )
    # 3 x ((0.5-1)^2 + (1.5-1)^2 + 0.25^2 + (-1)^2)
    assert loss.item() == pytest.approx(3 * (0.25 + 0.25 + 0.0625 + 1.0))
    ideal = losses.discriminator_adversarial_loss(
        verdicts(1, 9), verdicts(9, 1), verdicts(0, 9), verdicts(9, 0)
    )
    assert ideal.item() == 0


def test_trace_regularizer_by_hand() -> None:
    loss = losses.trace_regularizer(full(0.1, 2, 3, 8, 8), full(-0.5, 2, 3, 8, 8), live_beta=1e4)
    # 1e4 * 0.01 + 0.25
    assert loss.item() == pytest.approx(100.25)


def test_element_regularizer_charges_the_local_more() -> None:
    zero = {element: full(0.0, 1, 3, 4, 4) for element in Element}
    costs = [
        losses.element_regularizer(zero | {element: full(0.5, 1, 3, 4, 4)}).item()
        for element in Element
    ]
    assert costs == [0.25, 0.25, 0.5, 1.0]
    cancelling = zero | {
        Element.CONTENT: full(-0.5, 1, 3, 4, 4),
        Element.TEXTURE: full(0.5, 1, 3, 4, 4),
    }
    assert losses.element_regularizer(cancelling).item() == 1.5


def test_pixel_loss_by_hand_and_its_target_is_constant() -> None:
    predicted = full(0.3, 1, 3, 2, 2).requires_grad_()
    added = full(-0.2, 1, 3, 2, 2).requires_grad_()
    loss = losses.pixel_loss(predicted, added)
    loss.backward()
    assert loss.item() == pytest.approx(0.5)
    assert added.grad is None
    assert predicted.grad is not None
    torch.testing.assert_close(predicted.grad, full(1 / 12, 1, 3, 2, 2))


def test_gradients_of_all_losses_in_float64() -> None:
    rng = torch.Generator().manual_seed(0)

    def draw(*shape: int) -> torch.Tensor:
        return torch.randn(*shape, generator=rng, dtype=torch.float64, requires_grad=True)

    assert torch.autograd.gradcheck(losses.esr_loss, (draw(2, 1, 3, 3), draw(2, 1, 3, 3)))
    assert torch.autograd.gradcheck(
        lambda a, b: losses.trace_regularizer(a, b, live_beta=10.0),
        (draw(1, 3, 3, 3), draw(1, 3, 3, 3)),
    )
    assert torch.autograd.gradcheck(
        lambda a, b: losses.generator_adversarial_loss([a], [b]),
        (draw(2, 2, 3, 3), draw(2, 2, 3, 3)),
    )
    assert torch.autograd.gradcheck(
        lambda a, b, c, d: losses.discriminator_adversarial_loss([a], [b], [c], [d]),
        tuple(draw(1, 2, 2, 2) for _ in range(4)),
    )


def test_defaults_are_the_papers() -> None:
    weights = LossWeights()
    assert (
        weights.adversarial,
        weights.esr,
        weights.regularizer,
        weights.supervised_esr,
        weights.pixel,
        weights.live_beta,
    ) == (1, 100, 1e-3, 50, 1, 1e4)
    assert weights.elements == 0


def test_bad_weights_are_refused() -> None:
    with pytest.raises(ConfigError, match=r"losses\.live_beta.*exceed 1, got 1"):
        LossWeights(live_beta=1.0)
    with pytest.raises(ConfigError, match=r"losses\.pixel: expected 0 or more, got -1"):
        LossWeights(pixel=-1.0)


def test_score_by_hand() -> None:
    spoof_map = torch.stack([full(1.0, 1, 16, 16), full(-0.5, 1, 16, 16)])
    trace = torch.stack([full(-0.1, 3, 8, 8), full(0.0, 3, 8, 8)])
    terms = score_terms(spoof_map, trace)
    torch.testing.assert_close(terms[0], torch.tensor([0.5, 0.25]))
    torch.testing.assert_close(terms[1], torch.tensor([0.05, 0.0]))
    # Eq. 3: 1 / 2 + 4 * 0.1 / 2
    torch.testing.assert_close(fuse(*terms, 4.0), torch.tensor([0.7, 0.25]))
