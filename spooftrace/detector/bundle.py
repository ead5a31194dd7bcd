"""The bundle: one ONNX file that is a whole detector.

Graph     input `faces`, uint8 [b, n, n, 3] RGB; the ten float32 outputs of `Outputs`, by name.
Metadata  `BundleInfo`: what to feed it, what its threshold is and where that came from.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spooftrace.detector import shipped
from spooftrace.detector.bundle_info import METADATA_KEY, UNTRAINED, BundleInfo
from spooftrace.detector.runtime import OnnxRuntime, OpenRuntime, Runtime, Signature, TensorSpec
from spooftrace.errors import BundleError, ConfigError
from spooftrace.faces.landmarker import alike
from spooftrace.metrics.thresholds import Threshold
from spooftrace.run_folder import RunFolder

FACES = "faces"

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outputs:
    """What the graph says about b faces: NCHW float32, traces signed and unclipped."""

    score: Floats
    """[b] Eq. 3, map_score + alpha_0 trace_score; higher is more spoof."""
    map_score: Floats
    """[b] mean |M| / 2."""
    trace_score: Floats
    """[b] mean |G(I)| / 2."""
    spoof_map: Floats
    """[b, 1, k, k] M: towards 0 where live, towards 1 where spoof."""
    range_bias: Floats
    """[b, 3, 1, 1] s of Eq. 2."""
    balance_bias: Floats
    """[b, 3, 1, 1] b of Eq. 2."""
    content: Floats
    """[b, 3, l, l] C of Eq. 2."""
    texture: Floats
    """[b, 3, n, n] T of Eq. 2."""
    trace: Floats
    """[b, 3, n, n] G(I) = s I + b + [C] + T, for I in [0, 1]."""
    live: Floats
    """[b, 3, n, n] I - G(I), Eq. 1: the live counterpart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """The three numbers of each of b faces, float32 [b]; fields as in `Outputs`."""

    score: Floats
    map_score: Floats
    trace_score: Floats


OUTPUT_NAMES = tuple(field.name for field in fields(Outputs))
DECISION_NAMES = ("score", "map_score", "spoof_map")
"""What a decision-only graph puts out."""
SCORE_NAMES = tuple(field.name for field in fields(Scores))


@dataclass(frozen=True, slots=True)
class Bundle:
    """An opened bundle.

    Has no state of its own: any number of threads may run it at once, and a process that has run it
    may fork. Sent to another process it travels as its path, and is opened there anew.
    """

    path: Path
    info: BundleInfo
    sha256: str
    """Of the file: names these weights, this threshold and this provenance."""
    runtime: Runtime
    threads: int | None = None
    """Of one run; None is as many as there are cores."""
    open_runtime: OpenRuntime = OnnxRuntime
    """What opened `runtime`, and opens it anew in another process."""

    @classmethod
    def load(
        cls,
        path: str | Path,
        *,
        threads: int | None = None,
        runtime: OpenRuntime = OnnxRuntime,
    ) -> "Bundle":
        """Open a bundle, the bundle of a run folder (its `model.onnx`), or a shipped model.

        `threads` bounds the threads of one run (None: as many as there are cores; a server that
        runs several faces at once wants few); `runtime` is what runs the graph. Raises BundleError
        when there is no such file, when it is not ONNX or cut short, has no metadata or metadata of
        another schema, or a graph with other inputs or outputs, or is a shipped model's that was
        changed.
        """
        path = locate(path)
        content = path.read_bytes()
        sha256 = hashlib.sha256(content).hexdigest()
        shipped.check(path, sha256)
        opened = _open(runtime, content, threads, path)
        signature = opened.signature()
        info = _read_info(signature, path)
        _check_signature(signature, info, path)
        return cls(path, info, sha256, opened, threads, runtime)

    def close(self) -> None:
        """Free the model; what runs ends well, and nothing can be run afterwards."""
        self.runtime.close()

    def __reduce__(self) -> tuple[Any, tuple[Any, ...]]:
        return _reopen, (self.path.absolute(), self.sha256, self.threads, self.open_runtime)

    def run(self, faces: NDArray[np.uint8]) -> Outputs:
        """Everything the model says about `faces`, uint8 [b, n, n, 3] RGB, n = `info.image_size`.

        Raises BundleError when the faces are of another shape or type, a score is not finite, or
        the bundle is decision-only.
        """
        if self.info.is_decision_only:
            raise BundleError(
                f"{self.path}: expected a bundle with the trace, got a decision-only one, which "
                "scores alone (`run_scores`); use the bundle that it was made from"
            )
        return Outputs(**self._outputs(OUTPUT_NAMES, faces))

    def run_scores(self, faces: NDArray[np.uint8]) -> Scores:
        """As `run`, the scores alone; of a decision-only bundle, trace_score is NaN."""
        if self.info.is_decision_only:
            outputs = self._outputs(("score", "map_score"), faces)
            return Scores(**outputs, trace_score=np.full_like(outputs["score"], np.nan))
        return Scores(**self._outputs(SCORE_NAMES, faces))

    def doubt(self, landmarker: str) -> str | None:
        """What speaks against answers for faces that `landmarker` (name and version) found."""
        if not self.info.is_trained:
            return f"{self.path}: {UNTRAINED}"
        if alike(self.info.landmarker, landmarker):
            return None
        return (
            f"{self.path}: trained on faces found by {self.info.landmarker}, judges faces found by "
            f"{landmarker}, which cuts them otherwise: its threshold may not hold here; measure it "
            "on faces of this landmarker (`spooftrace prepare`, `spooftrace evaluate`)"
        )

    def require_threshold(self) -> Threshold:
        """The bundle's threshold; BundleError when it has none, saying how to choose one."""
        if self.info.threshold is None:
            raise BundleError(
                f"{self.path}: expected a threshold in the bundle, got none, so it can score but "
                "not decide; choose one on a development split (`spooftrace evaluate`), or state "
                "your own (`predict(..., threshold=X)`, `spooftrace analyze --threshold X`)"
            )
        return self.info.threshold

    def _outputs(self, names: tuple[str, ...], faces: NDArray[np.uint8]) -> dict[str, Floats]:
        self._check_faces(faces)
        values = self.runtime.run(names, {FACES: np.ascontiguousarray(faces)})
        outputs = dict(zip(names, values, strict=True))
        if not np.isfinite(outputs["score"]).all():
            # A NaN is not >= any threshold: unnoticed it would let every attack in.
            index = int(np.flatnonzero(~np.isfinite(outputs["score"]))[0])
            raise BundleError(
                f"{self.path}: expected finite scores, got {outputs['score'][index]} for face "
                f"{index} of {len(faces)}; the weights are damaged, export the model again"
            )
        return outputs

    def _check_faces(self, faces: NDArray[np.uint8]) -> None:
        size = self.info.image_size
        if faces.dtype != np.uint8 or faces.ndim != 4 or faces.shape[1:] != (size, size, 3):
            raise BundleError(
                f"{self.path}: expected faces as uint8 [b, {size}, {size}, 3] RGB, got "
                f"{faces.dtype} {list(faces.shape)}; resize ready crops with "
                "`spooftrace.faces.crop.resize_face`"
            )


def locate(path: str | Path) -> Path:
    """The bundle's file: `path`, the `model.onnx` of a run folder, or a shipped model's by name.

    Raises BundleError when absent.
    """
    if not isinstance(path, str | Path):
        raise BundleError(f"expected the path of a bundle or of a run folder, got {path!r:.80}")
    if shipped.is_name(path):
        return shipped.file_of(str(path))
    path = Path(path)
    if path.is_dir():
        model = RunFolder(path).model
        if not model.is_file():
            raise BundleError(
                f"{path}: expected a bundle or a run folder with {model.name}, got a folder "
                f"without it; write it with `spooftrace export {path}`"
            )
        return model
    if not path.is_file():
        raise BundleError(
            f"{path}: expected a bundle (an ONNX file), a run folder or one of the shipped models "
            f"({', '.join(shipped.shipped())}), got no such file; write one with `spooftrace "
            "export RUN`"
        )
    return path


def _reopen(path: Path, sha256: str, threads: int | None, runtime: OpenRuntime) -> Bundle:
    """The bundle that was sent from another process, if its file is still the same."""
    bundle = Bundle.load(path, threads=threads, runtime=runtime)
    if bundle.sha256 != sha256:
        raise BundleError(
            f"{path}: expected the bundle that was sent here, sha256 {sha256[:12]}, got "
            f"{bundle.sha256[:12]}: the file was replaced meanwhile; load the detector again"
        )
    return bundle


def _open(runtime: OpenRuntime, content: bytes, threads: int | None, path: Path) -> Runtime:
    try:
        return runtime(content, threads)
    except ConfigError:
        raise
    except Exception as error:  # the exceptions of runtimes share no base class of their own
        raise BundleError(
            f"{path}: expected an ONNX model, got {len(content)} bytes that the runtime cannot "
            f"open ({' '.join(str(error).split())[:200]}); copy it again, or export the model again"
        ) from error


def _read_info(signature: Signature, path: Path) -> BundleInfo:
    metadata = signature.metadata
    if METADATA_KEY not in metadata:
        raise BundleError(
            f"{path}: expected the metadata `{METADATA_KEY}`, got {sorted(metadata) or 'none'}; "
            "the file is cut short or was not written by `spooftrace export`"
        )
    return BundleInfo.from_json(metadata[METADATA_KEY], where=str(path))


def _check_signature(signature: Signature, info: BundleInfo, path: Path) -> None:
    n = info.image_size
    floats = partial(TensorSpec, "float32")
    expected = {
        **dict.fromkeys(SCORE_NAMES, floats((None,))),
        "spoof_map": floats((None, 1, None, None)),
        **dict.fromkeys(("range_bias", "balance_bias"), floats((None, 3, 1, 1))),
        "content": floats((None, 3, None, None)),
        **dict.fromkeys(("texture", "trace", "live"), floats((None, 3, n, n))),
    }
    if info.is_decision_only:
        expected = {name: expected[name] for name in DECISION_NAMES}
    _check_tensors(signature.inputs, {FACES: TensorSpec("uint8", (None, n, n, 3))}, path)
    _check_tensors(signature.outputs, expected, path)


def _check_tensors(
    came: Mapping[str, TensorSpec], expected: Mapping[str, TensorSpec], path: Path
) -> None:
    if came.keys() != expected.keys():
        raise BundleError(
            f"{path}: expected a graph with {sorted(expected)}, got {sorted(came)}; "
            "export the model with `spooftrace export`"
        )
    for name, spec in expected.items():
        if came[name].dtype != spec.dtype or not _fits(came[name].shape, spec.shape):
            raise BundleError(
                f"{path}: expected `{name}` as {spec} (None: any), got {came[name]}; export the "
                "model with `spooftrace export`"
            )


def _fits(shape: Sequence[int | str | None], expected: Sequence[int | str | None]) -> bool:
    """Whether a graph's shape, its open sides named or None, can be the expected one."""
    if len(shape) != len(expected) or isinstance(shape[0], int):
        return False  # a fixed batch would fail on the first folder of pictures
    return all(
        want is None or not isinstance(came, int) or came == want
        for came, want in zip(shape, expected, strict=True)
    )
