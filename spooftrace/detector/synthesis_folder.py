"""Every spoof of a folder put on every living face of another: pictures, their list and a sheet."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PIL import Image

from spooftrace.data.csv_text import csv_text
from spooftrace.data.files import new_path, write_whole
from spooftrace.data.sources.pictures import is_picture
from spooftrace.detector.analysis import NamedFile, collect
from spooftrace.detector.detector import SpoofDetector
from spooftrace.detector.synthesis import (
    ModelFace,
    Picture,
    SourceTrace,
    Strengths,
    face_of,
    put_on,
    trace_of,
)
from spooftrace.detector.synthesis_sheet import chosen, draw_sheet
from spooftrace.errors import ConfigError, MissingExtraError, PictureError
from spooftrace.faces.topology import triangles_for

SHEET: Final = "sheet.png"
PAIRS: Final = "pairs.csv"
HEADER: Final = ("spoof", "live", "picture", "spoof_score", "live_score", "score")


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What was made of two folders."""

    pairs: int
    left_out: tuple[str, ...]
    """Why pictures were left out, one line each, with their names."""


def write_pairs(
    detector: SpoofDetector,
    spoof: Path,
    live: Path,
    out: Path,
    asked: Strengths,
    *,
    progress: Callable[[int, int], None],
) -> Written:
    """Put the trace of each spoof on each living face.

    `out` gets `SPOOF/LIVE.png` for every pair, `pairs.csv` with the scores of both and of what was
    made, and `sheet.png`, the contact sheet of Fig. 8.

    Args:
        detector: finds faces and traces.
        spoof: a picture, or a folder of pictures and of folders of them; videos are not read.
        live: the same of living faces.
        out: a folder, made where it is missing.
        asked: how strong each element is put on.
        progress: told (pairs made, of all).

    Raises:
        PictureError: a side has no picture with one good face.
        ConfigError: `out` cannot be written, or a folder of sources lies in it.
    """
    left_out: list[str] = []
    lives = _faces(detector, _pictures(live, out), left_out, live, are_targets=True)
    spoofs = _faces(detector, _pictures(spoof, out), left_out, spoof)
    live_scores = [float(detector.score_faces(face.image[None])[0]) for _, face in lives]
    across, down = chosen(len(lives)), chosen(len(spoofs))
    sheet: list[tuple[SourceTrace, list[Picture]]] = []
    rows: list[Sequence[object]] = []
    try:
        for number, (source, spoof_face) in enumerate(spoofs):
            trace = trace_of(detector, spoof_face, asked)
            shown = []
            for column, (target, face) in enumerate(lives):
                made, name = put_on(trace, face), f"{source.name}/{target.name}.png"
                with new_path(out / name) as path:
                    Image.fromarray(made).save(path, compress_level=1)
                score = float(detector.score_faces(made[None])[0])
                rows.append(
                    (source.path, target.path, name, trace.score, live_scores[column], score)
                )
                if column in across:
                    shown.append(made)
                progress(len(rows), len(spoofs) * len(lives))
            if number in down:
                sheet.append((trace, shown))
        write_whole(out / PAIRS, csv_text(HEADER, rows))
        _write_sheet(out / SHEET, sheet, [lives[index][1] for index in across], asked)
    except OSError as error:
        raise ConfigError(f"--out {out}: cannot be written ({error})") from error
    return Written(pairs=len(rows), left_out=tuple(left_out))


def _pictures(place: Path, out: Path) -> list[NamedFile]:
    """The pictures of a folder, or the one that is named; what was made before is none of them."""
    if place.is_dir() and place.resolve().is_relative_to(out.resolve()):
        raise ConfigError(f"--out {out}: expected a folder that {place} does not lie in")
    found, _ = collect([place], skip=out)
    return [file for file in found if not place.is_dir() or is_picture(file.path)]


def _faces(
    detector: SpoofDetector,
    files: Sequence[NamedFile],
    left_out: list[str],
    place: Path,
    *,
    are_targets: bool = False,
) -> list[tuple[NamedFile, ModelFace]]:
    faces = []
    for file in files:
        try:
            face = face_of(detector, file.path, str(file.path))
            if are_targets:
                triangles_for(face.vertices, len(face.image))
            faces.append((file, face))
        except PictureError as error:
            left_out.append(str(error))
        except MissingExtraError as error:
            left_out.append(f"{file.path}: {error}")
    if not faces:
        why = f"; the first: {left_out[-len(files)]}" if files else ""
        raise PictureError(
            f"{place}: expected pictures with one good face each, none of {len(files)} has{why}"
        )
    return faces


def _write_sheet(
    path: Path,
    sheet: Sequence[tuple[SourceTrace, Sequence[Picture]]],
    lives: Sequence[ModelFace],
    asked: Strengths,
) -> None:
    traces, made = zip(*sheet, strict=True)
    changed = ", ".join(f"{letter} x {factor:g}" for letter, factor in asked.items())
    title = (
        f"Sec. 3.3: I_j + G(I_i) carried from face i to face j{f'; {changed}' if changed else ''}"
    )
    with new_path(path) as unfinished:
        Image.fromarray(draw_sheet(traces, lives, made, title)).save(unfinished)
