"""Figures show the numbers they are given, with names on their axes."""

import numpy as np
import pytest
from matplotlib.figure import Figure

from pgbook.montecarlo import Estimate
from pgbook.unbiased import figures

CURVE = Estimate(np.array([0.1, 0.5, 0.7]), np.array([0.01, 0.02, 0.03]))
X = np.array([1, 2, 4])

CALLS = {
    "plot_training": (X, {"a": CURVE, "b": CURVE}),
    "plot_bars": ({"a": 1.0, "b": 2.0}, 1.5),
    "plot_estimators": (["a", "b"], np.array([0.0, 1.0]), np.array([0.5, 0.2]), 0.3),
    "plot_running_mean": (np.array([10, 100, 1000]), CURVE, 1.0, -1.0),
    "plot_batches": (X, {"a": np.array([1.0, 0.5, 0.2]), "b": np.array([2.0, 1.0, 0.4])}),
    "plot_surface": (np.array([0.01, 0.1, 1.0]), {"a": CURVE.mean, "b": -CURVE.mean}, "f"),
    "plot_height": (np.array([-1.0, 0, 1]), np.array([0.1, 0.5, 1]), np.outer(X, X - 2.0), 2.0),
    "plot_hole": (np.array([-1.0, 0.0, 1.0]), np.array([0.3, 1.0, 0.3]), (1.0, 0.0)),
}


def draw(name):
    axes = Figure().subplots()
    named = {"ylabel": "mean"} if name == "plot_bars" else {}
    assert getattr(figures, name)(axes, *CALLS[name], **named) is axes
    return axes


def test_every_figure_is_tried_here():
    functions = {name for name in vars(figures) if name.startswith("plot_")}
    assert functions == CALLS.keys()


@pytest.mark.parametrize("name", CALLS)
def test_axes_are_labelled_and_something_is_drawn(name):
    axes = draw(name)
    axes.figure.canvas.draw()
    assert axes.has_data()
    named_by_ticks = {"plot_bars": axes.xaxis, "plot_estimators": axes.yaxis}
    for axis in (axes.xaxis, axes.yaxis):
        if axis is named_by_ticks.get(name):
            assert [label.get_text() for label in axis.get_ticklabels()] == ["a", "b"]
        else:
            assert axis.get_label_text()


@pytest.mark.parametrize("name", CALLS)
def test_lines_differ_by_more_than_colour(name):
    lines = [line for line in draw(name).get_lines() if not line.get_label().startswith("_")]
    looks = [(line.get_linestyle(), line.get_marker(), line.get_linewidth()) for line in lines]
    assert len(set(looks)) == len(looks)


def test_the_truth_and_the_limit_of_a_running_mean_are_inside_the_picture():
    axes = draw("plot_running_mean")
    low, high = axes.get_ylim()
    assert low < -1 < 1 < high
    labels = [line.get_label() for line in axes.get_lines()]
    assert labels == ["mean of score estimates", "true derivative", "limit of the mean"]


def test_an_unbiased_running_mean_has_no_second_line():
    axes = Figure().subplots()
    figures.plot_running_mean(axes, np.array([10, 100, 1000]), CURVE, 0.5, 0.5)
    assert len(axes.get_lines()) == 2


def test_batches_are_drawn_as_size_times_variance():
    first = draw("plot_batches").get_lines()[0]
    assert first.get_ydata() == pytest.approx([1.0, 1.0, 0.8])


def test_an_estimator_is_drawn_at_its_mean_with_its_deviation():
    axes = draw("plot_estimators")
    segments = [path.vertices[:, 0] for path in axes.collections[0].get_paths()]
    assert segments[0] == pytest.approx([-0.5, 0.5]) and segments[1] == pytest.approx([0.8, 1.2])


def test_bars_and_the_truth_stand_at_their_heights():
    axes = draw("plot_bars")
    assert [bar.get_height() for bar in axes.patches] == [1.0, 2.0]
    assert list(axes.get_lines()[0].get_ydata()) == [1.5, 1.5]


def test_the_surface_and_the_hole_show_what_they_are_given():
    curve = draw("plot_surface").get_lines()[0]
    assert curve.get_ydata() == pytest.approx(CURVE.mean)
    line, outside, inside = draw("plot_hole").get_lines()
    assert line.get_ydata() == pytest.approx([0.3, 1.0, 0.3])
    assert (list(outside.get_ydata()), list(inside.get_ydata())) == ([1.0], [0.0])


def test_the_height_has_t_upwards_and_x_to_the_right():
    (image,) = draw("plot_height").get_images()
    np.testing.assert_allclose(image.get_array(), np.outer(X, X - 2.0))
    assert image.get_extent() == [-1.0, 1.0, 0.1, 1.0] and image.origin == "lower"
    assert image.get_clim() == (-2.0, 2.0)
