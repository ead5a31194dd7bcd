"""A matplotlib figure as SVG inside an HTML page: the same bytes every time, light, dark and print.

matplotlib writes colours as numbers and names parts as it counts them. Here colours are exchanged
for the page's CSS variables, so that one drawing serves every scheme, and names are kept only where
something refers to them, under the chart's own name, so that several drawings share a page.
"""

import io
import re
import warnings
from collections.abc import Callable
from html import escape
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from matplotlib.figure import Figure

COLOURS: Final = {
    "ink": "#1b1e23",
    "muted": "#5b626d",
    "line": "#d9dde3",
    "accent": "#1f4e8c",
    "live": "#1d7a4c",
    "spoof": "#b3302f",
    "paper": "#fefefe",
}
"""What to draw with: the CSS variables of the page, as the numbers that stand for them."""

_STYLE: Final[Any] = {
    "svg.fonttype": "none",  # words stay words: searched, read aloud, in the reader's font
    "text.parse_math": False,
    "axes.unicode_minus": False,
    "font.size": 9.0,
    "text.color": COLOURS["ink"],
    "axes.labelcolor": COLOURS["ink"],
    "axes.edgecolor": COLOURS["line"],
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": COLOURS["line"],
    "grid.linewidth": 0.8,
    "xtick.color": COLOURS["line"],
    "ytick.color": COLOURS["line"],
    "xtick.labelcolor": COLOURS["muted"],
    "ytick.labelcolor": COLOURS["muted"],
    "axes.spines.top": False,
    "axes.spines.right": False,
}

_REFERENCE: Final = re.compile(r'(?:href="#|url\(#)([^")]+)')


def inline_svg(
    draw: Callable[["Figure"], None], key: str, title: str, size: tuple[float, float]
) -> str:
    """What `draw` puts into an empty figure, as an `svg` element.

    Args:
        draw: uses `COLOURS` alone; the ground is transparent, and text is never read as formulas.
        key: a name of its own on the page.
        title: what a screen reader says.
        size: width and height in inches of 72 units; the page scales the whole.
    """
    import matplotlib as mpl
    from matplotlib.figure import Figure

    written = io.StringIO()
    with mpl.rc_context(_STYLE | {"svg.hashsalt": key}), warnings.catch_warnings():
        # Names may be in a script that the font for measuring lacks; the reader's browser has it.
        warnings.filterwarnings("ignore", "Glyph .* missing", UserWarning)
        figure = Figure(figsize=size, layout="constrained")
        draw(figure)
        figure.savefig(written, format="svg", transparent=True, metadata={"Date": None})
    text = written.getvalue()
    text = text[text.index("<svg") :]
    # As HTML has it: without name spaces.
    text = text.replace("xlink:href", "href").replace(' xmlns="http://www.w3.org/2000/svg"', "")
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    for name, colour in COLOURS.items():
        text = text.replace(colour, f"var(--{name})")
    referred = set(_REFERENCE.findall(text))
    text = re.sub(
        r' id="([^"]+)"',
        lambda found: f' id="{key}-{found[1]}"' if found[1] in referred else "",
        text,
    )
    for name in referred:
        text = re.sub(rf'(href="#|url\(#){re.escape(name)}(?=["\)])', rf"\g<1>{key}-{name}", text)
    opening = r'<svg xmlns:xlink="[^"]*" width="[^"]*" height="[^"]*"'
    return re.sub(opening, f'<svg role="img" aria-label="{escape(title)}"', text, count=1).strip()
