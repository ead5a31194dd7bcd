"""`spooftrace demo`: the whole way, from pictures to explained decisions, on rendered faces."""

import shutil
from pathlib import Path
from typing import Annotated

import typer

from spooftrace.cli.extras import require_torch


def demo(
    out: Annotated[Path, typer.Option(help="Folder of everything the demo makes.")] = Path("demo"),
    people: Annotated[int, typer.Option(min=10, help="How many people to render.")] = 40,
    seed: Annotated[int, typer.Option(min=0, help="Of the faces, attacks and cameras.")] = 0,
    iterations: Annotated[
        int | None, typer.Option(min=1, help="Of the training; default: the preset's.")
    ] = None,
) -> None:
    """Render faces and attacks, prepare, train the preset tiny, evaluate and explain.

    The people do not exist, so the error rates mean nothing for real ones; the way is the one that
    real pictures take. Takes a few minutes on two cores. A demo that was stopped continues.
    """
    require_torch("demo")
    pictures, store, run, panels = (out / name for name in ("pictures", "store", "run", "panels"))
    _heading(1, "render", f"{people} people who do not exist, in {pictures}")
    _render(pictures, people, seed)
    _heading(2, "prepare", f"spooftrace prepare {pictures} --out {store}")
    _prepare(pictures, store)
    _heading(3, "train", f"spooftrace train --store {store} --out {run} --preset tiny")
    _train(store, run, iterations)
    _heading(4, "evaluate", f"spooftrace evaluate {run} --store {store}")
    _evaluate(store, run)
    _heading(5, "explain", f"spooftrace analyze {pictures / 'test'} --model {run} --out {panels}")
    _analyze(pictures / "test", run, panels)
    typer.echo(_farewell(pictures, store, run, panels))


def _heading(number: int, name: str, what: str) -> None:
    typer.secho(f"\n[{number}/5] {name}: {what}", bold=True)


def _render(pictures: Path, people: int, seed: int) -> None:
    """The pictures; an unfinished folder is made again, a finished one kept."""
    import numpy as np

    from spooftrace.simulation.demo_set import demo_set

    if pictures.exists():
        typer.echo("already there, kept")
        return
    unfinished = pictures.with_name(pictures.name + ".unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    with typer.progressbar(length=people, label="rendering") as bar:
        count = demo_set(unfinished, people, np.random.default_rng(seed), done=bar.update)
    unfinished.rename(pictures)
    typer.echo(f"{count} pictures, half of them attacks by print and by replay")


def _prepare(pictures: Path, store: Path) -> None:
    from spooftrace.cli.prepare import prepare

    if (store / "store.json").exists():
        typer.echo("already there, kept")
        return
    prepare(pictures, str(store), database="demo")


def _train(store: Path, run: Path, iterations: int | None) -> None:
    from spooftrace.cli.train import train

    sets = [] if iterations is None else [f"training.iterations={iterations}"]
    started = (run / "checkpoints").exists()
    train(str(store), run, preset=None if started else "tiny", set_=sets, resume=started)


def _evaluate(store: Path, run: Path) -> None:
    from spooftrace.cli.evaluate import evaluate

    evaluate(run, store=str(store))


def _analyze(pictures: Path, run: Path, panels: Path) -> None:
    from spooftrace.cli.analyze import analyze

    analyze([pictures], model=run, out=panels)


def _farewell(pictures: Path, store: Path, run: Path, panels: Path) -> str:
    return f"""
Look at the panels first: the face, what the model took for the trace, and the face without it.
  panels        {panels}
  pictures      {pictures}
  store         {store}
  run           {run}  (journal.jsonl, images/; tensorboard --logdir {run})
  error rates   {run / "evaluation" / "report.md"}
  detector      {run / "model.onnx"}

With pictures of your own, in MINE/live and MINE/spoof/print, MINE/spoof/replay, ...:
  spooftrace prepare MINE --out stores/mine
  spooftrace train --store stores/mine --out runs/mine --preset small
  spooftrace evaluate runs/mine --store stores/mine
  spooftrace analyze PICTURE --model runs/mine --out panels"""
