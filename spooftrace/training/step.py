"""One STDN iteration (Fig. 5).

Generator step, discriminator step, extra supervision step, in that order.

Every pass of the generator sees live faces followed by as many spoof faces, so that batch
normalisation always averages over a balanced batch (end of Sec. 3.5). Nothing here reads a number
back from the device: that would wait for it.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from spooftrace.stdn import losses
from spooftrace.stdn.losses import LossWeights
from spooftrace.stdn.trace import TraceElements, live_counterpart
from spooftrace.stdn.warp import warp_between
from spooftrace.training.networks import Nets, Optimizers, descend, frozen

Terms = dict[str, Tensor]


@dataclass(frozen=True, slots=True)
class PairedBatch:
    """Faces on the device: RGB, NCHW, [0, 1].

    Live face k is the target that the trace of spoof face k goes to.
    """

    live: Tensor
    spoof: Tensor
    live_points: Tensor
    spoof_points: Tensor
    triangles: Tensor
    dropped: Tensor
    """Which element each synthesized spoof loses (Sec. 3.3)."""


@dataclass(frozen=True, slots=True)
class MadeFaces:
    """Live out of spoof, spoof out of live, and the trace that was added to make it."""

    live: Tensor
    spoof: Tensor
    added_trace: Tensor

    def detached(self) -> "MadeFaces":
        """The same faces as plain data: the only border between the steps."""
        return MadeFaces(self.live.detach(), self.spoof.detach(), self.added_trace.detach())


def train_step(
    nets: Nets,
    optimizers: Optimizers,
    batch: PairedBatch,
    weights: LossWeights,
    precision: torch.autocast,
    *,
    extra_supervision: bool = True,
) -> Terms:
    """Run the three updates once; returns every loss term, detached and still on the device.

    Without `extra_supervision` the third is left out; of a generator that disentangles nothing
    only the regressor is trained (both: the ablation of Sec. 4.5). The entries `finite/*` say
    whether everything was finite up to that step; from the first that was not, no weight moves any
    more.
    """
    if not nets.generator.disentangles:
        return regression_step(nets, optimizers, batch, weights, precision)
    made, terms = generator_step(nets, optimizers, batch, weights, precision)
    made = made.detached()
    terms |= discriminator_step(nets, optimizers, batch, made, precision)
    if extra_supervision:
        terms |= supervision_step(nets, optimizers, batch, made, weights, precision)
    return terms


def regression_step(
    nets: Nets,
    optimizers: Optimizers,
    batch: PairedBatch,
    weights: LossWeights,
    precision: torch.autocast,
) -> Terms:
    """Eq. 13 with its second term alone: the conventional regression of Sec. 4.5, ESR."""
    with precision:
        live, spoof = nets.generator(torch.cat([batch.live, batch.spoof])).halves()
    terms = {"esr": losses.esr_loss(live.spoof_map, spoof.spoof_map)}
    finite = descend(optimizers, optimizers.generator, weights.esr * terms["esr"])
    return report("generator", terms, finite)


def generator_step(
    nets: Nets,
    optimizers: Optimizers,
    batch: PairedBatch,
    weights: LossWeights,
    precision: torch.autocast,
) -> tuple[MadeFaces, Terms]:
    """Eq. 13: fool the discriminators, find the spoofs, keep traces small."""
    with precision:
        live, spoof = nets.generator(torch.cat([batch.live, batch.spoof])).halves()
    trace = spoof.trace.compose(batch.spoof)
    made = make_faces(batch, spoof.trace, trace)
    with frozen(nets.discriminators), precision:
        made_live, made_spoof = halves(nets.discriminators(torch.cat([made.live, made.spoof])))
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
    return made, report("generator", terms, descend(optimizers, optimizers.generator, total))


def discriminator_step(
    nets: Nets,
    optimizers: Optimizers,
    batch: PairedBatch,
    made: MadeFaces,
    precision: torch.autocast,
) -> Terms:
    """Eq. 10: tell real faces from made ones, at half the generator's learning rate.

    All four kinds go through in one batch: judged apart, batch normalisation would hide a colour
    cast from D.
    """
    with precision:
        verdicts = nets.discriminators(torch.cat([batch.live, batch.spoof, made.live, made.spoof]))
    real, fake = halves(verdicts)
    loss = losses.discriminator_adversarial_loss(*halves(real), *halves(fake))
    finite = descend(optimizers, optimizers.discriminators, loss)
    return report("discriminators", {"adversarial": loss}, finite)


def supervision_step(
    nets: Nets,
    optimizers: Optimizers,
    batch: PairedBatch,
    made: MadeFaces,
    weights: LossWeights,
    precision: torch.autocast,
) -> Terms:
    """Eq. 14: now that the added trace is known, ask the generator for exactly it."""
    with precision:
        live, spoof = nets.generator(torch.cat([batch.live, made.spoof])).halves()
    terms = {
        "esr": losses.esr_loss(live.spoof_map, spoof.spoof_map),
        "pixel": losses.pixel_loss(spoof.trace.compose(made.spoof), made.added_trace),
    }
    total = weights.supervised_esr * terms["esr"] + weights.pixel * terms["pixel"]
    return report("supervision", terms, descend(optimizers, optimizers.generator, total))


def make_faces(batch: PairedBatch, elements: TraceElements, trace: Tensor) -> MadeFaces:
    """Take the trace off the spoof; put it on the paired live face (Sec. 3.3).

    It is put there less one element and warped.
    """
    harder = elements.dropping(batch.dropped).compose(batch.spoof)
    added = warp_between(harder, batch.spoof_points, batch.live_points, batch.triangles)
    return MadeFaces(live_counterpart(batch.spoof, trace), batch.live + added, added)


def halves(verdicts: list[Tensor]) -> tuple[list[Tensor], list[Tensor]]:
    """First and second half of the batch, at every scale."""
    return [v.chunk(2)[0] for v in verdicts], [v.chunk(2)[1] for v in verdicts]


def report(step: str, terms: Terms, finite: Tensor) -> Terms:
    """Terms under the step's name, cut from the graph."""
    named = {f"{step}/{name}": term.detach() for name, term in terms.items()}
    return named | {f"finite/{step}": finite}
