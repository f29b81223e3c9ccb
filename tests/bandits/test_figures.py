"""Figures show the numbers they are given, with names on their axes."""

import numpy as np
import pytest
from matplotlib.figure import Figure

from pgbook.bandits import figures
from pgbook.montecarlo import Estimate

CURVE = Estimate(np.array([0.1, 0.5, 0.7]), np.array([0.01, 0.02, 0.03]))
POLICY = np.array([0.2, 0.3, 0.5])
PATH = np.tile(POLICY, (4, 1))

CALLS = {
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
    "plot_best_probability": (PATH, PATH[:, None]),
    "plot_survival": (np.array([1, 10]), {"a": (np.array([0.5, 0.05]), -1.0)}),
    "plot_step_sizes": (
        np.array([0.1, 1.0]),
        np.array([0.2, 0.3]),
        np.array([[0.1, 0.2], [0.3, 0.4]]),
        0.1,
    ),
}


def draw(name):
    axes = Figure().subplots()
    assert getattr(figures, name)(axes, *CALLS[name]) is axes
    return axes


def test_every_figure_is_tried_here():
    functions = {name for name in vars(figures) if name.startswith("plot_")}
    assert functions == CALLS.keys()


@pytest.mark.parametrize("name", CALLS)
def test_axes_are_labelled_and_something_is_drawn(name):
    axes = draw(name)
    axes.figure.canvas.draw()
    assert axes.has_data()
    if name == "plot_simplex_paths":  # corners are labelled instead
        assert {text.get_text() for text in axes.texts} >= {"arm 0, $q = 1$", "arm 2, $q = 0$"}
    else:
        assert axes.get_xlabel() and axes.get_ylabel()


@pytest.mark.parametrize("name", CALLS)
def test_lines_differ_by_more_than_colour(name):
    lines = [line for line in draw(name).get_lines() if not line.get_label().startswith("_")]
    looks = [(line.get_linestyle(), line.get_marker(), line.get_linewidth()) for line in lines]
    assert len(set(looks)) == len(looks)


def test_bands_are_drawn_around_curves():
    axes = draw("plot_learning_curves")
    heights = axes.collections[0].get_paths()[0].vertices[:, 1]
    low, high = CURVE.band()
    assert heights.min() == pytest.approx(low.min()) and heights.max() == pytest.approx(high.max())


def test_a_bar_that_is_not_a_number_is_written_out():
    texts = [text.get_text() for text in draw("plot_probability_bars").texts]
    assert texts == ["nan"]
