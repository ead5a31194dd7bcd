"""Face anti-spoofing that shows its evidence: the spoof trace, taken apart.

`SpoofDetector` answers for a picture, `judge` says what a detector is worth on a store; everything
else is a command (`spooftrace --help`) or a module of the package. Importing this package loads
neither torch nor ONNX Runtime.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from spooftrace.version import __version__

if TYPE_CHECKING:
    from spooftrace.detector.detector import Detection, SpoofDetector
    from spooftrace.judging.judge import judge

__all__ = ["Detection", "SpoofDetector", "__version__", "judge"]

_HOMES = {
    "Detection": "spooftrace.detector.detector",
    "SpoofDetector": "spooftrace.detector.detector",
    "judge": "spooftrace.judging.judge",
}


def __getattr__(name: str) -> object:
    """Load what is public on first use, so that `import spooftrace` stays cheap."""
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'spooftrace' has no attribute {name!r}")
