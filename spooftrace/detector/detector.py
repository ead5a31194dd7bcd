"""From a picture to a decision with its evidence."""

import math
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar, overload

import numpy as np
from numpy.typing import NDArray

from spooftrace.detector.averaging import averaged
from spooftrace.detector.bundle import Bundle
from spooftrace.detector.bundle_info import UNTRAINED, CropRule
from spooftrace.detector.detection import Decision, Detection, Evidence, decide
from spooftrace.detector.following import FollowConfig, FrameDetection, JudgedBy, follow
from spooftrace.detector.given import OnePicture, Unreadable, batches, opened_picture
from spooftrace.detector.shipped import DEFAULT
from spooftrace.detector.video import VideoDetection, summed_up
from spooftrace.errors import BundleError, ConfigError
from spooftrace.faces.crop import CROP_SIZE, ENLARGE, resize_face
from spooftrace.faces.face_mesh import FaceMesh
from spooftrace.faces.finder import FoundFace, Rejection, RejectReason, find_face
from spooftrace.faces.landmarker import Landmarker
from spooftrace.faces.mesh import VERTICES
from spooftrace.faces.quality import QualityGate

if TYPE_CHECKING:
    from spooftrace.data.sources.video import Frame

__all__ = ["Decision", "Detection", "Evidence", "SpoofDetector"]

CALLER = "caller"
"""The source of a threshold that came with the call."""
DECISION_ONLY = ", decision only"
"""What the source of every threshold of a decision-only bundle says besides."""
BATCH = 32

WATCH_WINDOW = 15
"""Frames that the vote on a camera's face looks back on: half a second to a few seconds."""

AnyPicture = TypeVar("AnyPicture", bound=OnePicture)


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
        is_averaging: bool = False,
    ) -> None:
        self.bundle = bundle
        self.gate = gate or QualityGate()
        self.is_averaging = is_averaging
        self.landmarker = landmarker or FaceMesh()

    @classmethod
    def load(
        cls,
        bundle: str | Path | Bundle = DEFAULT,
        *,
        landmarker: Landmarker | None = None,
        gate: QualityGate | None = None,
        is_averaging: bool = False,
        threads: int | None = None,
    ) -> "SpoofDetector":
        """Open a detector; one whose weights are not trained warns.

        Args:
            bundle: a bundle's file, a run folder, a shipped model's name, or an opened bundle.
            landmarker: finds the faces, in every thread that calls; None is `FaceMesh`.
            gate: which faces are too small, too blurred or too far outside; None is the default.
            is_averaging: judge faces by the mean score of five crops each (`detector.averaging`).
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
        if not opened.info.is_trained:
            warnings.warn(f"{opened.path}: {UNTRAINED}", stacklevel=2)
        return cls(opened, landmarker=landmarker, gate=gate, is_averaging=is_averaging)

    def close(self) -> None:
        """Free the bundle, and the landmarker where it can be freed."""
        self.bundle.close()
        if isinstance(self.landmarker, FaceMesh):
            self.landmarker.close()

    def __enter__(self) -> "SpoofDetector":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @overload
    def predict(self, picture: OnePicture, *, threshold: float | None = None) -> Detection: ...

    @overload
    def predict(
        self, picture: list[AnyPicture] | tuple[AnyPicture, ...], *, threshold: float | None = None
    ) -> list[Detection]: ...

    def predict(
        self,
        picture: OnePicture | list[AnyPicture] | tuple[AnyPicture, ...],
        *,
        threshold: float | None = None,
    ) -> Detection | list[Detection]:
        """Find the face in a whole picture, and judge it; of a list of pictures, in each.

        A file that cannot be read and a picture without exactly one good face get no answer, with
        the reason.

        Args:
            picture: uint8 [h, w, 3] RGB; a Pillow image; the path of a picture; a picture file's
                bytes; or a list or tuple of those, whose faces are judged together.
            threshold: judge by this one; None is the bundle's.

        Raises:
            BundleError: neither the bundle nor the call has a threshold.
            PictureError: the array is not uint8 [h, w, 3].
        """
        if isinstance(picture, list | tuple):
            found = [self.find(one) for one in picture]
            return self.judge_found(found, threshold=threshold)
        return self.judge_found([self.find(picture)], threshold=threshold)[0]

    def find(self, picture: OnePicture) -> FoundFace | Rejection:
        """The face in a picture, as `predict` takes it, cut and refused as this detector does."""
        try:
            opened = opened_picture(picture)
        except Unreadable as error:
            return Rejection(RejectReason.UNREADABLE, str(error))
        return find_face(opened, self.landmarker, self.gate, is_averaged=self.is_averaging)

    def judge_found(
        self, found: Sequence[FoundFace | Rejection], *, threshold: float | None = None
    ) -> list[Detection]:
        """Judge what `faces.finder` made of some pictures, all faces together.

        Raises BundleError when neither the bundle nor the call has a threshold.
        """
        limit, source = self.threshold(threshold)
        faces = [face for face in found if isinstance(face, FoundFace)]
        crops = [face.image for face in faces]
        own = self.analyze_faces(np.stack(crops), threshold=threshold) if crops else []
        judged = iter(averaged(own, faces, self.score_faces))
        return [
            Detection.refused(face, threshold=limit, threshold_source=source)
            if isinstance(face, Rejection)
            else replace(
                next(judged),
                box=face.box,
                native_size=face.native_size,
                vertices=face.mesh[VERTICES],
                quality=face.quality,
            )
            for face in found
        ]

    def predict_video(
        self,
        source: "str | Path | Iterable[Frame]",
        *,
        threshold: float | None = None,
        every: int = 10,
        config: FollowConfig | None = None,
        on_frame: "Callable[[Frame, FrameDetection], None] | None" = None,
    ) -> VideoDetection:
        """Judge a clip: its faces are followed, and the frames of each are voted on.

        Args:
            source: the path of a video, or frames (`data.sources.video.Frame`), all of which are
                looked at.
            threshold: judge by this one; None is the bundle's.
            every: of a file, every n-th frame is looked at, from the first on.
            config: how faces are followed, voted on, and when to stop.
            on_frame: called with each frame and its answer, which has its evidence then; in the
                result only one frame of each track keeps it.

        Raises:
            BundleError: neither the bundle nor the call has a threshold.
            MissingExtraError: a path is given, and PyAV is not installed.
        """
        if isinstance(source, str | Path):
            from spooftrace.data.sources import video  # needs an extra

            source = video.frames(source, every=every)
        return summed_up(self._judged(threshold), source, config or FollowConfig(), on_frame)

    def watch(
        self,
        camera: "int | str | Iterable[Frame]",
        *,
        threshold: float | None = None,
        config: FollowConfig | None = None,
    ) -> Iterator[FrameDetection]:
        """Judge what a camera sees, frame by frame, until it ends or the caller leaves the loop.

        Each answer carries the vote on the face's last frames (`FollowConfig.window`).

        Args:
            camera: its number, or what `data.sources.video.stream` takes (`camera:0`,
                `rtsp://...`), or frames.
            threshold: judge by this one; None is the bundle's.
            config: how faces are followed and voted on.

        Raises:
            BundleError: neither the bundle nor the call has a threshold.
            PictureError: there is no such camera, it falls silent, or it breaks.
            MissingExtraError: PyAV is not installed.
        """
        judged = self._judged(threshold)
        if isinstance(camera, int | str):
            from spooftrace.data.sources import video  # needs an extra

            camera = video.stream(f"camera:{camera}" if isinstance(camera, int) else camera)
        followed = follow(judged, camera, config or FollowConfig(window=WATCH_WINDOW))
        return (answer for _, answer in followed)

    def analyze_faces(
        self, faces: NDArray[np.uint8], *, threshold: float | None = None
    ) -> list[Detection]:
        """Judge ready crops, uint8 [b, c, c, 3] RGB of any side c, cut as `faces.crop` does.

        Raises BundleError without a threshold, PictureError for another shape or type.
        """
        limit, source = self.threshold(threshold)
        detections: list[Detection] = []
        for batch in batches(faces, BATCH):
            faces_in = self._resized(batch)
            outputs = None if self.bundle.info.is_decision_only else self.bundle.run(faces_in)
            scores = (outputs or self.bundle.run_scores(faces_in)).score
            for index, (crop, score) in enumerate(zip(batch, scores, strict=True)):
                detections.append(
                    Detection(
                        decision=decide(float(score), limit),
                        score=float(score),
                        threshold=limit,
                        threshold_source=source,
                        doubt=self.doubt,
                        evidence=Evidence.of(outputs, index, crop) if outputs else None,
                    )
                )
        return detections

    def score_faces(self, faces: NDArray[np.uint8]) -> NDArray[np.float64]:
        """Scores [b] (Eq. 3) of ready crops, as `analyze_faces` takes them; needs no threshold."""
        scores = [self.bundle.run_scores(self._resized(x)).score for x in batches(faces, BATCH)]
        return np.concatenate([np.empty(0), *scores]).astype(np.float64)

    @property
    def doubt(self) -> str | None:
        """What speaks against the answers: random weights, or faces cut otherwise; or None."""
        return self.bundle.doubt(f"{self.landmarker.name} {self.landmarker.version}")

    def threshold(self, callers: float | None = None) -> tuple[float, str]:
        """The threshold in force, and where it came from.

        Raises BundleError when there is none, ConfigError when the caller's is not finite.
        """
        if callers is not None:
            if not math.isfinite(callers):
                raise ConfigError(f"threshold: expected a finite number, got {callers}")
            return callers, CALLER + (DECISION_ONLY if self.bundle.info.is_decision_only else "")
        chosen = self.bundle.require_threshold()
        source = f"{chosen.rule} on {chosen.split}" if chosen.split else chosen.rule
        return chosen.value, source + (DECISION_ONLY if self.bundle.info.is_decision_only else "")

    def _judged(self, threshold: float | None) -> JudgedBy:
        limit, source = self.threshold(threshold)
        return JudgedBy(
            landmarker=self.landmarker,
            gate=self.gate,
            is_averaging=self.is_averaging,
            threshold=limit,
            threshold_source=source,
            judge=lambda found: self.judge_found(found, threshold=threshold),
        )

    def _resized(self, faces: NDArray[np.uint8]) -> NDArray[np.uint8]:
        size = self.bundle.info.image_size
        return np.stack([resize_face(face, size) for face in faces])
