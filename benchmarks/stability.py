"""How often an answer flips though nothing has changed, and what each remedy does about it.

Run by `python -m benchmarks.stability BUNDLE --pictures FOLDER --videos FOLDER [--threshold X]`.

Pictures: the crop of each face is moved by 2 % of its side and scaled by 2 % (one standard
deviation each, the same draws for each remedy); a flip is a decision that differs from that of the
crop as found. `averaged` judges by the mean score of five crops, as `SpoofDetector(is_averaging)`
does. Videos: a flip is a decision that differs from that of the face's look before, with
the mesh taken as found and steadied along its track.

A flip needs a threshold among the scores: `--threshold median` takes the median of each set, with
which a bundle of random weights can be tried.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.timing import record
from spooftrace.data.sources import pictures
from spooftrace.detector.detector import SpoofDetector
from spooftrace.detector.following import FollowConfig
from spooftrace.faces.crop import Box, beside, cut
from spooftrace.faces.finder import FoundFace, find_face

SPREAD = 0.02
"""Standard deviation of the jitter, in sides of the crop."""
STEADYING = 0.7

Floats = NDArray[np.float64]


def main() -> None:
    """Measure and record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("bundle", type=Path)
    parser.add_argument("--pictures", type=Path)
    parser.add_argument("--videos", type=Path)
    parser.add_argument("--threshold", default="bundle", help="bundle, median, or a number")
    parser.add_argument("--jitters", type=int, default=8)
    parser.add_argument("--most", type=int, default=500, help="pictures looked at")
    parser.add_argument("--every", type=int, default=3, help="of a video, every n-th frame")
    given = parser.parse_args()
    detector = SpoofDetector.load(given.bundle)
    results: dict[str, object] = {"bundle": detector.bundle.sha256[:12]}
    if given.pictures:
        found = [path for path in sorted(given.pictures.rglob("*")) if pictures.is_picture(path)]
        step = max(1, len(found) // given.most)
        results["pictures"] = of_pictures(detector, found[::step], given.jitters, given.threshold)
    if given.videos:
        found = [path for path in sorted(given.videos.rglob("*")) if pictures.is_video(path)]
        results["videos"] = of_videos(detector, found, given.every, given.threshold)
    record("stability", results)


def of_pictures(
    detector: SpoofDetector, paths: Sequence[Path], jitters: int, threshold: str
) -> dict[str, float]:
    """Flip rates and spreads of the scores, one crop and averaged."""
    rng = np.random.default_rng(0)
    single, averaged = [], []
    for path in paths:
        image = pictures.read_picture(path)
        face = find_face(image, detector.landmarker, detector.gate)
        if not isinstance(face, FoundFace):
            continue
        draws = [(0.0, 0.0, 1.0)] + [
            (*rng.normal(0, SPREAD, 2), 1 + rng.normal(0, SPREAD)) for _ in range(jitters)
        ]
        boxes = [moved(face.box, *draw) for draw in draws]
        crops = [cut(image, one) for box in boxes for one in (box, *beside(box))]
        scores = detector.score_faces(np.stack(crops)).reshape(len(boxes), -1)
        single.append(scores[:, 0])
        averaged.append(scores.mean(axis=1))
    measured = {"faces": float(len(single))}
    for name, rows in (("one_crop", np.array(single)), ("averaged", np.array(averaged))):
        limit = limit_of(detector, threshold, rows)
        called = rows >= limit
        measured[f"flip_rate_{name}"] = round(float((called[:, 1:] != called[:, :1]).mean()), 4)
        # Over the spread between faces, so that scores of another scale compare.
        spread = rows.std(axis=1).mean() / rows[:, 0].std()
        measured[f"jitter_over_spread_{name}"] = round(float(spread), 4)
    return measured


def of_videos(
    detector: SpoofDetector, paths: Sequence[Path], every: int, threshold: str
) -> dict[str, float]:
    """Flips from look to look along a track, and moves of the score, as found and steadied."""
    measured = {"videos": float(len(paths))}
    ways = {"as_found": FollowConfig(steadying=0.0), "steadied": FollowConfig(steadying=STEADYING)}
    for name, config in ways.items():
        tracks = [track for path in paths for track in scores_of(detector, path, every, config)]
        limit = limit_of(detector, threshold, np.concatenate(tracks))
        flips = np.concatenate([np.diff((track >= limit).astype(int)) != 0 for track in tracks])
        moves = np.concatenate([np.abs(np.diff(track)) for track in tracks])
        spread = float(np.concatenate(tracks).std())
        measured[f"looks_{name}"] = float(flips.size)
        measured[f"flip_rate_{name}"] = round(float(flips.mean()), 4)
        measured[f"move_over_spread_{name}"] = round(float(moves.mean()) / spread, 4)
    return measured


def scores_of(
    detector: SpoofDetector, path: Path, every: int, config: FollowConfig
) -> list[Floats]:
    """The scores of each track of a video, in the order of its looks."""
    tracks: dict[int, list[float]] = {}
    # The threshold plays no part in the scores.
    for frame in detector.predict_video(path, threshold=0.0, every=every, config=config).frames:
        for track, face in frame.faces.items():
            if face.score is not None:
                tracks.setdefault(track, []).append(face.score)
    return [np.array(scores) for scores in tracks.values() if len(scores) > 1]


def moved(box: Box, right: float, down: float, scale: float) -> Box:
    """The box moved by parts of its side and scaled about its middle, in whole pixels."""
    side = max(1, round(box.side * scale))
    return Box(
        left=round(box.left + right * box.side + (box.side - side) / 2),
        top=round(box.top + down * box.side + (box.side - side) / 2),
        side=side,
    )


def limit_of(detector: SpoofDetector, threshold: str, scores: Floats) -> float:
    """The threshold to count flips at."""
    if threshold == "median":
        return float(np.median(scores))
    return detector.threshold(None if threshold == "bundle" else float(threshold))[0]


if __name__ == "__main__":
    main()
