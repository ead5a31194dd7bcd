import numpy as np
import pytest
import torch
from toy_networks import CPU, SIZE

from spooftrace.faces.crop import resize_face
from spooftrace.labels import Label
from spooftrace.metrics.fusion import fit_alpha0
from spooftrace.stdn.score import score_terms
from spooftrace.training import development
from spooftrace.training.development import Development
from spooftrace.training.device import Device

DEVICE = Device(CPU, SIZE)


def one_by_one(generator, store, rows):
    """The slow way: a face at a time."""
    found = []
    generator.eval()
    for row in rows:
        face = resize_face(store.image(row), SIZE)
        image = torch.from_numpy(face).permute(2, 0, 1)[None].float() / 255
        with torch.no_grad():
            output = generator(image)
            trace = output.trace.compose(image)
        found.append([term.item() for term in score_terms(output.spoof_map, trace)])
    return np.array(found).T


@pytest.mark.parametrize("batch", [1, 3, 32])
def test_scores_do_not_depend_on_batches(method, store, monkeypatch, batch) -> None:
    monkeypatch.setattr(development, "BATCH", batch)
    rows = [5, 0, 7, 3, 11]
    method.answering.train()
    before = {k: v.clone() for k, v in method.answering.state_dict().items()}
    scores = development.score_rows(method.answering, store, rows, DEVICE)
    assert method.answering.training
    for name, value in method.answering.state_dict().items():
        assert torch.equal(value, before[name])  # looking moves no statistics
    np.testing.assert_allclose(scores, one_by_one(method.answering, store, rows), atol=1e-6)


def test_alpha_and_threshold_are_fitted_on_the_rows_given(method, store) -> None:
    rows = [0, 1, 2, 3, 4, 5]
    found = development.look(method.answering, store, rows, DEVICE, step=7)
    maps, traces = one_by_one(method.answering, store, rows)
    labels = np.array(store.columns()["label"])[rows]
    fit = fit_alpha0(maps, traces, labels)
    assert (found.step, found.alpha_0, found.eer, found.auc) == (7, fit.value, fit.eer, fit.auc)
    scores = maps + found.alpha_0 * traces
    called = scores >= found.threshold
    errors = ((~called[labels == Label.SPOOF]).mean() + called[labels == Label.LIVE].mean()) / 2
    assert errors == pytest.approx(found.eer)


def made(step, eer, auc):
    return Development(step=step, eer=eer, auc=auc, alpha_0=1.0, threshold=0.0)


def test_the_better_checkpoint() -> None:
    assert made(1, 0.5, 0.5).beats(None)
    assert made(2, 0.1, 0.9).beats(made(1, 0.2, 0.99))
    assert made(2, 0.1, 0.95).beats(made(1, 0.1, 0.9))
    assert made(2, 0.1, 0.9).beats(made(1, 0.1, 0.9))  # of equals the later
    assert not made(2, 0.2, 0.99).beats(made(1, 0.1, 0.9))
