"""Each variant is the whole method less its switches, and nothing else."""

import copy
import json
from dataclasses import replace

import numpy as np
import pytest
import torch
from toy_networks import CPU, GENERATOR, SIZE, toy_stdn
from toy_people import SETS

from spooftrace.config import from_json, lay_over, load_config
from spooftrace.data.batches.augmentation import AugmentationConfig
from spooftrace.data.batches.paired import NOTHING, BatchConfig, PairedBatches
from spooftrace.errors import ConfigError
from spooftrace.evaluation.estimates.rate import ACER, BPCER, POOLED_APCER, WORST_APCER
from spooftrace.evaluation.scores.table import ScoreTable
from spooftrace.experiments import trials
from spooftrace.experiments.ablation import VARIANTS, plan_ablation, run_ablation
from spooftrace.experiments.over_seeds import mean_over_seeds
from spooftrace.experiments.trials import Outcome
from spooftrace.metrics.thresholds import fixed_threshold
from spooftrace.stdn.generator import Generator
from spooftrace.stdn.losses import LossWeights
from spooftrace.training.device import Device
from spooftrace.training.stdn import Stdn, make_faces


def method_of(elements, weights=None, *, separate=False, **training) -> Stdn:
    config = replace(GENERATOR, elements=elements, separate_elements=separate)
    return toy_stdn(config, weights, **training)


def state(module):
    return copy.deepcopy(module.state_dict())


def same(before, module) -> bool:
    return all(torch.equal(before[name], tensor) for name, tensor in module.state_dict().items())


@pytest.fixture(scope="module")
def batch(people):
    batches = PairedBatches(
        people,
        np.arange(len(people)),
        config=BatchConfig(pairs=2, harder_samples=False),
        augmentation=AugmentationConfig(),
        image_size=SIZE,
        seed=0,
    )
    faces = batches.batch(0)
    assert (faces.dropped == NOTHING).all()
    return Device(CPU, SIZE).batch(faces)


def test_esr_alone_trains_encoder_and_regressor_only(batch) -> None:
    method = method_of("none")
    before = {name: state(part.module) for name, part in method.parts.items()}
    terms = method.step(batch)
    assert set(terms) == {"generator/esr", "finite/generator"}
    assert same(before["discriminators"], method.discriminators)
    assert not any(True for _ in method.generator.decoder.parameters())
    moved = {
        name.split(".")[0]
        for name, parameter in method.generator.named_parameters()
        if not torch.equal(before["generator"][name], parameter)
    }
    assert moved == {"encoder", "regressor"}


def test_esr_is_the_mean_distance_of_the_map_times_its_weight(batch) -> None:
    """Eq. 8 without synthesized faces; a weight of zero moves nothing."""
    method = method_of("none", LossWeights(esr=0.0))
    with torch.no_grad():
        judged = copy.deepcopy(method.generator)(torch.cat([batch.live, batch.spoof])).spoof_map
    by_hand = judged[:2].abs().mean() + (judged[2:] - 1).abs().mean()
    before = [parameter.clone() for parameter in method.generator.parameters()]
    terms = method.step(batch)
    torch.testing.assert_close(terms["generator/esr"], by_hand)
    assert all(map(torch.equal, before, method.generator.parameters()))


def test_esr_has_no_trace_so_its_score_is_the_map(batch) -> None:
    output = method_of("none").generator.eval()(batch.spoof)
    assert not output.trace.compose(batch.spoof).any()
    assert output.trace.content.shape == (2, 3, SIZE // 4, SIZE // 4)


@pytest.mark.parametrize("separate", [False, True])
def test_a_single_layer_is_the_texture_alone(batch, separate) -> None:
    trace = method_of("single", separate=separate).generator(batch.spoof).trace
    for element in (trace.range_bias, trace.balance_bias, trace.content):
        assert not element.any()
    assert trace.texture.any()
    assert torch.equal(trace.compose(batch.spoof), trace.texture)
    # Nothing takes the low frequencies away from the only layer there is.
    assert trace.texture.mean(dim=(2, 3)).abs().min() > 1e-6


def test_a_single_layer_is_added_whole(batch) -> None:
    """Without `NOTHING`, every fourth synthesized spoof would be a live face called a spoof."""
    elements = method_of("single").generator(batch.spoof).trace
    made = make_faces(batch, elements, elements.texture)
    assert all(made.added_trace[k].any() for k in range(2))
    torch.testing.assert_close(elements.dropping(batch.dropped).texture, elements.texture)


def test_without_the_third_update_the_first_two_are_the_same(batch) -> None:
    whole, less = method_of("four"), method_of("four", extra_supervision=False)
    full, part = whole.step(batch), less.step(batch)
    assert {name for name in full if name not in part} == {
        "supervision/esr",
        "supervision/pixel",
        "finite/supervision",
    }
    assert all(torch.equal(full[name], part[name]) for name in part)
    assert same(state(whole.discriminators), less.discriminators)
    assert not same(state(whole.generator), less.generator)


def test_the_whole_method_has_the_parameters_it_always_had() -> None:
    """Weights, names and their draws do not depend on the switch being there."""
    whole = Generator.from_config(GENERATOR)
    names = set(dict(whole.named_parameters()))
    single = set(dict(method_of("single").generator.named_parameters()))
    lost = {name.split(".")[1] for name in names - single}
    assert lost == {"bias_head", "content_head"}
    assert single < names
    assert set(dict(method_of("none").generator.named_parameters())) < single


def differences(left, right, path="") -> set[str]:
    if isinstance(left, dict):
        return {d for key in left for d in differences(left[key], right[key], f"{path}.{key}")}
    return set() if left == right else {path.removeprefix(".")}


@pytest.mark.parametrize(
    ("variant", "switched"),
    [
        ("esr", {"generator.elements"}),
        ("gan", {"generator.elements", "batches.harder_samples", "training.extra_supervision"}),
        ("dgan", {"training.extra_supervision"}),
        ("gan-lp", {"generator.elements", "batches.harder_samples"}),
        ("dgan-lp", set()),
    ],
)
@pytest.mark.parametrize("preset", ["paper", "small", "tiny"])
def test_a_variant_changes_its_switches_only(preset, variant, switched) -> None:
    whole = load_config(preset=preset)
    made = lay_over(whole, VARIANTS[variant][1])
    # Only `small` charges elements for themselves; a single one is charged by Eq. 11.
    also = {"losses.elements"} if preset == "small" and variant.startswith("gan") else set()
    assert differences(whole.as_json(), made.as_json()) == switched | also


def test_a_single_layer_needs_whole_traces() -> None:
    with pytest.raises(ConfigError, match=r"batches.harder_samples: expected false"):
        load_config(sets=["generator.elements=single"])


def test_a_record_older_than_a_switch_reads_as_its_default() -> None:
    tree = load_config(sets=SETS).as_json()
    del tree["generator"]["elements"], tree["training"]["extra_supervision"]
    assert from_json(tree) == load_config(sets=SETS)


@pytest.fixture(scope="module")
def finished(people, tmp_path_factory):
    folder = tmp_path_factory.mktemp("ablation")
    ablation = plan_ablation(load_config(sets=SETS), people, folder, seeds=2)
    seen = []
    resources = trials.Resources(
        device=CPU, workers=1, watch=lambda name, done, of: seen.append(name) if done == of else 0
    )
    return folder, run_ablation(ablation, resources), seen


@pytest.mark.slow
def test_every_variant_and_seed_is_trained_once(finished) -> None:
    folder, results, seen = finished
    assert seen == [f"{name}, seed {seed}" for seed in (0, 1) for name, _ in VARIANTS.values()]
    for variant, (_, switches) in VARIANTS.items():
        for seed in (0, 1):
            record = json.loads((folder / variant / f"seed-{seed}" / "config.json").read_text())
            config = from_json(record["config"])
            assert config == lay_over(load_config(sets=SETS), [*switches, f"training.seed={seed}"])
    rows = results.document.tables[0].rows
    assert [row[0] for row in rows] == [name for name, _ in VARIANTS.values()]
    assert all("±" in cell for row in rows for cell in row[1:])


@pytest.mark.slow
def test_all_variants_are_judged_on_the_same_rows(finished) -> None:
    folder, results, _ = finished
    ids = {
        tuple(line.split(",")[0] for line in path.read_text().splitlines())
        for path in folder.rglob("scores.csv")
    }
    assert len(ids) == 1
    esr = results.data["variants"]["esr"]["config"]["generator"]["elements"]
    assert esr == "none"


@pytest.mark.slow
def test_the_score_of_esr_is_its_map(finished) -> None:
    folder, _, _ = finished
    lines = (folder / "esr" / "seed-0" / "scores.csv").read_text().splitlines()
    header = lines[0].split(",")
    for line in lines[1:]:
        row = dict(zip(header, line.split(","), strict=True))
        assert float(row["trace_score"]) == 0
        assert float(row["score"]) == float(row["map_score"])


@pytest.mark.slow
def test_a_finished_ablation_is_read_not_run(finished, people, resources, monkeypatch) -> None:
    folder, results, _ = finished

    def refuse(*_, **__):
        raise AssertionError("trained again")

    monkeypatch.setattr(trials.runs, "execute", refuse)
    ablation = plan_ablation(load_config(sets=SETS), people, folder, seeds=2)
    assert run_ablation(ablation, resources) == results


def test_an_unknown_variant_is_refused(people, tmp_path) -> None:
    with pytest.raises(ConfigError, match=r"--variants: .*got 'dgan-pl'; did you mean 'dgan-lp'\?"):
        plan_ablation(load_config(sets=SETS), people, tmp_path, seeds=1, variants=["dgan-pl"])


def test_switches_in_the_configuration_are_refused(people, tmp_path) -> None:
    config = load_config(sets=[*SETS, "training.extra_supervision=false"])
    with pytest.raises(ConfigError, match="leave both to --variants"):
        plan_ablation(config, people, tmp_path, seeds=1)


def outcome(score, threshold) -> Outcome:
    media = np.array(["live"] * 20 + ["print"] * 10 + ["replay"] * 10, dtype=object)
    table = ScoreTable(
        id=np.array([str(n) for n in range(40)], dtype=object),
        label=np.array([0] * 20 + [1] * 20, dtype=np.int8),
        medium=media,
        split=np.full(40, "test", dtype=object),
        score=np.asarray(score, np.float64),
        subject=np.array([f"p{n % 10}" for n in range(40)], dtype=object),
        database=np.full(40, "d", dtype=object),
    )
    return Outcome(table=table, threshold=fixed_threshold(threshold, "test"))


def test_means_over_seeds_worked_by_hand() -> None:
    """Seed A refuses 2 of 20 live, misses 1 of 10 prints; seed B 4 of 20, and 3 of 10 replays."""
    first = [0.9] * 2 + [0.1] * 18 + [0.2] + [0.8] * 9 + [0.8] * 10
    second = [0.9] * 4 + [0.1] * 16 + [0.8] * 10 + [0.2] * 3 + [0.8] * 7
    found = mean_over_seeds([outcome(first, 0.5), outcome(second, 0.5)]).by_rate
    assert found[BPCER].by_seed == (0.1, 0.2)
    assert found[BPCER].mean == pytest.approx(0.15)
    assert found[BPCER].deviation == pytest.approx(0.1 / np.sqrt(2))
    assert found[WORST_APCER].by_seed == pytest.approx((0.1, 0.3))
    assert found[POOLED_APCER].by_seed == pytest.approx((0.05, 0.15))
    assert found[ACER].by_seed == pytest.approx((0.1, 0.25))
    interval = found[BPCER].interval
    assert interval.low < 0.15 < interval.high
    assert found[BPCER].shown(percent=True).startswith("15.0 ± 7.1 [")


def test_a_single_seed_has_no_deviation() -> None:
    found = mean_over_seeds([outcome([0.1] * 20 + [0.9] * 20, 0.5)]).by_rate[ACER]
    assert (found.mean, found.deviation) == (0, None)
    assert "±" not in found.shown(percent=True)


def test_no_error_seen_is_no_certainty() -> None:
    """0 of 20: the exact interval ends at 1 - 0.025^(1/20); several seeds are no single count."""
    perfect = outcome([0.1] * 20 + [0.9] * 20, 0.5)
    found = mean_over_seeds([perfect]).by_rate
    assert found[BPCER].interval.high == pytest.approx(1 - 0.025 ** (1 / 20))
    assert found[POOLED_APCER].interval.high == pytest.approx(1 - 0.025 ** (1 / 20))
    assert found[WORST_APCER].interval is None  # the worst of two media is no share of rows
    assert mean_over_seeds([perfect, perfect]).by_rate[BPCER].interval is None
