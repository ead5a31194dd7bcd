"""Where in a picture the person is: MediaPipe's selfie segmentation, its edge drawn to the hair's.

The network sees 256 x 256 pixels; a guided filter with the picture as guide brings its coarse edge
to that of the picture.
"""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from spooftrace.faces.crop import Picture
from spooftrace.faces.guided_filter import guided_filter
from spooftrace.faces.networks.face_networks import PICTURES, open_network
from spooftrace.faces.networks.region import Region

_SIDE: Final = 256
_RADIUS = 0.012
"""Of the guided filter, in longer sides of the picture."""
_EPSILON = 1e-4

Matte = NDArray[np.float32]


class PersonMatte:
    """Finds the person in a picture; as shareable as `faces.face_mesh.FaceMesh`."""

    def __init__(self) -> None:
        self._network = open_network("person")

    def find(self, picture: Picture) -> Matte:
        """(h, w) in [0, 1] for a picture (h, w, 3) uint8 RGB: 1 on the person."""
        height, width = picture.shape[:2]
        fine = guided_filter(
            picture,
            self.coarse(picture),
            radius=max(1, round(_RADIUS * max(height, width))),
            epsilon=_EPSILON,
        )
        # A little inwards, so that no rim of the old background comes along.
        return np.asarray(np.clip((fine - 0.35) / 0.55, 0, 1), np.float32)

    def coarse(self, picture: Picture) -> Matte:
        """What the network says, at the picture's size; the picture is stretched to a square."""
        height, width = picture.shape[:2]
        whole = Region(x=width / 2, y=height / 2, width=width, height=height)
        square = whole.cut(picture, _SIDE, border=cv2.BORDER_CONSTANT)
        (matte,) = self._network.run(("matte",), {PICTURES: square[None]})
        return np.asarray(cv2.resize(matte[0], (width, height)), np.float32)

    def close(self) -> None:
        """Free the network; nothing can be found afterwards."""
        self._network.close()

    def __reduce__(self) -> tuple[type["PersonMatte"], tuple[()]]:
        return type(self), ()
