"""`spooftrace synthesize`: the trace of a spoof, put on a living face (Sec. 3.3, Fig. 8)."""

import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from spooftrace.cli.output import printable, say
from spooftrace.cli.stops import going_on
from spooftrace.detector.shipped import DEFAULT
from spooftrace.errors import ConfigError

if TYPE_CHECKING:
    from spooftrace.detector.detector import SpoofDetector
    from spooftrace.detector.synthesis import Strengths


def synthesize(
    spoof: Annotated[Path, typer.Option(help="Picture of a spoof, or a folder of them.")],
    live: Annotated[Path, typer.Option(help="Picture of a living face, or a folder of them.")],
    out: Annotated[
        Path, typer.Option(help="Picture to write (PNG); of folders, a folder for all pairs.")
    ],
    without: Annotated[
        list[str] | None, typer.Option(help="Leave out an element: s, b, C or T; repeatable.")
    ] = None,
    scale: Annotated[
        list[str] | None, typer.Option(help="Multiply an element, as in T=1.5; repeatable.")
    ] = None,
    model: Annotated[
        Path, typer.Option(help="Bundle, run folder, or a name of `spooftrace models`.")
    ] = Path(DEFAULT),
) -> None:
    """Take the trace of a spoof, warp it onto a living face and add it.

    Of folders, every pair is made, beside pairs.csv and a contact sheet as in Fig. 8; pictures
    without exactly one good face are left out and named.
    """
    from spooftrace.detector.detector import SpoofDetector
    from spooftrace.detector.synthesis import strengths

    asked = strengths(without or (), scale or ())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the note says it
        detector = SpoofDetector.load(model)
    if detector.doubt:
        say(f"note: {printable(detector.doubt)}", err=True)
    if spoof.is_dir() or live.is_dir():
        _folders(detector, spoof, live, out, asked)
    else:
        _pictures(detector, spoof, live, out, asked)


def _pictures(
    detector: "SpoofDetector", spoof: Path, live: Path, out: Path, asked: "Strengths"
) -> None:
    import numpy as np
    from PIL import Image

    from spooftrace.data.files import new_path
    from spooftrace.detector.synthesis import face_of, put_on, trace_of

    if out.suffix.lower() != ".png":
        raise ConfigError(
            f"--out {out}: expected the name of a PNG: other formats lose what is finest in a trace"
        )
    if out.exists() and any(path.exists() and out.samefile(path) for path in (spoof, live)):
        raise ConfigError(f"--out {out}: expected another file than the pictures that are read")
    trace = trace_of(detector, face_of(detector, spoof, str(spoof)), asked)
    face = face_of(detector, live, str(live))
    made = put_on(trace, face)
    try:
        with new_path(out) as path:
            Image.fromarray(made).save(path)
    except OSError as error:
        raise ConfigError(f"--out {out}: cannot be written ({error})") from error
    before, after = detector.score_faces(np.stack([face.image, made]))
    say(f"scores: spoof {trace.score:.4f}, living face {before:.4f}, with the trace {after:.4f}")
    say(f"written: {printable(str(out))}")


def _folders(
    detector: "SpoofDetector", spoof: Path, live: Path, out: Path, asked: "Strengths"
) -> None:
    from spooftrace.cli import progress
    from spooftrace.detector.synthesis_folder import PAIRS, SHEET, write_pairs

    with going_on(f"what is made is in {printable(str(out))}"), progress.bar("synthesizing") as bar:
        written = write_pairs(detector, spoof, live, out, asked, progress=bar)
    for reason in written.left_out:
        say(f"left out: {printable(reason)}", err=True)
    say(f"{written.pairs} pairs; written: {printable(str(out))}, {PAIRS} and {SHEET} in it")
