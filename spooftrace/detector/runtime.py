"""What runs the graph of a bundle: a small protocol, and ONNX Runtime behind it.

Another runtime is another class that answers these questions; `Bundle.load(runtime=...)` takes it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from spooftrace.onnx_session import OnnxSession


@dataclass(frozen=True, slots=True)
class TensorSpec:
    """One input or output of a graph."""

    dtype: str
    """As NumPy names it: uint8, float32."""
    shape: tuple[int | str | None, ...]
    """An open side has a name or None."""

    def __str__(self) -> str:
        return f"{self.dtype} {list(self.shape)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """What a graph says of itself."""

    inputs: Mapping[str, TensorSpec]
    outputs: Mapping[str, TensorSpec]
    metadata: Mapping[str, str]
    """The ONNX file's own."""


class Runtime(Protocol):
    """An opened graph. Any number of threads may run it at once, and its process may fork."""

    def signature(self) -> Signature:
        """Inputs, outputs and metadata."""
        ...

    def run(
        self, outputs: Sequence[str], inputs: Mapping[str, NDArray[Any]]
    ) -> list[NDArray[np.float32]]:
        """The named outputs, in that order; those that are not asked for need not be computed."""
        ...

    def close(self) -> None:
        """Free the graph; what runs ends well, and nothing can be run afterwards."""
        ...


OpenRuntime = Callable[[bytes, int | None], Runtime]
"""Opens an ONNX file's bytes; the number bounds the threads of one run, None being as many as there
are cores. Raises what it likes where the bytes are no model. It must be importable by its name: a
bundle that is sent to another process is opened there by it anew."""


class OnnxRuntime:
    """ONNX Runtime on the CPU (`Runtime`)."""

    def __init__(self, model: bytes, threads: int | None) -> None:
        self._session = OnnxSession(model, threads=threads)
        self._session.open()

    def signature(self) -> Signature:
        """Inputs, outputs and metadata."""
        session = self._session.open()
        return Signature(
            inputs=_specs(session.get_inputs()),
            outputs=_specs(session.get_outputs()),
            metadata=session.get_modelmeta().custom_metadata_map,
        )

    def run(
        self, outputs: Sequence[str], inputs: Mapping[str, NDArray[Any]]
    ) -> list[NDArray[np.float32]]:
        """The named outputs, in that order."""
        return self._session.run(outputs, inputs)

    def close(self) -> None:
        """Free the graph."""
        self._session.close()


def _specs(tensors: list[Any]) -> dict[str, TensorSpec]:
    """ONNX Runtime says `tensor(float)` where NumPy says float32."""
    numpys = {"float": "float32", "double": "float64"}
    specs = {}
    for tensor in tensors:
        kind = tensor.type.removeprefix("tensor(").removesuffix(")")
        specs[tensor.name] = TensorSpec(numpys.get(kind, kind), tuple(tensor.shape))
    return specs
