"""Where in a picture the person is: MediaPipe's selfie segmentation, its edge drawn to the hair's.

The network sees 256 x 256 pixels; a guided filter (He et al., ECCV 2010) with the picture as guide
brings its coarse edge to that of the picture.
"""

import threading
import warnings
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from spooftrace.faces.crop import Picture
from spooftrace.faces.mediapipe_graphs import silence

_RADIUS = 0.012
"""Of the guided filter, in longer sides of the picture."""
_EPSILON = 1e-4

Matte = NDArray[np.float32]


class PersonMatte:
    """Finds the person in a picture; opened on first use in each thread, as MediaPipe wants."""

    def __init__(self) -> None:
        self._opened = threading.local()

    def find(self, picture: Picture) -> Matte:
        """(h, w) in [0, 1] for a picture (h, w, 3) uint8 RGB: 1 on the person."""
        network = self._network()
        with silence():
            coarse = network.process(np.ascontiguousarray(picture)).segmentation_mask
        height, width = picture.shape[:2]
        large = cv2.resize(np.asarray(coarse, np.float32), (width, height))
        radius = max(1, round(_RADIUS * max(height, width)))
        fine = cv2.ximgproc.guidedFilter(picture, large, radius, _EPSILON * 255**2)
        # A little inwards, so that no rim of the old background comes along.
        return np.asarray(np.clip((fine - 0.35) / 0.55, 0, 1), np.float32)

    def _network(self) -> Any:
        if not hasattr(self._opened, "network"):
            with silence(), warnings.catch_warnings():
                warnings.simplefilter("ignore")
                from mediapipe import solutions

                self._opened.network = solutions.selfie_segmentation.SelfieSegmentation(0)
        return self._opened.network

    def __reduce__(self) -> tuple[type["PersonMatte"], tuple[()]]:
        return type(self), ()
