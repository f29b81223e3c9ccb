"""One function times a grid of parameters: a figure that answers back.

An `Explorer` has two forms. With a kernel it shows ipywidgets controls and recomputes
at any value between the ends of a parameter's list. In a built page there is no kernel:
the frames of the grid are inside the page as SVG, together with native controls and a
few lines of script that swap them. The page needs no other file and no network.

In both forms what the figure showed at the start stays visible behind it, so a drawing
function sets limits of its axes that hold for all its parameters.
"""

import html
import itertools
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from string import Template

import ipywidgets
import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure

from pgbook import controls, style, svg
from pgbook.controls import Value
from pgbook.validation import FloatArray

PAGE, STYLE, SCRIPT = (
    Path(__file__).with_suffix(f".{kind}").read_text(encoding="utf-8")
    for kind in ("html", "css", "js")
)
LARGEST_PAGE = 500_000  # bytes of frames in a built page
SIZE = (5.0, 3.4)  # inches
MARGINS = {"left": 0.18, "right": 0.97, "bottom": 0.16, "top": 0.95}
# Drawn on nothing, so that the start can stand behind.
SETTINGS = {"figure.constrained_layout.use": False} | dict.fromkeys(
    ("figure.facecolor", "axes.facecolor"), "none"
)


@dataclass(frozen=True)
class Frame:
    """The figure at one point of the grid, the same in words, and the limits of its axes."""

    svg: str
    text: str
    limits: tuple[tuple[float, float], ...]


class Explorer:
    """An explorable figure.

    Parameters
    ----------
    draw : callable
        ``draw(ax, **parameters)`` draws on a Matplotlib Axes and says in a sentence what the
        figure shows, with its numbers. The sentence is what a screen reader reads and what
        changes visibly with each move. The limits of the axes do not depend on the parameters.
        The name of the function is the name of the explorer in the address of a page.
    title : str
        What is explored; the accessible name of the whole.
    labels : mapping of str to str, optional
        The name of a control if it is not that of the parameter. Plain text.
    start : mapping, optional
        Where the controls stand first; by default at the first value of each list.
    play : str, optional
        The parameter that a button walks through its values, as time.
    size : (float, float)
        Width and height of the figure in inches.
    **parameters : sequence of numbers or of strings
        The grid. With a kernel, numbers become sliders over their whole range
        (logarithmic if the largest is 20 times the least, whole numbers if all are
        ints) and strings become a choice. In a page, up to four values become buttons.

    Raises
    ------
    ValueError
        If there is no parameter, if a list has fewer than two values or is not sorted,
        if two values read the same, if `start` is not on the grid, if `play` has fewer
        than five numbers, or if the frames need more than 500 kB.
    """

    def __init__(
        self,
        draw: Callable[..., str],
        *,
        title: str,
        labels: Mapping[str, str] | None = None,
        start: Mapping[str, Value] | None = None,
        play: str | None = None,
        size: tuple[float, float] = SIZE,
        **parameters: Sequence[Value],
    ) -> None:
        if not parameters:
            raise ValueError("parameters must hold at least one list of values, got none")
        self.draw, self.title, self.size, self.play = draw, title, size, play
        self.parameters = {name: _values(name, given) for name, given in parameters.items()}
        self.labels = {name: name for name in parameters} | _known("labels", labels, parameters)
        first = {name: values[0] for name, values in self.parameters.items()}
        self.start = first | _known("start", start, parameters)
        for name, value in self.start.items():
            if value not in self.parameters[name]:
                raise ValueError(f"start must be on the grid, got {name} = {value!r}")
        if play is not None and not controls.is_slider(self.parameters.get(play, [""])):
            raise ValueError(f"play must name a list of more than four numbers, got {play!r}")

    def __repr__(self) -> str:
        sizes = " x ".join(f"{name} {len(v)}" for name, v in self.parameters.items())
        return f"Explorer({self.title}: {sizes})"

    @property
    def name(self) -> str:
        """The id of the explorer in a page."""
        return "explorer-" + re.sub(r"\W|_", "-", self.draw.__name__)

    def frame(self, **parameters: Value) -> Frame:
        """The figure and its description at any value of the parameters."""
        # Fixed margins: the automatic layout takes as long as the drawing.
        with mpl.rc_context({**style.SETTINGS, **SETTINGS}):
            figure = Figure(figsize=self.size)
            axes = figure.subplots()
            figure.subplots_adjust(**MARGINS)
            text = self.draw(axes, **parameters)
            limits = axes.get_xlim(), axes.get_ylim()
            return Frame(svg.written(figure, self.name), text, limits)

    def grid(self) -> list[dict[str, Value]]:
        """All points of the grid; the last parameter varies fastest."""
        points = itertools.product(*self.parameters.values())
        return [dict(zip(self.parameters, point, strict=True)) for point in points]

    def widget(self) -> ipywidgets.Widget:
        """The live form: controls that recompute the figure at any value."""
        named = {
            name: controls.live(self.labels[name], values, self.start[name])
            for name, values in self.parameters.items()
        }
        picture, text = ipywidgets.HTML(), ipywidgets.HTML()
        first = self.frame(**self.start)
        ghost = first.svg.replace("<svg", '<svg class="ghost"', 1)

        def show(frame: Frame, moved: bool) -> None:
            picture.value = (
                f'<div class="pgbook-explorer {"moved" * moved}"><style>{STYLE}</style>'
                f'<div class="frame">{frame.svg}{ghost}</div></div>'
            )
            text.value = html.escape(frame.text)

        def redraw(_: object) -> None:
            setting = {name: control.value for name, control in named.items()}
            frame = self.frame(**setting)
            show(frame, setting != self.start and frame.limits == first.limits)

        for control in named.values():
            control.observe(redraw, names="value")
        show(first, moved=False)
        buttons = ipywidgets.HBox(self._live_buttons(named))
        return ipywidgets.VBox([*named.values(), buttons, picture, text])

    def _live_buttons(self, named: Mapping[str, ipywidgets.Widget]) -> list[ipywidgets.Widget]:
        reset = ipywidgets.Button(description="Reset")

        def to_start(_: object) -> None:
            for name, control in named.items():
                control.value = self.start[name]

        reset.on_click(to_start)
        if self.play is None:
            return [reset]
        return [controls.live_play(self.parameters[self.play], named[self.play]), reset]

    def page(self) -> str:
        """The form for a built page: a block of HTML that needs no kernel and no network."""
        points = self.grid()
        frames = [self.frame(**point) for point in points]
        first = points.index({name: self.start[name] for name in self.parameters})
        payload = self._payload(frames, first)
        native = (
            controls.native(self.name, name, self.labels[name], values, self.start[name])
            for name, values in self.parameters.items()
        )
        title, text = (html.escape(t) for t in (self.title, frames[first].text))
        return Template(PAGE.rstrip()).substitute(
            name=self.name,
            title=title,
            text=text,
            svg=frames[first].svg,
            payload=payload,
            style=STYLE,
            script=SCRIPT,
            controls="\n".join(native),
            play=controls.native_play(self.play, self.labels[self.play]) if self.play else "",
            ghost="Dashed" if 'class="bar"' in frames[first].svg else "Pale",
        )

    def _payload(self, frames: Sequence[Frame], first: int) -> str:
        parts, svgs = svg.shared([frame.svg for frame in frames])
        held = {
            "grid": {n: [controls.shown(v) for v in vs] for n, vs in self.parameters.items()},
            "ghosts": [
                i != first and frame.limits == frames[first].limits
                for i, frame in enumerate(frames)
            ],
            "parts": parts,
            "svgs": svgs,
            "texts": [frame.text for frame in frames],
        }
        payload = json.dumps(held, separators=(",", ":")).replace("</", "<\\/")
        if len(payload) > LARGEST_PAGE:
            raise ValueError(
                f"the frames must not need more than {LARGEST_PAGE} bytes, got {len(payload)} "
                f"for {len(frames)} frames"
            )
        return payload

    def _repr_mimebundle_(self, **_: object) -> dict[str, object]:
        live = self.widget()._repr_mimebundle_()
        return {**live, "text/html": self.page(), "text/plain": repr(self)}


def explorable(
    title: str, *, size: tuple[float, float] = SIZE, play: str | None = None, **labels: str
) -> Callable[[Callable[..., str]], Callable[..., Explorer]]:
    """Make an explorer of the function below; what is left to give is its grid.

    Parameters
    ----------
    title, size, play
        As for `Explorer`.
    **labels : str
        The names of controls, by parameter.
    """

    def register(draw: Callable[..., str]) -> Callable[..., Explorer]:
        @wraps(draw)
        def explore(**grid: object) -> Explorer:
            return Explorer(draw, title=title, labels=labels, size=size, play=play, **grid)

        explore.__doc__ = draw.__doc__ or f"{title}."
        return explore

    return register


def words(numbers: FloatArray, digits: int = 3) -> str:
    """Numbers for a description, rounded, without the sign of a zero."""
    return ", ".join(number(value, digits) for value in numbers)


def number(value: float, digits: int = 3) -> str:
    """A number for a description, rounded, without the sign of a zero; in words if it is none."""
    if not np.isfinite(value):
        return "not a number" if np.isnan(value) else "without bound"
    return f"{np.round(value, digits) + 0.0:.{digits}f}"


def _values(name: str, values: Sequence[Value]) -> list[Value]:
    values = [v.item() if isinstance(v, np.generic) else v for v in values]
    if len(values) < 2:
        raise ValueError(f"{name} must hold at least two values, got {values}")
    if len({controls.shown(v) for v in values}) < len(values):
        raise ValueError(f"{name} must hold values that read differently, got {values}")
    if all(isinstance(v, str) for v in values):
        return values
    if any(isinstance(v, str | bool) for v in values):
        raise ValueError(f"{name} must hold numbers or strings, not both, got {values}")
    if values != sorted(values):
        raise ValueError(f"{name} must hold increasing numbers, got {values}")
    return values


def _known(
    argument: str, given: Mapping[str, Value] | None, parameters: Mapping[str, object]
) -> dict[str, Value]:
    given = dict(given or {})
    if unknown := given.keys() - parameters.keys():
        raise ValueError(f"{argument} must name parameters of the grid, got {sorted(unknown)}")
    return given
