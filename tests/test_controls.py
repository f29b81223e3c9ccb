import re

import ipywidgets
import pytest

from pgbook import controls


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ([0.1, 1.0, 10.0], "FloatLogSlider"),
        ([0.0, 1.0], "FloatSlider"),
        ([1, 100], "IntSlider"),
        (["a", "b"], "ToggleButtons"),
        (list("abcde"), "Dropdown"),
    ],
)
def test_a_live_control_fits_its_list(values, kind):
    widget = controls.live("how much", values, values[1])
    assert type(widget).__name__ == kind
    assert (widget.description, widget.value) == ("how much", pytest.approx(values[1]))


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ([0.5, 1.0], "radio"),
        (list("abcd"), "radio"),
        ([1, 2, 3, 4, 5], "range"),
        (list("abcde"), "select"),
    ],
)
def test_a_control_of_a_page_fits_its_list_and_stands_at_the_start(values, kind):
    made = controls.native("explorer-x", "much", "how <much>", values, values[1])
    assert "how &lt;much&gt;" in made and controls.is_slider(values) == (kind == "range")
    if kind == "radio":
        assert made.count('type="radio" name="much"') == len(values)
        assert re.findall(r'value="(\d)" checked', made) == ["1"]
    elif kind == "range":
        assert 'type="range"' in made and 'max="4" value="1" aria-valuetext="2"' in made
    else:
        assert re.findall(r'<option value="(\d)" selected>b<', made) == ["1"]


def test_playing_walks_through_the_values_of_the_list():
    slider = ipywidgets.FloatSlider(min=0.0, max=4.0)
    play, seen = controls.live_play([0.0, 0.5, 4.0], slider), []
    slider.observe(lambda change: seen.append(change.new), names="value")
    for position in range(1, play.max + 1):
        play.value = position
    assert seen == [0.5, 4.0]
    assert 'aria-pressed="false"' in controls.native_play("t", "step t")
