"""The numbers of chapter 2, each by a second route, and what the functions refuse."""

import tracemalloc
from math import comb

import numpy as np
import pytest

from pgbook import mdp, montecarlo, outcomes, policies, unbiased
from pgbook.unbiased import FAMILIES, LOSSES, leibniz

POLICY, VALUES = np.array([0.2, 0.5, 0.3]), np.array([1.0, 3.0, 2.0])


def problem(seed=0):
    """Three steps in two states with three actions, and a policy."""
    rng = np.random.default_rng(seed)
    moves, rewards = rng.dirichlet(np.ones(2), size=(2, 3)), rng.normal(size=(2, 3))
    made = mdp.MDP(moves, rewards, rng.dirichlet(np.ones(2)), 0.8, 3)
    return made, policies.softmax(rng.normal(size=(2, 3)))


# Trajectories.


def test_the_table_of_estimators_separates_right_from_wrong():
    case = problem(seed=7)
    exact, every = mdp.evaluate_steps(*case), unbiased.compare_estimators(*case)
    gradient = exact.gradient.ravel()
    bias = {name: np.linalg.norm(e.mean() - gradient) for name, e in every.items()}
    biased = {"single time", "reward to go, no γᵗ", "reward to go, action value Q"}
    assert {name for name, size in bias.items() if size > 1e-10} == biased
    paths = mdp.trajectories(*case)
    episode, values = paths.episode(), paths.state_baseline(exact.state_values)
    best = paths.state_baseline(paths.optimal_baseline())
    direct = {
        "reward to go": paths.reward_to_go(),
        "reward to go, value V": paths.reward_to_go(values),
        "reward to go, best table": paths.reward_to_go(best),
        "full score": episode.estimates(),
        "full score, best constant": episode.estimates(episode.optimal_baseline()),
    }
    for name, estimator in direct.items():
        assert every[name].variance() == pytest.approx(estimator.variance(), rel=1e-12)
    assert len({round(estimator.variance(), 9) for estimator in direct.values()}) == 5
    np.testing.assert_allclose(every["reward to go, action value Q"].mean(), 0, atol=1e-14)


def test_in_the_echo_the_first_action_is_the_next_state():
    paths = mdp.trajectories(unbiased.echo([1.0, 3.0]), np.full((3, 2), 0.5))
    assert (paths.states[:, 1] == 1 + paths.actions[:, 0]).all()
    assert (paths.returns()[:, 1] == np.array([1.0, 3.0])[paths.actions[:, 0]]).all()


def test_the_return_at_a_later_time_meets_its_own_score():
    paths = mdp.trajectories(*problem(seed=14))
    expected = paths.weights @ (paths.returns()[:, 1, None] * paths.scores[:, 1])
    np.testing.assert_allclose(paths.single_time(1).mean(), expected, atol=1e-14)
    assert np.abs(expected - paths.single_time().mean()).max() > 0.01
    with pytest.raises(ValueError, match=r"t must be one of 0, \.\.\., 2, got 3"):
        paths.single_time(3)


def test_tables_and_baselines_of_the_wrong_shape_are_refused():
    paths = mdp.trajectories(*problem())
    with pytest.raises(ValueError, match=r"table must have shape \(3, 2\), got \(10, 5\)"):
        paths.state_baseline(np.zeros((10, 5)))
    with pytest.raises(ValueError, match=r"baseline must be a number or have shape \(216, 3\)"):
        paths.reward_to_go(np.ones(3))


def test_a_state_that_is_never_met_has_a_place_in_the_table():
    paths = mdp.trajectories(unbiased.echo([1.0, 3.0]), np.full((3, 2), 0.5))
    assert paths.optimal_baseline().shape == (2, 3)


# Families.

each_family = pytest.mark.parametrize("name", FAMILIES)


def moments(family, theta):
    x, weights = family.nodes(theta)
    assert weights.sum() == pytest.approx(1, abs=1e-12)
    return np.array([weights @ x**power for power in (1, 2, 3)])


@each_family
@pytest.mark.parametrize("theta", [0.2, 0.7, 0.95])
def test_the_slope_of_a_moment_is_that_of_the_quadrature(name, theta):
    family, step = FAMILIES[name], 1e-6
    slopes = (moments(family, theta + step) - moments(family, theta - step)) / (2 * step)
    exact = [family.derivative(theta, power) for power in (1, 2, 3)]
    assert exact == pytest.approx(slopes, rel=1e-6, abs=1e-7)


@each_family
def test_draws_have_the_moments_of_the_quadrature(name):
    draws = FAMILIES[name].draw(0.7, 100_000, np.random.default_rng(8))
    result = montecarlo.estimate(np.column_stack([draws, draws**2]))
    assert montecarlo.largest_z(result, moments(FAMILIES[name], 0.7)[:2]) < 5


@each_family
def test_the_score_has_mean_zero_exactly_where_the_identity_holds(name):
    family = FAMILIES[name]
    step = family.one_step(0.7, 1)
    mean = step.weights @ step.scores[:, 0]
    assert (abs(mean) < 1e-12) == family.unbiased


def test_the_known_wrong_answers():
    uniform, exponential = FAMILIES["Uniform(0, θ)"], FAMILIES["θ + Exponential"]
    assert uniform.one_step(0.7, 1).estimates().mean()[0] == pytest.approx(-0.5)
    assert exponential.one_step(0.7, 1).estimates().mean()[0] == pytest.approx(1.7)
    assert exponential.one_step(0.0, 1).estimates().mean()[0] == pytest.approx(1.0)
    beta = FAMILIES["θ + Beta(3, 3)"].one_step(0.7, 1)
    assert beta.weights @ beta.scores[:, 0] ** 2 == pytest.approx(40)


def test_an_infinite_variance_is_reported_as_such():
    assert FAMILIES["θ + Beta(2, 2)"].one_step(0.3, 1).estimates().variance() == np.inf


@pytest.mark.parametrize(
    ("name", "theta", "power", "message"),
    [
        ("Bernoulli(θ)", 1.0, 1, "theta must lie strictly between 0.0 and 1.0, got 1.0"),
        ("Exponential, rate θ", -1.0, 1, "theta must lie strictly between 0.0 and inf"),
        ("Normal(θ, 1)", 0.0, 4, "power must be at most 3, got 4"),
        ("Normal(θ, 1)", 0.0, 0, "power must be at least 1, got 0"),
    ],
)
def test_an_illegal_parameter_or_payoff_is_refused(name, theta, power, message):
    for method in (FAMILIES[name].one_step, FAMILIES[name].derivative):
        with pytest.raises(ValueError, match=message):
            method(theta, power)


# Losses.


@pytest.mark.parametrize("loss", LOSSES)
def test_training_follows_an_agent_written_by_hand(loss):
    """Two agents, three steps, on the same random numbers."""
    m, s = np.array([0.0, 0.5]), np.array([0.4, 0.1])
    rng = np.random.default_rng(16)
    paths = unbiased.train(loss, m, s, step_size=0.7, n_steps=3, n_runs=2, rng=rng)
    rng, h = np.random.default_rng(16), np.zeros((2, 2))
    for t in range(3):
        uniforms = rng.random(2)
        policy = policies.softmax(h)
        actions = [int(u >= p[0]) for u, p in zip(uniforms, policy, strict=True)]
        noise = rng.normal(size=2)
        for run, a in enumerate(actions):
            log_reward = m[a] + s[a] * noise[run]
            weight = (np.exp(log_reward), 1.0, log_reward * policy[run, a])[LOSSES.index(loss)]
            h[run] += 0.7 * weight * (np.eye(2)[a] - policy[run])
        np.testing.assert_allclose(paths[t + 1], policies.softmax(h), atol=1e-14)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"loss": "R"}, "loss must be one of"),
        ({"log_deviation": [0.1, -0.1]}, "must have 2 non-negative entries"),
        ({"log_deviation": [0.1]}, "must have 2 non-negative entries"),
        ({"step_size": 0.0}, "step_size must be positive"),
    ],
)
def test_bad_training_is_refused(change, message):
    arguments = {"loss": LOSSES[0], "log_mean": [0.0, 1.0], "log_deviation": [0.1, 0.1]}
    arguments |= {"step_size": 0.1, "n_steps": 1, "n_runs": 2, "rng": np.random.default_rng(0)}
    with pytest.raises(ValueError, match=message):
        unbiased.train(**{**arguments, **change})


# The surface.


def test_the_slope_of_the_surface_is_its_derivative():
    x, t, step = np.array([-0.7, 0.1, 1.3])[:, None], np.array([0.01, 0.3, 1.0]), 1e-6
    differences = (leibniz.integrand(x + step, t) - leibniz.integrand(x - step, t)) / (2 * step)
    np.testing.assert_allclose(leibniz.slope(x, t), differences, rtol=1e-6, atol=1e-6)


def test_the_slope_below_an_end_is_its_integral():
    t = np.geomspace(1e-7, 0.01, 200_001)
    for x in (0.05, 0.2):
        area = np.trapezoid(leibniz.slope(x, t), t)
        assert leibniz.slope_below(x, 0.01) == pytest.approx(area, rel=1e-6)


def test_the_surface_is_zero_where_the_exponential_underflows():
    assert leibniz.integrand(1.0, 1e-200) == 0 and leibniz.slope(0.1, 1e-110) == 0


# Sampling from sufficient statistics.


@pytest.mark.parametrize("noise", [0.0, 1.5])
def test_sampled_estimates_have_the_exact_mean_and_standard_error(noise):
    baselines = [0.0, 2.0, -3.0]
    result = unbiased.sample_score_estimates(
        POLICY, VALUES, noise=noise, baselines=baselines, n_samples=400_000,
        rng=np.random.default_rng(10),
    )  # fmt: skip
    truth = policies.policy_gradient(POLICY, VALUES)
    assert montecarlo.largest_z(result, np.tile(truth, (3, 1))) < 5
    extra = noise**2 * POLICY @ policies.score(POLICY) ** 2
    for b, error in zip(baselines, result.standard_error, strict=True):
        exact = outcomes.bandit(POLICY, VALUES).estimates(b).covariance().diagonal() + extra
        np.testing.assert_allclose(error, np.sqrt(exact / 400_000), rtol=0.02)


def test_the_statistics_say_what_all_the_samples_say():
    """The same formulas on draws that are kept: mean and standard error agree to round-off."""
    rng = np.random.default_rng(11)
    counts = rng.multinomial(5000, POLICY)
    noise = [rng.standard_normal(count) for count in counts]
    rewards = np.concatenate([q + e for q, e in zip(VALUES, noise, strict=True)])
    actions = np.repeat(np.arange(3), counts)
    every = montecarlo.estimate((rewards - 0.5)[:, None] * policies.score(POLICY)[actions])
    result = unbiased.sample_score_estimates(
        POLICY, VALUES, noise=1.0, baselines=[0.5], n_samples=5000, rng=np.random.default_rng(11)
    )
    np.testing.assert_allclose(result.mean[0], every.mean, atol=1e-12)
    np.testing.assert_allclose(result.standard_error[0], every.standard_error, rtol=1e-10)


def test_memory_does_not_grow_with_the_number_of_samples():
    def peak(n_samples):
        tracemalloc.start()
        unbiased.sample_score_estimates(
            POLICY, VALUES, noise=1.0, n_samples=n_samples, rng=np.random.default_rng(12)
        )
        largest = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return largest

    assert peak(4_000_000) < 1.5 * peak(400_000) < 5_000_000


def test_an_action_that_is_never_drawn_does_no_harm():
    result = unbiased.sample_score_estimates(
        [1.0, 0.0], [2.0, 5.0], noise=1.0, n_samples=100, rng=np.random.default_rng(13)
    )
    assert result.mean.tolist() == [[0, 0]] and result.standard_error.tolist() == [[0, 0]]


# Entropy and the walk.


def test_the_entropy_of_known_policies():
    assert unbiased.entropy(np.full(4, 0.25)) == pytest.approx(np.log(4))
    assert unbiased.entropy_gradient(np.full(4, 0.25)) == pytest.approx(np.zeros(4))
    assert unbiased.entropy_gradient(policies.softmax([0.0, 1.0]))[1] == pytest.approx(
        -0.19661, abs=5e-6
    )


def test_the_three_steps_meet_where_the_bonus_is_zero():
    steps = unbiased.entropy_steps(0.7, 0.0, 2.0)
    assert steps == pytest.approx(np.full(3, steps[0]))
    truth, whole, sampled = unbiased.entropy_steps(0.7, 1.5, 2.0)
    assert truth == pytest.approx(sampled) and whole > truth


def test_the_walk_survives_as_the_binomial_formula_says():
    survival = unbiased.walk_survival(60)
    expected = [comb(n, n // 2) / 2**n for n in range(61)]
    np.testing.assert_allclose(survival, expected, atol=1e-14)


def test_a_walk_that_drifts_down_has_the_length_of_the_textbook():
    assert unbiased.walk_survival(4000, 0.6).sum() == pytest.approx(1 / (0.6 - 0.4))


@pytest.mark.parametrize("kind", [np.int8, np.uint8, np.float16, np.float32])
def test_the_type_of_a_parameter_changes_nothing(kind):
    family = FAMILIES["Normal(1, θ²)"]
    for value in (12, 20):
        assert family.one_step(kind(value), 2).estimates().mean() == pytest.approx(2 * value)
        assert np.array_equal(
            family.sample_estimates(kind(value), 2, 10, rng=np.random.default_rng(0)),
            family.sample_estimates(value, 2, 10, rng=np.random.default_rng(0)),
        )


# What is refused.

RNG = np.random.default_rng(0)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: unbiased.coin_means(0.5, -3.0, 4), r"discount must lie in \[0, 1\], got -3.0"),
        (lambda: unbiased.coin_means(1.0, 0.5, 4), "p must lie strictly between 0 and 1"),
        (lambda: unbiased.echo([1.0, 2.0, 3.0]), r"rewards must have shape \(2,\), got \(3,\)"),
        (
            lambda: unbiased.mean_step([0.5, 0.5], [1, 2, 3], [0, 0], LOSSES[0]),
            "mean_reward must have shape",
        ),
        (
            lambda: unbiased.mean_step([0.5, 0.5], [1, -2], [0, 0], LOSSES[1]),
            "mean_reward must be positive",
        ),
        (lambda: FAMILIES["Poisson(θ)"].pathwise(0.7, 1), "path must be known"),
        (lambda: unbiased.measure_valued(0.7, 4), "power must be at most 3, got 4"),
        (lambda: leibniz.integrand(1.0, [0.0, 1.0]), "t must be positive"),
        (lambda: leibniz.slope_below(0.1, -1.0), "end must be positive"),
        (lambda: leibniz.by_quadrature([0.0, 1.0], derivative=True), "x must not be 0"),
        (
            lambda: unbiased.sample_score_estimates(POLICY, VALUES, noise=-1, n_samples=9, rng=RNG),
            "noise must not be negative",
        ),
        (
            lambda: unbiased.sample_score_estimates(POLICY, VALUES, n_samples=1, rng=RNG),
            "n_samples must be at least 2",
        ),
        (lambda: unbiased.walk_survival(10, 1.0), "down must lie strictly between 0 and 1"),
        (lambda: unbiased.entropy([1.0, 0.0]), "policy must be positive"),
        (lambda: unbiased.entropy_gradient([1.0, 0.0]), "policy must be positive"),
        (
            lambda: unbiased.entropy_estimates([1.0, 0.0], [1.0, 2.0], 0.1, sampled=True),
            "policy must be positive",
        ),
    ],
)
def test_bad_numbers_are_refused_by_name(call, message):
    with pytest.raises(ValueError, match=message):
        call()
