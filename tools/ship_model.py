"""Make a shipped model of a trained run: bundle, threshold, figures, hash.

Run as `python tools/ship_model.py RUN --store STORE --name standard` (`make weights`).

alpha_0 and the threshold (BPCER of 2.5 %) are chosen on all development rows of the store, and
the figures are of its test rows, people of whom neither the run nor the threshold knows anything.
`--alpha-0` is one that was chosen elsewhere, never on what figures are of (docs/log.md).
With `--size` the networks look at faces of another size than they were trained for, and batch
norm's averages are taken anew at that size, over training faces; a generator of patches bears that.
"""

import argparse
import hashlib
import json
import shutil
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import torch

from spooftrace import runs
from spooftrace.data.batches.paired import PairedBatches
from spooftrace.data.files import write_whole
from spooftrace.data.store.store import Store
from spooftrace.detector import shipped
from spooftrace.detector.development import errors_by_threshold
from spooftrace.detector.shipped import Rates, Shipped
from spooftrace.evaluation.estimates.rate import AUC, BPCER, EER, POOLED_APCER, Rate
from spooftrace.evaluation.estimates.report import Report
from spooftrace.evaluation.protocols.splits import split_rows
from spooftrace.evaluation.render.files import write_report
from spooftrace.export.onnx_file import export
from spooftrace.judging.judge import judge
from spooftrace.labels import Label
from spooftrace.metrics import fusion, thresholds
from spooftrace.run_folder import RunFolder
from spooftrace.training.development import score_rows
from spooftrace.training.device import Device
from spooftrace.training.settling import settled

RULE = "bpcer@0.025"
ABOUT = "supervised by the true traces of simulated attacks on openly licensed portraits"
CPU = torch.device("cpu")
SETTLING_BATCHES = 12
LICENCE = "Apache-2.0; trained on pictures named in NOTICE"


def main() -> None:
    """Choose, export, measure, and write what `spooftrace models` says."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("run", type=Path)
    parser.add_argument("--store", required=True)
    parser.add_argument("--name", required=True)
    parser.add_argument("--about", default=ABOUT)
    parser.add_argument("--report", type=Path, help="folder for the report on the test rows")
    parser.add_argument("--alpha-0", type=float, help="weight of the trace; default: fitted")
    parser.add_argument("--size", type=int, help="side of the faces; default: the run's")
    parser.add_argument("--eight-bits", action="store_true", help="weights in eight bits")
    said = parser.parse_args()
    # In the run's folder, whose record says which rows it learnt from.
    path = said.run / f"{said.name}.onnx"
    export_chosen(said, Store.open(said.store), path)
    report = judge(path, said.store, cluster="subject")
    if said.report is not None:
        write_report(report, said.report)
    shutil.copyfile(path, shipped.file_of(said.name))
    keep(said.name, path, said.about, figures(report, "simulated attacks on unseen people"))


def export_chosen(said: argparse.Namespace, store: Store, path: Path) -> None:
    """The bundle of a run's best checkpoint, with alpha_0 and threshold of all development rows."""
    best = runs.trained(RunFolder(said.run).best, CPU)
    splits = split_rows(store.columns(), best.config.split)
    side = said.size or best.config.generator.image_size
    learnt_at = best.config.batches.window_px or best.config.generator.image_size
    batches = PairedBatches(
        store,
        splits.train,
        config=replace(best.config.batches, window_px=min(side, learnt_at)),
        augmentation=best.config.augmentation,
        image_size=side,
        seed=best.config.training.seed,
    ).as_judged
    device = Device(CPU, side)
    drawn = (device.batch(batches.batch(number)) for number in range(SETTLING_BATCHES))
    faces = (torch.cat([batch.live, batch.spoof]) for batch in drawn)
    with settled(best.generator, faces if said.size else ()):
        map_scores, trace_scores = score_rows(best.generator, store, splits.dev, device)
        labels = np.array(store.columns()["label"])[splits.dev]
        alpha_0 = said.alpha_0
        if alpha_0 is None:
            alpha_0 = fusion.fit_alpha0(map_scores, trace_scores, labels).value
        scores = fusion.fuse(map_scores, trace_scores, alpha_0)
        spoof, live = scores[labels == Label.SPOOF], scores[labels == Label.LIVE]
        threshold = thresholds.fit_threshold(RULE, {"all": spoof}, live, split="dev")
        media = np.array(store.columns()["medium"])[splits.dev]
        species = {name: scores[media == name] for name in np.unique(media[labels == Label.SPOOF])}
        info = replace(
            runs.bundle_info(best.config, best.progress, LICENCE),
            image_size=side,
            alpha_0=alpha_0,
            threshold=threshold,
            development=errors_by_threshold(species, live, threshold.value, presentations="faces"),
        )
        export(best.generator, info, path, eight_bits=said.eight_bits)


def figures(report: Report, faces: str) -> Rates:
    """Of the pooled section of a report."""
    pooled = report.pooled

    def shares(rate: Rate) -> tuple[float, float, float]:
        found = pooled.estimate(rate)
        assert found is not None
        assert found.interval is not None
        return found.value, found.interval.low, found.interval.high

    return Rates(
        faces=faces,
        count=pooled.live + sum(pooled.attacks.values()),
        auc=shares(AUC),
        eer=shares(EER),
        bpcer=shares(BPCER),
        apcer=shares(POOLED_APCER),
    )


def keep(name: str, path: Path, about: str, found: Rates) -> None:
    """Write the model into the list of shipped ones."""
    place = shipped.FOLDER / shipped.LIST
    models = dict(shipped.shipped()) if place.exists() else {}
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    models[name] = Shipped(about=about, sha256=sha256, figures=(found,))
    text = json.dumps({key: asdict(model) for key, model in models.items()}, indent=2)
    write_whole(place, text + "\n")


if __name__ == "__main__":
    main()
