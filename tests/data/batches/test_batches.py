import threading
from collections import Counter
from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_samples import make_sample, write_store

from spooftrace.data.batches.augmentation import AugmentationConfig
from spooftrace.data.batches.paired import BatchConfig, GroupedQueue, PairedBatches
from spooftrace.data.store.store import Store
from spooftrace.errors import ConfigError, SplitError
from spooftrace.faces.topology import anchors
from spooftrace.labels import Label, Medium


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    path = tmp_path_factory.mktemp("stores") / "made"
    # 8 live and 8 spoof; database "b" has one of each.
    samples = [
        make_sample(n, database="b" if n >= 14 else "a", image=np.full((256, 256, 3), n, np.uint8))
        for n in range(16)
    ]
    write_store(path, samples)
    return Store.open(path)


def batches(store, *, seed=0, augmentation=None, live_twins=False, image_size=64, **config):
    return PairedBatches(
        store,
        range(len(store)),
        config=BatchConfig(**config),
        augmentation=augmentation or AugmentationConfig(),
        image_size=image_size,
        seed=seed,
        live_twins=live_twins,
    )


STRONG = AugmentationConfig(
    flip=True, zoom=0.1, shift=0.05, rotation_deg=5.0, exposure=1.0, cast=0.1, noise=10.0
)


ARRAYS = ("live", "spoof", "live_points", "spoof_points", "triangles", "dropped")


def equal(left, right) -> bool:
    return all(np.array_equal(getattr(left, name), getattr(right, name)) for name in ARRAYS)


def test_a_batch_is_a_function_of_seed_and_step(store) -> None:
    one, two = (batches(store, augmentation=STRONG) for _ in range(2))
    two.batch(0)
    assert equal(one.batch(5), two.batch(5))
    assert not equal(one.batch(5), one.batch(6))
    assert not equal(one.batch(5), batches(store, seed=1, augmentation=STRONG).batch(5))


def test_streaming_with_threads_changes_nothing(store) -> None:
    made = batches(store, augmentation=STRONG)
    for workers in (1, 4):
        streamed = list(made.stream(3, 9, workers=workers))
        assert len(streamed) == 6
        assert all(equal(b, made.batch(3 + k)) for k, b in enumerate(streamed))


def test_a_stream_can_be_left_early(store) -> None:
    before = threading.active_count()
    stream = batches(store).stream(0, 1000, workers=2)
    next(stream)
    assert threading.active_count() > before
    stream.close()
    assert threading.active_count() == before


def test_classes_are_balanced_and_where_they_should_be(store) -> None:
    batch = batches(store, pairs=3).batch(0)
    assert batch.live.shape == batch.spoof.shape == (3, 64, 64, 3)
    assert (batch.live[:, 0, 0, 0] % 2 == 0).all()  # even numbers are live
    assert (batch.spoof[:, 0, 0, 0] % 2 == 1).all()
    assert batch.triangles.shape[0] == 3
    assert ((batch.dropped >= 0) & (batch.dropped < 4)).all()


def test_vertices_follow_the_change_of_size(store) -> None:
    batch = batches(store, pairs=2).batch(0)
    row = int(batch.live[0, 0, 0, 0])
    # Pixel centres: 256 to 64 px maps x to (x + 0.5) / 4 - 0.5.
    expected = (store.vertices[row] + 0.5) / 4 - 0.5
    np.testing.assert_allclose(batch.live_points[0, :140], expected, atol=1e-5)
    np.testing.assert_array_equal(batch.live_points[0, 140:], anchors(64))


@pytest.fixture(scope="module")
def half_traced(tmp_path_factory):
    """Spoofs 1, 5 and 9 are simulated, grey faces with more blue; 3 and 7 are recordings."""
    path = tmp_path_factory.mktemp("stores") / "traced"
    samples = []
    for n in range(10):
        image = np.full((256, 256, 3), 40 + 10 * n, np.uint8)
        trace = None
        if n % 4 == 1:
            trace = np.zeros(image.shape, np.float16)
            trace[..., 2] = 30 / 255
        samples.append(make_sample(n, image=image, trace=trace))
    write_store(path, samples)
    return Store.open(path)


def test_twins_come_where_asked_for_and_change_no_face(half_traced) -> None:
    without = batches(half_traced, augmentation=STRONG, pairs=3)
    with_them = batches(half_traced, augmentation=STRONG, pairs=3, live_twins=True)
    assert without.batch(0).live_twins is None
    for step in range(5):
        assert equal(without.batch(step), with_them.batch(step))


def test_twins_are_the_spoofs_without_their_traces(half_traced) -> None:
    made = batches(half_traced, pairs=3, live_twins=True)
    known = []
    for step in range(5):
        batch = made.batch(step)
        for spoof, twin, is_known in zip(
            batch.spoof, batch.live_twins.pictures, batch.live_twins.known, strict=True
        ):
            number = (int(spoof[0, 0, 0]) - 40) // 10
            known.append(is_known)
            assert is_known == (number % 4 == 1)
            expected = (0, 0, 30) if is_known else (0, 0, 0)
            assert (spoof.astype(int) - twin == expected).all()
    assert 0 < sum(known) < len(known)


def test_twins_change_with_their_spoofs(half_traced) -> None:
    """Every uniform face becomes what its own colour becomes, whatever was drawn, but for noise."""
    config = AugmentationConfig(exposure=1.0, cast=0.1, noise=10.0)
    batch = batches(half_traced, augmentation=config, pairs=4, live_twins=True).batch(2)
    difference = batch.spoof.astype(int) - batch.live_twins.pictures
    twins, known = batch.live_twins.pictures, batch.live_twins.known
    for spoof, twin, change, is_known in zip(batch.spoof, twins, difference, known, strict=True):
        clipped = (spoof == 255) | (twin == 0)
        assert (change[..., :2] == 0).all()
        # The noise is the same on both: the change of blue is one number, up to rounding.
        blue = change[..., 2][~clipped[..., 2]]
        assert np.ptp(blue) <= 1
        assert (blue.mean() > 10) == is_known


def test_some_live_faces_are_twins_of_spoofs_of_the_batch(half_traced) -> None:
    """As many as asked for, or as are known; the others are living faces as ever."""
    plain = batches(half_traced, augmentation=STRONG, pairs=4)
    mixed = batches(half_traced, augmentation=STRONG, pairs=4, twins=0.5, live_twins=True)
    seen = []
    for step in range(6):
        with_twins, without = mixed.batch(step), plain.batch(step)
        assert np.array_equal(with_twins.spoof, without.spoof)
        known = np.flatnonzero(with_twins.live_twins.known)[:2]
        own = 4 - len(known)
        assert np.array_equal(with_twins.live[:own], without.live[:own])
        assert np.array_equal(with_twins.live[own:], with_twins.live_twins.pictures[known])
        assert np.array_equal(with_twins.live_points[own:], with_twins.spoof_points[known])
        seen.append(len(known))
    assert max(seen) == 2
    with pytest.raises(ConfigError, match=r"batches\.twins: expected a share in \[0, 1\], got 2"):
        BatchConfig(twins=2.0)


def test_windows_are_parts_of_the_whole_face(tmp_path) -> None:
    """Face, twin and points are cut alike; windows lie anywhere."""
    y, x = np.mgrid[:256, :256]
    image = np.stack([x, y, np.full_like(x, 60)], axis=-1).astype(np.uint8)
    trace = np.zeros(image.shape, np.float16)
    trace[..., 2] = 30 / 255
    samples = [make_sample(n, image=image, trace=trace if n % 2 else None) for n in range(4)]
    write_store(tmp_path / "store", samples)
    store = Store.open(tmp_path / "store")
    made = PairedBatches(
        store,
        range(4),
        config=BatchConfig(pairs=3, window_px=64),
        augmentation=AugmentationConfig(),
        image_size=256,
        seed=0,
        live_twins=True,
    )
    corners = []
    for step in range(20):
        batch = made.batch(step)
        assert batch.spoof.shape == batch.live_twins.pictures.shape == (3, 64, 64, 3)
        for window, twin, points in zip(
            batch.spoof, batch.live_twins.pictures, batch.spoof_points, strict=True
        ):
            left, top = (int(number) for number in window[0, 0, :2])
            assert np.array_equal(window, image[top : top + 64, left : left + 64])
            assert (window.astype(int) - twin == (0, 0, 30)).all()
            np.testing.assert_array_equal(points[140:], anchors(256) - np.float32([left, top]))
            corners.append((left, top))
    assert len(set(corners)) > 50
    assert np.min(corners) < 20
    assert np.max(corners) > 172
    with pytest.raises(ConfigError, match=r"batches\.narrowing: expected 0 or more, got -1"):
        BatchConfig(narrowing=-1)
    with pytest.raises(ConfigError, match=r"window_px: expected at most .*\(64\), got 96"):
        batches(store, window_px=96)
    with pytest.raises(ConfigError, match=r"window_px: expected a multiple of 16"):
        BatchConfig(window_px=40)


def test_windows_narrow_from_the_whole_face(tmp_path) -> None:
    """Of 256 px, then of 160 in the middle of four iterations' way to 64; points go along."""
    y, x = np.mgrid[:256, :256]
    image = np.stack([x, y, np.full_like(x, 60)], axis=-1).astype(np.uint8)
    samples = [make_sample(n, image=image) for n in range(4)]
    write_store(tmp_path / "store", samples)
    made = PairedBatches(
        Store.open(tmp_path / "store"),
        range(4),
        config=BatchConfig(pairs=3, window_px=64, narrowing=4),
        augmentation=AugmentationConfig(),
        image_size=256,
        seed=0,
    )
    for step, side in ((0, 256), (2, 160), (4, 64), (9, 64)):
        batch = made.batch(step)
        assert batch.spoof.shape == (3, 64, 64, 3)
        for window, points in zip(batch.spoof, batch.spoof_points, strict=True):
            across = window[..., 0].astype(float)
            np.testing.assert_allclose(np.diff(across).mean(), side / 64, atol=0.05)
            # A point lies where the picture, which is its own coordinates, says that it does.
            found = (anchors(256) - np.float32([across[0, 0], window[0, 0, 1]])) * (64 / side)
            np.testing.assert_allclose(points[140:], found, atol=1.0)


def test_late_faces_are_whole_and_fewer(tmp_path) -> None:
    """Twelve windows of 64 px hold as many pixels as three faces of 128 px."""
    write_store(tmp_path / "store", [make_sample(n) for n in range(4)])
    store = Store.open(tmp_path / "store")
    of = partial(batches, store, image_size=128, narrowing=2)
    plain, late = of(pairs=12, window_px=64), of(pairs=12, window_px=64, whole_from=5)
    whole = of(pairs=3)
    assert late.as_judged is late.as_judged
    assert whole.as_judged is whole
    for step in range(8):
        expected = (plain if step < 5 else whole).batch(step)
        assert late.batch(step).spoof.shape == ((12, 64, 64, 3) if step < 5 else (3, 128, 128, 3))
        assert equal(late.batch(step), expected)
        assert equal(late.as_judged.batch(step), whole.batch(step))
    with pytest.raises(ConfigError, match=r"batches\.whole_from: expected 0 or more, got -1"):
        BatchConfig(whole_from=-1)


def test_favoured_media_come_three_times_as_often(tmp_path) -> None:
    media = (Medium.PRINT, Medium.REPLAY, Medium.PAPER_MASK)
    spoofs = [make_sample(n, label=Label.SPOOF, medium=m) for n, m in enumerate(media, 1)]
    write_store(tmp_path / "store", [make_sample(0), *spoofs])
    made = batches(Store.open(tmp_path / "store"), pairs=1, favoured=("print",))
    drawn = Counter(made.queues[Label.SPOOF].row(draw) for draw in range(500))
    assert drawn == {1: 300, 2: 100, 3: 100}


def test_balancing_draws_small_groups_as_often(store) -> None:
    made = batches(store, pairs=1, balance=("database",))
    drawn = Counter(made.queues[1].row(n) for n in range(70))
    by_database = Counter()
    for row, count in drawn.items():
        by_database[store.columns()["database"][row]] += count
    assert by_database == {"a": 35, "b": 35}


def test_every_element_is_dropped_about_as_often(store) -> None:
    made = batches(store, pairs=4)
    counts = np.bincount(np.concatenate([made.batch(s).dropped for s in range(60)]), minlength=4)
    assert counts.min() > 35  # 60 expected of 240, standard deviation 6.7


@given(sizes=st.lists(st.integers(1, 7), min_size=1, max_size=4), start=st.integers(0, 200))
@settings(max_examples=40)
def test_a_queue_visits_groups_equally_and_no_row_twice_before_all(sizes, start) -> None:
    ends = np.cumsum(sizes)
    groups = [np.arange(e - s, e) for s, e in zip(sizes, ends, strict=True)]
    queue = GroupedQueue(groups, seed=(0,))
    count = len(groups)
    cycle = [queue.row(start // count * count + k) for k in range(count)]
    assert sorted(np.searchsorted(ends, cycle, side="right")) == list(range(count))
    for number, size in enumerate(sizes):
        rows = [queue.row(k) for k in range(3 * size * count)]
        mine = [r for r in rows if r in set(groups[number].tolist())]
        for epoch in range(3):
            assert sorted(mine[epoch * size : (epoch + 1) * size]) == groups[number].tolist()


def test_a_missing_class_is_refused(store) -> None:
    with pytest.raises(SplitError, match="got no spoof face among 4 rows"):
        PairedBatches(
            store,
            [0, 2, 4, 6],
            config=BatchConfig(),
            augmentation=AugmentationConfig(),
            image_size=64,
            seed=0,
        )


def test_an_unknown_column_is_refused(store) -> None:
    with pytest.raises(ConfigError, match=r"no column 'camera'; it has .*database"):
        batches(store, balance=("camera",))
    with pytest.raises(ConfigError, match=r"batches\.pairs"):
        BatchConfig(pairs=0)
