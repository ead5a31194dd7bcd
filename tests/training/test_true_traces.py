"""True traces are learnt, living faces keep none, and the map marks where they touch."""

import copy
import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from toy_networks import CPU, TRAINING
from toy_traces import write_traced_people

from spooftrace import runs
from spooftrace.config import load_config
from spooftrace.data.batches.augmentation import AugmentationConfig
from spooftrace.data.batches.paired import BatchConfig, PairedBatches
from spooftrace.data.store.store import Store
from spooftrace.detector.bundle import Bundle
from spooftrace.errors import CheckpointError, ConfigError
from spooftrace.run_folder import RunFolder
from spooftrace.stdn.generator import GeneratorConfig
from spooftrace.training import checkpoint
from spooftrace.training.checkpoint import Progress
from spooftrace.training.device import Device
from spooftrace.training.method import Method, set_rate
from spooftrace.training.settling import settled
from spooftrace.training.true_traces import (
    TrueTraces,
    TrueTracesConfig,
    map_entropy,
    mean_error,
    wanted_map,
)

SIZE = 64
GENERATOR = GeneratorConfig(image_size=SIZE, width=0.25, stem="patches")


@pytest.fixture(scope="module")
def traced(tmp_path_factory):
    path = tmp_path_factory.mktemp("stores") / "traced"
    write_traced_people(path)
    return Store.open(path)


@pytest.fixture(scope="module")
def faces(traced):
    return PairedBatches(
        traced,
        range(len(traced)),
        config=BatchConfig(pairs=4, harder_samples=False, twins=0.5),
        augmentation=AugmentationConfig(),
        image_size=SIZE,
        seed=0,
        live_twins=True,
    )


@pytest.fixture(scope="module")
def batch(faces):
    return Device(CPU, SIZE).batch(faces.batch(0))


def made(precision="fp32", seed=0, **config) -> TrueTraces:
    training = replace(TRAINING, learning_rate=3e-3, precision=precision, seed=seed)
    return TrueTraces.from_config(GENERATOR, TrueTracesConfig(**config), training, CPU)


def correlation(left, right) -> float:
    return float(torch.corrcoef(torch.stack([left.flatten(), right.flatten()]))[0, 1])


def test_it_is_a_method() -> None:
    assert isinstance(made(), Method)
    assert set(made().parts) == {"generator"}
    assert set(made(averaging=0.9).parts) == {"generator", "average"}


def test_it_overfits_a_handful_of_pairs(batch) -> None:
    """Traces of spoofs are found, those of living faces stay small, and the map shows where."""
    method = made(live=0.1)
    first = method.step(batch)
    for step in range(200):
        set_rate(method, 3e-3 if step < 150 else 3e-4)
        last = method.step(batch)
    truth = batch.spoof - batch.twins.pictures
    with torch.no_grad():
        live, spoof = method.answering(torch.cat([batch.live, batch.spoof])).halves()
        found, none = spoof.trace.compose(batch.spoof), live.trace.compose(batch.live)
    assert last["true_traces/spoof"] < 0.2 * first["true_traces/spoof_without"]
    assert correlation(found, truth) > 0.95
    assert none.square().mean() < 0.01 * truth.square().mean()
    wanted = wanted_map(truth, batch.twins.known, spoof.spoof_map)
    assert 0.2 < wanted.mean() < 0.8
    assert ((spoof.spoof_map > 0.5) == (wanted > 0.5)).float().mean() > 0.95
    assert live.spoof_map.abs().mean() < 0.1


def test_the_first_step_knows_no_trace(batch) -> None:
    """Before training the trace is zero, so that its error is that of doing nothing."""
    terms = made().step(batch)
    assert terms["true_traces/spoof"] == terms["true_traces/spoof_without"]
    assert terms["true_traces/live"] == 0
    assert all(not value.requires_grad for value in terms.values())


def test_the_error_by_hand() -> None:
    error = torch.stack([torch.full((3, 4, 4), 0.1), torch.full((3, 4, 4), -0.5)])
    assert mean_error(error, 8.0).item() == pytest.approx((0.1 + 0.08 + 0.5 + 2.0) / 2)
    counted = torch.tensor([True, False])
    assert mean_error(error, 8.0, counted).item() == pytest.approx(0.18)
    assert mean_error(error, 8.0, torch.tensor([False, False])) == 0


def test_the_errors_gradient_in_double_precision() -> None:
    error = torch.randn(3, 3, 4, 4, dtype=torch.float64, requires_grad=True)
    counted = torch.tensor([True, False, True])
    assert torch.autograd.gradcheck(lambda e: mean_error(e, 8.0, counted), error)


def test_the_loss_and_its_gradient_in_double_precision(batch) -> None:
    """What `step` descends along is the sum by hand: its gradient moves a weight as it should."""
    config = TrueTracesConfig(esr=0.5, trace=10.0, live=0.05)
    method = made()
    generator = copy.deepcopy(method.generator).double()
    live, spoof = batch.live.double(), batch.spoof.double()
    truth = spoof - batch.twins.pictures.double()

    def loss() -> torch.Tensor:
        output = generator(torch.cat([live, spoof]))
        trace = output.trace.compose(torch.cat([live, spoof]))
        wanted = wanted_map(truth, batch.twins.known, output.spoof_map[4:])
        error, none = trace[4:] - truth, trace[:4]
        return (
            config.esr * output.spoof_map[:4].abs().mean()
            + config.esr * (output.spoof_map[4:] - wanted).abs().mean()
            + config.trace * (error.abs() + 8 * error**2).mean()
            + config.trace * config.live * (none.abs() + 8 * none**2).mean()
        )

    bias = generator.decoder.bias_head.bias
    (slope,) = torch.autograd.grad(loss(), bias)
    method.step(batch)
    assert method.generator.decoder.bias_head.bias.sign().tolist() == (-slope.sign()).tolist()
    index = int(slope.abs().argmax())
    with torch.no_grad():
        sides = []
        for move in (1e-6, -2e-6):
            bias[index] += move
            sides.append(loss().item())
    # At a trace of zero the living faces' |d| has a kink: half the difference of both sides.
    assert (sides[0] - sides[1]) / 2e-6 == pytest.approx(slope[index].item(), rel=1e-4)


def test_the_map_is_wanted_where_more_than_a_fifth_of_a_cell_is_touched() -> None:
    truth = torch.zeros(3, 3, 32, 32)
    truth[0, 1, :4, :16] = 6 / 255  # a quarter of the first cell
    truth[0, 2, 16:19, 16:] = -0.5  # less than a fifth of the last
    truth[1] = 4 / 255  # all over, and too weak
    known = torch.tensor([True, True, False])
    wanted = wanted_map(truth, known, torch.zeros(3, 1, 2, 2))
    assert wanted[:, 0].tolist() == [[[1, 0], [0, 0]], [[0, 0], [0, 0]], [[1, 1], [1, 1]]]


def test_a_spoof_without_a_known_trace_teaches_the_map_alone(batch) -> None:
    unknown = replace(batch.twins, pictures=batch.spoof, known=torch.zeros(4, dtype=torch.bool))
    method = made()
    terms = method.step(replace(batch, twins=unknown))
    assert terms["true_traces/spoof"] == 0
    with torch.no_grad():
        judged = made().generator(torch.cat([batch.live, batch.spoof])).spoof_map
    by_hand = judged[:4].abs().mean() + (judged[4:] - 1).abs().mean()
    assert terms["true_traces/esr"].item() == pytest.approx(by_hand.item(), rel=1e-5)


def test_a_loss_that_is_not_finite_moves_nothing_from_then_on(batch) -> None:
    method = made()
    method.step(batch)
    before = [p.clone() for p in method.generator.parameters()]
    assert not method.step(replace(batch, spoof=batch.spoof * float("nan")))["finite/true_traces"]
    assert not method.step(batch)["finite/true_traces"]
    assert all(map(torch.equal, before, method.generator.parameters()))


def test_entropy_of_a_map_by_hand() -> None:
    """Live cells of 1/4, spoof cells of 1/2 and 1/8; a wanted 1/4 is best answered by itself."""
    live = torch.tensor([0.25, 0.25]).view(2, 1, 1, 1)
    spoof = torch.tensor([0.5, 0.125]).view(2, 1, 1, 1)
    loss = map_entropy(live, spoof, torch.ones(2, 1, 1, 1))
    by_hand = -(2 * math.log(0.75) + math.log(0.5) + math.log(0.125)) / 4
    assert loss.item() == pytest.approx(by_hand, rel=1e-6)
    best = torch.full((1, 1, 1, 1), 0.25, dtype=torch.float64, requires_grad=True)
    map_entropy(best.detach(), best, torch.full_like(best, 0.25)).backward()
    assert best.grad is not None
    assert best.grad.item() == pytest.approx(0, abs=1e-12)


def test_entropy_teaches_the_map_where_the_trace_is(faces) -> None:
    method, device = made(map_loss="entropy", esr=1.0), Device(CPU, SIZE)
    losses = [
        method.step(device.batch(faces.batch(number)))["true_traces/esr"].item()
        for number in range(40)
    ]
    assert np.mean(losses[-5:]) < 0.7 * losses[0]


def test_gradients_are_shortened(batch) -> None:
    """To nothing, the weights move by the decay of AdamW alone."""
    method = made(longest_gradient=1e-30, weight_decay=0.1)
    before = [p.clone() for p in method.generator.parameters()]
    method.step(batch)
    for old, new in zip(before, method.generator.parameters(), strict=True):
        torch.testing.assert_close(new, old * (1 - 3e-3 * 0.1))


def test_the_average_answers(batch) -> None:
    method, weights = made(averaging=0.75), []
    for _ in range(6):
        method.step(batch)
        weights.append(method.generator.decoder.texture_head.weight.clone())
    average = method.answering.decoder.texture_head.weight
    # The mean of the first four, whose shares are at least 1/4; then a quarter of each new one.
    by_hand = torch.stack(weights[:4]).mean(dim=0)
    for weight in weights[4:]:
        by_hand = 0.75 * by_hand + 0.25 * weight
    torch.testing.assert_close(average, by_hand)
    assert method.answering is not method.generator


def test_bfloat16_stays_close_to_float32(batch) -> None:
    wide, narrow = made(), made("bf16")
    # Adam's first steps are as long for a gradient of noise: what was alike drifts apart.
    for allowed in (0.02, 0.1, 0.2):
        first, second = wide.step(batch), narrow.step(batch)
        for name in ("true_traces/esr", "true_traces/spoof"):
            assert second[name].item() == pytest.approx(first[name].item(), rel=allowed)


def test_going_on_from_a_checkpoint_is_bitwise(faces, tmp_path) -> None:
    method, other = made(averaging=0.9), made(averaging=0.9, seed=5)
    device = Device(CPU, SIZE)
    for number in range(2):
        method.step(device.batch(faces.batch(number)))
    progress = Progress(step=2, config={}, provenance={})
    checkpoint.save(tmp_path / "x", method.parts, progress)
    assert checkpoint.restore(tmp_path / "x", other.parts) == progress
    for number in range(2, 5):
        here, there = (m.step(device.batch(faces.batch(number))) for m in (method, other))
        assert all(torch.equal(here[name], there[name]) for name in here)
    for part, same in zip(method.parts.values(), other.parts.values(), strict=True):
        left, right = part.module.state_dict(), same.module.state_dict()
        assert all(torch.equal(left[name], right[name]) for name in left)


def test_a_picture_shows_the_truth_beside_the_estimate(batch) -> None:
    columns = made().columns(batch)
    assert [column.shape for column in columns] == [(4, 3, SIZE, SIZE)] * 10
    assert torch.equal(columns[8], batch.twins.pictures)
    torch.testing.assert_close(columns[7], 0.5 + batch.spoof - batch.twins.pictures)


SETS = [
    "generator.image_size=64",
    "generator.width=0.125",
    "batches.pairs=2",
    "batches.window_px=32",
    "batches.narrowing=4",
    "batches.whole_from=7",
    "training.development_rows=6",
    "true_traces.averaging=0.5",
    "training.precision='fp32'",
    "training.iterations=8",
    "training.log_every=2",
    "training.evaluate_every=4",
    "training.checkpoint_every=4",
    "training.images_every=4",
    "training.settling_batches=2",
]


class Stopped(BaseException):
    """What a user's Ctrl-C is to a run."""


def test_a_run_by_its_preset_resumes_bitwise_and_is_a_detector(traced, tmp_path) -> None:
    config = load_config(preset="true-traces", sets=SETS)

    def execute(folder, *, resume=False, watch=lambda step, values: None, config=config):
        plan = runs.plan(config, traced, tmp_path / folder)
        runs.execute(plan, device=CPU, workers=1, resume=resume, watch=watch)

    def stop(step, values):
        if step == 6:
            raise Stopped

    execute("whole")
    with pytest.raises(Stopped):
        execute("stopped", watch=stop)
    execute("stopped", resume=True)
    whole, stopped = (
        RunFolder(tmp_path / name).checkpoint(8).read_bytes() for name in ("whole", "stopped")
    )
    assert whole == stopped
    best = runs.trained(RunFolder(tmp_path / "whole").best, CPU)
    # The network that answers has the averages of faces as it is judged on them.
    plan = runs.plan(config, traced, tmp_path / "other")
    made = runs._assemble(plan, CPU, 1).batches.as_judged
    assert made.batch(0).live.shape == (1, 64, 64, 3)
    faces = [Device(CPU, 64).batch(made.batch(number)) for number in range(2)]
    kept = {name: value.clone() for name, value in best.generator.named_buffers()}
    with settled(best.generator, [torch.cat([each.live, each.spoof]) for each in faces]):
        for name, value in best.generator.named_buffers():
            torch.testing.assert_close(value, kept[name], msg=name)
    bundle = Bundle.load(tmp_path / "whole")
    face = np.full((1, 64, 64, 3), 90, np.uint8)
    image = Device(CPU, 64).pictures(face)
    with torch.no_grad():
        output = best.generator.eval()(image)
    np.testing.assert_allclose(bundle.run(face).spoof_map, output.spoof_map, atol=1e-4)
    papers = replace(
        config,
        batches=replace(config.batches, window_px=None),
        training=replace(config.training, method="stdn"),
    )
    with pytest.raises(CheckpointError, match=r"another configuration \(method true_traces, now"):
        execute("whole", resume=True, config=papers)


def test_a_store_without_traces_is_refused(tmp_path) -> None:
    write_traced_people(tmp_path / "store", traces=False)
    config = load_config(preset="true-traces", sets=SETS)
    with pytest.raises(ConfigError, match=r"'true_traces' expected simulated spoofs .* got none"):
        runs.plan(config, Store.open(tmp_path / "store"), tmp_path / "run")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"live": -0.1}, r"true_traces\.live: expected 0 or more, got -0.1"),
        ({"longest_gradient": 0.0}, r"true_traces\.longest_gradient: expected more than 0"),
        ({"averaging": 1.0}, r"true_traces\.averaging: expected a decay in \[0, 1\)"),
    ],
)
def test_bad_numbers_are_refused(change, message) -> None:
    with pytest.raises(ConfigError, match=message):
        TrueTracesConfig(**change)
