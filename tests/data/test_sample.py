import numpy as np
import pytest
from made_samples import make_sample

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
