"""Early spoof regressor (Sec. 3.2).

From the bottleneck to a map that is 0 where live and 1 where spoof.
"""

from jaxtyping import Float
from torch import Tensor, nn

from spooftrace.stdn.blocks import conv_block


class EarlySpoofRegressor(nn.Module):
    """ESR: bottleneck F in, map M out.

    The last layer is linear and has no norm (docs/divergences.md#map). The map's side is half that
    of F: K = 16 for faces of 256 px.
    """

    def __init__(self, *, inputs: int, hidden: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            conv_block(inputs, hidden),
            conv_block(hidden, hidden, stride=2),
            nn.Conv2d(hidden, 1, kernel_size=3, padding=1),
        )

    def forward(self, bottleneck: Float[Tensor, "b c f f"]) -> Float[Tensor, "b 1 k k"]:
        """Map M, unbounded, trained towards 0 (live) and 1 (spoof)."""
        spoof_map: Tensor = self.layers(bottleneck)
        return spoof_map
