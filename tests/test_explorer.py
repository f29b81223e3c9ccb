import html
import itertools
import json
import re

import numpy as np
import pytest
from matplotlib.figure import Figure

from pgbook.explorer import LARGEST_PAGE, Explorer, _compact_path, explorable


def draw(ax, height, shape):
    ax.plot([0, 1], [0, height])
    ax.set(title=shape)
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
    assert len(held["frames"]) == len(points) == 6
    for frame, (height, shape) in zip(held["frames"], points, strict=True):
        expected = subject.frame(height=height, shape=shape)
        assert "".join(held["parts"][i] for i in frame["svg"]) == expected.svg
        assert frame["text"] == expected.text == f"height {height:g} <{shape}>"


def test_the_first_frame_is_in_the_page_without_its_script():
    subject = explorer(start={"height": 2.0, "shape": "down"})
    page = subject.page()
    assert subject.frame(height=2.0, shape="down").svg in page
    assert f'aria-label="{html.escape("height 2 <down>")}"' in page
    assert 'value="1" data-values' in page and '<option value="1" selected>' in page


def test_the_page_asks_no_one_for_anything():
    page = re.sub(r'xmlns(:\w+)?=\\?"[^"]*"', "", explorer().page())
    assert "http" not in page and "src=" not in page and "@import" not in page


def test_controls_are_labelled():
    page = explorer().page()
    assert re.search(r'<label for="(explorer-\w+-0)">how high <input type="range" id="\1"', page)
    assert page.count("<label for=") == 2 and 'aria-label="Explorer: Lines &amp; more"' in page


def test_ids_are_unique_across_explorers():
    ids = [re.findall(r' id="([^"]+)"', explorer(title=t).page().split("<script")[0]) for t in "ab"]
    assert not set(ids[0]) & set(ids[1])
    assert all(len(set(names)) == len(names) for names in ids)


def test_the_live_form_recomputes_at_any_value():
    seen = []

    def note(ax, height, shape):
        seen.append((height, shape))
        return draw(ax, height, shape)

    subject = explorer(draw=note)
    box = subject.widget()
    slider, choice, picture, text = box.children
    slider.value = 1.37
    choice.value = "down"
    assert seen[-1] == (pytest.approx(1.37, abs=0.01), "down")
    assert picture.value.startswith("<svg") and "&lt;down&gt;" in text.value


def test_sliders_fit_their_lists():
    kinds = {
        name: type(control).__name__
        for name, control in zip(
            ("log", "linear", "whole", "words"),
            Explorer(
                lambda ax, **_: "",
                title="t",
                log=[0.1, 1.0, 10.0],
                linear=[0.0, 1.0],
                whole=[1, 100],
                words=["a", "b"],
            )
            .widget()
            .children,
            strict=False,
        )
    }
    assert kinds == {
        "log": "FloatLogSlider",
        "linear": "FloatSlider",
        "whole": "IntSlider",
        "words": "Dropdown",
    }


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


def test_paths_stay_the_same_to_a_tenth_of_a_point():
    assert _compact_path("M 1.04 2 L 3.06 4 L 5 6.25 z") == "M 1 2 3.1 4 5 6.2 z"
    curve = "M 0 0 Q 1 1 2 2 L 3 3 L 4 4"
    assert _compact_path(curve) == "M 0 0 Q 1 1 2 2 L 3 3 4 4"


def test_an_explorable_function_waits_for_its_grid_and_can_be_called_itself():
    @explorable("A line", size=(3.0, 2.0), height="how high")
    def line(ax, height):
        """Draw a line."""
        ax.plot([0, height])
        return f"height {height:g}"

    subject = line(height=[1.0, 2.0], start={"height": 2.0})
    assert (subject.title, subject.size) == ("A line", (3.0, 2.0))
    assert subject.labels == {"height": "how high"} and line.__doc__ == "Draw a line."
    assert subject.frame(height=1.5).text == "height 1.5"
    assert line.__wrapped__(Figure().subplots(), 4.0) == "height 4"
