"""The default landmarker: MediaPipe's face mesh, with attention to eyes and lips, as ONNX."""

from collections.abc import Sequence
from typing import Final

from spooftrace.faces.crop import Picture
from spooftrace.faces.landmarker import Mesh
from spooftrace.faces.networks.face_networks import FaceNetworks
from spooftrace.faces.search import find_faces


class FaceMesh:
    """Finds the faces of pictures by the ladder of `faces.search`.

    Any number of threads may share one, it may be sent to other processes, and a process that has
    used it may fork. It writes nothing to stdout or stderr. Its networks are opened on first use
    and freed by `close`, or on leaving a `with` block.
    """

    name: Final = "face-mesh-onnx"
    version: Final = "1 (mediapipe 0.10.21)"

    def __init__(self) -> None:
        self._networks = FaceNetworks()

    def find(self, image: Picture) -> list[Mesh]:
        """The faces in a picture (h, w, 3) uint8 RGB, the largest first.

        Raises ConfigError after `close`.
        """
        return self.find_all([image])[0]

    def find_all(self, images: Sequence[Picture]) -> list[list[Mesh]]:
        """The faces in each of several pictures of any sizes: as `find`, bit by bit, in one call.

        Raises ConfigError after `close`.
        """
        return find_faces(self._networks, images)

    def glance(self, image: Picture) -> list[Mesh]:
        """The faces that the near detector sees in the picture as it is."""
        return self._networks.meshes([image])[0]

    def confirms(self, image: Picture, mesh: Mesh) -> bool:
        """Whether a mesh of the picture is of an upright face: see `networks.confirmation`."""
        return self._networks.confirms(image, mesh.points)

    def close(self) -> None:
        """Free the networks; what has begun ends well, and nothing can begin."""
        self._networks.close()

    def __enter__(self) -> "FaceMesh":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __reduce__(self) -> tuple[type["FaceMesh"], tuple[()]]:
        return type(self), ()
