import numpy as np
import pytest
from hypothesis import given
from hypothesis.extra.numpy import arrays
from made_samples import make_sample

from spooftrace.data.sample import without_trace
from spooftrace.errors import StoreError
from spooftrace.labels import Label, Medium


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"image": np.zeros((256, 256), np.uint8)},
            r"image should be uint8 of shape \(256, 256, 3",
        ),
        ({"image": np.zeros((256, 256, 3), np.float32)}, r"image should be uint8 .* got float32"),
        (
            {"vertices": np.zeros((68, 2), np.float32)},
            r"vertices .* got float32 of shape \(68, 2\)",
        ),
        ({"trace": np.zeros((256, 256, 3), np.float32)}, "trace should be float16"),
        ({"label": Label.LIVE, "medium": Medium.PRINT}, "label is live but the medium is 'print'"),
    ],
)
def test_what_a_store_cannot_hold_is_refused(changes, message):
    with pytest.raises(StoreError, match=rf"sample 'made/clip0#1': .*{message}"):
        make_sample(1, **changes)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize(
    ("name", "shape", "dtype", "place"),
    [
        ("vertices", (140, 2), np.float32, (7, 1)),
        ("trace", (256, 256, 3), np.float16, (3, 200, 2)),
    ],
)
def test_what_is_not_finite_is_refused_with_its_place(value, name, shape, dtype, place):
    array = np.zeros(shape, dtype)
    array[place] = value
    with pytest.raises(StoreError, match=f"{name} should be finite, got {value} at ") as refused:
        make_sample(1, **{name: array})
    assert str(place) in str(refused.value)


def test_every_pair_of_grey_levels_is_restored_from_a_trace():
    levels = np.arange(256, dtype=np.uint8)
    spoof, live = (np.repeat(side[..., None], 3, axis=2) for side in np.meshgrid(levels, levels))
    trace = ((spoof.astype(np.float32) - live) / np.float32(255)).astype(np.float16)
    np.testing.assert_array_equal(without_trace(spoof, trace), live)


@given(
    arrays(np.uint8, (4, 4, 3)),
    arrays(np.float16, (4, 4, 3), elements={"allow_nan": False, "allow_infinity": False}),
)
def test_whatever_the_trace_the_twin_is_a_picture(spoof, trace):
    twin = without_trace(spoof, trace)
    assert twin.dtype == np.uint8
    assert twin.shape == spoof.shape


def test_the_live_twin_of_each_kind_of_face():
    live, recorded, simulated = make_sample(2), make_sample(1), make_sample(1, traced=True)
    assert live.live_twin is live.image
    assert recorded.live_twin is None
    expected = simulated.image - 255 * simulated.trace.astype(np.float64)
    np.testing.assert_array_equal(simulated.live_twin, np.clip(np.rint(expected), 0, 255))
