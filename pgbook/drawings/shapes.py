"""Circles, arrows and words, in inches."""

from collections.abc import Sequence
from itertools import combinations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Circle, FancyArrowPatch, FancyBboxPatch, Patch, Rectangle
from matplotlib.path import Path
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from pgbook import style
from pgbook.validation import FloatArray

RADIUS, DOT, END = 0.3, 0.06, 0.48  # radius of a state, of an action; side of an end
TEXT = 11  # points
SHADE = "#dddddd"
CURVES = {2: Path.LINETO, 3: Path.CURVE3, 4: Path.CURVE4}


def blank(ax: Axes) -> None:
    """Prepare Axes on which one unit is one inch.

    Raises
    ------
    ValueError
        If there are other Axes in the figure: it will take the size of the drawing.
    """
    if len(ax.figure.axes) > 1:
        raise ValueError(f"ax must be alone in its figure, got {len(ax.figure.axes)} Axes in it")
    ax.figure.set_layout_engine("none")
    _view(ax, Bbox.from_extents(-5, -5, 5, 5))
    ax.set_axis_off()


def fit(ax: Axes, argument: str = "problem") -> Axes:
    """Give the figure the size of what was drawn.

    Raises
    ------
    ValueError
        If words overlap, with the name of the argument that is to blame.
    """
    for one, other in combinations(ax.texts, 2):
        if one.get_window_extent().overlaps(other.get_window_extent()):
            words = f"{one.get_text()!r} and {other.get_text()!r}"
            raise ValueError(f"{argument} must leave room for the words, but {words} overlap")
    drawn = [artist.get_window_extent() for artist in (*ax.patches, *ax.texts)]
    box = Bbox.union(drawn).transformed(ax.transData.inverted()).padded(0.05)
    # In tenths of an inch: the size is printed in notebooks, and fonts differ in the last digits.
    room = (np.ceil(10 * box.size) / 10 - box.size) / 2
    _view(ax, box.padded(*room))
    return ax


def _view(ax: Axes, box: Bbox) -> None:
    ax.figure.set_size_inches(box.size)
    ax.set_position([0, 0, 1, 1])
    ax.set(xlim=box.intervalx, ylim=box.intervaly, aspect="equal")


def unit(vector: FloatArray) -> FloatArray:
    """The direction of a vector."""
    return np.asarray(vector) / np.hypot(*vector)


def heading(degrees: float) -> FloatArray:
    """The direction of an angle: 0 to the right, 90 upwards."""
    return np.array([np.cos(np.radians(degrees)), np.sin(np.radians(degrees))])


def number(value: float) -> str:
    """A number, rounded to three digits, as it is written in a drawing."""
    return f"{value + 0.0:.3g}".replace("-", "−")


def write(ax: Axes, place: FloatArray, words: str, towards: FloatArray = (0, 0), **how) -> Text:
    """Words beside a place, on the side of a direction; on it without one."""
    x, y = towards
    sides = {
        "ha": "left" if x > 0.3 else "right" if x < -0.3 else "center",
        "va": "bottom" if y > 0.3 else "top" if y < -0.3 else "center",
    }
    spot = np.asarray(place) + 0.07 * np.asarray(towards)
    return ax.text(*spot, words, fontsize=TEXT, **{"linespacing": 1.1, **sides, **how})


def circle(ax: Axes, place: FloatArray, radius: float = RADIUS) -> None:
    """A state."""
    ax.add_patch(Circle(place, radius, fill=False, edgecolor=style.EXACT, linewidth=1.4))


def dot(ax: Axes, place: FloatArray, color: str) -> None:
    """An action that was chosen: now it is up to chance."""
    ax.add_patch(Circle(place, DOT, color=color))


def square(ax: Axes, place: FloatArray, side: float = END, **look) -> None:
    """The end."""
    look = {"facecolor": SHADE, "edgecolor": style.EXACT, **look}
    ax.add_patch(Rectangle(np.asarray(place) - side / 2, side, side, **look))


def box(ax: Axes, low: FloatArray, high: FloatArray, **look) -> Patch:
    """A box with round corners."""
    width, height = np.subtract(high, low)
    shape = {"boxstyle": "round,pad=0,rounding_size=0.1", "fill": False, "linewidth": 1.4}
    return ax.add_patch(FancyBboxPatch(low, width, height, **{**shape, **look}))


def line(
    ax: Axes,
    points: Sequence[FloatArray],
    color: str = style.EXACT,
    head: str = "-|>",
    corners: bool = False,
) -> Patch:
    """An arrow along a Bézier curve by two, three or four points, or from corner to corner."""
    codes = [Path.MOVETO, *[Path.LINETO if corners else CURVES[len(points)]] * (len(points) - 1)]
    path, look = Path(np.array(points), codes), {"mutation_scale": 13, "linewidth": 1.5}
    return ax.add_patch(FancyArrowPatch(path=path, arrowstyle=head, color=color, **look))
