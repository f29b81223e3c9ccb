"""Figures show the numbers they are given, with names on their axes."""

import numpy as np
import pytest
from matplotlib.figure import Figure

from pgbook.guarantees import figures

X = np.array([1, 2, 4])
UP, DOWN = np.array([0.1, 0.4, 0.9]), np.array([0.8, 0.3, -0.2])
P, Q = np.array([0.5, 0.3, 0.2]), np.array([0.2, 0.3, 0.5])
JOINT = np.array([[0.2, 0.0, 0.3], [0.0, 0.3, 0.0], [0.0, 0.0, 0.2]])
PATH = np.geomspace(1, 1e-12, 100)

CALLS = {
    "plot_shift": (X, UP, {"bound": 2 * UP, "linear": UP + 1}),
    "plot_line": (UP, UP**2, {"surrogate": UP, "sharp": DOWN}),
    "plot_progress": ({"a": PATH, "b": PATH[:50]},),
    "plot_aliased": (UP, {"objective": UP, "tangent": DOWN}, {"old": (0.1, 0.2), "new": (1, 0)}),
    "plot_horizon": (X, {"loss": UP, "penalty": 2 * UP}, "lost reward"),
    "plot_weights": (X, UP, DOWN),
    "plot_coupling": (P, Q, JOINT),
    "plot_contributions": (["s", "z"], {"a": UP[:2], "b": DOWN[:2]}, "visits"),
}


def draw(name):
    axes = Figure().subplots()
    named = {"ylabel": "variance"} if name == "plot_weights" else {}
    assert getattr(figures, name)(axes, *CALLS[name], **named) is axes
    return axes


def lines(name):
    return {line.get_label(): line for line in draw(name).get_lines()}


def test_every_figure_is_tried_here():
    functions = {name for name in vars(figures) if name.startswith("plot_")}
    assert functions == CALLS.keys()


@pytest.mark.parametrize("name", CALLS)
def test_axes_are_labelled_and_something_is_drawn(name):
    axes = draw(name)
    axes.figure.canvas.draw()
    assert axes.has_data()
    assert axes.get_xlabel() and axes.get_ylabel() and axes.get_legend() is not None


@pytest.mark.parametrize("name", CALLS)
def test_lines_differ_by_more_than_colour(name):
    shown = [line for label, line in lines(name).items() if not label.startswith("_")]
    looks = [(line.get_linestyle(), line.get_marker(), line.get_linewidth()) for line in shown]
    assert len(set(looks)) == len(looks)


@pytest.mark.parametrize(
    ("name", "curves"),
    [
        ("plot_shift", {"exact": UP, "bound": 2 * UP, "linear": UP + 1}),
        ("plot_line", {"true gain": UP**2, "surrogate": UP, "sharp": DOWN}),
        ("plot_aliased", {"objective": UP, "tangent": DOWN, "old": [0.2], "new": [0]}),
        ("plot_horizon", {"loss": UP, "penalty": 2 * UP}),
        ("plot_weights", {"exact": UP, "from samples": DOWN}),
    ],
)
def test_each_line_is_the_curve_of_its_name(name, curves):
    drawn = lines(name)
    for label, values in curves.items():
        assert drawn[label].get_ydata() == pytest.approx(values)
        places = CALLS[name][0]
        if len(values) == len(places):
            assert drawn[label].get_xdata() == pytest.approx(places)
    assert {label for label in drawn if not label.startswith("_")} == curves.keys()


def test_a_drift_above_two_is_marked_as_saying_nothing():
    axes = draw("plot_shift")
    band = axes.patches[0].get_extents().transformed(axes.transData.inverted())
    top = axes.get_ylim()[1]
    assert (band.y0, band.y1) == pytest.approx((2, top))
    assert axes.texts[0].get_text() == "says nothing" and 2 < axes.texts[0].get_position()[1] < top


def test_the_scale_of_a_line_is_that_of_gain_and_surrogate():
    low, high = draw("plot_line").get_ylim()
    assert low < 0 < UP.max() < high < 2 * UP.max()


def test_progress_shows_points_of_the_path_and_round_off_below_the_picture():
    first = lines("plot_progress")["a"]
    at, shown = np.asarray(first.get_xdata()), np.asarray(first.get_ydata())
    assert (at[0], at[-1]) == (0, len(PATH) - 1) and (np.diff(at) > 0).all()
    seen = PATH[at] > 1e-9
    assert shown[seen] == pytest.approx(PATH[at][seen])
    assert (shown[~seen] < draw("plot_progress").get_ylim()[0]).all()


def test_the_marks_of_the_aliased_problem_stand_at_their_places():
    drawn = lines("plot_aliased")
    assert [drawn[name].get_xdata()[0] for name in ("old", "new")] == [0.1, 1]


def test_the_bars_of_a_coupling_are_overlap_and_rest_and_the_circles_its_entries():
    axes = draw("plot_coupling")
    heights = np.array([bar.get_height() for bar in axes.patches]).reshape(3, 3)
    common = np.minimum(P, Q)
    assert heights == pytest.approx(np.array([common, P - common, Q - common]))
    bottoms = [bar.get_y() for bar in axes.patches]
    assert bottoms == pytest.approx([0, 0, 0, *common, *common])
    areas = [circle.get_sizes()[0] for circle in axes.collections]
    entries = JOINT[JOINT > 0]
    assert np.array(areas) / areas[0] == pytest.approx(entries / entries[0])
    ticks = axes.get_xticks()[3:]
    places = np.array([circle.get_offsets()[0] for circle in axes.collections])
    rows, columns = np.nonzero(JOINT)
    assert places[:, 0] == pytest.approx(ticks[columns])
    assert (np.argsort(-places[:, 1], kind="stable") == np.argsort(rows, kind="stable")).all()


def test_contributions_are_bars_beside_each_other():
    axes = draw("plot_contributions")
    assert [bar.get_height() for bar in axes.patches] == [*UP[:2], *DOWN[:2]]
    first, second = axes.patches[0], axes.patches[2]
    assert first.get_x() + first.get_width() == pytest.approx(second.get_x())
    assert [label.get_text() for label in axes.get_xticklabels()] == ["s", "z"]
    assert first.get_hatch() != second.get_hatch()
