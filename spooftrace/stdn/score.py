"""From the map and the trace of a face to one number (Eq. 3)."""

from jaxtyping import Float
from torch import Tensor

from spooftrace.stdn.losses import Map, Trace


def map_score(spoof_map: Map) -> Float[Tensor, " b"]:
    """First term of Eq. 3: ||M||_1 / (2 K^2), the mean of |M| over two.

    It is 0 for live, about 1/2 for spoof.
    """
    return spoof_map.abs().mean(dim=(1, 2, 3)) / 2


def trace_score(trace: Trace) -> Float[Tensor, " b"]:
    """Second term of Eq. 3 without its weight: ||G(I)||_1 / (2 N^2).

    It is read as the mean of |G(I)| over two. The mean also runs over the three colours; a factor
    of 3 would only rescale alpha_0, which is fitted.
    """
    return trace.abs().mean(dim=(1, 2, 3)) / 2


def spoof_score(spoof_map: Map, trace: Trace, alpha_0: float) -> Float[Tensor, " b"]:
    """Score of Eq. 3; higher is more spoof.

    `alpha_0` is fitted on a development split, never on test data.
    """
    return map_score(spoof_map) + alpha_0 * trace_score(trace)
