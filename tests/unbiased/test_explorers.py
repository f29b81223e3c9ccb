"""What explorers say agrees with the package, also between the points of their grids."""

import re

import numpy as np
import pytest
from matplotlib.figure import Figure

from pgbook import unbiased
from pgbook.unbiased import explorers

CALLS = {
    "losses": {"loss": "-log(R π)", "step_size": 0.07},
    "coin": {"discount": 0.83, "horizon": 4, "p": 0.41},
    "identity": {"family": "Poisson(θ)", "theta": 0.77, "power": 2},
    "normal": {"mean": 0.4, "deviation": 1.3},
    "batches": {"n_samples": 7, "p": 0.35},
    "surface": {"x": 0.15},
    "entropy": {"temperature": 0.6, "gap": 1.2},
}


def describe(name, **changes):
    return getattr(explorers, f"describe_{name}")(**{**CALLS[name], **changes})


def numbers(text):
    return [float(number) for number in re.findall(r"-?\d+\.\d+", text)]


def test_every_explorer_is_tried_here():
    names = {n.removeprefix("plot_") for n in vars(explorers) if n.startswith("plot_")}
    assert names == CALLS.keys()


@pytest.mark.parametrize("name", CALLS)
def test_plot_and_description_take_the_same_parameters(name):
    axes = Figure().subplots()
    getattr(explorers, f"plot_{name}")(axes, **CALLS[name])
    assert axes.has_data()
    assert describe(name).endswith(".") and len(numbers(describe(name))) >= 2


def test_the_coin_says_its_exact_means():
    found = numbers(describe("coin"))[2:]
    means = unbiased.coin_means(0.41, 0.83, 4)
    truth = unbiased.coin(0.83, 4).gradient(np.log([[0.59, 0.41]]))[1]
    assert found == pytest.approx([truth, *means], abs=6e-4)


def test_an_identity_is_called_biased_exactly_where_it_is():
    for family, law in unbiased.FAMILIES.items():
        text = describe("identity", family=family, theta=0.5)
        assert ("unbiased" in text) == law.unbiased
        assert ("biased: the mean converges" in text) != law.unbiased
    assert "even the sign is wrong" in describe("identity", family="Uniform(0, θ)")
    assert "infinite variance" in describe("identity", family="θ + Beta(2, 2)")


def test_the_normal_explorer_says_the_variances_of_the_quadrature():
    step = unbiased.FAMILIES["Normal(θ, 1)"].one_step(0.4, 2)
    found = numbers(describe("normal", deviation=1.0))[1:]
    baselines = (0.0, 0.4**2 + 1, 0.4**2 + 3, 2 * (0.4**2 + 3))
    exact = [step.estimates(b).variance() for b in baselines]
    path = unbiased.FAMILIES["Normal(θ, 1)"].pathwise(0.4, 2).variance()
    assert found == pytest.approx([*exact, path], abs=6e-3)


def test_batches_say_means_and_deviations_of_all_batches():
    arms = unbiased.bandit([0.65, 0.35], [1.0, 2.0])
    found = numbers(describe("batches", n_samples=4))[1:-1]
    exact = [arms.batches(4, "none").mean()[1]]
    for name in unbiased.BATCH_BASELINES:
        batch = arms.batches(4, name)
        exact += [batch.mean()[1], batch.covariance()[1, 1] ** 0.5]
    assert found == pytest.approx(exact, abs=6e-5)


def test_the_surface_tells_the_hole_from_its_neighbours():
    assert "so its integral is 0.000" in describe("surface", x=0.0)
    near = numbers(describe("surface", x=0.001))
    assert near[1] == pytest.approx(1.0, abs=1e-3)
    # Near zero almost all of the integral lies at small t.
    assert near[2] == pytest.approx(near[1], abs=1e-3)


def test_the_entropy_explorer_names_the_logit_at_which_the_gradient_is_zero():
    rest = numbers(describe("entropy"))[-1]
    assert rest == pytest.approx(2.0)
    assert unbiased.entropy_steps(rest, 0.6, 1.2)[0] == pytest.approx(0, abs=1e-12)


def test_the_losses_begin_at_the_uniform_policy_and_only_one_finds_the_best_action():
    ends = {
        loss: numbers(describe("losses", loss=loss, step_size=0.1))[1] for loss in unbiased.LOSSES
    }
    assert "it began at 0.500" in describe("losses")
    assert [end > 0.8 for end in ends.values()] == [True, False, False]


def test_the_coin_gives_each_estimator_its_own_mean():
    text = describe("coin")
    names = ("single time", "no γᵗ", "full score", "reward to go")
    for name, mean in zip(names, unbiased.coin_means(0.41, 0.83, 4), strict=True):
        assert f"{name} {mean:.3f}" in text


def test_the_entropy_explorer_gives_each_program_its_own_step():
    truth, whole, sampled = unbiased.entropy_steps(1.0, 0.6, 1.2)
    text = describe("entropy")
    assert f"true gradient is {truth:.4f}" in text
    assert f"sampled bonus gives {sampled:.4f}, the whole entropy {whole:.4f}" in text
    lines = {line.get_label(): line for line in drawn("entropy").get_lines()}
    steps = np.array([unbiased.entropy_steps(z, 0.6, 1.2) for z in np.linspace(-4, 4, 41)]).T
    for label, step in zip(("true gradient", "whole entropy in R"), steps, strict=False):
        assert lines[label].get_ydata() == pytest.approx(step)


def drawn(name):
    axes = Figure().subplots()
    getattr(explorers, f"plot_{name}")(axes, **CALLS[name])
    return axes


def test_the_running_mean_ends_with_the_estimate_of_all_samples():
    law = unbiased.FAMILIES["Poisson(θ)"]
    samples = law.sample_estimates(0.77, 2, 20_000, rng=np.random.default_rng(3))
    error = samples.std(ddof=1) / np.sqrt(20_000)
    assert f"give {samples.mean():.3f} (standard error {error:.3f})" in describe("identity")


def test_the_parabola_and_the_pathwise_line_are_those_of_the_law():
    curve, *marks, pathwise = drawn("normal").get_lines()
    exact = unbiased.normal_square_variance(0.4, 1.3, np.asarray(curve.get_xdata()))
    assert curve.get_ydata() == pytest.approx(exact)
    assert list(pathwise.get_ydata()) == pytest.approx([4 * 1.3**2] * 2)
    for mark in marks:
        b = np.asarray(mark.get_xdata())
        assert mark.get_ydata() == pytest.approx(unbiased.normal_square_variance(0.4, 1.3, b))


def test_a_batch_is_drawn_with_one_standard_deviation():
    arms = unbiased.bandit([0.65, 0.35], [1.0, 2.0])
    for path, name in zip(
        drawn("batches").collections[0].get_paths(), unbiased.BATCH_BASELINES, strict=True
    ):
        low, high = path.vertices[:, 0]
        assert (high - low) / 2 == pytest.approx(np.sqrt(arms.batch_variance(7, name) / 2))
