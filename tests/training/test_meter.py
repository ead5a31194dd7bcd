import json

import pytest
import torch

from spooftrace.errors import DivergedError
from spooftrace.training.journal import _cut
from spooftrace.training.meter import Meter


def terms(value, finite=True, device="cpu"):
    return {
        "generator/esr": torch.tensor(value, device=device),
        "finite/generator": torch.tensor(finite, device=device),
    }


def test_means_over_the_window_by_hand(monkeypatch) -> None:
    """Three iterations of 8 images in 6 s, then one of 2 images in 4 s."""
    clock = iter([100.0, 106.0, 106.0, 110.0, 110.0])
    monkeypatch.setattr("spooftrace.training.meter.time.perf_counter", lambda: next(clock))
    meter = Meter(last_good=str)
    for step, value in enumerate([1.0, 2.0, 6.0]):
        meter.add(step, terms(value), images=8)
    read = meter.read()
    assert read["generator/esr"] == 3.0
    assert read["images_per_second"] == 4.0
    assert "finite/generator" not in read
    meter.add(3, terms(5.0), images=2)
    assert meter.read() == {"generator/esr": 5.0, "images_per_second": 0.5}


def test_on_a_cpu_divergence_is_seen_at_once() -> None:
    meter = Meter(last_good=lambda: "The last good one is here")
    meter.add(0, terms(1.0), images=8)
    with pytest.raises(DivergedError, match=r"iteration 2: .*generator/esr nan.*last good one"):
        meter.add(1, terms(float("nan"), finite=False), images=8)


def test_a_flag_that_was_not_read_at_once_names_its_iteration_later() -> None:
    meter = Meter(last_good=str)
    meter._window = [(0, terms(1.0)), (1, terms(float("inf"), finite=False)), (2, terms(1.0))]
    with pytest.raises(DivergedError, match=r"iteration 2: .*generator/esr inf"):
        meter.check()


def test_a_resumed_journal_ends_at_the_checkpoint(tmp_path) -> None:
    path = tmp_path / "journal.jsonl"
    lines = [json.dumps({"step": s, "x": 1}) for s in (2, 4, 4, 6)]
    path.write_text("\n".join([*lines, '{"step": 8, "x']))
    _cut(path, 4)
    assert [json.loads(line)["step"] for line in path.read_text().splitlines()] == [2, 4, 4]
    _cut(tmp_path / "absent.jsonl", 4)
    assert not (tmp_path / "absent.jsonl").exists()
