"""One STDN iteration (Fig. 5).

Generator step, discriminator step, extra supervision step, in that order.

Every pass of the generator sees live faces followed by as many spoof faces, so that batch
normalisation always averages over a balanced batch (end of Sec. 3.5). Nothing here reads a number
back from the device: that would wait for it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from spooftrace.stdn import losses
from spooftrace.stdn.discriminators import DiscriminatorConfig, Discriminators
from spooftrace.stdn.generator import Generator, GeneratorConfig
from spooftrace.stdn.losses import LossWeights, Verdicts
from spooftrace.stdn.trace import TraceElements, live_counterpart
from spooftrace.stdn.warp import warp_between
from spooftrace.training import pictures
from spooftrace.training.batch import PairedBatch, Terms, report
from spooftrace.training.device import autocast
from spooftrace.training.guard import Guard, adam, fresh, frozen
from spooftrace.training.method import Part
from spooftrace.training.schedule import TrainingConfig


@dataclass(frozen=True, slots=True)
class MadeFaces:
    """Live out of spoof, spoof out of live, and the trace that was added to make it."""

    live: Float[Tensor, "b 3 n n"]
    spoof: Float[Tensor, "b 3 n n"]
    added_trace: Float[Tensor, "b 3 n n"]

    def detached(self) -> "MadeFaces":
        """The same faces as plain data: the only border between the steps."""
        return MadeFaces(self.live.detach(), self.spoof.detach(), self.added_trace.detach())


class Stdn:
    """The paper's method (`training.method.Method`)."""

    def __init__(
        self,
        generator: Generator,
        discriminators: Discriminators,
        weights: LossWeights,
        training: TrainingConfig,
    ) -> None:
        device = next(generator.parameters()).device
        self.answering = self.generator = generator
        self.discriminators = discriminators
        self.weights = weights
        self.extra_supervision = training.extra_supervision
        self.precision = autocast(device, training.precision)
        self.guard = Guard(device)
        rate, share = training.learning_rate, training.discriminator_rate
        self.generator_adam = adam(generator, rate)
        self.discriminator_adam = adam(discriminators, rate * share)
        self.parts = {
            "generator": Part(generator, self.generator_adam),
            "discriminators": Part(discriminators, self.discriminator_adam, rate=share),
        }

    @classmethod
    def from_config(
        cls,
        generator: GeneratorConfig,
        discriminators: DiscriminatorConfig,
        weights: LossWeights,
        training: TrainingConfig,
        device: torch.device,
    ) -> "Stdn":
        """With fresh weights, drawn from the configuration's seed."""
        nets = Generator.from_config(generator), Discriminators.from_config(discriminators)
        fresh(*nets, seed=training.seed, device=device)
        return cls(*nets, weights, training)

    def step(self, batch: PairedBatch) -> Terms:
        """Run the three updates once.

        Without extra supervision the third is left out; of a generator that disentangles nothing
        only the regressor is trained (both: the ablation of Sec. 4.5).
        """
        if not self.generator.disentangles:
            return self.regression_step(batch)
        made, terms = self.generator_step(batch)
        made = made.detached()
        terms |= self.discriminator_step(batch, made)
        if self.extra_supervision:
            terms |= self.supervision_step(batch, made)
        return terms

    def regression_step(self, batch: PairedBatch) -> Terms:
        """Eq. 13 with its second term alone: the conventional regression of Sec. 4.5, ESR."""
        with self.precision:
            live, spoof = self.generator(torch.cat([batch.live, batch.spoof])).halves()
        terms = {"esr": losses.esr_loss(live.spoof_map, spoof.spoof_map)}
        finite = self.guard.descend(self.generator_adam, self.weights.esr * terms["esr"])
        return report("generator", terms, finite)

    def generator_step(self, batch: PairedBatch) -> tuple[MadeFaces, Terms]:
        """Eq. 13: fool the discriminators, find the spoofs, keep traces small."""
        weights = self.weights
        with self.precision:
            live, spoof = self.generator(torch.cat([batch.live, batch.spoof])).halves()
        trace = spoof.trace.compose(batch.spoof)
        made = make_faces(batch, spoof.trace, trace)
        with frozen(self.discriminators), self.precision:
            made_live, made_spoof = halves(self.discriminators(torch.cat([made.live, made.spoof])))
        terms = {
            "adversarial": losses.generator_adversarial_loss(made_live, made_spoof),
            "esr": losses.esr_loss(live.spoof_map, spoof.spoof_map),
            "regularizer": losses.trace_regularizer(
                live.trace.compose(batch.live), trace, live_beta=weights.live_beta
            ),
            "elements": losses.element_regularizer(spoof.trace.shares(batch.spoof)),
        }
        total = (
            weights.adversarial * terms["adversarial"]
            + weights.esr * terms["esr"]
            + weights.regularizer * terms["regularizer"]
            + weights.elements * terms["elements"]
        )
        return made, report("generator", terms, self.guard.descend(self.generator_adam, total))

    def discriminator_step(self, batch: PairedBatch, made: MadeFaces) -> Terms:
        """Eq. 10: tell real faces from made ones, at half the generator's learning rate.

        All four kinds go through in one batch: judged apart, batch normalisation would hide a
        colour cast from D.
        """
        faces = torch.cat([batch.live, batch.spoof, made.live, made.spoof])
        with self.precision:
            verdicts = self.discriminators(faces)
        real, fake = halves(verdicts)
        loss = losses.discriminator_adversarial_loss(*halves(real), *halves(fake))
        finite = self.guard.descend(self.discriminator_adam, loss)
        return report("discriminators", {"adversarial": loss}, finite)

    def supervision_step(self, batch: PairedBatch, made: MadeFaces) -> Terms:
        """Eq. 14: now that the added trace is known, ask the generator for exactly it."""
        with self.precision:
            live, spoof = self.generator(torch.cat([batch.live, made.spoof])).halves()
        terms = {
            "esr": losses.esr_loss(live.spoof_map, spoof.spoof_map),
            "pixel": losses.pixel_loss(spoof.trace.compose(made.spoof), made.added_trace),
        }
        total = self.weights.supervised_esr * terms["esr"] + self.weights.pixel * terms["pixel"]
        return report("supervision", terms, self.guard.descend(self.generator_adam, total))

    @torch.no_grad()
    def columns(self, batch: PairedBatch) -> Sequence[Float[Tensor, "b 3 n n"]]:
        """The evidence; then the live target, and the spoof that the trace makes of it."""
        _, trace, evidence = pictures.evidence(self.generator, batch.spoof)
        added = warp_between(trace, batch.spoof_points, batch.live_points, batch.triangles)
        return [*evidence, batch.live, batch.live + added]


def make_faces(
    batch: PairedBatch, elements: TraceElements, trace: Float[Tensor, "b 3 n n"]
) -> MadeFaces:
    """Take the trace off the spoof; put it on the paired live face (Sec. 3.3).

    It is put there less one element and warped.
    """
    harder = elements.dropping(batch.dropped).compose(batch.spoof)
    added = warp_between(harder, batch.spoof_points, batch.live_points, batch.triangles)
    return MadeFaces(live_counterpart(batch.spoof, trace), batch.live + added, added)


def halves(verdicts: Verdicts) -> tuple[Verdicts, Verdicts]:
    """First and second half of the batch, at every scale."""
    return [v.chunk(2)[0] for v in verdicts], [v.chunk(2)[1] for v in verdicts]
