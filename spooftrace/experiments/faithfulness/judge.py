"""The detector that is asked for its reasons: scores, traces and gradients of pictures in torch."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from jaxtyping import Float
from torch import Tensor

from spooftrace import runs
from spooftrace.metrics.fusion import fuse
from spooftrace.run_folder import RunFolder
from spooftrace.stdn.score import score_terms
from spooftrace.training.development import Development

Look = Callable[[Tensor], tuple[Tensor, Tensor]]


@dataclass(frozen=True, slots=True)
class Judge:
    """A differentiable detector."""

    name: str
    image_size: int
    threshold: float
    """A face is called an attack when its score reaches this."""
    forward: Look
    """Pictures [b, 3, n, n] RGB in [0, 1] to scores [b] and traces [b, 3, n, n]."""

    @torch.no_grad()
    def look(
        self, pictures: Float[Tensor, "b 3 n n"]
    ) -> tuple[Float[Tensor, " b"], Float[Tensor, "b 3 n n"]]:
        """Scores and traces."""
        return self.forward(pictures)

    def score(self, pictures: Float[Tensor, "b 3 n n"]) -> Float[Tensor, " b"]:
        """Scores alone."""
        return self.look(pictures)[0]

    def gradient(self, pictures: Float[Tensor, "b 3 n n"]) -> Float[Tensor, "b 3 n n"]:
        """How the score of each picture changes with its pixels."""
        asked = pictures.detach().clone().requires_grad_()
        scores, _ = self.forward(asked)
        (gradient,) = torch.autograd.grad(scores.sum(), asked)
        return gradient


def load_judge(run: Path, device: torch.device) -> Judge:
    """The best checkpoint of a run folder, with the alpha_0 and threshold of its development split.

    Raises:
        CheckpointError: the run has no best checkpoint, or it is damaged.
    """
    trained = runs.trained(RunFolder(run).best, device)
    header, generator = trained.progress, trained.generator.eval().requires_grad_(False)
    assert header.best is not None
    best = Development(**header.best)

    def forward(pictures: Tensor) -> tuple[Tensor, Tensor]:
        output = generator(pictures)
        trace = output.trace.compose(pictures)
        return fuse(*score_terms(output.spoof_map, trace), best.alpha_0), trace

    name = f"{run} (configuration {header.provenance['config_hash']}, iteration {best.step})"
    return Judge(name, trained.config.generator.image_size, best.threshold, forward)
