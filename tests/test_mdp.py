"""Exact values of finite decision problems by second routes, and their certificates."""

import itertools
from dataclasses import replace
from fractions import Fraction
from types import SimpleNamespace

import numpy as np
import pytest

from pgbook import mdp
from pgbook.mdp import MDP, evaluate, evaluate_steps, evaluation

SEEDS = range(8)
rational = np.vectorize(Fraction, otypes=[object])


def dense_problem(seed=0, discount=0.9, horizon=None, n_states=4, n_actions=3):
    rng = np.random.default_rng(seed)
    transition = rng.dirichlet(np.full(n_states, 0.5), size=(n_states, n_actions))
    reward = rng.uniform(-1, 1, size=(n_states, n_actions))
    return MDP(transition, reward, rng.dirichlet(np.ones(n_states)), discount, horizon)


def some_policy(problem, seed=1):
    return problem.softmax(np.random.default_rng(seed).normal(size=problem.reward.shape))


def uniform_policy(problem):
    return np.full(problem.reward.shape, 1 / problem.n_actions)


def tolerance(discount):
    return max(1e-12, 1e-14 / (1 - discount) ** 2)


# Two forms of one problem.


@pytest.mark.parametrize("horizon", [None, 3])
@pytest.mark.parametrize("seed", SEEDS)
def test_dense_rows_and_successor_lists_are_the_same_problem(seed, horizon):
    lists = mdp.garnet(3, 2, 4, 0.9, rng=np.random.default_rng(seed), horizon=horizon)
    transition = np.zeros((3, 2, 3))  # four successors out of three: one is listed twice
    for s, a, i in np.ndindex(3, 2, 4):
        transition[s, a, lists.successors[s, a, i]] += lists.transition[s, a, i]
    dense, policy = replace(lists, transition=transition, successors=None), some_policy(lists)
    values = np.random.default_rng(9).normal(size=3)
    pairs = [
        (lists.dense(), dense.dense()),
        (lists.expected_next(values), dense.expected_next(values)),
        (mdp.state_laws(lists, policy, 5), mdp.state_laws(dense, policy, 5)),
    ]
    if horizon is None:
        one, other = evaluate(lists, policy), evaluate(dense, policy)
        names = ("state_values", "action_values", "occupancy", "gradient", "objective")
    else:
        one, other = evaluate_steps(lists, policy), evaluate_steps(dense, policy)
        names = ("state_values", "action_values", "state_laws", "gradient", "objective")
        result = [mdp.trajectories(p, policy) for p in (lists, dense)]
        pairs += [[getattr(f, x) for f in result] for x in ("weights", "states", "actions")]
    for first, second in [*pairs, *((getattr(one, n), getattr(other, n)) for n in names)]:
        np.testing.assert_allclose(first, second, atol=1e-12)


# Second routes.


def solve_exactly(matrix, right):
    """Gauss in rational arithmetic; of a matrix with a dominant diagonal, so without pivots."""
    rows = np.column_stack([matrix, right])
    for k in range(len(rows)):
        rows[k] = rows[k] / rows[k, k]
        for i in set(range(len(rows))) - {k}:
            rows[i] = rows[i] - rows[i, k] * rows[k]
    return rows[:, -1]


def exactly(problem, policy):
    """Values, occupancy and gradient as fractions."""
    p, r, pi = rational(problem.transition), rational(problem.reward), rational(policy)
    if problem.successors is not None:
        listed, p = p, np.full((*r.shape, problem.n_states), Fraction(0))
        for s, a, i in np.ndindex(listed.shape):
            p[s, a, problem.successors[s, a, i]] += listed[s, a, i]
    discount = Fraction(problem.discount)
    system = rational(np.eye(len(r))) - discount * (pi[:, :, None] * p).sum(axis=1)
    v = solve_exactly(system, (pi * r).sum(axis=1))
    d = solve_exactly(system.T, rational(problem.start))
    advantages = r + discount * (p * v).sum(axis=2) - v[:, None]
    return v, d, d[:, None] * pi * advantages


def distance(result, truth, norm=max):
    return norm(abs(x) for x in (rational(result) - truth).ravel())


@pytest.mark.parametrize("discount", [0.0, 0.5, 0.9, 0.999])
@pytest.mark.parametrize("seed", SEEDS[:4])
def test_the_numbers_agree_with_rational_arithmetic(seed, discount):
    problem = dense_problem(seed, discount, n_states=3, n_actions=2)
    policy = some_policy(problem)
    result, truth = evaluate(problem, policy), exactly(problem, policy)
    results = result.state_values, result.occupancy, result.gradient
    for rounded, exact in zip(results, truth, strict=True):
        assert distance(rounded, exact) <= tolerance(discount)


@pytest.mark.parametrize("discount", [0.7, 1.0])
@pytest.mark.parametrize("seed", SEEDS[:4])
def test_backward_recursion_agrees_with_the_list_of_all_trajectories(seed, discount):
    problem = dense_problem(seed, discount, 3, n_states=3, n_actions=2)
    policy = some_policy(problem)
    result, paths = evaluate_steps(problem, policy), mdp.trajectories(problem, policy)
    assert len(paths.weights) == (3 * 2) ** 3
    assert paths.weights.sum() == pytest.approx(1, abs=1e-13)
    for t, s in np.ndindex(3, 3):
        there = paths.weights * (paths.states[:, t] == s)
        assert result.state_laws[t, s] == pytest.approx(there.sum(), abs=1e-12)
        v, returns = result.state_values[t, s], paths.returns()[:, t]
        assert v == pytest.approx(there @ returns / there.sum(), abs=1e-12)
        for a in range(2):
            chosen = there * (paths.actions[:, t] == a)
            q = result.action_values[t, s, a]
            assert q == pytest.approx(chosen @ returns / chosen.sum(), abs=1e-12)
    mean = paths.reward_to_go().mean().reshape(3, 2)
    np.testing.assert_allclose(result.gradient, mean, atol=1e-12)


def test_a_trajectory_has_the_probability_of_its_steps():
    problem = dense_problem(3, 0.8, 3, n_states=2)
    policy, paths = some_policy(problem), mdp.trajectories(problem, some_policy(problem))
    s, a = paths.states.T, paths.actions.T
    product = problem.start[s[0]] * policy[s[0], a[0]]
    for t in (1, 2):
        product = product * problem.transition[s[t - 1], a[t - 1], s[t]] * policy[s[t], a[t]]
    np.testing.assert_allclose(paths.weights, product, rtol=1e-13)
    np.testing.assert_array_equal(paths.rewards, problem.reward[paths.states, paths.actions])
    assert len(np.unique(np.hstack([paths.states, paths.actions]), axis=0)) == 6**3


@pytest.mark.parametrize("horizon", [1, 10, 400])
def test_a_long_horizon_approaches_no_horizon(horizon):
    problem = dense_problem(discount=0.9)
    policy, left = some_policy(problem), 0.9**horizon / 0.1
    short, long = (
        evaluate_steps(replace(problem, horizon=horizon), policy),
        evaluate(problem, policy),
    )
    assert np.abs(short.state_values[0] - long.state_values).max() <= left + 1e-12
    gap = np.abs(short.gradient - long.gradient).max()
    assert gap <= 2 * (horizon + 10) * left + 1e-12  # a start later than T, and what T cuts off


@pytest.mark.parametrize(
    "problem",
    [dense_problem(2, 0.99, 30), MDP(np.ones((1, 1, 1)), [[0.1]], [1.0], 1.0, 1000)],
    ids=["random", "a sum of a thousand"],
)
def test_rounding_of_the_recursion_stays_within_its_bound(problem):
    policy, result = some_policy(problem), evaluate_steps(problem, some_policy(problem))
    p, r, pi = rational(problem.transition), rational(problem.reward), rational(policy)
    v, discount = np.full(problem.n_states, Fraction(0)), Fraction(problem.discount)
    for values in result.state_values[::-1]:
        v = (pi * (r + discount * (p * v).sum(axis=2))).sum(axis=1)
        assert distance(values, v) <= result.value_error < 1e-9


# Certificates.


def certified_problems():
    for seed in SEEDS[:4]:
        for discount in (0.0, 0.5, 0.9, 0.999):
            yield dense_problem(seed, discount)
            yield mdp.garnet(4, 2, 3, discount, rng=np.random.default_rng(seed))


@pytest.fixture
def only_sweeps(monkeypatch):
    """Call it, and from then on no linear system is solved."""
    return lambda: [monkeypatch.setattr(evaluation, x, 0) for x in ("MOST_DENSE", "MOST_MATRIX")]


def test_true_errors_stay_within_the_certificates(only_sweeps):
    for before in (list, only_sweeps):
        before()
        for problem in certified_problems():
            result = evaluate(problem, some_policy(problem), tolerance=1e-6)
            v, d, gradient = exactly(problem, some_policy(problem))
            assert distance(result.state_values, v) <= result.value_error
            assert distance(result.occupancy, d, sum) <= result.occupancy_error
            assert distance(result.gradient, gradient, sum) <= result.gradient_error


@pytest.mark.parametrize("size", [1e-12, 1e-6, 1.0])
def test_a_wrong_candidate_is_certified_and_not_wildly(size):
    rng = np.random.default_rng(3)
    for problem in certified_problems():
        policy = some_policy(problem)
        chain, (v, d, _) = evaluation.PolicyChain(problem, policy), exactly(problem, policy)
        wild = (1 + problem.discount) / (1 - problem.discount)
        for noise in (rng.normal(size=4), np.ones(4), np.eye(4)[0]):
            values, occupancy = v.astype(float) + size * noise, d.astype(float) + size * noise
            result = evaluation.value_error(chain, values)
            assert distance(values, v) <= result
            assert result <= 1.001 * wild * distance(values, v) + tolerance(problem.discount)
            result = evaluation.occupancy_error(chain, occupancy)
            error = distance(occupancy, d, sum)
            assert error <= result <= 1.001 * wild * error + tolerance(problem.discount)


@pytest.mark.parametrize("wrong", ["state_values", "occupancy"])
def test_the_gradient_of_wrong_values_or_occupancies_is_certified(wrong):
    for problem in certified_problems():
        policy, (_, _, truth) = some_policy(problem), exactly(problem, some_policy(problem))
        chain, result = evaluation.PolicyChain(problem, policy), evaluate(problem, policy)
        for noise in (np.ones(4), np.array([1.0, -1.0, 1.0, -1.0])):
            result = replace(result, **{wrong: getattr(result, wrong) + 0.1 * noise})
            v, d = result.state_values, result.occupancy
            result = replace(
                result,
                action_values=problem.reward + problem.discount * problem.expected_next(v),
                value_error=evaluation.value_error(chain, v),
                occupancy_error=evaluation.occupancy_error(chain, d),
            )
            assert distance(result.gradient, truth, sum) <= result.gradient_error


def test_in_the_maximum_norm_the_certificate_of_an_occupancy_would_be_false():
    jump = np.tile(np.eye(4)[0], (4, 1, 1))
    problem = MDP(jump, np.zeros((4, 1)), np.full(4, 0.25), 0.9)
    policy = np.ones((4, 1))
    exact = evaluate(problem, policy).occupancy
    candidate = np.linalg.solve(np.eye(4) - 0.9 * jump[:, 0].T, problem.start + 1e-3)
    residual = problem.start + 0.9 * candidate @ jump[:, 0] - candidate
    error = np.abs(candidate - exact)
    assert np.abs(residual).max() / 0.1 < 0.3 * error.max()
    chain = evaluation.PolicyChain(problem, policy)
    assert error.sum() <= evaluation.occupancy_error(chain, candidate)


def test_certificates_know_of_rewards_that_cancel():
    problem, policy = MDP([[[1.0], [1.0]]], [[9.0, -1.0]], [1.0], 0.9), np.array([[0.1, 0.9]])
    result, (v, _, _) = evaluate(problem, policy), exactly(problem, policy)
    assert 0 < distance(result.state_values, v) <= result.value_error < 1e-12


def test_certificates_know_of_rows_that_sum_to_a_little_more_than_one():
    problem, policy = MDP([[[1 + 9e-10]]], [[1.0]], [1.0], 0.999), np.ones((1, 1))
    chain, (v, d, _) = evaluation.PolicyChain(problem, policy), exactly(problem, policy)
    candidate = v.astype(float) + 1
    assert distance(candidate, v) <= evaluation.value_error(chain, candidate)
    candidate = d.astype(float) + 1
    assert distance(candidate, d) <= evaluation.occupancy_error(chain, candidate)
    never = replace(problem, discount=1 - 1e-10)
    assert evaluate(never, policy).value_error == np.inf


def test_certificates_know_how_many_states_lead_to_one():
    n = 100_000
    start, nowhere = np.full(n, 1 / n), np.zeros((n, 1, 1), dtype=int)
    problem = MDP(np.ones((n, 1, 1)), np.zeros((n, 1)), start, 0.5, successors=nowhere)
    chain, candidate = evaluation.PolicyChain(problem, np.ones((n, 1))), start
    for _ in range(100):  # a fixed point of the rounded equation, with the residual zero
        candidate = start + 0.5 * chain.onward(candidate)
    assert np.array_equal(candidate, start + 0.5 * chain.onward(candidate))
    first, half = Fraction(start[0]), Fraction(1, 2)
    error = abs(Fraction(candidate[0]) - first - half * n * first / (1 - half))
    result = evaluation.occupancy_error(chain, candidate)
    assert 1e-13 < error <= result < 1e-9


@pytest.mark.parametrize("discount", [0.0, 0.5, 0.99, 0.999])
@pytest.mark.parametrize("kind", ["garnet", "grid world", "dense"])
def test_sweeps_agree_with_linear_systems(kind, discount, only_sweeps):
    problem = {
        "garnet": mdp.garnet(60, 3, 4, discount, rng=np.random.default_rng(4)),
        "grid world": mdp.grid_world(discount, size=8),
        "dense": dense_problem(5, discount, n_states=30),
    }[kind]
    solved = evaluate(problem, some_policy(problem))
    only_sweeps()
    swept = evaluate(problem, some_policy(problem))
    gap = np.abs(solved.state_values - swept.state_values).max()
    assert gap <= solved.value_error + swept.value_error
    gap = np.abs(solved.occupancy - swept.occupancy).sum()
    assert gap <= solved.occupancy_error + swept.occupancy_error
    gap = np.abs(solved.gradient - swept.gradient).sum()
    assert gap <= solved.gradient_error + swept.gradient_error
    assert max(swept.value_error, swept.occupancy_error) <= 1e-10 / (1 - discount)


@pytest.mark.parametrize("scale", [1e-315, 1e-6, 1e6])
def test_the_tolerance_of_values_is_relative_to_the_rewards(scale, only_sweeps):
    problem = mdp.garnet(60, 3, 4, 0.9, rng=np.random.default_rng(4))
    solved = evaluate(problem, some_policy(problem)).state_values
    only_sweeps()
    scaled = replace(problem, reward=scale * problem.reward)
    swept = evaluate(scaled, some_policy(problem), tolerance=1e-5).state_values
    assert 1e-9 * scale < np.abs(swept - scale * solved).max() <= 1e-5 * scale


def periodic(n_states, discount):
    """One action that goes round: no sweep brings the laws of the state closer to each other."""
    onward = np.roll(np.arange(n_states), -1)[:, None, None]
    shape = (n_states, 1, 1)
    return MDP(np.ones(shape), np.eye(n_states)[:, :1], np.eye(n_states)[0], discount,
               successors=onward)  # fmt: skip


def test_a_periodic_chain_is_solved_once_sweeps_have_taken_as_long():
    problem = periodic(600, 0.999999)
    result = evaluate(problem, np.ones((600, 1)))
    assert result.objective == pytest.approx(1 / (1 - 0.999999**600), rel=1e-9)


def test_sweeps_that_would_take_hours_are_refused_at_once():
    with pytest.raises(ValueError, match=r"discount must be farther from one for 6000 states"):
        evaluate(periodic(6000, 0.9999999), np.ones((6000, 1)))


def test_sweeps_are_refused_sooner_if_each_takes_longer():
    def last(width):
        rows = np.broadcast_to(0.0, (6000, width))
        chain = SimpleNamespace(rows=rows, n_states=6000, discount=1 - 1e-12)
        slow = ((0.999**n, n) for n in itertools.count())
        return evaluation._last(slow, 1e-20, chain, 1e-10)

    assert last(2) == np.ceil(np.log(1e-20) / np.log(0.999))
    with pytest.raises(ValueError, match=r"discount must be farther .* about 5e\+04 sweeps"):
        last(6000)


def test_a_chain_that_mixes_is_swept_to_the_end_for_any_discount():
    problem = mdp.garnet(5001, 2, 6, 0.9999999, rng=np.random.default_rng(3))
    result = evaluate(problem, uniform_policy(problem))
    assert result.occupancy.sum() == pytest.approx(1e7, rel=1e-9)
    assert result.occupancy_error < 1 and result.value_error < 1e-2


def test_a_periodic_chain_of_some_hundred_states_is_solved_at_once():
    problem = mdp.ring(0.9999, 300)
    result = evaluate(problem, np.tile([0.0, 1.0], (300, 1)))
    assert result.objective == pytest.approx(0.9999**299 / (1 - 0.9999**300), rel=1e-9)
    assert result.value_error < 1e-6


def test_the_objective_is_certified_where_many_states_are_added_up():
    n = 20_000
    problem = MDP(
        np.ones((n, 1, 1)), np.full((n, 1), 0.7), np.full(n, 1 / n), 0.0,
        successors=np.zeros((n, 1, 1), dtype=int),
    )  # fmt: skip
    result = evaluate(problem, np.ones((n, 1)))
    truth = n * Fraction(1 / n) * Fraction(0.7)
    assert abs(Fraction(result.objective) - truth) <= result.objective_error < 1e-10


def test_a_chain_that_rounding_makes_a_contraction_is_not_certified():
    rows = np.array([[[0.5, 0.5 + 2.0**-53]]] * 2)
    problem = MDP(rows, np.ones((2, 1)), [0.5, 0.5], 1 - 2.0**-53)
    assert evaluate(problem, np.ones((2, 1))).value_error == np.inf


def test_large_problems_are_certified_to_the_tolerance():
    problem = mdp.garnet(3000, 4, 5, 0.99, rng=np.random.default_rng(6))
    result = evaluate(problem, uniform_policy(problem))
    assert max(result.value_error, result.occupancy_error) <= 1e-10
    rough = evaluate(problem, uniform_policy(problem), tolerance=1e-3)
    gap = np.abs(rough.state_values - result.state_values).max()
    assert result.value_error < gap <= rough.value_error + result.value_error
    assert 1e-8 < max(rough.value_error, rough.occupancy_error) <= 1e-3


# Limits.


def test_without_a_future_values_are_rewards():
    problem = dense_problem(discount=0.0)
    policy = some_policy(problem)
    result, mean = evaluate(problem, policy), (policy * problem.reward).sum(axis=1)
    np.testing.assert_allclose(result.state_values, mean, atol=1e-15)
    assert np.array_equal(result.occupancy, problem.start)
    one = evaluate_steps(replace(problem, horizon=1, discount=1.0), policy)
    np.testing.assert_allclose(one.state_values, mean[None], atol=1e-15)
    assert np.array_equal(one.action_values, problem.reward[None])
    np.testing.assert_allclose(one.gradient, result.gradient, atol=1e-15)


def test_with_one_action_or_one_state_sums_are_geometric():
    one_action = dense_problem(discount=0.5, n_actions=1)
    np.testing.assert_allclose(evaluate(one_action, np.ones((4, 1))).gradient, 0, atol=1e-15)
    coin = replace(mdp.coin(0.5, 3), horizon=None)
    result = evaluate(coin, [[0.25, 0.75]])
    assert result.state_values == pytest.approx([1.5]) and result.occupancy == pytest.approx([2.0])
    np.testing.assert_allclose(result.gradient, [[-0.375, 0.375]], atol=1e-15)


@pytest.mark.parametrize("horizon", [None, 4])
def test_a_deterministic_policy_has_no_gradient_and_one_path(horizon):
    ring = replace(mdp.ring(0.5), horizon=horizon)
    onward = np.tile([0.0, 1.0], (3, 1))
    if horizon is None:
        result = evaluate(ring, onward)
        np.testing.assert_allclose(result.occupancy, np.array([1, 0.5, 0.25]) / (1 - 0.5**3))
    else:
        result, paths = evaluate_steps(ring, onward), mdp.trajectories(ring, onward)
        assert result.objective == 0.25 == paths.returns()[0, 0]
        assert paths.states.tolist() == [[0, 1, 2, 0]] and paths.weights.tolist() == [1]
        assert result.state_laws.tolist() == np.eye(3)[[0, 1, 2, 0]].tolist()
    assert (result.gradient == 0).all()


def test_a_state_that_is_never_met_has_a_value_and_no_gradient():
    problem = replace(
        dense_problem(), start=np.eye(4)[2], transition=np.tile(np.eye(4)[2], (4, 3, 1))
    )
    result = evaluate(problem, some_policy(problem))
    np.testing.assert_allclose(result.occupancy, [0, 0, 10, 0], atol=1e-12)
    assert (result.gradient[[0, 1, 3]] == 0).all() and (result.state_values != 0).all()


def test_sweeps_end_where_the_tolerance_is_met_however_slowly_a_chain_mixes():
    chain = evaluation.PolicyChain(periodic(6000, 0.9), np.ones((6000, 1)))
    most = evaluation._most_sweeps(0.9, 1e-3)
    endless = ((1.0, n) for n in itertools.count(1))
    assert evaluation._last(endless, 0.0, chain, 1e-3) == most == next(endless)[1] - 1
    assert 8 * 0.9**most / 0.1**2 <= 1e-3 < 8 * 0.9 ** (most - 2) / 0.1**2
