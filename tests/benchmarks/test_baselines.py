import cv2
import numpy as np
import pytest
import torch

from benchmarks.baselines import lbp_svm, plain_cnn, problem, trivial_rules
from spooftrace.data.store.store import Store
from spooftrace.evaluation.scores.file import read_scores

TINY = ["--set", "generator.image_size=32", "--set", "generator.width=0.125"]
TINY += ["--set", "training.iterations=30", "--set", "training.evaluate_every=15"]
TINY += ["--set", "training.learning_rate=1e-2"]


def stated_split(store_path):
    columns = Store.open(store_path).columns()
    return {
        name: attributes["split"]
        for name, attributes in zip(columns["id"], columns["attributes"], strict=True)
    }


def check_rows(path, store_path):
    """The file holds every development and test row once, with its stated part."""
    table = read_scores(path)
    expected = {name: part for name, part in stated_split(store_path).items() if part != "train"}
    assert dict(zip(table.id, table.split, strict=True)) == expected
    return table


def test_four_numbers_of_hand_made_faces():
    flat = np.zeros((8, 8, 3), np.uint8)
    flat[..., 0], flat[..., 2] = 200, 98
    red_minus_blue, sharpness, brightness, contrast = trivial_rules.four_numbers(flat)
    assert red_minus_blue == pytest.approx(102 / 255)
    assert sharpness == 0
    assert brightness == pytest.approx((0.299 * 200 + 0.114 * 98) / 255, abs=0.002)
    assert contrast == 0
    board = ((np.indices((8, 8)).sum(0) % 2) * 100).astype(np.uint8)
    board = np.repeat(board[..., None], 3, 2)
    # Inside, the Laplacian of a checkerboard of height h is +4 h or -4 h; its variance is 16 h^2.
    assert trivial_rules.four_numbers(board)[1] == pytest.approx(np.log1p(16 * 100**2), rel=1e-3)
    assert trivial_rules.four_numbers(board)[3] == pytest.approx(50 / 255)


def test_trivial_rules_write_a_file_each(toy_store, tmp_path):
    trivial_rules.main(["--store", str(toy_store), "--out", str(tmp_path)])
    files = sorted(path.name for path in tmp_path.iterdir())
    assert files == ["four_numbers.csv", "red_minus_blue.csv", "sharpness.csv"]
    table = check_rows(tmp_path / "four_numbers.csv", toy_store)
    # The toy spoofs are bluish and striped.
    attacks, live = table.score[table.is_attack], table.score[~table.is_attack]
    assert attacks.min() > live.max()


def test_a_rule_points_the_way_the_training_rows_say(toy_store, tmp_path):
    trivial_rules.main(["--store", str(toy_store), "--out", str(tmp_path)])
    table = read_scores(tmp_path / "red_minus_blue.csv")
    assert table.score[table.is_attack].mean() > table.score[~table.is_attack].mean()


def test_equalised_scores_have_their_own_file(toy_store, tmp_path):
    arguments = ["--store", str(toy_store), "--out", str(tmp_path), "--equalise", "32"]
    trivial_rules.main([*arguments, "--grey-world"])
    assert (tmp_path / "red_minus_blue-equalised-32px-grey-world.csv").exists()
    scores = read_scores(tmp_path / "red_minus_blue-equalised-32px-grey-world.csv").score
    assert np.abs(scores).max() < 0.01  # grey-world leaves nothing of the rule


def test_grey_world_alone_is_refused(toy_store, tmp_path, capsys):
    with pytest.raises(SystemExit) as stop:
        problem.read_problem(
            None, ["--store", str(toy_store), "--out", str(tmp_path), "--grey-world"]
        )
    assert stop.value.code == 2
    assert "--grey-world goes with --equalise" in capsys.readouterr().err


def test_colour_texture_is_six_histograms():
    face = np.random.default_rng(0).integers(0, 256, (32, 32, 3), dtype=np.uint8)
    features = lbp_svm.colour_texture(face)
    assert features.shape == (6 * 59,)
    np.testing.assert_allclose(features.reshape(6, 59).sum(1), 1)
    flat = lbp_svm.colour_texture(np.full((32, 32, 3), 90, np.uint8)).reshape(6, 59)
    # Every neighbour equals the centre: the pattern of eight ones, nearly everywhere.
    assert (flat.max(1) > 0.85).all()


def test_patterns_agree_with_a_slow_loop():
    channel = np.random.default_rng(1).integers(0, 256, (12, 12), dtype=np.uint8)
    smooth = cv2.GaussianBlur(channel, (0, 0), 1.5)
    histogram = lbp_svm._histogram(smooth)
    bright = 0
    for row in range(1, 11):
        for column in range(1, 11):
            # Of the eight neighbours on the circle, the four on the axes are pixels.
            axes = [(0, 1), (-1, 0), (0, -1), (1, 0)]
            bright += all(smooth[row + r, column + c] < smooth[row, column] for r, c in axes)
    # Pattern 0 (all darker) needs all four axes darker.
    assert histogram[0] * 144 <= bright + 44  # 44 pixels on the rim


def test_lbp_svm_separates_stripes(toy_store, tmp_path, capsys):
    lbp_svm.main(["--store", str(toy_store), "--out", str(tmp_path)])
    table = check_rows(tmp_path / "lbp_svm.csv", toy_store)
    assert table.score[table.is_attack].min() > table.score[~table.is_attack].max()
    assert "C = " in capsys.readouterr().out


@pytest.mark.parametrize("budget", [2_000, 50_000, 1_000_000])
def test_the_network_uses_its_budget_and_no_more(budget):
    count = plain_cnn.parameters(plain_cnn.within_budget(budget))
    assert 0.6 * budget < count <= budget


def test_the_network_gives_a_logit_a_face():
    logits = plain_cnn.PlainCnn(4)(torch.zeros(3, 3, 32, 32))
    assert logits.shape == (3, 1)


def test_plain_cnn_learns_and_writes_raw_and_equalised(toy_store, tmp_path, capsys):
    arguments = ["--store", str(toy_store), "--out", str(tmp_path), *TINY, "--device", "cpu"]
    plain_cnn.main([*arguments, "--equalise", "64", "--parameters", "5000"])
    table = check_rows(tmp_path / "plain_cnn.csv", toy_store)
    attacks, live = table.score[table.is_attack], table.score[~table.is_attack]
    assert attacks.mean() > live.mean()
    equalised = check_rows(tmp_path / "plain_cnn-equalised-64px.csv", toy_store)
    assert np.abs(equalised.score - table.score).max() > 1e-3
    assert "iteration 30: loss" in capsys.readouterr().out


def test_plain_cnn_is_repeatable(toy_store, tmp_path):
    scores = []
    for run in ("first", "second"):
        arguments = ["--store", str(toy_store), "--out", str(tmp_path / run), *TINY]
        plain_cnn.main([*arguments, "--device", "cpu", "--parameters", "5000"])
        scores.append(read_scores(tmp_path / run / "plain_cnn.csv").score)
    np.testing.assert_array_equal(*scores)
