"""What explorers say agrees with the package, also between the points of their grids."""

import re

import numpy as np
import pytest
from matplotlib.figure import Figure

from pgbook import guarantees, mdp, policies
from pgbook.guarantees import BOUNDS, Comparison, explorers, pitfalls

CALLS = {
    "past": {"first": -0.7, "p": 0.35},
    "lemma": {"fraction": 0.37, "seed": 4},
    "weights": {"probability": 0.63, "show": "variance"},
    "aliased": {"p": 0.03, "cost": 7.5},
    "shift": {"problem": "cliff", "epsilon": 0.07, "last": 33},
    "coupling": {"tilt": 1.3, "n_actions": 5},
    "horizon": {"epsilon": 0.013},
    "line": {"discount": 0.72, "problem": "random"},
    "progress": {"discount": 0.43},
}
DECIMAL = r"-?\d+\.\d+(?:e-?\d+)?"


def describe(name, **changes):
    return getattr(explorers, f"describe_{name}")(**{**CALLS[name], **changes})


def drawn(name, **changes):
    axes = Figure().subplots()
    getattr(explorers, f"plot_{name}")(axes, **{**CALLS[name], **changes})
    return axes


def curves(name, **changes):
    return {line.get_label(): line.get_ydata() for line in drawn(name, **changes).get_lines()}


def numbers(text):
    return [float(number) for number in re.findall(DECIMAL, text)]


def test_every_explorer_is_tried_here():
    names = {n.removeprefix("plot_") for n in vars(explorers) if n.startswith("plot_")}
    assert names == CALLS.keys()
    for name in names:
        explorer = getattr(explorers, name)
        assert explorer.args == (getattr(explorers, f"plot_{name}"),)
        assert explorer.keywords["describe"] is getattr(explorers, f"describe_{name}")
        assert explorer.keywords["labels"].keys() <= CALLS[name].keys()


@pytest.mark.parametrize("name", CALLS)
def test_plot_and_description_take_the_same_parameters(name):
    assert drawn(name).has_data()
    assert describe(name).endswith(".") and len(numbers(describe(name))) >= 2


def test_the_variances_of_the_past_are_said_and_drawn():
    full, to_go = (0.3**2 * 2 * 0.35 * 0.65, (0.3**2 + 1) * 0.35 * 0.65)
    assert numbers(describe("past"))[2:] == pytest.approx([full, to_go], abs=6e-4)
    assert describe("past").endswith("which is more.")
    assert describe("past", first=2.0).endswith("which is less.")
    *lines, mark, other = drawn("past").get_lines()
    for line, point, value in zip(lines, (mark, other), (full, to_go), strict=True):
        assert point.get_ydata() == pytest.approx([value])
        at = np.asarray(line.get_xdata())
        far = (at + 1) ** 2 * 2 if line is lines[0] else (at + 1) ** 2 + 1
        assert line.get_ydata() == pytest.approx(0.35 * 0.65 * far)


def test_the_bars_of_the_lemma_sum_to_gain_and_surrogate():
    said = numbers(describe("lemma"))[2:]
    heights = np.array([bar.get_height() for bar in drawn("lemma").patches]).reshape(2, 5)
    assert said[0] == said[1] == pytest.approx(heights[0].sum(), abs=6e-5)
    assert said[2] == pytest.approx(heights[1].sum(), abs=6e-5)
    assert abs(said[1] - said[2]) > 1e-3
    assert numbers(describe("lemma", fraction=0.0))[2:] == [0, 0, 0]


@pytest.mark.parametrize("show", ["variance", "effective share"])
def test_the_weights_say_the_last_points_of_their_lines(show):
    chi2 = 2 * (0.63 - 0.5) ** 2 / 0.5
    exact = 500 * np.log10(1 + chi2) * (1 if show == "variance" else -1)
    said = numbers(describe("weights", show=show))[-2:]
    assert said[0] == pytest.approx(exact, abs=0.06)
    lines = curves("weights", show=show)
    assert lines["exact"][-1] == pytest.approx(exact, rel=1e-9)
    assert lines["from samples"][-1] == pytest.approx(said[1], abs=0.06)
    assert drawn("weights", show=show).get_ylabel().endswith(show)


def test_the_aliased_explorer_names_the_best_points_of_its_curves():
    p, cost = CALLS["aliased"].values()
    grid = np.linspace(0, 1, 201)
    lines = curves("aliased")
    truth = grid * (1 - grid) - cost * grid**2
    assert lines["objective"] == pytest.approx(truth)
    step = 1e-6  # the tangent, by differences
    ends = (pitfalls.aliased_objective(np.array([p + step, p - step]), cost)) / (2 * step)
    tangent = p * (1 - p) - cost * p**2 + (ends[0] - ends[1]) * (grid - p)
    assert lines["J + surrogate"] == pytest.approx(tangent, abs=1e-8)
    assert lines["with penalty"] == pytest.approx(tangent - 2 * 8.5 * (grid - p) ** 2, abs=1e-8)
    assert (lines["with penalty"] <= truth + 1e-12).all()
    best = grid[np.argmax(lines["with penalty"])]
    *_, near, j_near = numbers(describe("aliased"))
    assert near == pytest.approx(best, abs=1 / 200)
    assert j_near == pytest.approx(pitfalls.aliased_objective(near, cost), abs=2e-3)
    assert "largest at p′ = 1, where J = -7.500" in describe("aliased")
    assert "largest at p′ = 0, where J = 0.000" in describe("aliased", p=0.5)


def test_the_drift_on_the_cliff_is_its_bound_and_is_said_at_the_last_step():
    drift = 2 * (1 - 0.93**33)
    text = describe("shift")
    assert numbers(text)[1:5] == pytest.approx(
        [drift, drift, 2 * 0.07 * 33, 2 * 0.07 * 33], abs=6e-4
    )
    assert "nothing from t = 15 on" in text
    assert "below 2 throughout" in describe("shift", last=10)
    lines = curves("shift")
    assert lines["exact"] == pytest.approx(2 * (1 - 0.93 ** np.arange(34)))
    assert lines["exact"] == pytest.approx(lines["2(1 − (1 − ε)ᵗ)"])


def test_the_random_drift_stays_below_its_bounds():
    lines = curves("shift", problem="random", epsilon=0.3)
    for name in ("2(1 − (1 − ε)ᵗ)", "2εt", "distance met"):
        some = ~np.isnan(lines[name])
        assert (lines["exact"][some] <= lines[name][some] + 1e-12).all()


def test_coupled_actions_agree_with_one_minus_the_distance():
    places = np.linspace(-1, 1, 5)
    p, q = (policies.softmax(sign * places) for sign in (-1, 0.3))
    distance = np.abs(p - q).sum() / 2
    said = numbers(describe("coupling"))
    assert said == pytest.approx([distance, 1 - distance, p @ q], abs=6e-4)
    assert numbers(describe("coupling", tilt=0.0))[:2] == [0, 1]


def test_the_horizon_explorer_says_points_of_its_curves():
    text = describe("horizon")
    loss, square, penalty, horizons = (line.get_ydata() for line in drawn("horizon").get_lines())
    for i in (5, -1):
        said = (
            f"at T = {horizons[i]:.0f} the loss is {loss[i]:.4g} and the penalty {penalty[i]:.4g}"
        )
        assert said in text
    assert horizons[-1] == 1000
    safe = (1 - 0.987**horizons) / 0.013
    assert loss == pytest.approx(horizons - safe)
    assert penalty == pytest.approx(0.013 * horizons * (horizons - 1))
    assert square == pytest.approx(0.013 * horizons**2 / 2)


def test_a_promise_on_the_line_is_the_best_value_of_its_bound():
    problem = mdp.garnet(5, 3, 3, 0.72, rng=np.random.default_rng(4))
    old = mdp.evaluate(problem, np.full((5, 3), 1 / 3))
    far, text, lines = guarantees.greedy(old), describe("line"), curves("line")
    assert f"gains {Comparison(old, far).gain:.3f}" in text
    (shown,) = [x for x in drawn("line").get_lines() if x.get_label() == "true gain"]
    fractions = np.asarray(shown.get_xdata())
    pairs = [Comparison(old, (1 - h) * old.policy + h * far) for h in fractions]
    assert lines["true gain"] == pytest.approx([pair.gain for pair in pairs], abs=1e-12)
    for name in explorers.SHOWN:
        values = np.array([BOUNDS[name](pair) for pair in pairs])
        assert lines[name] == pytest.approx(values, abs=1e-10)
        best, at = values.max(), fractions[values.argmax()]
        said = f"{best:.3g} at {at:.3g}" if best > 1e-12 else "nothing"
        assert re.search(rf"[:;] {re.escape(f'{name} {said}')}[;.]", text)


def test_in_one_state_without_a_future_every_bound_promises_all():
    text = describe("line", discount=0.0, problem="one state")
    assert "gains 1.000" in text and text.count("1 at 1") == len(explorers.SHOWN)
    assert "crude nothing" in describe("line", discount=0.7, problem="one state")


def test_progress_counts_iterations_to_ninety_nine_per_cent():
    problem = mdp.garnet(5, 3, 3, 0.43, rng=np.random.default_rng(4))
    uniform = np.full((5, 3), 1 / 3)
    start = mdp.evaluate(problem, uniform).objective
    best = guarantees.optimal_evaluation(problem).objective
    current, needed = uniform, 0
    while mdp.evaluate(problem, current).objective < best - 0.01 * (best - start):
        current, needed = guarantees.by_bound(mdp.evaluate(problem, current)), needed + 1
    text, lines = describe("progress"), curves("progress")
    assert f"largest bound: {needed};" in text
    for path in lines.values():
        seen = path[~np.isnan(path)]
        assert seen[0] == pytest.approx(1.0) and (np.diff(seen) <= 1e-12).all()
