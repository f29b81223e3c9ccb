import re

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure

from pgbook import style
from pgbook.svg import _compact_path, shared, written


def figure(size=(5.0, 3.0)):
    made = Figure(figsize=size)
    axes = made.subplots()
    axes.plot([0, 1], [0, 1], label="a line")
    axes.bar([0.2, 0.4], [0.5, 0.6])
    axes.fill_between([0, 1], [0, 1], alpha=0.5)
    axes.legend(fontsize=4)
    return made


def test_what_shows_data_is_marked_and_nothing_else():
    svg = written(figure(), "here")
    assert svg.startswith("<svg") and svg.count('class="data"') == svg.count('class="bar"') == 2
    assert set(re.findall(r'(?:id="|url\(#|href="#)(\w+)', svg)) == {"here"}


def test_letters_are_at_least_nine_pixels_on_a_phone():
    for width in (3.0, 5.0, 8.0):
        with mpl.rc_context(style.SETTINGS):
            svg = written(figure((width, 3.0)), "x")
        shown = 350 / float(re.search(r'viewBox="0 0 (\S+)', svg)[1])
        sizes = [float(size) for size in re.findall(r"([\d.]+)px", svg)]
        assert len(sizes) > 5 and min(sizes) * shown >= 9 - 1e-9


def test_each_distinct_element_is_held_once():
    pictures = ["<a> <b/></a>", "<a> <c/></a>"]
    parts, split = shared(pictures)
    assert len(set(parts)) == len(parts) == 4
    assert ["".join(np.array(parts)[picture]) for picture in split] == pictures


def test_paths_stay_the_same_to_a_tenth_of_a_point():
    assert _compact_path("M 1.04 2 L 3.06 4 L 5 6.25 z") == "M 1 2 3.1 4 5 6.2 z"
    curve = "M 0 0 Q 1 1 2 2 L 3 3 L 4 4"
    assert _compact_path(curve) == "M 0 0 Q 1 1 2 2 L 3 3 4 4"
