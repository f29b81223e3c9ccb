import html
import itertools
import json
import re

import numpy as np
import pytest
from matplotlib.figure import Figure

from pgbook.explorer import LARGEST_PAGE, Explorer, explorable, number, words


def draw(ax, height, shape):
    ax.plot([0, 1], [0, height])
    ax.set(title=shape, ylim=(0, 40))
    return f"height {height:g} <{shape}>"


def explorer(**changes):
    settings = {
        "draw": draw,
        "title": "Lines & more",
        "labels": {"height": "how high"},
        "height": [1.0, 2.0, 40.0],
        "shape": ["up", "down"],
        **changes,
    }
    return Explorer(**settings)


def payload(page):
    (text,) = re.findall(r'<script type="application/json">(.*?)</script>', page, re.DOTALL)
    return json.loads(text)


def test_the_page_holds_every_frame_of_the_grid_in_order():
    subject = explorer()
    held = payload(subject.page())
    points = list(itertools.product(subject.parameters["height"], subject.parameters["shape"]))
    assert len(held["svgs"]) == len(held["texts"]) == len(points) == 6
    for svg, text, (height, shape) in zip(held["svgs"], held["texts"], points, strict=True):
        expected = subject.frame(height=height, shape=shape)
        assert "".join(held["parts"][i] for i in svg) == expected.svg
        assert text == expected.text == f"height {height:g} <{shape}>"


def test_a_ghost_stands_only_behind_the_same_axes():
    def moving(ax, height, shape):
        ax.set_ylim(0, 2.0 if height == 2.0 else 40.0)
        return ""

    still = explorer(start={"height": 40.0, "shape": "up"}, draw=moving)
    # Heights 1, 2, 40 times shapes up, down: not at the start, and not where the axis moves.
    assert payload(still.page())["ghosts"] == [True, True, False, False, False, True]


def test_the_first_frame_is_in_the_page_without_its_script():
    subject = explorer(start={"height": 2.0, "shape": "down"})
    page = subject.page()
    assert subject.frame(height=2.0, shape="down").svg in page
    assert f'aria-label="{html.escape("height 2 <down>")}"' in page
    assert page.count('value="1" checked') == 2


def test_the_place_of_an_explorer_is_the_name_of_its_function():
    names = [explorer(height=heights).name for heights in ([1.0, 2.0], [3.0, 4.0, 5.0])]
    assert names == ["explorer-draw"] * 2
    assert explorer().page().startswith('<section class="pgbook-explorer" id="explorer-draw"')
    held = payload(explorer().page())["grid"]
    assert held == {"height": ["1", "2", "40"], "shape": ["up", "down"]}


def test_the_page_asks_no_one_for_anything():
    page = re.sub(r'xmlns(:\w+)?=\\?"[^"]*"', "", explorer().page())
    assert "http" not in page and "src=" not in page and "@import" not in page


def test_controls_are_labelled():
    page = explorer(height=[1.0, 2.0, 3.0, 4.0, 5.0]).page()
    place = "explorer-draw-height"
    assert re.search(
        rf'<label for="{place}">how high <b>1</b></label><input [^>]*id="{place}"', page
    )
    assert "<legend>shape</legend>" in page and 'aria-label="Explorer: Lines &amp; more"' in page


def test_ids_are_unique_across_explorers():
    def other(ax, **point):
        return draw(ax, **point)

    pages = [explorer(draw=d).page().split("<script")[0] for d in (draw, other)]
    ids = [re.findall(r' id="([^"]+)"', page) for page in pages]
    assert not set(ids[0]) & set(ids[1])
    assert all(len(set(names)) == len(names) for names in ids)


def test_the_live_form_recomputes_at_any_value():
    seen = []

    def note(ax, height, shape):
        seen.append((height, shape))
        return draw(ax, height, shape)

    subject = explorer(draw=note)
    box = subject.widget()
    slider, choice, _, picture, text = box.children
    slider.value = 1.37
    choice.value = "down"
    assert seen[-1] == (pytest.approx(1.37, abs=0.01), "down")
    assert picture.value.count("<svg") == 2 and "&lt;down&gt;" in text.value


def test_the_live_form_shows_the_start_behind_and_returns_to_it():
    box = explorer(height=[1.0, 2.0, 3.0, 4.0, 5.0], play="height").widget()
    slider, _, buttons, picture, _ = box.children
    play, reset = buttons.children
    first = picture.value
    assert 'class="pgbook-explorer "' in first
    play.value = 4
    assert slider.value == 5.0
    assert 'class="pgbook-explorer moved"' in picture.value
    assert picture.value.split('<svg class="ghost"')[1] == first.split('<svg class="ghost"')[1]
    reset.click()
    assert slider.value == 1.0 and picture.value == first


def test_numbers_in_sentences_are_words_where_there_is_none():
    assert words(np.array([-0.0001, 0.25])) == "0.000, 0.250"
    assert [number(v, 1) for v in (-0.04, np.nan, np.inf)] == [
        "0.0",
        "not a number",
        "without bound",
    ]


def test_a_notebook_gets_both_forms_and_a_text():
    bundle = explorer()._repr_mimebundle_()
    assert bundle["text/plain"] == "Explorer(Lines & more: height 3 x shape 2)"
    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert bundle["text/html"].startswith('<section class="pgbook-explorer"')


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"height": [1.0]}, "height must hold at least two values"),
        ({"height": [2.0, 1.0]}, "height must hold increasing numbers"),
        ({"height": [1.0, "x"]}, "height must hold numbers or strings, not both"),
        ({"start": {"height": 7.0}}, "start must be on the grid, got height = 7.0"),
        ({"start": {"depth": 1.0}}, r"start must name parameters of the grid, got \['depth'\]"),
        ({"play": "height"}, "play must name a list of more than four numbers, got 'height'"),
        ({"play": "depth"}, "play must name a list of more than four numbers, got 'depth'"),
        ({"height": [1.0, 1.0 + 1e-9]}, "height must hold values that read differently"),
        ({"labels": {"depth": "d"}}, r"labels must name parameters of the grid, got \['depth'\]"),
    ],
)
def test_a_wrong_grid_is_refused(changes, rule):
    with pytest.raises(ValueError, match=rule):
        explorer(**changes)


def test_no_parameter_is_nothing_to_explore():
    with pytest.raises(ValueError, match="at least one list of values"):
        Explorer(draw, title="t")


def test_too_many_bytes_are_refused():
    def noisy(ax, height, shape):
        ax.plot(np.random.default_rng(int(height)).random(4000))
        return ""

    with pytest.raises(ValueError, match=f"must not need more than {LARGEST_PAGE} bytes"):
        explorer(draw=noisy, height=list(range(1, 30))).page()


def test_an_explorable_function_waits_for_its_grid_and_can_be_called_itself():
    @explorable("A line", size=(3.0, 2.0), play="height", height="how high")
    def line(ax, height):
        """Draw a line."""
        ax.plot([0, height])
        return f"height {height:g}"

    subject = line(height=[1.0, 2.0, 3.0, 4.0, 5.0], start={"height": 2.0})
    assert (subject.title, subject.size, subject.play) == ("A line", (3.0, 2.0), "height")
    assert 'class="play" value="height"' in subject.page()
    assert subject.labels == {"height": "how high"} and line.__doc__ == "Draw a line."
    assert subject.frame(height=1.5).text == "height 1.5"
    assert line.__wrapped__(Figure().subplots(), 4.0) == "height 4"
