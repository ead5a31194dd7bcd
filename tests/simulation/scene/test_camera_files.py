"""What a picture loses on its way through files."""

import numpy as np
import pytest

from spooftrace.simulation.scene.files import File, compress, stored


@pytest.mark.parametrize("codec", ["jpeg", "vp8"])
def test_worse_quality_loses_more(codec):
    rng = np.random.default_rng(3)
    picture = rng.integers(60, 190, (64, 64, 3)).astype(np.uint8)
    loss = [
        np.abs(compress(picture, codec, quality).astype(int) - picture).mean()
        for quality in (10, 50, 95)
    ]
    assert loss[0] > loss[1] > loss[2]


def test_a_picture_goes_through_every_file_and_ends_at_the_last_ones_size():
    values = np.random.default_rng(0).uniform(0.2, 0.8, (200, 200, 3)).astype(np.float32)
    first = File(side=200, codec="jpeg", quality=95)
    small = File(side=100, codec="jpeg", quality=95)
    large = File(side=220, codec="vp8", quality=80)
    assert stored(values, (first,)).shape == (200, 200, 3)
    once, both = stored(values, (first, large)), stored(values, (first, small, large))
    assert once.shape == both.shape == (220, 220, 3)
    # What half as many pixels cannot hold does not come back.
    assert both.std() < 0.7 * once.std()
