"""A plot as inline SVG: a frame with two scales, its grid, and marks in its coordinates.

Colours are CSS variables of the page (`--ink`, `--muted`, `--line`, `--live`, `--spoof`,
`--accent`), so that one drawing serves light, dark and print. Lengths are in units of the view box.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from html import escape

Point = tuple[float, float]

WIDTH, HEIGHT = 440.0, 380.0
LEFT, RIGHT, TOP, BOTTOM = 62.0, 16.0, 14.0, 50.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """From a value to its share of the axis."""

    low: float
    high: float
    ticks: tuple[tuple[float, str], ...]
    label: str
    transform: Callable[[float], float] = lambda value: value

    def share(self, value: float) -> float:
        """0 at the low end, 1 at the high end; values outside are drawn at the end."""
        clipped = min(max(value, self.low), self.high)
        low, high = self.transform(self.low), self.transform(self.high)
        return (self.transform(clipped) - low) / (high - low) if high > low else 0.5


@dataclass(slots=True, kw_only=True)
class Plot:
    """One chart; marks are drawn in the order in which they are added."""

    title: str
    """What a screen reader says."""
    x: Scale
    y: Scale
    width: float = WIDTH
    height: float = HEIGHT
    left: float = LEFT
    parts: list[str] = field(default_factory=list)

    def at(self, x: float, y: float) -> Point:
        """Where a pair of values lies."""
        across = self.width - self.left - RIGHT
        down = self.height - TOP - BOTTOM
        return self.left + across * self.x.share(x), self.height - BOTTOM - down * self.y.share(y)

    def line(self, points: Iterable[Point], name: str) -> None:
        """A line through values; `name` is its CSS class."""
        self.parts.append(f'<polyline class="{name}" points="{_joined(self._placed(points))}"/>')

    def area(self, lower: Sequence[Point], upper: Sequence[Point], name: str) -> None:
        """What lies between two lines."""
        around = self._placed([*lower, *reversed(upper)])
        self.parts.append(f'<polygon class="{name}" points="{_joined(around)}"/>')

    def dot(self, x: float, y: float, name: str, said: str, radius: float = 4.5) -> None:
        """A point that says something when pointed at."""
        across, down = self.at(x, y)
        self.parts.append(
            f'<circle class="{name}" cx="{across:.1f}" cy="{down:.1f}" r="{radius:g}">'
            f"<title>{escape(said)}</title></circle>"
        )

    def text(self, across: float, down: float, said: str, anchor: str = "start") -> None:
        """Words at a place of the view box."""
        self.parts.append(
            f'<text x="{across:.1f}" y="{down:.1f}" text-anchor="{anchor}">{escape(said)}</text>'
        )

    def draw(self) -> str:
        """The whole as an `svg` element."""
        inside = "\n".join([*self._grid(), *self.parts, *self._labels()])
        return (
            f'<svg viewBox="0 0 {self.width:g} {self.height:g}" role="img" '
            f'aria-label="{escape(self.title)}">\n{inside}\n</svg>'
        )

    def _placed(self, points: Iterable[Point]) -> list[Point]:
        return [self.at(x, y) for x, y in points]

    def _grid(self) -> list[str]:
        right, floor = self.width - RIGHT, self.height - BOTTOM
        lines = []
        for value, name in self.x.ticks:
            across, _ = self.at(value, self.y.low)
            lines.append(_segment(across, TOP, across, floor))
            lines.append(_tick(across, floor + 17, name, "middle"))
        for value, name in self.y.ticks:
            _, down = self.at(self.x.low, value)
            lines.append(_segment(self.left, down, right, down))
            lines.append(_tick(self.left - 8, down + 4, name, "end"))
        return lines

    def _labels(self) -> list[str]:
        middle = (self.left + self.width - RIGHT) / 2
        level = (TOP + self.height - BOTTOM) / 2
        across = f'<text x="{middle:.1f}" y="{self.height - 10:.1f}" text-anchor="middle">'
        up = f'<text transform="translate(15 {level:.1f}) rotate(-90)" text-anchor="middle">'
        return [
            f"{across}{escape(self.x.label)}</text>",
            f"{up}{escape(self.y.label)}</text>" if self.y.label else "",
        ]


def _segment(x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<line class="grid" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>'


def _tick(across: float, down: float, name: str, anchor: str) -> str:
    place = f'x="{across:.1f}" y="{down:.1f}" text-anchor="{anchor}"'
    return f'<text class="tick" {place}>{escape(name)}</text>'


def _joined(points: Iterable[Point]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
