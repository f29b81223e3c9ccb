"""What explorers say agrees with the package, also between the points of their grids."""

import re

import pytest
from matplotlib.figure import Figure

from pgbook import bandits
from pgbook.bandits import explorers

CALLS = {
    "objective": {"logit": 0.37, "gap": 2.0},
    "overflow": {"x": 709.5, "preferences": "(x, x - 0.5, x)"},
    "frequencies": {"n_samples": 137, "seed": 9},
    "update": {"arm": 1, "reward": -1.3, "first": 0.4},
    "learning": {"step_size": 0.17, "baseline": "first", "shift": 1.0, "arms": 3},
    "paths": {"origin": "plateau", "step_size": 0.7, "second": 0.8, "baseline": "0.95"},
    "parabola": {"p": 0.73, "noise": 0.2},
    "survival": {"step_size": 0.9, "reward": 1.1},
}


def describe(name, **changes):
    return getattr(explorers, f"describe_{name}")(**{**CALLS[name], **changes})


def numbers(text):
    return [float(number) for number in re.findall(r"-?\d+\.\d+(?:e-?\d+)?", text)]


def test_every_explorer_is_tried_here():
    names = {n.removeprefix("plot_") for n in vars(explorers) if n.startswith("plot_")}
    assert names == CALLS.keys()


def test_an_explorer_joins_plot_and_description():
    grid = {"step_size": [0.5, 1.0], "reward": [1.0, 2.0]}
    subject = explorers.survival(start={"reward": 2.0}, **grid)
    frame = subject.frame(step_size=0.9, reward=1.1)
    assert frame.text == describe("survival")
    assert subject.labels == {"step_size": "step size α", "reward": "reward of the worse arm ρ"}


@pytest.mark.parametrize("name", CALLS)
def test_plot_and_description_take_the_same_parameters(name):
    axes = Figure().subplots()
    getattr(explorers, f"plot_{name}")(axes, **CALLS[name])
    assert axes.has_data()
    assert describe(name).endswith(".") and len(numbers(describe(name))) >= 2


def test_the_objective_describes_its_curvature():
    assert "concave here" in describe("objective", logit=1.0)
    assert "convex here" in describe("objective", logit=-1.0)
    assert "inflection here" in describe("objective", logit=0.0)


def test_the_overflow_names_each_kind_of_failure():
    assert "Both agree" in describe("overflow", x=5.0)
    assert "Not a number" in describe("overflow", x=710.0)
    assert "the sum is 0.000" in describe("overflow", x=709.5)
    assert "wrong by" in describe("overflow", x=-744.0)
    assert "lost an arm" in describe("overflow", x=-800.0, preferences="(0, x)")


def test_the_parabola_says_when_the_expected_reward_hurts():
    assert "which hurts" in describe("parabola", p=0.9, noise=0.0)
    assert "which helps" in describe("parabola", p=0.1, noise=0.0)


def test_the_mean_wait_is_infinite_from_one_half_on():
    assert "mean wait is finite" in describe("survival", step_size=0.49, reward=1.0)
    assert "mean wait is infinite" in describe("survival", step_size=0.5, reward=1.0)


def test_the_survival_is_that_of_the_package():
    exponent = numbers(describe("survival"))[1]
    assert exponent == pytest.approx(-1 / (2 * 0.99), abs=1e-3)
    survival = bandits.log_survival(0.9, 1.1, 100)
    assert f"{2.718281828459045 ** survival[100]:.2g}" in describe("survival")
