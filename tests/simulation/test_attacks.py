"""Every presentation, whatever the portrait."""

from dataclasses import replace

import numpy as np
import pytest

from spooftrace.labels import Medium
from spooftrace.simulation.attacks import ATTACKS, present
from spooftrace.simulation.seeds import seed_of
from tests.support.toy_scene import toy_portrait


@pytest.mark.parametrize("cover", [0.0, 1.0])
@pytest.mark.parametrize("medium", [Medium.LIVE, *ATTACKS])
def test_a_person_who_is_nowhere_or_everywhere_is_a_picture_too(medium, cover):
    """A mask of nobody's head covers nothing; one of a head without an end covers all."""
    portrait = toy_portrait()
    portrait = replace(portrait, matte=np.full_like(portrait.matte, cover))
    for number in range(3):
        shown = present(portrait, medium, seed_of(medium.value, number))
        assert shown.picture.shape == shown.live.shape == (256, 256, 3)
        # One room in one light: no garbage of numbers beyond what a pixel holds.
        change = np.abs(np.diff(shown.picture.astype(int), axis=0)).mean()
        assert change < 25
