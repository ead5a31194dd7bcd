"""What an iteration learns from, on the device, and what it says of itself."""

from dataclasses import dataclass

from jaxtyping import Bool, Float, Int, Shaped
from torch import Tensor

Terms = dict[str, Shaped[Tensor, ""]]
"""Loss terms by name, cut from the graph and still on the device. The entries `finite/*` are bools:
whether everything was finite up to that update."""


@dataclass(frozen=True, slots=True)
class LiveTwins:
    """The spoof faces of a batch as they would look without their true traces."""

    pictures: Float[Tensor, "b 3 n n"]
    """The spoof face itself where no trace is known."""
    known: Bool[Tensor, " b"]
    """Whether the true trace of spoof face k is known, that is, whether it was simulated."""


@dataclass(frozen=True, slots=True)
class PairedBatch:
    """Faces on the device: RGB, NCHW, [0, 1].

    Live face k is the target that the trace of spoof face k goes to.
    """

    live: Float[Tensor, "b 3 n n"]
    spoof: Float[Tensor, "b 3 n n"]
    live_points: Float[Tensor, "b v 2"]
    """Mesh points with anchors, in pixels of the n x n image."""
    spoof_points: Float[Tensor, "b v 2"]
    triangles: Int[Tensor, "b f 3"]
    """Topology that does not fold on the live face."""
    dropped: Int[Tensor, " b"]
    """Which element each synthesized spoof loses (Sec. 3.3)."""
    twins: LiveTwins | None = None
    """`None` where the method does not ask for them."""


def report(update: str, terms: Terms, finite: Shaped[Tensor, ""]) -> Terms:
    """Terms under the name of their update, cut from the graph, and whether all was finite."""
    named = {f"{update}/{name}": term.detach() for name, term in terms.items()}
    return named | {f"finite/{update}": finite}
