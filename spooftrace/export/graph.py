"""What a bundle computes, as one torch module: bytes in, score and evidence out."""

from jaxtyping import Float, UInt8
from torch import Tensor, nn

from spooftrace.metrics.fusion import fuse
from spooftrace.stdn.generator import Generator
from spooftrace.stdn.score import score_terms
from spooftrace.stdn.trace import live_counterpart


class DetectorGraph(nn.Module):
    """The detector around a generator, which knows neither bytes nor scores (Eqs. 1-3)."""

    def __init__(self, generator: Generator, alpha_0: float) -> None:
        super().__init__()
        self.generator = generator
        self.alpha_0 = alpha_0

    def forward(self, faces: UInt8[Tensor, "b n n 3"]) -> tuple[Float[Tensor, "b ..."], ...]:
        """RGB faces to the outputs of `detector.bundle.OUTPUT_NAMES`, in that order."""
        image = faces.permute(0, 3, 1, 2).float() / 255
        output = self.generator(image)
        elements, trace = output.trace, output.trace.compose(image)
        map_score, trace_score = score_terms(output.spoof_map, trace)
        return (
            fuse(map_score, trace_score, self.alpha_0),
            map_score,
            trace_score,
            output.spoof_map,
            elements.range_bias,
            elements.balance_bias,
            elements.content,
            elements.texture,
            trace,
            live_counterpart(image, trace),
        )
