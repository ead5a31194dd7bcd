import copy
from dataclasses import replace

import pytest
import torch
from toy_networks import CPU, toy_nets, toy_optimizers

from spooftrace.stdn.losses import LossWeights
from spooftrace.stdn.warp import warp_between
from spooftrace.training.device import autocast
from spooftrace.training.networks import descend, frozen
from spooftrace.training.step import (
    discriminator_step,
    generator_step,
    make_faces,
    supervision_step,
    train_step,
)

WEIGHTS = LossWeights()
FP32 = autocast(CPU, "fp32")


def state(module):
    return copy.deepcopy(module.state_dict())


def same(before, module) -> bool:
    return all(torch.equal(before[k], v) for k, v in module.state_dict().items())


def gradients(module):
    return [p.grad for p in module.parameters()]


def test_generator_step_leaves_the_discriminators_alone(nets, optimizers, batch) -> None:
    """Weights, gradients and running statistics: a frozen network judges, nothing else."""
    before, generator = state(nets.discriminators), state(nets.generator)
    generator_step(nets, optimizers, batch, WEIGHTS, FP32)
    assert same(before, nets.discriminators)
    assert gradients(nets.discriminators) == [None] * len(gradients(nets.discriminators))
    assert not same(generator, nets.generator)
    assert all(p.requires_grad for p in nets.discriminators.parameters())
    assert nets.discriminators.training


def test_discriminator_step_leaves_the_generator_alone(nets, optimizers, batch) -> None:
    made, _ = generator_step(nets, optimizers, batch, WEIGHTS, FP32)
    optimizers.generator.zero_grad(set_to_none=True)
    before, discriminators = state(nets.generator), state(nets.discriminators)
    discriminator_step(nets, optimizers, batch, made.detached(), FP32)
    assert same(before, nets.generator)
    assert gradients(nets.generator) == [None] * len(gradients(nets.generator))
    assert not same(discriminators, nets.discriminators)


def test_supervision_step_leaves_the_discriminators_alone(nets, optimizers, batch) -> None:
    made, _ = generator_step(nets, optimizers, batch, WEIGHTS, FP32)
    before = state(nets.discriminators)
    supervision_step(nets, optimizers, batch, made.detached(), WEIGHTS, FP32)
    assert same(before, nets.discriminators)
    assert gradients(nets.discriminators) == [None] * len(gradients(nets.discriminators))


def test_the_border_between_the_steps_lets_no_gradient_through(nets, optimizers, batch) -> None:
    made, _ = generator_step(nets, optimizers, batch, WEIGHTS, FP32)
    assert made.spoof.requires_grad  # while the generator learns, it does
    for face in (made.detached().live, made.detached().spoof, made.detached().added_trace):
        assert not face.requires_grad


def test_made_faces_are_equations_2_and_5(nets, batch) -> None:
    """The live face loses the whole trace; the spoof gains it less one element, warped."""
    nets.generator.eval()
    elements = nets.generator(batch.spoof).trace
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


def test_adversarial_gradient_reaches_the_generator_through_both_made_faces(nets, batch) -> None:
    for which in ("live", "spoof"):
        nets.generator.zero_grad(set_to_none=True)
        elements = nets.generator(batch.spoof).trace
        made = make_faces(batch, elements, elements.compose(batch.spoof))
        with frozen(nets.discriminators):
            verdicts = nets.discriminators(getattr(made, which))
        sum(v.square().mean() for v in verdicts).backward()
        moved = nets.generator.decoder.texture_head[1].weight.grad
        assert moved is not None
        assert moved.abs().max() > 0


def test_terms_are_named_and_finite(nets, optimizers, batch) -> None:
    terms = train_step(nets, optimizers, batch, WEIGHTS, FP32)
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


def snapshot(nets, optimizers):
    """Weights and moments of both networks."""
    weights = [p.detach().clone() for m in nets.modules().values() for p in m.parameters()]
    moments = [
        value.clone()
        for adam in optimizers.by_name().values()
        for state in adam.state_dict()["state"].values()
        for value in state.values()
    ]
    return weights + moments


def all_equal(left, right) -> bool:
    return all(torch.equal(a, b) for a, b in zip(left, right, strict=True))


def test_a_loss_that_is_not_finite_moves_nothing_from_then_on(nets, optimizers, batch) -> None:
    train_step(nets, optimizers, batch, WEIGHTS, FP32)  # so that Adam has moments to keep
    before = snapshot(nets, optimizers)
    broken = replace(batch, spoof=batch.spoof * float("nan"))
    terms = train_step(nets, optimizers, broken, WEIGHTS, FP32)
    assert not terms["finite/generator"]
    assert not terms["finite/discriminators"]
    assert all_equal(before, snapshot(nets, optimizers))
    # A device that is read only now and then must not train on in the meantime.
    assert not train_step(nets, optimizers, batch, WEIGHTS, FP32)["finite/supervision"]
    assert all_equal(before, snapshot(nets, optimizers))


def test_a_gradient_that_is_not_finite_moves_nothing(nets, optimizers, batch) -> None:
    """sqrt has a finite value and an infinite slope at 0."""
    train_step(nets, optimizers, batch, WEIGHTS, FP32)
    before = snapshot(nets, optimizers)
    weight = nets.generator.decoder.texture_head[1].weight
    finite = descend(optimizers, optimizers.generator, (weight * 0).sum().sqrt())
    assert not finite
    assert all_equal(before, snapshot(nets, optimizers))


def test_training_reduces_what_it_should(nets, optimizers, batch) -> None:
    """On one batch, thirty iterations.

    The map separates, live traces stay small beside spoof traces.
    """
    first = train_step(nets, optimizers, batch, WEIGHTS, FP32)
    for _ in range(30):
        last = train_step(nets, optimizers, batch, WEIGHTS, FP32)
    assert last["generator/esr"] < 0.5 * first["generator/esr"]
    assert last["supervision/esr"] < first["supervision/esr"]


def test_bfloat16_stays_close_to_float32(batch) -> None:
    found = []
    for precision in ("fp32", "bf16"):
        nets = toy_nets()
        precise = autocast(CPU, precision)
        found.append(train_step(nets, toy_optimizers(nets), batch, WEIGHTS, precise))
    for name in ("generator/esr", "generator/adversarial", "supervision/esr"):
        assert found[1][name].item() == pytest.approx(found[0][name].item(), rel=0.05)
