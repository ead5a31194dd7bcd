import numpy as np
import pytest
from toy_sources import picture

from spooftrace.errors import ConfigError
from spooftrace.judging.changes import FaceChange


def test_nothing_is_done_unless_asked():
    change = FaceChange()
    assert not change
    assert str(change) == ""
    assert change.function() is None


def test_detail_and_colour_casts_go():
    change = FaceChange(equalise_px=8, grey_world=True)
    assert change
    assert str(change) == "equalised-8px-grey-world"
    cast = picture(3).astype(np.int16) + np.array([30, 0, -30])
    done = change.function()(cast.astype(np.uint8)).astype(np.float64)
    assert np.ptp(done[100:156, :, 1]) <= 1  # the bands are gone
    assert np.ptp(done.mean(axis=(0, 1))) < 1  # and so is the cast


@pytest.mark.parametrize("pixels", [-1, 0, 7, 257, 999999999999])
def test_sizes_have_bounds(pixels):
    with pytest.raises(ConfigError, match=f"equalise: expected 8 to 256 pixels.*got {pixels}"):
        FaceChange(equalise_px=pixels)


def test_colours_alone_are_not_changed():
    with pytest.raises(ConfigError, match="grey_world: expected a size"):
        FaceChange(grey_world=True)
