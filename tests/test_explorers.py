"""What explorers say and draw agrees with the package, also between the points of their grids."""

import json
import re
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure

from pgbook import bandits, guarantees, mdp, outcomes, policies, unbiased
from pgbook.catalogue import CHAPTERS
from pgbook.guarantees import LOWER_BOUNDS, Comparison, pitfalls
from pgbook.guarantees.explorers import SHOWN

CALLS = {  # of those that have tests of their own below
    ("bandits", "objective"): {"logit": 0.37, "gap": 2.0},
    ("bandits", "overflow"): {"x": 709.5, "preferences": "(x, x - 0.5, x)"},
    ("bandits", "parabola"): {"p": 0.73, "noise": 0.2},
    ("bandits", "survival"): {"step_size": 0.9, "reward": 1.1},
    ("unbiased", "losses"): {"loss": "-log(R π)", "step_size": 0.07},
    ("unbiased", "coin"): {"discount": 0.83, "horizon": 4},
    ("unbiased", "identity"): {"family": "Poisson(θ)", "theta": 0.77, "power": 2},
    ("unbiased", "normal"): {"mean": 0.4, "deviation": 1.3},
    ("unbiased", "batches"): {"n_samples": 7, "p": 0.35},
    ("unbiased", "surface"): {"x": 0.15},
    ("unbiased", "entropy"): {"temperature": 0.6, "gap": 1.2},
    ("guarantees", "past"): {"first": -0.7, "p": 0.35},
    ("guarantees", "contributions"): {"fraction": 0.37, "seed": 4},
    ("guarantees", "weights"): {"probability": 0.63},
    ("guarantees", "aliased"): {"p": 0.03, "cost": 7.5},
    ("guarantees", "drift"): {"problem": "cliff", "epsilon": 0.07, "t": 33},
    ("guarantees", "coupling"): {"tilt": 1.3},
    ("guarantees", "line"): {"discount": 0.72, "problem": "random"},
    ("guarantees", "progress"): {"discount": 0.43},
}
CHAPTER = {name: chapter for chapter, name in CALLS}
EXPLORERS = {chapter: import_module(f"pgbook.{chapter}.explorers") for chapter in CHAPTERS}
ROOT = Path(__file__).parents[1]
DECIMAL = r"-?\d+\.\d+(?:e-?\d+)?"


def tried(name, **changes):
    """The axes of an explorer and what it says."""
    axes, chapter = Figure().subplots(), CHAPTER[name]
    draw = getattr(EXPLORERS[chapter], name).__wrapped__
    return axes, draw(axes, **{**CALLS[chapter, name], **changes})


def says(name, **changes):
    return tried(name, **changes)[1]


def drawn(name, **changes):
    return tried(name, **changes)[0]


def curves(name, **changes):
    return {line.get_label(): line.get_ydata() for line in drawn(name, **changes).get_lines()}


def numbers(text):
    return [float(number) for number in re.findall(DECIMAL, text)]


def on_pages():
    """Each cell that shows an explorer, evaluated."""
    for chapter, module in EXPLORERS.items():
        names = {"explorers": module, chapter: import_module(f"pgbook.{chapter}")}
        pages = list((ROOT / "book" / chapter).glob("*.ipynb"))
        if chapter == "bandits":
            pages.append(ROOT / "book" / "ten_minutes.ipynb")
        for page in pages:
            for cell in json.loads(page.read_text())["cells"]:
                source = "".join(cell["source"])
                if cell["cell_type"] == "code" and re.match(r"explorers\.\w+\(", source):
                    name = source.split("(")[0].removeprefix("explorers.")
                    yield pytest.param(eval(source, names), chapter, name, id=name)


ON_PAGES = list(on_pages())
each_explorer = pytest.mark.parametrize(("subject", "chapter", "name"), ON_PAGES)


def between(values):
    """A value that is not on the grid, if there can be one."""
    first, second, *_ = values
    return first if isinstance(first, str | int) else 0.6 * first + 0.4 * second


@each_explorer
def test_an_explorer_draws_and_says_a_sentence_with_numbers_between_its_points(
    subject, chapter, name
):
    values = {name: between(grid) for name, grid in subject.parameters.items()}
    axes = Figure().subplots()
    text = subject.draw(axes, **values)
    assert axes.has_data() and text.endswith(".") and len(numbers(text)) >= 2


MOVING = {"identity"}  # each family of laws has its own scale
UNSAID = re.compile(r"-0(?:\.0*)?(?![\d.])|\b(?:inf|nan)\b")


@each_explorer
def test_axes_stay_and_sentences_hold_numbers_over_the_whole_grid(subject, chapter, name):
    limits = set()
    for point in subject.grid():
        axes = Figure().subplots()
        text = subject.draw(axes, **point)
        assert not UNSAID.search(text), text
        limits.add((axes.get_xlim(), axes.get_ylim(), axes.get_xlabel(), axes.get_ylabel()))
        assert name not in MOVING or text.endswith("The vertical axis fits this law.")
    assert (len(limits) == 1) == (name not in MOVING)


@each_explorer
def test_letters_of_a_frame_are_at_least_nine_pixels_on_a_phone(subject, chapter, name):
    for end in (0, -1):
        svg = subject.frame(**subject.grid()[end]).svg
        width = float(re.search(r'viewBox="0 0 (\S+)', svg)[1])
        sizes = [float(size) for size in re.findall(r"([\d.]+)px", svg)]
        assert len(sizes) > 3 and min(sizes) * 350 / width >= 9 - 1e-9


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_every_explorer_is_on_a_page(chapter):
    functions = [
        n for n, v in vars(EXPLORERS[chapter]).items() if hasattr(v, "__wrapped__") and n[0] != "_"
    ]
    assert sorted(functions) == sorted(p.values[2] for p in ON_PAGES if p.values[1] == chapter)


# Chapter 1.


def test_the_objective_describes_its_curvature():
    assert "concave here" in says("objective", logit=1.0)
    assert "convex here" in says("objective", logit=-1.0)
    assert "inflection here" in says("objective", logit=0.0)


def test_the_overflow_names_each_kind_of_failure():
    assert "Both agree" in says("overflow", x=5.0)
    assert "Not a number" in says("overflow", x=710.0)
    assert "the sum is 0.000" in says("overflow", x=709.5)
    assert "wrong by" in says("overflow", x=-744.0)
    assert "lost an arm" in says("overflow", x=-800.0, preferences="(0, x)")


def test_the_parabola_says_when_the_expected_reward_hurts():
    assert "which hurts" in says("parabola", p=0.9, noise=0.0)
    assert "which helps" in says("parabola", p=0.1, noise=0.0)


def test_the_mean_wait_is_infinite_from_one_half_on():
    assert "mean wait is finite" in says("survival", step_size=0.49, reward=1.0)
    assert "mean wait is infinite" in says("survival", step_size=0.5, reward=1.0)


def test_the_survival_is_that_of_the_package():
    assert numbers(says("survival"))[1] == pytest.approx(-1 / (2 * 0.99), abs=1e-3)
    survival = bandits.log_survival(0.9, 1.1, 100)
    assert f"{2.718281828459045 ** survival[100]:.2g}" in says("survival")


# Chapter 2.


def test_the_coin_gives_each_estimator_its_own_mean():
    text, names = says("coin"), ("single time", "no γᵗ", "full score", "reward to go")
    truth = mdp.evaluate_steps(mdp.coin(0.83, 4), [[0.7, 0.3]]).gradient[0, 1]
    assert f"true gradient {truth:.3f}" in text
    for name, mean in zip(names, unbiased.coin_means(0.3, 0.83, 4), strict=True):
        assert f"{name} {mean:.3f}" in text


def test_an_identity_is_called_biased_exactly_where_it_is():
    for family, law in unbiased.FAMILIES.items():
        text = says("identity", family=family, theta=0.5)
        assert ("unbiased" in text) == law.unbiased
        assert ("biased: the mean converges" in text) != law.unbiased
    assert "even the sign is wrong" in says("identity", family="Uniform(0, θ)")
    assert "infinite variance" in says("identity", family="θ + Beta(2, 2)")


def test_the_normal_explorer_says_the_variances_of_the_quadrature():
    step = unbiased.FAMILIES["Normal(θ, 1)"].one_step(0.4, 2)
    baselines = (0.0, 0.4**2 + 1, 0.4**2 + 3, 2 * (0.4**2 + 3))
    exact = [step.estimates(b).variance() for b in baselines]
    path = unbiased.FAMILIES["Normal(θ, 1)"].pathwise(0.4, 2).variance()
    said = numbers(says("normal", deviation=1.0))[1:]
    assert said == pytest.approx([*exact, path], abs=6e-3)


def test_batches_say_means_and_deviations_of_all_batches():
    arms = outcomes.bandit([0.65, 0.35], [1.0, 2.0])
    exact = [arms.batches(4, "none").mean()[1]]
    for name in outcomes.BATCH_BASELINES:
        batch = arms.batches(4, name)
        exact += [batch.mean()[1], batch.covariance()[1, 1] ** 0.5]
    assert numbers(says("batches", n_samples=4))[1:-1] == pytest.approx(exact, abs=6e-5)


def test_a_batch_is_drawn_with_one_standard_deviation():
    arms, bars = outcomes.bandit([0.65, 0.35], [1.0, 2.0]), drawn("batches").collections[0]
    for path, name in zip(bars.get_paths(), outcomes.BATCH_BASELINES, strict=True):
        low, high = path.vertices[:, 0]
        assert (high - low) / 2 == pytest.approx(np.sqrt(arms.batch_variance(7, name) / 2))


def test_the_surface_tells_the_hole_from_its_neighbours():
    assert "so its integral is 0.000" in says("surface", x=0.0)
    near = numbers(says("surface", x=0.001))
    assert near[1] == pytest.approx(1.0, abs=1e-3)
    # Near zero almost all of the integral lies at small t.
    assert near[2] == pytest.approx(near[1], abs=1e-3)


def test_the_losses_begin_at_the_uniform_policy_and_only_one_finds_the_best_action():
    texts = [says("losses", loss=loss, step_size=0.1) for loss in unbiased.LOSSES]
    assert all("it began at 0.500" in text for text in texts)
    assert [numbers(text)[1] > 0.8 for text in texts] == [True, False, False]


def test_the_entropy_explorer_gives_each_program_its_own_step():
    truth, whole, sampled = unbiased.entropy_steps(1.0, 0.6, 1.2)
    axes, text = tried("entropy")
    assert f"true gradient is {truth:.4f}" in text
    assert f"sampled bonus gives {sampled:.4f}, the whole entropy {whole:.4f}" in text
    rest = numbers(text)[-1]
    assert rest == pytest.approx(2.0)
    assert unbiased.entropy_steps(rest, 0.6, 1.2)[0] == pytest.approx(0, abs=1e-12)
    steps = np.array([unbiased.entropy_steps(z, 0.6, 1.2) for z in np.linspace(-4, 4, 41)]).T
    for line, step in zip(axes.get_lines(), steps, strict=True):
        assert line.get_ydata() == pytest.approx(step)


def test_the_running_mean_ends_with_the_estimate_of_all_samples():
    law = unbiased.FAMILIES["Poisson(θ)"]
    samples = law.sample_estimates(0.77, 2, 20_000, rng=np.random.default_rng(3))
    error = samples.std(ddof=1) / np.sqrt(20_000)
    assert f"give {samples.mean():.3f} (standard error {error:.3f})" in says("identity")


def test_the_parabola_and_the_pathwise_line_are_those_of_the_law():
    curve, *marks, pathwise = drawn("normal").get_lines()
    assert list(pathwise.get_ydata()) == pytest.approx([4 * 1.3**2] * 2)
    best = 0.4**2 + 3 * 1.3**2
    for line in (curve, *marks):
        exact = unbiased.normal_square_variance(0.4, 1.3, best * np.asarray(line.get_xdata()))
        assert line.get_ydata() == pytest.approx(exact)


# Chapter 3.


def test_the_variances_of_the_past_are_said_and_drawn():
    full, to_go = (0.3**2 * 2 * 0.35 * 0.65, (0.3**2 + 1) * 0.35 * 0.65)
    assert numbers(says("past"))[2:] == pytest.approx([full, to_go], abs=6e-4)
    assert says("past").endswith("which is more.")
    assert says("past", first=2.0).endswith("which is less.")
    *lines, mark, other = drawn("past").get_lines()
    for line, point, value in zip(lines, (mark, other), (full, to_go), strict=True):
        assert point.get_ydata() == pytest.approx([value])
        at = np.asarray(line.get_xdata())
        far = (at + 1) ** 2 * 2 if line is lines[0] else (at + 1) ** 2 + 1
        assert line.get_ydata() == pytest.approx(0.35 * 0.65 * far)


def test_the_contributions_sum_to_gain_and_surrogate():
    axes, text = tried("contributions")
    said = numbers(text)[2:]
    heights = np.array([bar.get_height() for bar in axes.patches]).reshape(2, 5)
    assert said[0] == said[1] == pytest.approx(heights[0].sum(), abs=6e-5)
    assert said[2] == pytest.approx(heights[1].sum(), abs=6e-5)
    assert abs(said[1] - said[2]) > 1e-3
    assert numbers(says("contributions", fraction=0.0))[2:] == [0, 0, 0]


def test_the_weights_say_the_last_points_of_their_lines():
    chi2 = 2 * (0.63 - 0.5) ** 2 / 0.5
    exact = -500 * np.log10(1 + chi2)
    said, lines = numbers(says("weights"))[-2:], curves("weights")
    assert said[0] == pytest.approx(exact, abs=0.06)
    assert lines["exact"][-1] == pytest.approx(exact, rel=1e-9)
    assert lines["from samples"][-1] == pytest.approx(said[1], abs=0.06)


def test_the_aliased_explorer_names_the_best_points_of_its_curves():
    p, cost = CALLS["guarantees", "aliased"].values()
    grid, lines = np.linspace(0, 1, 201), curves("aliased")
    truth = grid * (1 - grid) - cost * grid**2
    assert lines["objective"] == pytest.approx(truth)
    step = 1e-6  # the tangent, by differences
    ends = (pitfalls.aliased_objective(np.array([p + step, p - step]), cost)) / (2 * step)
    tangent = p * (1 - p) - cost * p**2 + (ends[0] - ends[1]) * (grid - p)
    assert lines["J + surrogate"] == pytest.approx(tangent, abs=1e-8)
    assert lines["with penalty"] == pytest.approx(tangent - 2 * 8.5 * (grid - p) ** 2, abs=1e-8)
    assert (lines["with penalty"] <= truth + 1e-12).all()
    best = grid[np.argmax(lines["with penalty"])]
    *_, near, j_near = numbers(says("aliased"))
    assert near == pytest.approx(best, abs=1 / 200)
    assert j_near == pytest.approx(pitfalls.aliased_objective(near, cost), abs=2e-3)
    assert "largest at p′ = 1, where J = -7.500" in says("aliased")
    assert "largest at p′ = 0, where J = 0.000" in says("aliased", p=0.5)


def test_the_drift_on_the_cliff_is_its_bound_and_is_said_at_the_step():
    last, text = 2 * (1 - 0.93**33), says("drift")
    said = [last, last, 2 * 0.07 * 33, 2 * 0.07 * 33]
    assert numbers(text)[1:5] == pytest.approx(said, abs=6e-4)
    assert "nothing from t = 15 on" in text
    assert "below 2 throughout" in says("drift", epsilon=0.001)
    lines = curves("drift")
    assert lines["exact"] == pytest.approx(2 * (1 - 0.93 ** np.arange(201)))
    assert lines["exact"] == pytest.approx(lines["2(1 − (1 − ε)ᵗ)"])


def test_the_random_drift_stays_below_its_bounds():
    lines = curves("drift", problem="random", epsilon=0.3)
    for name in ("2(1 − (1 − ε)ᵗ)", "2εt", "distance met"):
        shown = ~np.isnan(lines[name])
        assert (lines["exact"][shown] <= lines[name][shown] + 1e-12).all()


def test_coupled_actions_agree_with_one_minus_the_distance():
    places = np.linspace(-1, 1, 3)
    p, q = (policies.softmax(sign * places) for sign in (-1, 0.3))
    distance = np.abs(p - q).sum() / 2
    assert numbers(says("coupling")) == pytest.approx([distance, 1 - distance, p @ q], abs=6e-4)
    assert numbers(says("coupling", tilt=0.0))[:2] == [0, 1]


def test_a_promise_on_the_line_is_the_best_value_of_its_bound():
    problem = mdp.garnet(5, 3, 3, 0.72, rng=np.random.default_rng(4))
    old = mdp.evaluate(problem, np.full((5, 3), 1 / 3))
    far, (axes, text), lines = guarantees.greedy(old), tried("line"), curves("line")
    assert f"gains {Comparison(old, far).gain:.3f}" in text
    (shown,) = [x for x in axes.get_lines() if x.get_label() == "true gain"]
    fractions = np.asarray(shown.get_xdata())
    pairs = [Comparison(old, (1 - h) * old.policy + h * far) for h in fractions]
    whole = Comparison(old, far).gain
    assert lines["true gain"] == pytest.approx([pair.gain / whole for pair in pairs], abs=1e-12)
    for name in SHOWN:
        values = np.array([LOWER_BOUNDS[name](pair) for pair in pairs]) / whole
        assert lines[name] == pytest.approx(values, abs=1e-10)
        best, at = values.max(), fractions[values.argmax()]
        said = f"{best:.3g} at {at:.3g}" if best > 1e-12 else "nothing"
        assert re.search(rf"[:;] {re.escape(f'{name} {said}')}[;.]", text)


def test_in_one_state_without_a_future_every_bound_promises_all():
    text = says("line", discount=0.0, problem="one state")
    assert "gains 1.000" in text and text.count("1 at 1") == len(SHOWN)
    assert "crude nothing" in says("line", discount=0.7, problem="one state")


def test_progress_counts_iterations_to_ninety_nine_per_cent():
    problem = mdp.garnet(5, 3, 3, 0.43, rng=np.random.default_rng(4))
    current, needed = mdp.evaluate(problem, np.full((5, 3), 1 / 3)), 0
    start, best = current.objective, guarantees.optimal_evaluation(problem).objective
    while current.objective < best - 0.01 * (best - start):
        current, needed = mdp.evaluate(problem, guarantees.by_bound(current)), needed + 1
    assert f"mixture: {needed};" in says("progress")
    for path in curves("progress").values():
        seen = path[~np.isnan(path)]
        assert seen[0] == pytest.approx(1.0) and (np.diff(seen) <= 1e-12).all()
