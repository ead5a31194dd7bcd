"""The person in a picture."""

import pickle

import numpy as np
import pytest
from skimage.data import astronaut

from spooftrace.errors import ConfigError
from spooftrace.faces.matting import PersonMatte


@pytest.fixture(scope="module")
def matte():
    return PersonMatte()


def test_the_astronaut_is_cut_out(matte):
    found = matte.find(astronaut())
    assert found.shape == (512, 512)
    assert found.dtype == np.float32
    assert (found.min(), found.max()) == (0, 1)
    assert found[80:150, 190:250].min() == 1  # the face
    assert found[:60, :120].max() < 0.05  # the flag behind
    assert 0.4 < found.mean() < 0.8


def test_the_picture_may_be_of_any_shape(matte):
    wide = astronaut()[:300]
    coarse = matte.coarse(wide)
    assert coarse.shape == (300, 512)
    assert coarse[80:150, 190:250].min() > 0.95


def test_it_travels_and_closes(matte):
    sent = pickle.loads(pickle.dumps(matte))
    assert np.array_equal(sent.coarse(astronaut()), matte.coarse(astronaut()))
    sent.close()
    with pytest.raises(ConfigError, match="got one that was closed"):
        sent.coarse(astronaut())
