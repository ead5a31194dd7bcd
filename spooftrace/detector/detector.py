"""From a picture to a decision with its evidence."""

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from spooftrace.data.sources import pictures
from spooftrace.detector.bundle import Bundle
from spooftrace.detector.bundle_info import CropRule
from spooftrace.detector.detection import Decision, Detection, Evidence, decide
from spooftrace.errors import BundleError, ConfigError, PictureError
from spooftrace.faces.crop import CROP_SIZE, ENLARGE, resize_face
from spooftrace.faces.face_mesh import FaceMesh
from spooftrace.faces.finder import FoundFace, Rejection, RejectReason, find_face
from spooftrace.faces.landmarker import Landmarker, alike
from spooftrace.faces.quality import QualityGate

__all__ = ["Decision", "Detection", "Evidence", "SpoofDetector"]

CALLER = "caller"
"""The source of a threshold that came with the call."""
BATCH = 32

Picture = NDArray[np.uint8]


class SpoofDetector:
    """Tells living faces from spoofs.

    Holds nothing about past calls, so any number of threads may share one. It can be sent to other
    processes (the bundle travels as its path), and a process that has used one may fork. `close`,
    or leaving a `with` block, frees the networks.
    """

    def __init__(
        self,
        bundle: Bundle,
        *,
        landmarker: Landmarker | None = None,
        gate: QualityGate | None = None,
    ) -> None:
        self.bundle = bundle
        self.gate = gate or QualityGate()
        self.landmarker = landmarker or FaceMesh()

    @classmethod
    def load(
        cls,
        bundle: str | Path | Bundle,
        *,
        landmarker: Landmarker | None = None,
        gate: QualityGate | None = None,
        threads: int | None = None,
    ) -> "SpoofDetector":
        """Open a detector.

        Args:
            bundle: a bundle's file, a run folder, or an opened bundle.
            landmarker: finds the faces; must bear being called from as many threads as the
                detector is. None is `faces.face_mesh.FaceMesh`.
            gate: which faces are too small, too blurred or too far outside; None is the default.
            threads: threads of one run of the model; None is as many as there are cores.

        Raises:
            BundleError: the bundle cannot be opened, or its faces were cut by another rule.
        """
        opened = bundle if isinstance(bundle, Bundle) else Bundle.load(bundle, threads=threads)
        ours = CropRule(size=CROP_SIZE, enlarge=ENLARGE)
        if opened.info.crop != ours:
            raise BundleError(
                f"{opened.path}: expected faces cut by {ours}, got {opened.info.crop}; use the "
                "spooftrace that wrote the bundle, or train and export again with this one"
            )
        return cls(opened, landmarker=landmarker, gate=gate)

    def close(self) -> None:
        """Free the bundle, and the landmarker where it can be freed."""
        self.bundle.close()
        if isinstance(self.landmarker, FaceMesh):
            self.landmarker.close()

    def __enter__(self) -> "SpoofDetector":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def predict(
        self, picture: Picture | str | Path, *, threshold: float | None = None
    ) -> Detection:
        """Find the face in a whole picture, and judge it.

        A file that cannot be read and a picture without exactly one good face get no answer, with
        the reason.

        Args:
            picture: uint8 [h, w, 3] RGB, or the path of a picture.
            threshold: judge by this one; None is the bundle's.

        Raises:
            BundleError: neither the bundle nor the call has a threshold.
            PictureError: the array is not uint8 [h, w, 3].
        """
        limit, source = self.threshold(threshold)
        found = self._find(picture)
        if isinstance(found, FoundFace):
            (judged,) = self.analyze_faces(found.image[None], threshold=threshold)
            return replace(
                judged, box=found.box, native_size=found.native_size, quality=found.quality
            )
        return Detection(
            decision=Decision.NO_ANSWER,
            score=None,
            threshold=limit,
            threshold_source=source,
            reason=found.reason,
            detail=found.detail,
        )

    def analyze_faces(
        self, faces: NDArray[np.uint8], *, threshold: float | None = None
    ) -> list[Detection]:
        """Judge ready crops, uint8 [b, c, c, 3] RGB of any side c, cut as `faces.crop` does.

        Raises BundleError when neither the bundle nor the call has a threshold, PictureError when
        the array is of another shape or type.
        """
        limit, source = self.threshold(threshold)
        detections: list[Detection] = []
        for batch in _batches(faces):
            outputs = self.bundle.run(self._resized(batch))
            for index, (crop, score) in enumerate(zip(batch, outputs.score, strict=True)):
                detections.append(
                    Detection(
                        decision=decide(float(score), limit),
                        score=float(score),
                        threshold=limit,
                        threshold_source=source,
                        evidence=Evidence.of(outputs, index, crop),
                    )
                )
        return detections

    def score_faces(self, faces: NDArray[np.uint8]) -> NDArray[np.float64]:
        """Scores [b] (Eq. 3) of ready crops, as `analyze_faces` takes them; needs no threshold."""
        scores = [self.bundle.run_scores(self._resized(batch)).score for batch in _batches(faces)]
        return np.concatenate([np.empty(0), *scores]).astype(np.float64)

    @property
    def doubt(self) -> str | None:
        """What speaks against the answers as a whole; None where nothing does.

        A model that learnt from faces of another landmarker sees other crops here.
        """
        ours = f"{self.landmarker.name} {self.landmarker.version}"
        if alike(self.bundle.info.landmarker, ours):
            return None
        return (
            f"{self.bundle.path}: trained on faces found by {self.bundle.info.landmarker}, judges "
            f"faces found by {ours}, which cuts them otherwise: its threshold may not hold here; "
            "measure it on faces of this landmarker (`spooftrace prepare`, `spooftrace evaluate`)"
        )

    def threshold(self, callers: float | None = None) -> tuple[float, str]:
        """The threshold in force, and where it came from.

        Raises BundleError when there is none, ConfigError when the caller's is not finite.
        """
        if callers is not None:
            if not math.isfinite(callers):
                raise ConfigError(f"threshold: expected a finite number, got {callers}")
            return callers, CALLER
        chosen = self.bundle.require_threshold()
        return chosen.value, f"{chosen.rule} on {chosen.split}" if chosen.split else chosen.rule

    def _find(self, picture: Picture | str | Path) -> FoundFace | Rejection:
        if isinstance(picture, str | Path):
            try:
                picture = pictures.read_picture(Path(picture))
            except PictureError as error:
                return Rejection(RejectReason.UNREADABLE, str(error))
        _check_pictures(picture, "a picture as uint8 [h, w, 3]", dimensions=3)
        return find_face(picture, self.landmarker, self.gate)

    def _resized(self, faces: NDArray[np.uint8]) -> NDArray[np.uint8]:
        size = self.bundle.info.image_size
        return np.stack([resize_face(face, size) for face in faces])


def _batches(faces: NDArray[np.uint8]) -> list[NDArray[np.uint8]]:
    _check_pictures(faces, "square faces as uint8 [b, c, c, 3]", dimensions=4)
    if faces.shape[1] != faces.shape[2]:
        raise PictureError(
            f"expected square faces, got {list(faces.shape)}; give whole pictures to `predict`"
        )
    return [faces[start : start + BATCH] for start in range(0, len(faces), BATCH)]


def _check_pictures(array: NDArray[np.uint8], expected: str, *, dimensions: int) -> None:
    if not isinstance(array, np.ndarray):
        raise PictureError(f"expected {expected} RGB, got {type(array).__name__}; convert it first")
    if array.dtype != np.uint8 or array.ndim != dimensions or array.shape[-1] != 3:
        raise PictureError(
            f"expected {expected} RGB, got {array.dtype} {list(array.shape)}; convert it first "
            "(OpenCV's pictures are BGR)"
        )
    if 0 in array.shape[1:] or (dimensions == 3 and array.shape[0] == 0):
        raise PictureError(f"expected {expected} RGB, got an empty picture {list(array.shape)}")
