"""One function times a grid of parameters: a figure that answers back.

An `Explorer` has two forms. With a kernel it shows ipywidgets controls and recomputes
at any value between the ends of a parameter's list. In a built page there is no kernel:
the frames of the grid are inside the page as SVG, together with native controls and a
few lines of script that swap them. The page needs no other file and no network.
"""

import hashlib
import html
import io
import itertools
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial, update_wrapper
from pathlib import Path
from string import Template

import ipywidgets
import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure

from pgbook import style
from pgbook.validation import FloatArray

PAGE = Template(Path(__file__).with_suffix(".html").read_text(encoding="utf-8").rstrip())
LARGEST_PAGE = 500_000  # bytes of frames in a built page
LOGARITHMIC = 20  # a slider over a larger ratio moves by factors, not by differences
SIZE = (5.6, 3.4)  # inches
MARGINS = {"left": 0.15, "right": 0.97, "bottom": 0.16, "top": 0.95}

Value = float | int | str


@dataclass(frozen=True)
class Frame:
    """The figure at one point of the grid, and the same in words."""

    svg: str
    text: str


class Explorer:
    """An explorable figure.

    Parameters
    ----------
    draw : callable
        ``draw(ax, **parameters)`` draws on a Matplotlib Axes and says in a sentence what the
        figure shows, with its numbers. The sentence is what a screen reader reads and what
        changes visibly with each move.
    title : str
        What is explored; the accessible name of the whole.
    labels : mapping of str to str, optional
        The name of a control if it is not that of the parameter. Plain text.
    start : mapping, optional
        Where the controls stand first; by default at the first value of each list.
    size : (float, float)
        Width and height of the figure in inches.
    **parameters : sequence of numbers or of strings
        The grid. With a kernel, numbers become sliders over their whole range
        (logarithmic if the largest is 20 times the least, whole numbers if all are
        ints) and strings become a choice.

    Raises
    ------
    ValueError
        If there is no parameter, if a list has fewer than two values or is not sorted,
        if `start` is not on the grid, or if the frames need more than 500 kB.
    """

    def __init__(
        self,
        draw: Callable[..., str],
        *,
        title: str,
        labels: Mapping[str, str] | None = None,
        start: Mapping[str, Value] | None = None,
        size: tuple[float, float] = SIZE,
        **parameters: Sequence[Value],
    ) -> None:
        if not parameters:
            raise ValueError("parameters must hold at least one list of values, got none")
        self.draw, self.title, self.size = draw, title, size
        self.parameters = {name: _values(name, given) for name, given in parameters.items()}
        self.labels = {name: name for name in parameters} | _known("labels", labels, parameters)
        first = {name: values[0] for name, values in self.parameters.items()}
        self.start = first | _known("start", start, parameters)
        for name, value in self.start.items():
            if value not in self.parameters[name]:
                raise ValueError(f"start must be on the grid, got {name} = {value!r}")

    def __repr__(self) -> str:
        sizes = " x ".join(f"{name} {len(v)}" for name, v in self.parameters.items())
        return f"Explorer({self.title}: {sizes})"

    def frame(self, **parameters: Value) -> Frame:
        """The figure and its description at any value of the parameters."""
        # Fixed margins: the automatic layout takes as long as the drawing.
        with mpl.rc_context({**style.SETTINGS, "figure.constrained_layout.use": False}):
            figure = Figure(figsize=self.size)
            axes = figure.subplots()
            figure.subplots_adjust(**MARGINS)
            text = self.draw(axes, **parameters)
            buffer = io.StringIO()
            figure.savefig(buffer, format="svg", metadata={"Date": None})
        prefix = hashlib.sha256(self.title.encode()).hexdigest()[:4]
        return Frame(_compact(buffer.getvalue(), f"x{prefix}"), text)

    def widget(self) -> ipywidgets.Widget:
        """The live form: controls that recompute the figure at any value."""
        controls = {
            name: _control(self.labels[name], values, self.start[name])
            for name, values in self.parameters.items()
        }
        picture, text = ipywidgets.HTML(), ipywidgets.HTML()

        def redraw(_: object = None) -> None:
            frame = self.frame(**{name: control.value for name, control in controls.items()})
            picture.value, text.value = frame.svg, html.escape(frame.text)

        for control in controls.values():
            control.observe(redraw, names="value")
        redraw()
        return ipywidgets.VBox([*controls.values(), picture, text])

    def page(self) -> str:
        """The form for a built page: a block of HTML that needs no kernel and no network."""
        grid = list(itertools.product(*self.parameters.values()))
        frames = [self.frame(**dict(zip(self.parameters, point, strict=True))) for point in grid]
        payload = json.dumps(_shared(frames), separators=(",", ":")).replace("</", "<\\/")
        if len(payload) > LARGEST_PAGE:
            raise ValueError(
                f"the frames must not need more than {LARGEST_PAGE} bytes, got {len(payload)} "
                f"for {len(frames)} frames"
            )
        name = "explorer-" + hashlib.sha256(payload.encode()).hexdigest()[:8]
        controls = (
            _native_control(f"{name}-{i}", self.labels[parameter], values, self.start[parameter])
            for i, (parameter, values) in enumerate(self.parameters.items())
        )
        frame = frames[grid.index(tuple(self.start.values()))]
        title, text = (html.escape(words, quote=True) for words in (self.title, frame.text))
        given = {"name": name, "title": title, "text": text, "svg": frame.svg, "payload": payload}
        return PAGE.substitute(given, controls="\n".join(controls))

    def _repr_mimebundle_(self, **_: object) -> dict[str, object]:
        live = self.widget()._repr_mimebundle_()
        return {**live, "text/html": self.page(), "text/plain": repr(self)}


def explorable(
    title: str, *, size: tuple[float, float] = SIZE, **labels: str
) -> Callable[[Callable[..., str]], Callable[..., Explorer]]:
    """Make an explorer of the function below; what is left to give is its grid.

    Parameters
    ----------
    title, size
        As for `Explorer`.
    **labels : str
        The names of controls, by parameter.
    """

    def register(draw: Callable[..., str]) -> Callable[..., Explorer]:
        return update_wrapper(partial(Explorer, draw, title=title, labels=labels, size=size), draw)

    return register


def words(numbers: FloatArray, digits: int = 3) -> str:
    """Numbers for a description, rounded, without the sign of a zero."""
    return ", ".join(f"{number:.{digits}f}" for number in np.round(numbers, digits) + 0.0)


def _values(name: str, values: Sequence[Value]) -> list[Value]:
    values = [v.item() if isinstance(v, np.generic) else v for v in values]
    if len(values) < 2:
        raise ValueError(f"{name} must hold at least two values, got {values}")
    if all(isinstance(v, str) for v in values):
        return values
    if any(isinstance(v, str | bool) for v in values):
        raise ValueError(f"{name} must hold numbers or strings, not both, got {values}")
    if values != sorted(set(values)):
        raise ValueError(f"{name} must hold increasing numbers, got {values}")
    return values


def _known(
    argument: str, given: Mapping[str, Value] | None, parameters: Mapping[str, object]
) -> dict[str, Value]:
    given = dict(given or {})
    if unknown := given.keys() - parameters.keys():
        raise ValueError(f"{argument} must name parameters of the grid, got {sorted(unknown)}")
    return given


def _control(label: str, values: list[Value], start: Value) -> ipywidgets.Widget:
    options = {
        "description": label,
        "value": start,
        "style": {"description_width": "initial"},
        "layout": {"width": "30em"},
    }
    if isinstance(values[0], str):
        return ipywidgets.Dropdown(options=values, **options)
    options["continuous_update"] = False
    low, high = values[0], values[-1]
    if all(isinstance(v, int) for v in values):
        return ipywidgets.IntSlider(min=low, max=high, **options)
    if low > 0 and high / low >= LOGARITHMIC:
        return ipywidgets.FloatLogSlider(min=np.log10(low), max=np.log10(high), **options)
    return ipywidgets.FloatSlider(min=low, max=high, step=(high - low) / 100, **options)


def _native_control(name: str, label: str, values: list[Value], start: Value) -> str:
    shown = [v if isinstance(v, str) else f"{v:g}" for v in values]
    data, position = html.escape(json.dumps(shown), quote=True), values.index(start)
    if isinstance(values[0], str):
        options = "".join(
            f'<option value="{i}"{" selected" * (i == position)}>{html.escape(text)}</option>'
            for i, text in enumerate(shown)
        )
        control = f'<select id="{name}" data-values="{data}">{options}</select>'
    else:
        control = (
            f'<input type="range" id="{name}" min="0" max="{len(values) - 1}" step="1" '
            f'value="{position}" data-values="{data}"> <span class="value">{shown[position]}</span>'
        )
    return f'<label for="{name}">{html.escape(label)} {control}</label>'


def _compact(svg: str, prefix: str) -> str:
    """An SVG figure to put inside a page: short, and with names of its own."""
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg[svg.index("<svg") :], flags=re.DOTALL)
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


def _shared(frames: Sequence[Frame]) -> dict[str, object]:
    """Frames as lists of SVG elements, each distinct element stored once."""
    parts: dict[str, int] = {}
    split = [
        [parts.setdefault(part, len(parts)) for part in re.split(r"(?<=>)(?=<| <)", frame.svg)]
        for frame in frames
    ]
    texts = [frame.text for frame in frames]
    return {
        "parts": list(parts),
        "frames": [{"svg": svg, "text": text} for svg, text in zip(split, texts, strict=True)],
    }
