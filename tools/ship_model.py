"""Make a shipped model of a trained run: bundle, threshold, figures, hash.

Run as `python tools/ship_model.py RUN --store STORE --name standard` (`make weights`).

alpha_0 and the threshold (BPCER of 2.5 %) are chosen on all development rows of the store, and
the figures are of its test rows, people of whom neither the run nor the threshold knows anything.
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
from spooftrace.data.files import write_whole
from spooftrace.data.store.store import Store
from spooftrace.detector import shipped
from spooftrace.detector.bundle import Bundle
from spooftrace.detector.bundle_info import write_info
from spooftrace.detector.development import errors_by_threshold
from spooftrace.detector.shipped import Figures, Shipped
from spooftrace.evaluation.estimates.rate import AUC, BPCER, EER, POOLED_APCER, Rate
from spooftrace.evaluation.estimates.report import Report
from spooftrace.evaluation.protocols.splits import split_rows
from spooftrace.evaluation.render.files import write_report
from spooftrace.judging.judge import judge
from spooftrace.labels import Label
from spooftrace.metrics import fusion, thresholds
from spooftrace.run_folder import RunFolder
from spooftrace.training.development import score_rows
from spooftrace.training.device import Device

RULE = "bpcer@0.025"
ABOUT = "supervised by the true traces of simulated attacks on openly licensed portraits"
LICENCE = "Apache-2.0; trained on pictures named in NOTICE"


def main() -> None:
    """Choose, export, measure, and write what `spooftrace models` says."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("run", type=Path)
    parser.add_argument("--store", required=True)
    parser.add_argument("--name", required=True)
    parser.add_argument("--about", default=ABOUT)
    parser.add_argument("--report", type=Path, help="folder for the report on the test rows")
    said = parser.parse_args()
    export_chosen(said.run, Store.open(said.store))
    # As the run's own bundle, beside which the record says which rows it learnt from.
    report = judge(said.run, said.store, cluster="subject")
    path = shipped.file_of(said.name)
    shutil.copyfile(RunFolder(said.run).model, path)
    if said.report is not None:
        write_report(report, said.report)
    keep(said.name, path, said.about, figures(report, "simulated attacks on unseen people"))


def export_chosen(run: Path, store: Store) -> None:
    """The bundle of a run's best checkpoint, with alpha_0 and threshold of all development rows."""
    best = runs.trained(RunFolder(run).best, torch.device("cpu"))
    rows = split_rows(store.columns(), best.config.split).dev
    device = Device(torch.device("cpu"), best.config.generator.image_size)
    map_scores, trace_scores = score_rows(best.generator, store, rows, device)
    labels = np.array(store.columns()["label"])[rows]
    alpha_0 = fusion.fit_alpha0(map_scores, trace_scores, labels)
    scores = fusion.fuse(map_scores, trace_scores, alpha_0.value)
    spoof, live = scores[labels == Label.SPOOF], scores[labels == Label.LIVE]
    threshold = thresholds.fit_threshold(RULE, {"all": spoof}, live, split="dev")
    runs.export_run(run, licence=LICENCE, alpha_0=alpha_0.value, threshold=threshold)
    # After the export: a bundle says what its thresholds mean where they were chosen with care.
    media = np.array(store.columns()["medium"])[rows]
    attacks = {name: scores[media == name] for name in np.unique(media[labels == Label.SPOOF])}
    path = RunFolder(run).model
    info = Bundle.load(path).info
    seen = errors_by_threshold(attacks, live, threshold.value, presentations="faces")
    write_info(path, replace(info, development=seen))


def figures(report: Report, faces: str) -> Figures:
    """Of the pooled section of a report."""
    pooled = report.pooled

    def shares(rate: Rate) -> tuple[float, float, float]:
        found = pooled.estimate(rate)
        assert found is not None
        assert found.interval is not None
        return found.value, found.interval.low, found.interval.high

    return Figures(
        faces=faces,
        count=pooled.live + sum(pooled.attacks.values()),
        auc=shares(AUC),
        eer=shares(EER),
        bpcer=shares(BPCER),
        apcer=shares(POOLED_APCER),
    )


def keep(name: str, path: Path, about: str, found: Figures) -> None:
    """Write the model into the list of shipped ones."""
    place = shipped.FOLDER / shipped.LIST
    models = dict(shipped.shipped()) if place.exists() else {}
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    models[name] = Shipped(about=about, sha256=sha256, figures=(found,))
    text = json.dumps({key: asdict(model) for key, model in models.items()}, indent=2)
    write_whole(place, text + "\n")


if __name__ == "__main__":
    main()
