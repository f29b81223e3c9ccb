"""A Matplotlib figure as SVG inside a page: short, and with names of its own."""

import io
import re
from collections.abc import Sequence

from matplotlib.artist import Artist
from matplotlib.container import BarContainer
from matplotlib.figure import Figure
from matplotlib.text import Text

PHONE = 350  # pixels that a phone leaves for a figure
SMALLEST = 9  # pixels of a letter on a phone


def written(figure: Figure, prefix: str) -> str:
    """The figure as an SVG element.

    What shows data is in groups of class ``bar`` or ``data``: all else stays when it changes.

    Parameters
    ----------
    figure : Figure
        Its letters are made large enough for a phone.
    prefix : str
        What the names inside the figure begin with, so that no two figures of a page share one.
    """
    smallest = SMALLEST * 72 * figure.get_figwidth() / PHONE  # points
    for text in figure.findobj(Text):
        text.set_fontsize(max(text.get_fontsize(), smallest))
    for artist, kind in _data(figure):
        artist.set_gid(kind)
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", metadata={"Date": None})
    return _compact(buffer.getvalue(), prefix)


def shared(pictures: Sequence[str]) -> tuple[list[str], list[list[int]]]:
    """Each distinct element of the pictures once, and of which elements each picture consists."""
    parts: dict[str, int] = {}
    split = [
        [parts.setdefault(part, len(parts)) for part in re.split(r"(?<=>)(?=<| <)", picture)]
        for picture in pictures
    ]
    return list(parts), split


def _data(figure: Figure) -> list[tuple[Artist, str]]:
    """What shows data in a figure, and whether as a bar."""
    shown: list[tuple[Artist, str]] = []
    for axes in figure.axes:
        shown += [(artist, "data") for artist in (*axes.lines, *axes.collections)]
        bars = (held for held in axes.containers if isinstance(held, BarContainer))
        shown += [(patch, "bar") for held in bars for patch in held]
    return shown


def _compact(svg: str, prefix: str) -> str:
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg[svg.index("<svg") :], flags=re.DOTALL)
    svg = re.sub(r'<g id="(data|bar)">', r'<g class="\1">', svg)
    svg = re.sub(r'<g id="[^"]*">', "<g>", svg)
    svg = re.sub(r'(id="|url\(#|href="#)', rf"\1{prefix}-", svg)
    svg = re.sub(r'(?<= d=")[^"]*', lambda path: _compact_path(path[0]), svg)
    return re.sub(r"\s+", " ", svg)


def _compact_path(path: str) -> str:
    """Coordinates to a tenth of a point; after a line or a move the next line needs no letter."""
    tokens, last = [], ""
    for token in path.split():
        if not token.isalpha():
            tokens.append(f"{float(token):.1f}".removesuffix(".0"))
        elif not (token == "L" and last in ("L", "M")):
            tokens.append(token)
        last = token if token.isalpha() else last
    return " ".join(tokens)
