"""A JPEG round trip keeps colours in place and loses what JPEG loses."""

import io

import numpy as np
import pytest
from PIL import Image

from spooftrace.faces.picture import through_jpeg


@pytest.mark.parametrize("colour", [(200, 0, 0), (0, 200, 0), (0, 0, 200)])
def test_colours_stay_where_they_are(colour):
    picture = np.full((32, 32, 3), colour, np.uint8)
    assert np.abs(through_jpeg(picture, 90).astype(int) - picture).max() < 6


def test_it_is_the_round_trip_of_another_codec():
    """Pillow's libjpeg at the same quality and subsampling, to the rounding of colour."""
    t = np.linspace(0, 1, 64)
    ramp = np.stack([t[:, None] + 0 * t, t[None] + 0 * t[:, None], t[:, None] * t], axis=-1)
    picture = (255 * ramp).astype(np.uint8)
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "JPEG", quality=60, subsampling="4:2:0")
    expected = np.asarray(Image.open(file)).astype(int)
    found = through_jpeg(picture, 60).astype(int)
    assert np.abs(found - expected).mean() < 0.5
    assert np.abs(found - expected).max() <= 4


def test_less_quality_loses_more():
    picture = np.random.default_rng(0).integers(0, 256, (64, 64, 3)).astype(np.uint8)
    losses = [np.abs(through_jpeg(picture, q).astype(int) - picture).mean() for q in (90, 50, 10)]
    assert losses == sorted(losses)
    assert losses[0] < losses[2]
