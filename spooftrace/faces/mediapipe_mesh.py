"""A second landmarker: the same networks in MediaPipe's own graphs (`pip install mediapipe`).

Kept to compare with, and as the oracle of a test. MediaPipe keeps some 27 MB and two OS threads for
every thread that ever asked, silences file descriptor 2 of the whole process while it starts, and
does not survive a fork; `faces.face_mesh.FaceMesh` has none of that.
"""

import importlib.metadata

from spooftrace.faces.crop import Picture
from spooftrace.faces.landmarker import Mesh
from spooftrace.faces.mediapipe_graphs import GraphsOfThread
from spooftrace.faces.search import find_faces


class MediaPipeLandmarker:
    """MediaPipe's face mesh with attention to eyes and lips, by the ladder of `faces.search`.

    May be shared between threads and sent to other processes: MediaPipe's graphs, which may not,
    are made on first use, one set for each thread of each process.
    """

    name = "mediapipe-face-mesh"

    def __init__(self) -> None:
        self._graphs = GraphsOfThread()

    @property
    def version(self) -> str:
        """The installed MediaPipe's."""
        return importlib.metadata.version("mediapipe")

    def find(self, image: Picture) -> list[Mesh]:
        """The faces in a picture (h, w, 3) uint8 RGB, the largest first."""
        return find_faces(self._graphs.get(), [image])[0]

    def glance(self, image: Picture) -> list[Mesh]:
        """The faces that the near detector sees in the picture as it is."""
        return self._graphs.get().meshes([image])[0]

    def confirms(self, image: Picture, mesh: Mesh) -> bool:
        """True: MediaPipe's graphs say no more about a face than where it is."""
        return True

    def __reduce__(self) -> tuple[type["MediaPipeLandmarker"], tuple[()]]:
        return type(self), ()
