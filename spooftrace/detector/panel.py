"""The evidence as one picture: face, trace, live counterpart and spoof map above the four elements.

Signed pictures are shown around mid-grey, 127.5 + 127.5 gain v, clipped to [0, 255]; the gain is in
the caption, because a trace of a live face amplified far enough looks like one of a spoof.

Where the truth is known (`Truth`) it stands beside what was estimated, at the same gain.
"""

import math
import textwrap
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from spooftrace.detector.detection import Decision, Detection, Evidence
from spooftrace.errors import ConfigError, PictureError

WIDTH = 1400
HEIGHT = 976
TILE = 320
MARGIN = 24
HEADER = 88
ROW = TILE + 82
GAINS = (20, 10, 5, 2, 1)
"""Never more than 20: noise of one grey level must stay invisible."""
SWATCH = 194
"""Height of the part of a bias tile that shows the colour; the numbers are below."""

PAPER, INK, FAINT = (255, 255, 255), (28, 30, 34), (104, 108, 116)
BADGE = {Decision.SPOOF: (190, 40, 45), Decision.LIVE: (24, 128, 72)}
_CHANNELS = (("R", (205, 60, 60)), ("G", (50, 150, 75)), ("B", (60, 95, 205)))
_RAMP_AT = (0.0, 0.5, 1.0)
_RAMP = ((16, 24, 64), (196, 60, 78), (255, 224, 96))

Picture = NDArray[np.uint8]
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Tile:
    """One square of a panel with its two lines of caption."""

    picture: Image.Image
    name: str
    """What it shows: a symbol and its words."""
    detail: str
    """How it is shown: gain, mean."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Truth:
    """What a simulation knows of a spoof, on the scale where a face is [0, 1]."""

    trace: Floats
    """(n, n, 3) the true trace."""
    live: Floats
    """(n, n, 3) the face without the medium."""


def draw_panel(
    detection: Detection,
    *,
    title: str = "",
    gain: float | None = None,
    truth: Truth | None = None,
) -> Picture:
    """The panel of one face, (976, 1400, 3) uint8 RGB; (976, 1744, 3) with the truth.

    `title` names the picture in the header. `gain` fixes the amplification of all signed pictures,
    to compare faces; None takes for each the largest of `GAINS` at which 99.5 % of it fits.
    Raises PictureError for a detection without evidence, ConfigError when `gain` is not above 0.
    """
    tiles = tiles_of(detection, title=title, gain=gain, truth=truth)
    columns = len(tiles) // 2
    canvas = Image.new("RGB", (WIDTH + (columns - 4) * (TILE + MARGIN), HEIGHT), PAPER)
    draw = ImageDraw.Draw(canvas)
    _draw_header(draw, detection, title)
    for index, tile in enumerate(tiles):
        left, top = corner(index, columns)
        canvas.paste(tile.picture, (left, top))
        draw.text((left, top + TILE + 8), tile.name, INK, font(20))
        draw.text((left, top + TILE + 36), tile.detail, FAINT, font(15))
    words = detection.explanation or ""
    draw.multiline_text((MARGIN, HEIGHT - 56), textwrap.fill(words, 150), INK, font(17))
    return np.asarray(canvas)


def tiles_of(
    detection: Detection,
    *,
    title: str = "",
    gain: float | None = None,
    truth: Truth | None = None,
) -> list[Tile]:
    """The squares of the panel by themselves, in the order of `corner`; as `draw_panel`."""
    if detection.evidence is None:
        raise PictureError(
            f"{title or 'panel'}: expected a detection with evidence, got {detection.decision} "
            f"({detection.detail}); only faces that were judged have a panel"
        )
    if gain is not None and not 0 < gain < math.inf:
        raise ConfigError(f"gain: expected a finite number above 0, got {gain}")
    tiles = _tiles(detection.evidence, detection.native_size, gain)
    return tiles if truth is None else _with_truth(tiles, detection.evidence, truth, gain)


def headline(detection: Detection) -> str:
    """The score beside its threshold, and where that came from."""
    sign = ">=" if detection.decision is Decision.SPOOF else "<"
    return (
        f"score {detection.score:.4f}  {sign}  threshold {detection.threshold:.4f}"
        f"  ({_shortened(detection.threshold_source, 50)})"
    )


def corner(index: int, columns: int = 4) -> tuple[int, int]:
    """(x, y) of a tile's top-left pixel: 0 input, 1 trace, 2 live, 3 map, 4 s, 5 b, 6 C, 7 T.

    In five columns: 0 input, 1 trace, 2 true trace, 3 live, 4 true live, 5 map, 6 s, 7 b, 8 C, 9 T.
    """
    row, column = divmod(index, columns)
    return MARGIN + column * (TILE + MARGIN), HEADER + MARGIN + row * ROW


def signed_pixels(values: Floats, gain: float) -> Picture:
    """Signed values as grey levels around 127.5, symmetric; +-1/gain reach 255 and 0."""
    return np.asarray(np.rint(np.clip(127.5 + 127.5 * gain * values, 0, 255)), np.uint8)


def fitting_gain(values: Floats) -> float:
    """The largest of `GAINS` at which 99.5 % of the values stay inside the range of grey levels."""
    reach = float(np.percentile(np.abs(values), 99.5))
    return float(next((gain for gain in GAINS if gain * reach <= 1 + 1e-6), GAINS[-1]))


def _tiles(seen: Evidence, native_size: int | None, gain: float | None) -> list[Tile]:
    native = f"cut from {native_size} px" if native_size else "ready crop"
    return [
        Tile(_square(seen.crop), "I  input", f"{native}, model sees {len(seen.trace)} px"),
        _signed_tile("G  spoof trace of I", seen.trace, gain),
        Tile(
            _square(unit_pixels(seen.live)),
            "I - G  live counterpart",
            "the face without the trace",
        ),
        _map_tile(seen.spoof_map),
        _swatch_tile("s  range bias (times I)", seen.range_bias, gain),
        _swatch_tile("b  balance bias", seen.balance_bias, gain),
        _signed_tile("C  smooth content", seen.content, gain),
        _signed_tile("T  sharp texture", seen.texture, gain),
    ]


def _with_truth(tiles: list[Tile], seen: Evidence, truth: Truth, gain: float | None) -> list[Tile]:
    """The tiles with the true trace and the true live face beside the estimated ones."""
    picture, trace, live, *rest = tiles
    shared = gain or min(fitting_gain(seen.trace), fitting_gain(truth.trace))
    trace = _signed_tile(trace.name, seen.trace, shared)
    true_trace = _signed_tile("G  true trace", truth.trace, shared)
    true_live = Tile(_square(unit_pixels(truth.live)), "true live face", "same camera, same noise")
    return [picture, trace, true_trace, live, true_live, *rest]


def _signed_tile(name: str, values: Floats, gain: float | None) -> Tile:
    gain = gain or fitting_gain(values)
    return Tile(
        _square(signed_pixels(values, gain)),
        name,
        f"gain {gain:g}, grey is 0, mean |{name[0]}| {np.abs(values).mean():.4f}",
    )


def _swatch_tile(name: str, values: Floats, gain: float | None) -> Tile:
    """The colour that the bias adds to mid-grey, above its three numbers as signed bars."""
    gain = gain or fitting_gain(values)
    colour = signed_pixels(values, gain)
    tile = Image.new("RGB", (TILE, TILE), (244, 244, 246))
    draw = ImageDraw.Draw(tile)
    draw.rectangle((0, 0, TILE - 1, SWATCH - 1), fill=tuple(int(level) for level in colour))
    for row, ((letter, ink), value) in enumerate(zip(_CHANNELS, values, strict=True)):
        _draw_bar(draw, SWATCH + 8 + row * 38, letter, ink, float(value), gain)
    return Tile(tile, name, f"gain {gain:g}, grey is 0")


def _draw_bar(
    draw: ImageDraw.ImageDraw,
    top: int,
    letter: str,
    ink: tuple[int, int, int],
    value: float,
    gain: float,
) -> None:
    middle, reach = 128, 84
    end = middle + round(reach * float(np.clip(gain * value, -1, 1)))
    draw.text((14, top + 18), letter, ink, font(18), anchor="lm")
    draw.rectangle((min(middle, end), top + 8, max(middle, end), top + 27), fill=ink)
    draw.line((middle, top + 3, middle, top + 32), fill=FAINT)
    draw.text((TILE - 14, top + 18), f"{value:+.4f}", INK, font(18), anchor="rm")


def _map_tile(spoof_map: Floats) -> Tile:
    levels = np.clip(spoof_map, 0, 1)
    planes = [np.interp(levels, _RAMP_AT, [stop[c] for stop in _RAMP]) for c in range(3)]
    picture = np.rint(np.stack(planes, axis=-1)).astype(np.uint8)
    return Tile(
        _square(picture, Image.Resampling.NEAREST),
        "M  spoof map",
        f"dark 0 live, bright 1 spoof, mean |M| {np.abs(spoof_map).mean():.3f}",
    )


def unit_pixels(values: Floats) -> Picture:
    """Values of a face, [0, 1], as bytes; what lies outside is clipped."""
    return np.rint(np.clip(255 * values, 0, 255)).astype(np.uint8)


def _square(
    picture: Picture, resampling: Image.Resampling = Image.Resampling.BILINEAR
) -> Image.Image:
    return Image.fromarray(picture).resize((TILE, TILE), resampling)


def _draw_header(draw: ImageDraw.ImageDraw, detection: Detection, title: str) -> None:
    badge = (MARGIN, MARGIN, MARGIN + 128, HEADER)
    draw.rounded_rectangle(badge, 10, fill=BADGE.get(detection.decision, FAINT))
    middle = ((badge[0] + badge[2]) // 2, (badge[1] + badge[3]) // 2)
    draw.text(middle, detection.decision.name, PAPER, font(30), anchor="mm")
    draw.text((badge[2] + 20, badge[1] + 2), headline(detection), INK, font(24))
    draw.text((badge[2] + 20, badge[1] + 36), _shortened(title, 100), FAINT, font(18))


def _shortened(text: str, length: int) -> str:
    """One printable line; the end of a long path is the telling one."""
    text = "".join(letter if letter.isprintable() else "?" for letter in text)
    return text if len(text) <= length else "..." + text[3 - length :]


@cache
def font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """The font that Pillow brings, so many pixels high."""
    return ImageFont.load_default(size)
