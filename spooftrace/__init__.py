"""Face anti-spoofing that shows its evidence: the spoof trace, taken apart.

`SpoofDetector` answers for a picture; everything else is a command (`spooftrace --help`) or a
module of the package. Importing this package loads neither torch nor ONNX Runtime.
"""

from typing import TYPE_CHECKING

from spooftrace.version import __version__

if TYPE_CHECKING:
    from spooftrace.detector.detector import Detection, SpoofDetector

__all__ = ["Detection", "SpoofDetector", "__version__"]


def __getattr__(name: str) -> object:
    """Load the detector on first use, so that `import spooftrace` stays cheap."""
    if name in ("Detection", "SpoofDetector"):
        from spooftrace.detector import detector

        return getattr(detector, name)
    raise AttributeError(f"module 'spooftrace' has no attribute {name!r}")
