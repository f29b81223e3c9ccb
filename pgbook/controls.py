"""The controls of an explorer: live, as widgets, and in a built page, as HTML.

Numbers are chosen on a slider; strings, and on a page up to four numbers, as buttons beside one
another, of which one is pressed; more strings from a list.
"""

import html
from collections.abc import Sequence

import ipywidgets
import numpy as np

LOGARITHMIC = 20  # a slider over a larger ratio moves by factors, not by differences
BUTTONS = 4  # values that fit beside one another

Value = float | int | str


def live(label: str, values: Sequence[Value], start: Value) -> ipywidgets.Widget:
    """A widget for any value between the ends of a list of numbers, or for one of the strings."""
    options = {
        "description": label,
        "value": start,
        "style": {"description_width": "initial"},
        "layout": {"width": "30em"},
    }
    if isinstance(values[0], str):
        kind = ipywidgets.ToggleButtons if len(values) <= BUTTONS else ipywidgets.Dropdown
        return kind(options=values, **options)
    options["continuous_update"] = False
    low, high = values[0], values[-1]
    if all(isinstance(v, int) for v in values):
        return ipywidgets.IntSlider(min=low, max=high, **options)
    if low > 0 and high / low >= LOGARITHMIC:
        return ipywidgets.FloatLogSlider(min=np.log10(low), max=np.log10(high), **options)
    return ipywidgets.FloatSlider(min=low, max=high, step=(high - low) / 100, **options)


def live_play(values: Sequence[Value], control: ipywidgets.Widget) -> ipywidgets.Widget:
    """A button that walks a control through values and stops at the last."""
    play = ipywidgets.Play(max=len(values) - 1, interval=1000, show_repeat=False)
    play.observe(lambda change: setattr(control, "value", values[change.new]), names="value")
    return play


def shown(value: Value) -> str:
    """A value as the reader sees it, on the control and in the address of the page."""
    return value if isinstance(value, str) else f"{value:g}"


def is_slider(values: Sequence[Value]) -> bool:
    """Whether the control of a page is a slider."""
    return len(values) > BUTTONS and not isinstance(values[0], str)


def native(place: str, name: str, label: str, values: Sequence[Value], start: Value) -> str:
    """A control of a page, whose value is the position in the list.

    Parameters
    ----------
    place : str
        The id of the explorer.
    name : str
        The name of the parameter.
    """
    words, position = [html.escape(shown(value)) for value in values], values.index(start)
    label, identity = html.escape(label), f"{place}-{name}"
    if len(values) <= BUTTONS:
        buttons = "".join(
            f'<label><input type="radio" name="{name}" value="{i}"'
            f"{' checked' * (i == position)}>{word}</label>"
            for i, word in enumerate(words)
        )
        return f"<fieldset><legend>{label}</legend>{buttons}</fieldset>"
    if is_slider(values):
        return (
            f'<div><label for="{identity}">{label} <b>{words[position]}</b></label>'
            f'<input type="range" id="{identity}" name="{name}" max="{len(values) - 1}" '
            f'value="{position}" aria-valuetext="{words[position]}"></div>'
        )
    options = "".join(
        f'<option value="{i}"{" selected" * (i == position)}>{word}</option>'
        for i, word in enumerate(words)
    )
    return (
        f'<div><label for="{identity}">{label}</label>'
        f'<select id="{identity}" name="{name}">{options}</select></div>'
    )


def native_play(name: str, label: str) -> str:
    """A button of a page that walks the slider of a parameter through its values."""
    return (
        f'<button type="button" class="play" value="{name}" aria-pressed="false" '
        f'aria-label="Play {html.escape(label)}"></button>'
    )
