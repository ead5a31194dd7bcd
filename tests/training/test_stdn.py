import copy
from dataclasses import replace

import pytest
import torch
from toy_networks import toy_stdn

from spooftrace.stdn.warp import warp_between
from spooftrace.training.guard import frozen
from spooftrace.training.stdn import make_faces


def state(module):
    return copy.deepcopy(module.state_dict())


def same(before, module) -> bool:
    return all(torch.equal(before[k], v) for k, v in module.state_dict().items())


def gradients(module):
    return [p.grad for p in module.parameters()]


def test_generator_step_leaves_the_discriminators_alone(method, batch) -> None:
    """Weights, gradients and running statistics: a frozen network judges, nothing else."""
    before, generator = state(method.discriminators), state(method.generator)
    method.generator_step(batch)
    assert same(before, method.discriminators)
    assert gradients(method.discriminators) == [None] * len(gradients(method.discriminators))
    assert not same(generator, method.generator)
    assert all(p.requires_grad for p in method.discriminators.parameters())
    assert method.discriminators.training


def test_discriminator_step_leaves_the_generator_alone(method, batch) -> None:
    made, _ = method.generator_step(batch)
    method.generator_adam.zero_grad(set_to_none=True)
    before, discriminators = state(method.generator), state(method.discriminators)
    method.discriminator_step(batch, made.detached())
    assert same(before, method.generator)
    assert gradients(method.generator) == [None] * len(gradients(method.generator))
    assert not same(discriminators, method.discriminators)


def test_supervision_step_leaves_the_discriminators_alone(method, batch) -> None:
    made, _ = method.generator_step(batch)
    before = state(method.discriminators)
    method.supervision_step(batch, made.detached())
    assert same(before, method.discriminators)
    assert gradients(method.discriminators) == [None] * len(gradients(method.discriminators))


def test_the_border_between_the_steps_lets_no_gradient_through(method, batch) -> None:
    made, _ = method.generator_step(batch)
    assert made.spoof.requires_grad  # while the generator learns, it does
    for face in (made.detached().live, made.detached().spoof, made.detached().added_trace):
        assert not face.requires_grad


def test_made_faces_are_equations_2_and_5(method, batch) -> None:
    """The live face loses the whole trace; the spoof gains it less one element, warped."""
    method.generator.eval()
    elements = method.generator(batch.spoof).trace
    trace = elements.compose(batch.spoof)
    made = make_faces(batch, elements, trace)
    torch.testing.assert_close(made.live, batch.spoof - trace)
    torch.testing.assert_close(made.spoof, batch.live + made.added_trace)
    names = ("range_bias", "balance_bias", "content", "texture")
    for k in range(2):
        zeroed = {
            name: getattr(elements, name)[k : k + 1] * (number != int(batch.dropped[k]))
            for number, name in enumerate(names)
        }
        lesser = type(elements)(**zeroed).compose(batch.spoof[k : k + 1])
        there = warp_between(
            lesser,
            batch.spoof_points[k : k + 1],
            batch.live_points[k : k + 1],
            batch.triangles[k : k + 1],
        )
        torch.testing.assert_close(made.added_trace[k : k + 1], there)


def test_adversarial_gradient_reaches_the_generator_through_both_made_faces(method, batch) -> None:
    for which in ("live", "spoof"):
        method.generator.zero_grad(set_to_none=True)
        elements = method.generator(batch.spoof).trace
        made = make_faces(batch, elements, elements.compose(batch.spoof))
        with frozen(method.discriminators):
            verdicts = method.discriminators(getattr(made, which))
        sum(v.square().mean() for v in verdicts).backward()
        moved = method.generator.decoder.texture_head[1].weight.grad
        assert moved is not None
        assert moved.abs().max() > 0


def test_terms_are_named_and_finite(method, batch) -> None:
    terms = method.step(batch)
    assert set(terms) == {
        "generator/adversarial",
        "generator/esr",
        "generator/regularizer",
        "generator/elements",
        "discriminators/adversarial",
        "supervision/esr",
        "supervision/pixel",
        "finite/generator",
        "finite/discriminators",
        "finite/supervision",
    }
    assert all(torch.isfinite(v).all() and not v.requires_grad for v in terms.values())


def snapshot(method):
    """Weights and moments of both networks."""
    parts = method.parts.values()
    weights = [p.detach().clone() for part in parts for p in part.module.parameters()]
    moments = [
        value.clone()
        for part in parts
        for state in part.optimizer.state_dict()["state"].values()
        for value in state.values()
    ]
    return weights + moments


def all_equal(left, right) -> bool:
    return all(torch.equal(a, b) for a, b in zip(left, right, strict=True))


def test_a_loss_that_is_not_finite_moves_nothing_from_then_on(method, batch) -> None:
    method.step(batch)  # so that Adam has moments to keep
    before = snapshot(method)
    broken = replace(batch, spoof=batch.spoof * float("nan"))
    terms = method.step(broken)
    assert not terms["finite/generator"]
    assert not terms["finite/discriminators"]
    assert all_equal(before, snapshot(method))
    # A device that is read only now and then must not train on in the meantime.
    assert not method.step(batch)["finite/supervision"]
    assert all_equal(before, snapshot(method))


def test_a_gradient_that_is_not_finite_moves_nothing(method, batch) -> None:
    """sqrt has a finite value and an infinite slope at 0."""
    method.step(batch)
    before = snapshot(method)
    weight = method.generator.decoder.texture_head[1].weight
    finite = method.guard.descend(method.generator_adam, (weight * 0).sum().sqrt())
    assert not finite
    assert all_equal(before, snapshot(method))


def test_training_reduces_what_it_should(method, batch) -> None:
    """On one batch, thirty iterations.

    The map separates, live traces stay small beside spoof traces.
    """
    first = method.step(batch)
    for _ in range(30):
        last = method.step(batch)
    assert last["generator/esr"] < 0.5 * first["generator/esr"]
    assert last["supervision/esr"] < first["supervision/esr"]


def test_bfloat16_stays_close_to_float32(batch) -> None:
    found = [toy_stdn(precision=precision).step(batch) for precision in ("fp32", "bf16")]
    for name in ("generator/esr", "generator/adversarial", "supervision/esr"):
        assert found[1][name].item() == pytest.approx(found[0][name].item(), rel=0.05)


def test_shapes_are_checked_while_testing(batch) -> None:
    with pytest.raises(TypeError, match="live_points"):
        replace(batch, live_points=batch.live_points[..., :1])
    with pytest.raises(TypeError, match="spoof"):
        replace(batch, spoof=batch.spoof[..., :16])
