"""`spooftrace demo`: the whole way on people who do not exist, with the truth beside it."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from spooftrace.cli.extras import require_torch
from spooftrace.cli.output import say, show
from spooftrace.cli.stops import going_on
from spooftrace.detector.shipped import DEFAULT

if TYPE_CHECKING:
    from spooftrace.evaluation.estimates.report import Report
    from spooftrace.judging.report import Scored

PRESET = "true-traces-small"


def demo(
    out: Annotated[Path, typer.Option(help="Folder of everything the demo makes.")] = Path("demo"),
    people: Annotated[int, typer.Option(min=10, help="How many people to render.")] = 60,
    seed: Annotated[int, typer.Option(min=0, help="Of the people.")] = 0,
    iterations: Annotated[
        int | None, typer.Option(min=1, help="Of the training; default: the preset's.")
    ] = None,
) -> None:
    """Simulate every attack, ask the shipped model, train a small one, lay traces beside the truth.

    Nobody in it exists and no camera took the pictures, so the error rates say nothing of real
    faces; the way is the one that real pictures take. Takes less than ten minutes on two cores. A
    demo that was stopped continues.
    """
    require_torch("demo")
    with going_on("the same command continues the demo where it stopped"):
        _run_all(out, people, seed, iterations)


def _run_all(out: Path, people: int, seed: int, iterations: int | None) -> None:
    store, run, page = out / "store", out / "run", out / "report.html"
    shipped = out / "shipped.html"
    _heading(1, "simulate", f"spooftrace simulate --people {people} --seed {seed} --out {store}")
    _simulate(store, people, seed)
    _heading(2, "ask the shipped model", f"spooftrace evaluate {DEFAULT} --store {store}")
    _write_page(*_evaluate(store, DEFAULT), shipped)
    say(f"its traces beside the true ones: {shipped}")
    _heading(3, "train", f"spooftrace train --store {store} --out {run} --preset {PRESET}")
    _train(store, run, iterations)
    _heading(4, "evaluate", f"spooftrace evaluate {run} --store {store}")
    scored, report = _evaluate(store, run)
    _heading(5, "explain", f"faces of test people with their true traces, in {page}")
    _write_page(scored, report, page)
    say(_farewell(store, run, page, shipped))


def _heading(number: int, name: str, what: str) -> None:
    say(f"\n[{number}/5] {name}: {what}")


def _simulate(store: Path, people: int, seed: int) -> None:
    from spooftrace.cli.simulate import simulate

    # Told in full: as a function, a command's defaults are Typer's.
    simulate(
        None,
        str(store),
        people=people,
        attacks="all",
        per_face=1,
        live_per_face=None,
        seed=seed,
        database=None,
        workers=None,
        work=None,
        sheets=None,
    )


def _train(store: Path, run: Path, iterations: int | None) -> None:
    from spooftrace.cli.train import train
    from spooftrace.run_folder import RunFolder

    sets = [] if iterations is None else [f"training.iterations={iterations}"]
    started = RunFolder(run).checkpoints.exists()
    train([str(store)], run, preset=None if started else PRESET, set_=sets, resume=started)


def _evaluate(store: Path, model: Path | str) -> "tuple[Scored, Report]":
    from spooftrace.cli import progress
    from spooftrace.data.store.store import Store
    from spooftrace.detector.bundle import Bundle
    from spooftrace.evaluation.render.terminal import terminal
    from spooftrace.evaluation.tables.report import summary_document
    from spooftrace.judging.report import report_on
    from spooftrace.judging.scoring import score_store

    with progress.bar("scoring") as watch:
        scored = score_store(Bundle.load(model), Store.open(store), progress=watch)
    report = report_on(scored)
    show(terminal(summary_document(report, scored.tables)))
    return scored, report


def _write_page(scored: "Scored", report: "Report", path: Path) -> None:
    from spooftrace.evaluation.render.files import write_report
    from spooftrace.evaluation.render.page import page
    from spooftrace.evaluation.tables.report import report_document
    from spooftrace.judging.gallery import gallery_of_truth

    assert scored.faces is not None
    write_report(report, path.with_suffix(""), scored.tables)
    document = report_document(report, scored.tables)
    gallery = gallery_of_truth(scored.faces, scored.table)
    path.write_text(page(report, document, gallery=gallery), encoding="utf-8")


def _farewell(store: Path, run: Path, page: Path, shipped: Path) -> str:
    return f"""
Look at the report first: what the model took for the trace, and what the trace truly is.
  shipped model {shipped}
  trained here  {page}
  contact sheets {store / "sheets"}  (live | spoof | true trace, one picture an attack)
  store         {store}
  run           {run}  (journal.jsonl, images/; tensorboard --logdir {run})
  detector      {run / "model.onnx"}
These people and cameras are simulated: the figures show that the way works, not how well a
detector does on real faces.

With pictures of your own, in MINE/live and MINE/spoof/print, MINE/spoof/replay, ...:
  spooftrace prepare MINE --out stores/mine
  spooftrace train --store stores/mine --out runs/mine --preset small
  spooftrace evaluate runs/mine --store stores/mine --out reports/mine
  spooftrace analyze PICTURE --model runs/mine --out panels
With portraits alone, attacks can be simulated on them:
  spooftrace simulate PORTRAITS --out stores/simulated"""
