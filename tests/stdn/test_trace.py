import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from spooftrace.stdn.trace import Element, TraceElements, enlarge, live_counterpart

SIZE, CONTENT = 8, 2


def elements(seed: int, batch: int = 2) -> TraceElements:
    rng = torch.Generator().manual_seed(seed)

    def draw(side: int) -> torch.Tensor:
        return torch.randn(batch, 3, side, side, generator=rng, dtype=torch.float64)

    return TraceElements(
        range_bias=draw(1), balance_bias=draw(1), content=draw(CONTENT), texture=draw(SIZE)
    )


def image(seed: int, batch: int = 2) -> torch.Tensor:
    rng = torch.Generator().manual_seed(seed)
    return torch.rand(batch, 3, SIZE, SIZE, generator=rng, dtype=torch.float64)


def constant(value: float, side: int) -> torch.Tensor:
    return torch.full((1, 3, side, side), value)


def test_compose_by_hand() -> None:
    trace = TraceElements(
        range_bias=constant(0.5, 1),
        balance_bias=constant(0.1, 1),
        content=constant(-0.2, CONTENT),
        texture=constant(0.03, SIZE),
    )
    composed = trace.compose(constant(0.4, SIZE))
    # 0.5 * 0.4 + 0.1 - 0.2 + 0.03
    torch.testing.assert_close(composed, constant(0.13, SIZE))


def test_enlarge_interpolates_between_pixel_areas() -> None:
    content = torch.tensor([0.0, 1.0]).expand(1, 3, 2, 2)
    row = enlarge(content, 4)[0, 0, 0]
    # Centres of four pixels over two: -0.25, 0.25, 0.75, 1.25, clamped at the border.
    torch.testing.assert_close(row, torch.tensor([0.0, 0.25, 0.75, 1.0]))


@given(seed=st.integers(0, 1000), factor=st.floats(-3, 3))
@settings(max_examples=25, deadline=None)
def test_compose_is_linear_in_the_elements(seed: int, factor: float) -> None:
    trace, face = elements(seed), image(seed)
    scaled = TraceElements(**{e.value: factor * getattr(trace, e.value) for e in Element})
    torch.testing.assert_close(scaled.compose(face), factor * trace.compose(face))


@given(seed=st.integers(0, 1000))
@settings(max_examples=25, deadline=None)
def test_live_counterpart_is_equation_2(seed: int) -> None:
    trace, face = elements(seed), image(seed)
    live = live_counterpart(face, trace.compose(face))
    by_hand = (
        (1 - trace.range_bias) * face
        - trace.balance_bias
        - enlarge(trace.content, SIZE)
        - trace.texture
    )
    torch.testing.assert_close(live, by_hand)


@pytest.mark.parametrize("element", list(Element))
def test_without_takes_exactly_one_share_away(element: Element) -> None:
    trace, face = elements(3), image(4)
    lost = trace.compose(face) - trace.without(element).compose(face)
    torch.testing.assert_close(lost, trace.shares(face)[element].expand_as(face))
    torch.testing.assert_close(
        trace.without(element).without(element).compose(face), trace.without(element).compose(face)
    )


def test_dropping_is_without_sample_by_sample() -> None:
    trace, face = elements(5, batch=4), image(6, batch=4)
    dropped = trace.dropping(torch.tensor([0, 1, 2, 3])).compose(face)
    for index, element in enumerate(Element):
        torch.testing.assert_close(dropped[index], trace.without(element).compose(face)[index])


def test_halves_split_live_from_spoof() -> None:
    trace = elements(7, batch=4)
    live, spoof = trace.halves()
    assert torch.equal(torch.cat([live.texture, spoof.texture]), trace.texture)
    assert torch.equal(live.range_bias, trace.range_bias[:2])
