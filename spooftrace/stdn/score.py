"""From the map and the trace of a face to the two numbers that Eq. 3 adds up.

The one place where evidence becomes numbers; `metrics.fusion.fuse` adds them.
"""

from jaxtyping import Float
from torch import Tensor

from spooftrace.stdn.losses import Map, Trace


def score_terms(spoof_map: Map, trace: Trace) -> tuple[Float[Tensor, " b"], Float[Tensor, " b"]]:
    """Both terms of Eq. 3, the second without its weight; higher is more spoof.

    ||M||_1 / (2 K^2) is the mean of |M| over two: 0 for live, about 1/2 for spoof. ||G(I)||_1 /
    (2 N^2) is read as the mean of |G(I)| over two; the mean also runs over the three colours, for a
    factor of 3 would only rescale alpha_0, which is fitted.
    """
    return spoof_map.abs().mean(dim=(1, 2, 3)) / 2, trace.abs().mean(dim=(1, 2, 3)) / 2
