"""Figures of all chapters show the numbers they are given, with names on their axes."""

from importlib import import_module

import numpy as np
import pytest
from matplotlib.figure import Figure

from pgbook.catalogue import CHAPTERS
from pgbook.montecarlo import Estimate

FIGURES = {chapter: import_module(f"pgbook.{chapter}.figures") for chapter in CHAPTERS}
CURVE = Estimate(np.array([0.1, 0.5, 0.7]), np.array([0.01, 0.02, 0.03]))
POLICY, NEW = np.array([0.2, 0.3, 0.5]), np.array([0.5, 0.3, 0.2])
PATH = np.tile(POLICY, (4, 1))
X, UP, DOWN = np.array([1, 2, 4]), np.array([0.1, 0.4, 0.9]), np.array([0.8, 0.3, -0.2])
JOINT = np.array([[0.2, 0.0, 0.0], [0.0, 0.3, 0.0], [0.3, 0.0, 0.2]])
FALLING = np.geomspace(1, 1e-12, 100)

BANDITS = {
    "plot_objective": (np.array([-1.0, 1.0]), np.array([0.3, 0.7]), 1.0),
    "plot_overflow": (np.array([0.0, 900.0]), np.array([0.5, np.nan]), np.array([0.5, 1.0])),
    "plot_probability_bars": ({"one": POLICY, "two": np.array([np.nan, 0.0, 1.0])},),
    "plot_inverse_cdf": (POLICY,),
    "plot_frequencies": (POLICY, Estimate(POLICY, np.full(3, 0.01))),
    "plot_exploration": (np.array([1, 10, 100]), np.array([0.5, 0.05, 0.005])),
    "plot_update": (POLICY, POLICY[::-1], np.array([0.3, -0.3, 0.0])),
    "plot_gradient": (POLICY - 1 / 3, Estimate(POLICY - 1 / 3, np.full(3, 0.01))),
    "plot_learning_curves": ({"a": CURVE, "b": CURVE},),
    "plot_final_fractions": ([0.1, 0.2, 0.4], {"a": CURVE}),
    "plot_simplex_paths": (PATH, PATH[:, None], np.array([1.0, 0.5, 0.0])),
    "plot_best_probability": (CURVE.mean, CURVE, CURVE.mean),
    "plot_survival": (np.array([1, 10]), {"a": (np.array([0.5, 0.05]), -1.0)}),
    "plot_step_sizes": (UP[:2], DOWN[:2], np.array([[0.1, 0.2], [0.3, 0.4]]), 0.1),
}
UNBIASED = {
    "plot_training": (X, {"a": CURVE, "b": CURVE}),
    "plot_bars": ({"a": 1.0, "b": 2.0}, 1.5, {"ylabel": "mean"}),
    "plot_estimators": (["a", "b"], np.array([0.0, 1.0]), np.array([0.5, 0.2]), 0.3),
    "plot_running_mean": (np.array([10, 100, 1000]), CURVE, 1.0, -1.0),
    "plot_batches": (X, {"a": np.array([1.0, 0.5, 0.2]), "b": np.array([2.0, 1.0, 0.4])}),
    "plot_surface": (np.array([0.01, 0.1, 1.0]), {"a": CURVE.mean, "b": -CURVE.mean}, "f"),
    "plot_height": (np.array([-1.0, 0, 1]), np.array([0.1, 0.5, 1]), np.outer(X, X - 2.0), 2.0),
    "plot_hole": (np.array([-1.0, 0.0, 1.0]), np.array([0.3, 1.0, 0.3]), (1.0, 0.0)),
}
GUARANTEES = {
    "plot_shift": (X, UP, {"geometric": 2 * UP, "linear": UP + 1}),
    "plot_line": (UP, UP**2, {"surrogate": UP, "sharp": DOWN}),
    "plot_progress": ({"a": FALLING, "b": FALLING[:50]},),
    "plot_aliased": (UP, {"objective": UP, "tangent": DOWN}, {"old": (0.1, 0.2), "new": (1, 0)}),
    "plot_horizon": (X, {"loss": UP, "penalty": 2 * UP}, "lost reward"),
    "plot_weights": (X, UP, DOWN, {"ylabel": "variance"}),
    "plot_coupling": (POLICY, NEW, JOINT.T),
    "plot_contributions": (["s", "z"], {"a": UP[:2], "b": DOWN[:2]}, "visits"),
}
CALLS = dict(zip(CHAPTERS, (BANDITS, UNBIASED, GUARANTEES), strict=True))
each_figure = pytest.mark.parametrize(
    ("chapter", "name"), [(chapter, name) for chapter, calls in CALLS.items() for name in calls]
)
MARKS = {"old": [0.2], "new": [0]}
NAMED_BY_TICKS = {"plot_bars": "xaxis", "plot_estimators": "yaxis"}


def draw(chapter, name):
    axes, (*arguments, last) = Figure().subplots(), CALLS[chapter][name]
    named = last if isinstance(last, dict) and "ylabel" in last else {}
    arguments = arguments if named else [*arguments, last]
    assert getattr(FIGURES[chapter], name)(axes, *arguments, **named) is axes
    return axes


def lines(chapter, name):
    drawn = {line.get_label(): line for line in draw(chapter, name).get_lines()}
    return {label: line for label, line in drawn.items() if not label.startswith("_")}


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_every_figure_is_tried_here(chapter):
    functions = {name for name in vars(FIGURES[chapter]) if name.startswith("plot_")}
    assert functions == CALLS[chapter].keys()


@each_figure
def test_axes_are_labelled_and_something_is_drawn(chapter, name):
    axes = draw(chapter, name)
    axes.figure.canvas.draw()
    assert axes.has_data()
    if name == "plot_simplex_paths":  # corners are labelled instead
        assert {text.get_text() for text in axes.texts} >= {"arm 0, $q = 1$", "arm 2, $q = 0$"}
        return
    for axis in ("xaxis", "yaxis"):
        if axis == NAMED_BY_TICKS.get(name):
            ticks = getattr(axes, axis).get_ticklabels()
            assert [label.get_text() for label in ticks] == ["a", "b"]
        else:
            assert getattr(axes, axis).get_label_text()


@each_figure
def test_lines_differ_by_more_than_colour(chapter, name):
    shown = lines(chapter, name).values()
    looks = [(line.get_linestyle(), line.get_marker(), line.get_linewidth()) for line in shown]
    assert len(set(looks)) == len(looks)


@pytest.mark.parametrize(
    ("chapter", "name", "curves"),
    [
        ("bandits", "plot_learning_curves", {"a": CURVE.mean, "b": CURVE.mean}),
        ("guarantees", "plot_shift", {"exact": UP, "geometric": 2 * UP, "linear": UP + 1}),
        ("guarantees", "plot_line", {"true gain": UP**2, "surrogate": UP, "sharp": DOWN}),
        ("guarantees", "plot_aliased", {"objective": UP, "tangent": DOWN} | MARKS),
        ("guarantees", "plot_horizon", {"loss": UP, "penalty": 2 * UP}),
        ("guarantees", "plot_weights", {"exact": UP, "from samples": DOWN}),
        ("unbiased", "plot_surface", {"a": CURVE.mean, "b": -CURVE.mean}),
        ("unbiased", "plot_batches", {"a": [1.0, 1.0, 0.8], "b": [2.0, 2.0, 1.6]}),
        ("unbiased", "plot_hole", {"slope of $F$": [0.3, 1.0, 0.3], "$h(0)$": [0.0]}),
    ],
)
def test_each_line_is_the_curve_of_its_name(chapter, name, curves):
    drawn, places = lines(chapter, name), CALLS[chapter][name][0]
    assert drawn.keys() == curves.keys()
    for label, values in curves.items():
        assert drawn[label].get_ydata() == pytest.approx(values)
        if len(values) == len(places):
            assert drawn[label].get_xdata() == pytest.approx(places)


# Chapter 1.


def test_a_bar_that_is_not_a_number_is_written_out():
    texts = [text.get_text() for text in draw("bandits", "plot_probability_bars").texts]
    assert texts == ["nan"]


# Chapter 2.


def test_the_truth_and_the_limit_of_a_running_mean_are_inside_the_picture():
    axes = draw("unbiased", "plot_running_mean")
    low, high = axes.get_ylim()
    assert low < -1 < 1 < high
    labels = [line.get_label() for line in axes.get_lines()]
    assert labels == ["mean of score estimates", "true derivative", "limit of the mean"]


def test_an_unbiased_running_mean_has_no_second_line():
    axes = Figure().subplots()
    FIGURES["unbiased"].plot_running_mean(axes, np.array([10, 100, 1000]), CURVE, 0.5, 0.5)
    assert len(axes.get_lines()) == 2


def test_an_estimator_is_drawn_at_its_mean_with_its_deviation():
    axes = draw("unbiased", "plot_estimators")
    segments = [path.vertices[:, 0] for path in axes.collections[0].get_paths()]
    assert segments[0] == pytest.approx([-0.5, 0.5]) and segments[1] == pytest.approx([0.8, 1.2])


def test_bars_and_the_truth_stand_at_their_heights():
    axes = draw("unbiased", "plot_bars")
    assert [bar.get_height() for bar in axes.patches] == [1.0, 2.0]
    assert list(axes.get_lines()[0].get_ydata()) == [1.5, 1.5]


def test_the_height_has_t_upwards_and_x_to_the_right():
    (image,) = draw("unbiased", "plot_height").get_images()
    np.testing.assert_allclose(image.get_array(), np.outer(X, X - 2.0))
    assert image.get_extent() == [-1.0, 1.0, 0.1, 1.0] and image.origin == "lower"
    assert image.get_clim() == (-2.0, 2.0)


# Chapter 3.


def test_a_drift_above_two_is_marked_as_saying_nothing():
    axes = draw("guarantees", "plot_shift")
    band = axes.patches[0].get_extents().transformed(axes.transData.inverted())
    top = axes.get_ylim()[1]
    assert (band.y0, band.y1) == pytest.approx((2, top))
    assert axes.texts[0].get_text() == "says nothing" and 2 < axes.texts[0].get_position()[1] < top


def test_progress_shows_points_of_the_path_and_round_off_below_the_picture():
    first = lines("guarantees", "plot_progress")["a"]
    at, shown = np.asarray(first.get_xdata()), np.asarray(first.get_ydata())
    assert (at[0], at[-1]) == (0, len(FALLING) - 1) and (np.diff(at) > 0).all()
    seen = FALLING[at] > 1e-9
    assert shown[seen] == pytest.approx(FALLING[at][seen])
    assert (shown[~seen] < draw("guarantees", "plot_progress").get_ylim()[0]).all()


def test_the_marks_of_the_aliased_problem_stand_at_their_places():
    drawn = lines("guarantees", "plot_aliased")
    assert [drawn[name].get_xdata()[0] for name in ("old", "new")] == [0.1, 1]


def test_the_bars_of_a_coupling_are_overlap_and_rest_and_the_circles_its_entries():
    axes, joint, common = draw("guarantees", "plot_coupling"), JOINT.T, np.minimum(POLICY, NEW)
    heights = np.array([bar.get_height() for bar in axes.patches]).reshape(3, 3)
    assert heights == pytest.approx(np.array([common, POLICY - common, NEW - common]))
    bottoms = [bar.get_y() for bar in axes.patches]
    assert bottoms == pytest.approx([0, 0, 0, *common, *common])
    areas = [circle.get_sizes()[0] for circle in axes.collections]
    entries = joint[joint > 0]
    assert np.array(areas) / areas[0] == pytest.approx(entries / entries[0])
    ticks, (rows, columns) = axes.get_xticks()[3:], np.nonzero(joint)
    places = np.array([circle.get_offsets()[0] for circle in axes.collections])
    assert places[:, 0] == pytest.approx(ticks[columns])
    assert (np.argsort(-places[:, 1], kind="stable") == np.argsort(rows, kind="stable")).all()


def test_contributions_are_bars_beside_each_other():
    axes = draw("guarantees", "plot_contributions")
    assert [bar.get_height() for bar in axes.patches] == [*UP[:2], *DOWN[:2]]
    first, second = axes.patches[0], axes.patches[2]
    assert first.get_x() + first.get_width() == pytest.approx(second.get_x())
    assert [label.get_text() for label in axes.get_xticklabels()] == ["s", "z"]
    assert first.get_hatch() != second.get_hatch()
