import numpy as np
import pytest
from skimage.data import astronaut
from toy_bundle import write_toy

from spooftrace.detector.detector import SpoofDetector
from spooftrace.errors import PictureError


def test_an_empty_picture_is_refused_and_harms_no_later_one(tmp_path) -> None:
    """An empty slice of a frame is an everyday accident of callers."""
    detector = SpoofDetector.load(write_toy(tmp_path / "toy.onnx"))
    for shape in ((0, 100, 3), (100, 0, 3)):
        with pytest.raises(PictureError, match="empty"):
            detector.predict(np.zeros(shape, np.uint8))
    for thing in (None, 3, [[1]]):
        with pytest.raises(PictureError, match="expected a picture"):
            detector.predict(thing)
    assert detector.predict(astronaut()).score is not None
