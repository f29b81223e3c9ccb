"""The numbers of chapter 3, each by a second route, and what the functions refuse."""

import math
from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from pgbook import guarantees, mdp, policies
from pgbook.differences import central_differences
from pgbook.guarantees import LOWER_BOUNDS, Comparison, pitfalls


def random_pair(seed, spread=1.0):
    """A problem with an old and a new policy at any distance."""
    rng = np.random.default_rng([90, seed])
    problem = mdp.garnet(4, 3, 3, rng.uniform(0, 0.97), rng=rng)
    old, other = (policies.softmax(spread * rng.normal(size=(4, 3))) for _ in range(2))
    new = guarantees.mixture(old, other, 10 ** rng.uniform(-3, 0))
    return Comparison(mdp.evaluate(problem, old), new)


PAIRS = [random_pair(seed, spread=3.0 * (seed % 2) + 0.5) for seed in range(300)]
CLIFF = mdp.cliff(0.9, mdp.SECOND_MISTAKE_COSTS)
ONE = np.eye(2)


def on_the_cliff(problem, epsilon):
    """An old policy without mistakes, and one that makes them with probability epsilon."""
    new = guarantees.mixture(ONE[[0, 0]], ONE[[1, 1]], epsilon)
    return Comparison(mdp.evaluate(problem, ONE[[0, 0]]), new)


# Two policies.


def test_a_policy_beside_itself_gains_nothing_and_has_no_penalty():
    for pair in PAIRS[:20]:
        same = Comparison(pair.old, pair.old.policy)
        assert same.gain == same.epsilon == 0
        assert same.surrogate == pytest.approx(0, abs=same.round_off)
        for bound in LOWER_BOUNDS.values():
            assert bound(same) == pytest.approx(0, abs=same.round_off)


# Bounds.


def divergence(p, q):
    """The Kullback-Leibler divergence, term by term."""
    terms = [x * math.log(x / y) if y else math.inf for x, y in zip(p, q, strict=True) if x]
    return sum(terms)


def by_hand(pair):
    """All bounds, each penalty as a long sum over time or as its formula."""
    gamma, epsilon = pair.old.problem.discount, pair.epsilon
    t, crude = np.arange(3000), np.abs(pair.old.advantages).max()
    sharp, decay = np.abs(pair.mean_advantages).max(), 1 / (1 - gamma)
    divergences = [divergence(*laws) for laws in zip(pair.old.policy, pair.new_policy, strict=True)]
    of_path = sum(d * kl for d, kl in zip(pair.old.occupancy, divergences, strict=True) if d > 0)
    half_range = (pair.mean_advantages.max() - pair.mean_advantages.min()) / 2
    drift = 2 * (1 - (1 - epsilon) ** t)
    met = sum(pair.old.occupancy[s] * pair.distances[s] for s in range(len(pair.distances)))
    penalties = {
        "crude, linear": crude * gamma**t @ (2.0 * epsilon * t),
        "crude": crude * gamma**t @ drift,
        "sharp": sharp * gamma**t @ drift,
        "sharp, range": half_range * gamma**t @ drift,
        "trust region": 4 * epsilon**2 * gamma * crude * decay**2,
        "distance met": 2 * gamma * sharp * decay * met,
        "distance met, range": 2 * gamma * half_range * decay * met,
        "largest KL": 2 * gamma * crude * decay**2 * max(divergences),
        "path KL": 2 * gamma * half_range * decay * math.sqrt(of_path / 2),
    }
    return {name: pair.surrogate - penalty for name, penalty in penalties.items()}


def test_every_bound_is_its_formula():
    for pair in [*PAIRS, on_the_cliff(CLIFF, 0.3), on_the_cliff(CLIFF, 1.0)]:
        formulas = by_hand(pair)
        assert formulas.keys() == LOWER_BOUNDS.keys()
        for name, bound in LOWER_BOUNDS.items():
            assert bound(pair) == pytest.approx(formulas[name], rel=1e-9, abs=1e-9)


# Improvement.


@pytest.mark.parametrize(
    ("scale", "distance", "error"),
    [(1e-13, 0.1, 1e-9), (1e13, 0.1, 1e-9), (1.0, 1e-7, 1e-4), (1.0, 1e-10, 1e-4)],
)
def test_the_optimum_is_found_for_any_unit_of_the_rewards_and_near_a_discount_of_one(
    scale, distance, error
):
    problem = mdp.garnet(4, 3, 3, 1 - distance, rng=np.random.default_rng(1))
    choices = product(range(problem.n_actions), repeat=problem.n_states)
    best = max(mdp.evaluate(problem, np.eye(3)[list(choice)]).objective for choice in choices)
    found = guarantees.optimal_evaluation(replace(problem, reward=scale * problem.reward))
    assert found.objective == pytest.approx(scale * best, rel=error, abs=0)


def test_the_greedy_policy_takes_the_first_of_the_best_actions():
    old = mdp.evaluate(pitfalls.one_state([1.0, 3.0, 3.0], 0.5), [[1.0, 0.0, 0.0]])
    assert guarantees.greedy(old).tolist() == [[0.0, 1.0, 0.0]]


@pytest.mark.parametrize("visits", [1e-9, 1e-13, 1e-15])
def test_the_safest_fraction_keeps_its_digits_where_it_is_small(visits):
    problem = mdp.cliff(0.9, [[0.0, 0.0], [0.0, 1.0]])
    problem = replace(problem, start=[1 - visits, visits])
    far = Comparison(mdp.evaluate(problem, np.eye(2)[[0, 0]]), np.eye(2)[[0, 1]])
    # To first order the square root is 1 + x/2, and half of x is what is left.
    x = far.surrogate * 0.1 / (2 * np.abs(far.mean_advantages).max())
    assert guarantees.safest_fraction(far) == pytest.approx(x / 2 * 0.1 / 0.9, rel=1e-6, abs=0)


def test_without_a_future_the_safest_step_is_the_whole_one():
    old = mdp.evaluate(pitfalls.one_state([0.0, 1.0], 0.0), [[1.0, 0.0]])
    assert guarantees.safest_fraction(Comparison(old, [[0.0, 1.0]])) == 1.0


@pytest.mark.parametrize("rule", guarantees.RULES)
def test_no_rule_ever_falls(rule):
    for pair in PAIRS[:10]:
        path = guarantees.improve(pair.old.problem, pair.old.policy, rule, 15)
        assert len(path) == 16 and path[0] == pair.old.objective
        assert (np.diff(path) >= -pair.round_off).all()
        first = Comparison(pair.old, guarantees.RULES[rule](pair.old))
        assert path[1] - path[0] == pytest.approx(first.gain, abs=1e-14)


def test_a_gradient_step_is_the_slope_by_differences():
    current = PAIRS[1].old
    h = np.log(current.policy)

    def objective(h):
        return mdp.evaluate(current.problem, policies.softmax(h)).objective

    slopes = central_differences(objective, h).reshape(h.shape)
    moved = policies.softmax(h + slopes)
    np.testing.assert_allclose(guarantees.by_gradient(current), moved, atol=1e-8)
    with pytest.raises(ValueError, match="policy must be positive for a gradient step"):
        guarantees.by_gradient(mdp.evaluate(PROBLEM, [[1.0, 0.0], [0.5, 0.5]]))


# The drift of the laws.


def test_the_drift_is_that_of_matrix_powers_and_its_bounds_are_their_formulas():
    for pair in PAIRS[:60]:
        problem = pair.old.problem
        result = guarantees.state_shift(problem, pair.old.policy, pair.new_policy, 12)
        chains = [np.einsum("sa,saz->sz", p, problem.dense())
                  for p in (pair.old.policy, pair.new_policy)]  # fmt: skip
        met = 0.0
        for t in range(12):
            old, new = (problem.start @ np.linalg.matrix_power(c, t) for c in chains)
            assert result.exact[t] == pytest.approx(np.abs(new - old).sum(), abs=1e-13)
            assert result.geometric[t] == pytest.approx(2 - 2 * (1 - pair.epsilon) ** t, abs=1e-13)
            assert result.linear[t] == pytest.approx(2 * pair.epsilon * t, abs=1e-13)
            assert result.met[t] == pytest.approx(met, abs=1e-13)
            met += 2 * old @ pair.distances


def coupled_chain(problem, old, new, n_steps):
    """Two chains side by side with coupled actions, and whether they have differed: (T, 2, S, S).

    As long as the states are the same, equal actions share the next state; else all is drawn
    independently. Entry [t, 1] is the law of the pair if no action has differed before t.
    """
    n, moves = problem.n_states, problem.dense()
    laws = np.zeros((n_steps, 2, n, n))
    laws[0, 1] = np.diag(problem.start)
    for t, s, z, agreed in product(range(n_steps - 1), range(n), range(n), (0, 1)):
        if laws[t, agreed, s, z] == 0:
            continue
        joint = policies.maximal_coupling(old[s], new[z])
        for a, b in np.ndindex(joint.shape):
            together = bool(agreed) and a == b
            after = np.diag(moves[s, a]) if together else np.outer(moves[s, a], moves[z, b])
            laws[t + 1, int(together)] += laws[t, agreed, s, z] * joint[a, b] * after
    return laws


@pytest.mark.parametrize("seed", range(4))
def test_the_agreeing_laws_are_those_of_two_coupled_chains(seed):
    pair = PAIRS[seed]
    problem, old, new = pair.old.problem, pair.old.policy, pair.new_policy
    laws = coupled_chain(problem, old, new, 6)
    common = guarantees.agreeing_laws(problem, old, new, 6)
    both = laws.sum(axis=1)
    np.testing.assert_allclose(both.sum(axis=2), mdp.state_laws(problem, old, 6), atol=1e-13)
    np.testing.assert_allclose(both.sum(axis=1), mdp.state_laws(problem, new, 6), atol=1e-13)
    np.testing.assert_allclose(laws[:, 1], [np.diag(c) for c in common], atol=1e-13)
    shift = guarantees.state_shift(problem, old, new, 6)
    assert (shift.exact <= 2 * (1 - common.sum(axis=1)) + 1e-12).all()
    assert (common.sum(axis=1) >= (1 - shift.epsilon) ** np.arange(6) - 1e-12).all()


@pytest.mark.parametrize("name", ["cliff", "mixing", "random"])
@pytest.mark.parametrize("epsilon", [0.0, 0.3, 1.0])
def test_the_largest_distance_of_a_drifting_pair_is_epsilon(name, epsilon):
    problem, old, new = guarantees.drifting_pair(name, epsilon)
    result = guarantees.state_shift(problem, old, new, 5)
    assert result.epsilon == pytest.approx(epsilon, abs=1e-15)
    assert (old[:, 0] == 1).all() and (new[:, 2:] == 0).all()
    if name == "cliff":
        np.testing.assert_allclose(result.exact, result.geometric, atol=1e-14)


def test_the_losses_on_the_cliff_have_a_closed_form():
    horizons, epsilon = np.array([1, 2, 7, 200]), 0.05
    losses, penalties = guarantees.horizon_losses(horizons, epsilon)
    safe = (1 - (1 - epsilon) ** horizons) / epsilon
    np.testing.assert_allclose(losses, horizons - safe, atol=1e-12)
    np.testing.assert_allclose(
        penalties, [sum(2 * epsilon * t for t in range(n)) for n in horizons], atol=1e-9
    )


# Weights.

P, Q = np.array([0.2, 0.5, 0.3]), np.array([0.4, 0.35, 0.25])


def weights(p, q, n_steps, n_samples, seed=0):
    rng = np.random.default_rng(seed)
    return guarantees.trajectory_weights(p, q, n_steps=n_steps, n_samples=n_samples, rng=rng)


def test_exact_variance_and_effective_share_are_sums_over_all_tuples():
    result = weights(P, Q, 4, 2)
    assert guarantees.chi_square(P, Q) == pytest.approx(Q @ (P / Q) ** 2 - 1)
    for steps in range(1, 5):
        rows = np.indices((3,) * steps).reshape(steps, -1)
        chance, w = Q[rows].prod(axis=0), (P / Q)[rows].prod(axis=0)
        assert np.exp(result.log_variance[steps - 1]) == pytest.approx(chance @ (w - 1) ** 2)
        assert np.exp(-result.log_effective[steps - 1]) == pytest.approx(chance @ w**2)


def test_sampled_weights_are_those_of_the_actions_drawn_with_the_same_seed():
    result = weights(P, Q, 5, 50, seed=3)
    actions = np.random.default_rng(3).choice(3, size=(50, 5), p=Q)
    for t in range(5):
        w = (P / Q)[actions[:, : t + 1]].prod(axis=1)
        assert result.sampled_variance[t] == pytest.approx(w.var(ddof=1))
        assert result.sampled_effective[t] == pytest.approx(w.sum() ** 2 / (50 * w @ w))
    assert result.n_samples == 50


def test_the_exact_variance_needs_no_ratio_that_a_float_can_hold():
    result = weights([0.5, 0.5], [1e-310, 1.0], 2, 2)
    expected = np.log(0.25) - np.log(1e-310)
    np.testing.assert_allclose(result.log_variance, [expected, 2 * expected])


def test_samples_without_a_ratio_count_for_nothing():
    result = weights([1.0, 0.0], [1e-9, 1 - 1e-9], 2, 5)
    assert (result.sampled_effective == 0).all()


def test_equal_laws_have_no_variance_and_count_fully():
    result = weights(Q, Q, 3, 9)
    assert guarantees.chi_square(Q, Q) == 0
    assert (result.log_variance == -np.inf).all() and (result.log_effective == 0).all()
    assert (result.sampled_variance == 0).all() and (result.sampled_effective == 1).all()


def test_a_law_that_is_never_asked_about_may_be_drawn():
    assert guarantees.chi_square([0.0, 1.0], [0.5, 0.5]) == pytest.approx(1.0)
    result = weights([0.0, 1.0], [0.5, 0.5], 3, 1000)
    np.testing.assert_allclose(np.exp(result.log_variance), [1, 3, 7])


def test_weights_far_below_what_a_float_holds_still_count():
    result = weights([0.999, 0.001], [0.5, 0.5], 2000, 20)
    assert result.sampled_variance[-1] == 0  # all weights are zero as floats
    assert (result.sampled_effective >= 1 / 20 - 1e-12).all()


# Pitfalls.


@pytest.mark.parametrize("p", [0.0, 0.3, 1.0])
def test_the_small_problems_have_their_closed_forms(p):
    policy = np.array([[1 - p, p]] * 3)
    shared = mdp.evaluate_steps(mdp.aliased(4.0), pitfalls.aliased_policy(p)).objective
    assert shared == pytest.approx(pitfalls.aliased_objective(p, 4.0), abs=1e-15)
    assert shared == pytest.approx(p * (1 - p) - 4.0 * p**2, abs=1e-15)
    stage = mdp.evaluate_steps(pitfalls.two_stage(0.6), policy).objective
    assert stage == pytest.approx(0.6 * p**2, abs=1e-15)
    back = mdp.evaluate_steps(pitfalls.turn_back(), policy[:2]).objective
    assert back == pytest.approx(p * (1 - p), abs=1e-15)
    blind = mdp.evaluate(pitfalls.blind(4.0, 0.5), policy).objective
    assert blind == pytest.approx(p * 0.5 * ((1 - p) - 4.0 * p), abs=1e-15)
    one = mdp.evaluate(pitfalls.one_state([2.0, -1.0], 0.5), policy[:1]).objective
    assert one == pytest.approx((2 * (1 - p) - p) / 0.5, abs=1e-14)


@pytest.mark.parametrize(("first", "second"), [(-1.0, 1.0), (0.5, 2.0), (0.0, 1.0)])
def test_the_variances_with_and_without_the_past_have_closed_forms(first, second):
    for p in (0.2, 0.6):
        full, to_go = pitfalls.past_rewards(first, second, p)
        toss = p * (1 - p)
        assert full == pytest.approx((first + second) ** 2 * 2 * toss)
        assert to_go == pytest.approx(((first + second) ** 2 + second**2) * toss)


# What is refused.

PROBLEM, UNIFORM = mdp.cliff(0.9), np.full((2, 2), 0.5)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: Comparison(PAIRS[0].old, UNIFORM), r"new_policy must have shape \(4, 3\), got"),
        (
            lambda: Comparison(PAIRS[0].old, PAIRS[0].new_policy / 2),
            "new_policy must hold probabilities .* of sum 0.5$",
        ),
        (
            lambda: guarantees.improve(PROBLEM, UNIFORM, "worst", 3),
            r"rule must be one of \('mixture', .*, 'gradient'\), got 'worst'",
        ),
        (
            lambda: guarantees.improve(PROBLEM, UNIFORM, "mixture", 0),
            "n_iterations must be at least",
        ),
        (lambda: guarantees.drifting_pair("ring", 0.1), "name must be one of"),
        (lambda: guarantees.state_shift(PROBLEM, UNIFORM, UNIFORM, 0), "n_steps must be at least"),
        (lambda: guarantees.agreeing_laws(PROBLEM, UNIFORM, [[1.0]], 3), "new_policy must have"),
        (lambda: guarantees.state_shift(PROBLEM, UNIFORM, [[1.0]], 3), "new_policy must have"),
        (lambda: guarantees.horizon_losses([3, 0], 0.1), "horizons must hold whole numbers"),
        (
            lambda: guarantees.penalty(epsilon=0.1, discount=0.9, constant=-1.0),
            "constant must not be negative, got -1",
        ),
        (
            lambda: guarantees.linear_penalty(epsilon=0.1, discount=1.0, constant=1.0),
            "discount must be below 1, got 1",
        ),
        (lambda: pitfalls.past_rewards(1.0, 1.0, 1.5), r"p must lie in \[0, 1\], got 1.5"),
        (lambda: guarantees.chi_square([0.5, 0.5], [1.0, 0.0]), "q must be positive wherever p is"),
        (lambda: guarantees.chi_square([1.0], [0.5, 0.5]), r"q must have shape \(1,\), got"),
        (lambda: weights([0.5, 0.5], [1.0, 0.0], 2, 2), "q must be positive wherever p is"),
        (lambda: weights(P, Q, 2, 1), "n_samples must be at least 2"),
        (lambda: pitfalls.aliased_policy(-0.1), r"p must lie in \[0, 1\], got -0.1"),
    ],
)
def test_bad_numbers_are_refused_by_name(call, message):
    with pytest.raises(ValueError, match=message):
        call()
