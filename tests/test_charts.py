"""Charts show the numbers they are given, and tell curves apart by more than colour."""

import numpy as np
import pytest
from matplotlib.figure import Figure

from pgbook import charts
from pgbook.montecarlo import Estimate

X = np.array([1.0, 2.0, 3.0])
CURVE = Estimate(np.array([0.1, 0.5, 0.7]), np.array([0.01, 0.02, 0.03]))


def test_lines_are_the_given_ones_and_the_first_is_the_truth():
    axes = Figure().subplots()
    charts.plot_lines(axes, X, {"truth": X, "other": X**2}, xlabel="x", ylabel="y")
    truth, other = axes.get_lines()
    assert truth.get_color() == "#000000" and other.get_color() != "#000000"
    assert truth.get_linestyle() != other.get_linestyle()
    assert other.get_ydata().tolist() == [1, 4, 9]
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("x", "y")


@pytest.mark.parametrize("markers", [False, True])
def test_bands_are_drawn_around_curves(markers):
    axes = Figure().subplots()
    charts.plot_bands(axes, X, {"a": CURVE, "b": CURVE}, markers=markers)
    low, high = CURVE.band()
    for band, line in zip(axes.collections, axes.get_lines(), strict=True):
        heights = band.get_paths()[0].vertices[:, 1]
        assert heights.min() == pytest.approx(low.min())
        assert heights.max() == pytest.approx(high.max())
        assert (line.get_marker() in ("", "None")) is not markers


def test_more_curves_than_can_be_told_apart_are_refused():
    with pytest.raises(ValueError, match="curves must be at most 7, to tell them apart, got 8"):
        curves = {str(n): X for n in range(8)}
        charts.plot_lines(Figure().subplots(), X, curves, xlabel="x", ylabel="y")


def test_the_marks_of_a_parabola_stand_where_they_belong():
    axes = Figure().subplots()
    charts.plot_parabola(axes, X, (X - 2) ** 2, {"least": (2.0, 0.0)})
    curve, mark = axes.get_lines()
    assert curve.get_ydata().tolist() == [1, 0, 1]
    assert mark.get_xydata().tolist() == [[2.0, 0.0]]
    assert mark.get_label() == "least"


def test_decades_are_labelled_in_plain_text():
    axes = Figure().subplots()
    axes.loglog([1e-5, 10], [0.1, 1e3])
    charts.use_decades(axes.xaxis, axes.yaxis)
    axes.figure.canvas.draw()
    shown = {label.get_text() for label in axes.get_xticklabels() + axes.get_yticklabels()}
    assert {"10⁻⁵", "0.1", "1", "1,000"} <= shown
    assert not any("$" in text for text in shown)
    assert len(axes.xaxis.get_minorticklocs()) == 0
