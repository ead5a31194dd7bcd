"""`spooftrace evaluate` on a store with true traces."""

import json

import numpy as np
from toy_bundle import write_toy
from toy_faces import PROVENANCE, mean_vertices
from typer.testing import CliRunner

from spooftrace.cli.main import app
from spooftrace.data.sample import FaceSample
from spooftrace.data.store.writer import StoreWriter
from spooftrace.labels import Medium


def write_store(path, *, has_traces):
    """Six people, live and behind a screen that makes the left half of the face redder."""
    trace = np.zeros((256, 256, 3), np.float16)
    trace[:, :128, 0] = 0.2
    with StoreWriter(path, PROVENANCE) as writer:
        for person in range(6):
            live = np.random.default_rng(person).integers(50, 200, (256, 256, 3), np.uint8)
            for medium in (Medium.LIVE, Medium.REPLAY):
                is_spoof = medium is Medium.REPLAY
                writer.append(
                    FaceSample(
                        id=f"{medium.value}{person}",
                        image=live + (255 * trace).astype(np.uint8) if is_spoof else live,
                        vertices=mean_vertices(),
                        label=medium.label,
                        medium=medium,
                        database="made",
                        subject=str(person),
                        trace=trace if is_spoof and has_traces else None,
                    )
                )


def report(tmp_path, *, has_traces, more=()):
    write_store(tmp_path / "store", has_traces=has_traces)
    bundle = write_toy(tmp_path / "toy.onnx")
    arguments = ["evaluate", str(bundle), "--store", str(tmp_path / "store"), "--all-rows"]
    done = CliRunner().invoke(app, [*arguments, "--json", *more])
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def accuracy(found):
    return [table for table in found["tables"] if table["key"] == "trace-accuracy"]


def test_trace_accuracy_is_part_of_the_report(tmp_path):
    (table,) = accuracy(report(tmp_path, has_traces=True))
    replay, live = table["rows"]
    assert (replay[0], replay[1], live[0], live[1]) == ("replay", 6, "live", 6)
    nothing = replay[table["columns"].index("PSNR of 0")]["value"]
    # Half of one colour of three is 0.2 off.
    assert abs(nothing - -10 * np.log10(0.2**2 / 6)) < 0.05


def test_without_true_traces_there_is_no_such_table(tmp_path):
    assert accuracy(report(tmp_path, has_traces=False)) == []


def test_of_changed_faces_no_true_trace_is_known(tmp_path):
    assert accuracy(report(tmp_path, has_traces=True, more=["--equalise", "64"])) == []
