"""What is refused, ready problems in closed form, sampled trajectories, and Gymnasium."""

import sys
import tracemalloc
from dataclasses import replace

import gymnasium
import numpy as np
import pytest

from pgbook import guarantees, mdp
from pgbook.mdp import MDP, evaluate, evaluate_steps, reinforce, sample_trajectories
from pgbook.mdp.rollouts import Rollouts, _alias_tables
from pgbook.montecarlo import estimate, largest_z


def random_problem(seed=0, horizon=3):
    rng = np.random.default_rng(seed)
    problem = mdp.garnet(3, 2, 2, 0.6, rng=rng, horizon=horizon)
    return problem, problem.softmax(rng.normal(size=(3, 2)))


def assert_as_often(seen, p, n):
    """Frequencies of n draws within five standard errors, those of certain events exactly."""
    assert (np.abs(seen - p) <= 5 * np.sqrt(p * (1 - p) / n) + 1e-12).all()


# Refusals.

GOOD = {
    "transition": np.full((2, 3, 2), 0.5),
    "reward": np.zeros((2, 3)),
    "start": np.array([0.5, 0.5]),
    "discount": 0.9,
}
LISTED = {"transition": np.full((2, 3, 4), 0.25), "successors": np.ones((2, 3, 4), dtype=int)}


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"transition": np.full((2, 3, 2), 0.4)}, ValueError, "transition must hold"),
        ({"transition": np.full((2, 3, 2), [1.5, -0.5])}, ValueError, "transition must hold"),
        ({"transition": np.full((2, 3, 2), np.nan)}, ValueError, "transition must be finite"),
        ({"transition": np.ones((2, 3))}, ValueError, "transition must have 3"),
        ({"transition": np.full((2, 2, 2), 0.5)}, ValueError, r"transition must have shape \(2, 3"),
        ({"transition": np.full((2, 3, 4), 0.25)}, ValueError, r"transition must have shape"),
        ({"transition": np.full((2, 3, 2), 0.5j)}, TypeError, "transition must be an array"),
        ({"reward": np.full((2, 3), np.inf)}, ValueError, "reward must be finite"),
        ({"reward": np.zeros(3)}, ValueError, "reward must have 2"),
        ({"reward": np.zeros((2, 3), dtype=bool)}, TypeError, "reward must be an array of real"),
        ({"reward": [["a", "b", "c"]] * 2}, TypeError, "reward must be an array of real"),
        ({"reward": [[0.0, 0.0, 0.0], [0.0]]}, ValueError, "reward must be a rectangular array"),
        ({"reward": np.full((2, 3), np.longdouble("1e4000"))}, ValueError, "reward must be finite"),
        ({"reward": np.zeros((0, 3))}, ValueError, "reward must not be empty"),
        ({"start": [0.5, 0.6]}, ValueError, "start must hold probabilities"),
        ({"start": [1.0]}, ValueError, r"start must have shape \(2,\)"),
        ({"discount": 1.0}, ValueError, r"discount must lie in \[0, 1\) without"),
        ({"discount": 1.1, "horizon": 3}, ValueError, r"discount must lie in \[0, 1\], got 1.1"),
        ({"discount": -0.1}, ValueError, "discount must lie in"),
        ({"discount": np.nan}, ValueError, "discount must be finite"),
        ({"discount": True, "horizon": 3}, TypeError, "discount must be an array of real"),
        ({"horizon": 0}, ValueError, "horizon must be at least 1, got 0"),
        ({"horizon": 2.5}, TypeError, "horizon must be an integer, got 2.5"),
        ({"horizon": True}, TypeError, "horizon must be an integer, got True"),
        (LISTED | {"successors": np.full((2, 3, 4), 2)}, ValueError, "successors must hold"),
        (LISTED | {"successors": np.full((2, 3, 4), -1)}, ValueError, "successors must hold"),
        (LISTED | {"successors": np.ones((2, 3, 4))}, TypeError, "successors must be an array"),
        (LISTED | {"successors": np.ones((2, 3, 1), int)}, ValueError, "successors must have"),
    ],
)  # fmt: skip
def test_what_is_no_problem_is_refused(change, error, message):
    MDP(**(GOOD | LISTED))
    with pytest.raises(error, match=message):
        MDP(**(GOOD | change))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda p, pi: evaluate(replace(p, horizon=3), pi), "problem must have no horizon, got 3"),
        (lambda p, pi: evaluate_steps(p, pi), "problem must have a horizon, got None"),
        (lambda p, pi: mdp.trajectories(p, pi), "problem must have a horizon, got None"),
        (lambda p, pi: evaluate(p, pi[:1]), r"policy must have shape \(2, 3\), got \(1, 3\)"),
        (lambda p, pi: evaluate(p, 2 * pi), "policy must hold probabilities .* of sum 2$"),
        (lambda p, pi: evaluate(p, pi, tolerance=0.0), r"tolerance must lie in \[1e-15, 1\], got"),
        (lambda p, pi: evaluate(p, pi, tolerance=2.0), r"tolerance must lie in \[1e-15, 1\], got"),
        (
            lambda p, pi: evaluate(replace(p, reward=np.full((2, 3), 1e300)), pi),
            r"reward must be at most 1e\+75",
        ),
        (lambda p, pi: mdp.state_laws(p, pi, 0), "n_steps must be at least 1"),
        (lambda p, pi: p.softmax(np.zeros((3, 2))), r"preferences must have shape \(2, 3\)"),
        (lambda p, pi: p.expected_next(np.zeros(3)), r"values must have shape \(2,\), got \(3,\)"),
        (lambda p, pi: mdp.trajectories(replace(p, horizon=99), pi), "must be small enough"),
    ],
)  # fmt: skip
def test_what_does_not_fit_the_problem_is_refused(call, message):
    problem = MDP(**GOOD)
    with pytest.raises(ValueError, match=message):
        call(problem, np.full((2, 3), 1 / 3))


def test_the_arrays_of_a_problem_are_copies_that_cannot_be_changed():
    given = {name: array.copy() for name, array in (GOOD | LISTED).items() if name != "discount"}
    problem = MDP(**given, discount=0.9)
    for name, array in given.items():
        array[:] = 0
        assert np.array_equal(getattr(problem, name), (GOOD | LISTED)[name])
        with pytest.raises(ValueError, match="read-only"):
            getattr(problem, name)[0] = 1


# Ready problems.


@pytest.mark.parametrize("discount", [0.0, 0.9, 1.0])
def test_a_coin_pays_the_chance_of_its_action_at_each_step(discount):
    result = evaluate_steps(mdp.coin(discount, 5), [[0.7, 0.3]])
    steps = sum(discount**t for t in range(5))
    assert result.objective == pytest.approx(0.3 * steps)
    assert result.gradient[0] == pytest.approx([-0.21 * steps, 0.21 * steps])


@pytest.mark.parametrize("n_states", [2, 3, 6])
def test_in_a_ring_the_way_to_the_reward_is_a_product_of_waiting_times(n_states):
    discount, p = 0.8, 0.4
    wait = p * discount / (1 - (1 - p) * discount)  # E[discount ** T], T the time of one step
    result = evaluate(mdp.ring(discount, n_states), np.tile([1 - p, p], (n_states, 1)))
    assert result.objective == pytest.approx(wait**n_states / discount / (1 - wait**n_states))


@pytest.mark.parametrize("discount", [0.9, 1.0])
def test_what_a_mistake_on_the_cliff_costs(discount):
    eps, times = 0.1, np.arange(20)
    policy, fallen = [[1 - eps, eps]] * 2, 1 - (1 - eps) ** times
    pays = mdp.cliff(discount, horizon=20)
    never, with_mistakes = (evaluate_steps(pays, p).objective for p in ([[1.0, 0.0]] * 2, policy))
    assert never - with_mistakes == pytest.approx(discount**times @ fallen)
    costs = mdp.cliff(discount, mdp.SECOND_MISTAKE_COSTS, 20)
    assert evaluate_steps(costs, policy).objective == pytest.approx(-eps * discount**times @ fallen)
    forever = evaluate(mdp.cliff(0.9), policy).objective
    assert forever == pytest.approx(1 / (1 - 0.9 * (1 - eps)))


def test_a_chain_that_mixes_at_once_is_uniform_and_one_that_never_does_goes_round():
    policy = np.tile([0.7, 0.3], (4, 1))
    at_once, never = mdp.mixing_ring(0.9, 1.0), mdp.mixing_ring(0.9, 0.0)
    np.testing.assert_allclose(mdp.state_laws(at_once, policy, 5)[1:], 0.25, atol=1e-15)
    expected = np.eye(4)[0] + 0.9 / 0.1 / 4
    np.testing.assert_allclose(evaluate(at_once, policy).state_values, expected, atol=1e-12)
    assert mdp.state_laws(never, policy, 2)[1] == pytest.approx([0.3, 0.7, 0, 0])
    half = mdp.mixing_ring(0.9, 0.5).transition
    np.testing.assert_allclose(half, (at_once.transition + never.transition) / 2, atol=1e-15)


def test_a_grid_world_has_walls_slips_and_a_way_back():
    sure, slips = mdp.grid_world(0.9, 3, 0.0).dense(), mdp.grid_world(0.9, 3, 0.4)
    targets = [
        [0, 3, 0, 1], [1, 4, 0, 2], [2, 5, 1, 2], [0, 6, 3, 4], [1, 7, 3, 5], [2, 8, 4, 5],
        [3, 6, 6, 7], [4, 7, 6, 8], [0, 0, 0, 0],
    ]  # fmt: skip
    assert np.array_equal(sure, np.eye(9)[np.array(targets)])
    np.testing.assert_allclose(
        slips.dense(), 0.6 * sure + 0.4 * sure.mean(axis=1, keepdims=True), atol=1e-15
    )
    assert np.array_equal(slips.reward, np.repeat(np.eye(9)[8][:, None], 4, axis=1))
    assert slips.start.tolist() == [1] + [0] * 8


def test_a_garnet_is_given_by_its_seed():
    one, other, third = (mdp.garnet(7, 3, 2, 0.9, rng=np.random.default_rng(s)) for s in (1, 1, 2))
    assert one.transition.shape == one.successors.shape == (7, 3, 2)
    for name in ("transition", "successors", "reward", "start"):
        assert np.array_equal(getattr(one, name), getattr(other, name))
        assert not np.array_equal(getattr(one, name), getattr(third, name))
    assert np.abs(one.reward).max() <= 1


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (
            lambda: mdp.deterministic([[0]], np.zeros((2, 2)), 0.9),
            ValueError,
            r"next_states must have shape \(2, 2\), got \(1, 1\)",
        ),
        (lambda: mdp.ring(0.9, 1), ValueError, "n_states must be at least 2, got 1"),
        (lambda: mdp.mixing_ring(0.9, 0.5, 2), ValueError, "n_states must be at least 3"),
        (lambda: mdp.grid_world(0.9, 1), ValueError, "size must be at least 2, got 1"),
        (lambda: mdp.garnet(3, 2, 0, 0.9, rng=np.random.default_rng(0)), ValueError, "n_succ"),
        (lambda: mdp.garnet(3, 2, 2, 0.9, rng=0), TypeError, "rng must be a numpy.random.Gen"),
    ],
)  # fmt: skip
def test_bad_parameters_of_ready_problems_are_refused(call, error, message):
    with pytest.raises(error, match=message):
        call()


# Rollouts.


@pytest.mark.parametrize("n_cells", [1, 2, 3, 8, 50])
def test_alias_tables_hold_the_probabilities_of_their_rows(n_cells):
    rng = np.random.default_rng(n_cells)
    weights = rng.dirichlet(np.full(n_cells, 0.2), size=500)
    weights[:100][rng.random((100, n_cells)) < 0.5] = 0
    weights = weights[weights.sum(axis=1) > 0]
    weights /= weights.sum(axis=1, keepdims=True)
    weights = np.vstack([weights, np.eye(n_cells), np.full((1, n_cells), 1 / n_cells)])
    keep, alias = _alias_tables(weights)
    mass, rows = keep / n_cells, np.arange(len(weights))[:, None]
    np.add.at(mass, (rows, alias), (1 - keep) / n_cells)
    np.testing.assert_allclose(mass, weights, atol=1e-14)
    assert 0 <= keep.min() and keep.max() <= 1 + 1e-12
    assert (keep[weights == 0] == 0).all()
    assert (weights[rows, alias][keep < 1] > 0).all()


def test_triples_of_state_action_and_next_state_come_as_often_as_they_should():
    problem, policy = random_problem()
    result = sample_trajectories(
        problem, policy, n_trajectories=100_000, n_steps=3, rng=np.random.default_rng(1)
    )
    laws = mdp.state_laws(problem, policy, 3)
    assert np.array_equal(result.rewards, problem.reward[result.states, result.actions])
    for t in range(3):
        pairs = np.bincount(result.states[:, t] * 2 + result.actions[:, t], minlength=6) / 100_000
        assert_as_often(pairs, (laws[t][:, None] * policy).ravel(), 100_000)
    for t in range(2):
        cells = (result.states[:, t] * 2 + result.actions[:, t]) * 3 + result.states[:, t + 1]
        exact = laws[t][:, None, None] * policy[:, :, None] * problem.dense()
        assert_as_often(np.bincount(cells, minlength=18) / 100_000, exact.ravel(), 100_000)


def test_draws_are_independent_of_what_came_before():
    """One state and two actions: all pairs of actions at two times are equally likely."""
    result = sample_trajectories(
        mdp.coin(0.5, 6), [[0.5, 0.5]], n_trajectories=100_000,
        rng=np.random.default_rng(2),
    )  # fmt: skip
    signs = 2.0 * result.actions - 1
    products = np.einsum("nt,nu->ntu", signs, signs)
    assert largest_z(estimate(products), np.eye(6)) < 5
    assert abs(signs[1:, 0] @ signs[:-1, 0]) < 5 * np.sqrt(100_000)


def test_returns_by_hand():
    zeros = np.zeros((1, 3), dtype=int)
    result = Rollouts(zeros, zeros, np.array([[1.0, 2.0, 4.0]]), 0.5).returns()
    assert result.tolist() == [[3, 4, 4]]


@pytest.mark.parametrize("seed", range(3))
def test_reinforce_estimates_the_gradient_and_without_discounts_something_else(seed):
    problem, policy = random_problem(seed)
    settings = {"n_trajectories": 200_000, "n_steps": 3}
    gradient = evaluate_steps(problem, policy).gradient
    result = reinforce(problem, policy, **settings, rng=np.random.default_rng(3))
    assert largest_z(result, gradient) < 5
    without = reinforce(problem, policy, **settings, rng=np.random.default_rng(4), discounted=False)
    outcomes = mdp.trajectories(problem, policy).reward_to_go(discounted=False)
    assert largest_z(without, outcomes.mean().reshape(3, 2)) < 5
    assert largest_z(without, gradient) > 20


@pytest.mark.parametrize("discounted", [True, False])
def test_the_standard_error_of_reinforce_is_the_exact_one(discounted):
    problem, policy = random_problem(5)
    squares = [
        reinforce(
            problem, policy, n_trajectories=2000, n_steps=3, discounted=discounted,
            rng=np.random.default_rng(seed),
        ).standard_error ** 2
        for seed in range(40)
    ]  # fmt: skip
    outcomes = mdp.trajectories(problem, policy).reward_to_go(discounted=discounted)
    exact = outcomes.covariance().diagonal().reshape(3, 2) / 2000
    # The variance of 100 means, 40 times: relative error sqrt(2 / (99 * 40)), here five of them.
    np.testing.assert_allclose(np.mean(squares, axis=0), exact, rtol=5 * np.sqrt(2 / (99 * 40)))


def test_the_memory_of_reinforce_does_not_grow_with_the_trajectories():
    problem, policy = random_problem(horizon=None)

    def peak(n):
        tracemalloc.start()
        reinforce(problem, policy, n_trajectories=n, n_steps=20, rng=np.random.default_rng(0))
        largest = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return largest

    peak(200)
    assert peak(100_000) < 1.05 * peak(10_000)


def test_the_last_batch_of_reinforce_may_be_smaller():
    problem, policy = random_problem(horizon=None)
    size, rng = {"n_steps": 4}, np.random.default_rng(5)
    parts = [
        reinforce(problem, policy, n_trajectories=n, rng=rng, **size).mean for n in (10_000, 200)
    ]
    whole = reinforce(
        problem, policy, n_trajectories=10_200, rng=np.random.default_rng(5), **size
    ).mean
    np.testing.assert_allclose(whole, (10_000 * parts[0] + 200 * parts[1]) / 10_200, atol=1e-13)


@pytest.mark.parametrize(("n_states", "n_actions", "horizon"), [(9, 9, 4), (30, 30, 2)])
def test_the_scores_of_all_trajectories_must_fit(n_states, n_actions, horizon):
    rng, policy = np.random.default_rng(0), np.full((n_states, n_actions), 1 / n_actions)
    problem = mdp.garnet(n_states, n_actions, n_states, 0.9, rng=rng, horizon=horizon)
    with pytest.raises(ValueError, match="horizon must be small enough"):
        mdp.trajectories(problem, policy)
    short = mdp.trajectories(replace(problem, horizon=1), policy)
    assert short.weights.size == n_states * n_actions


def test_the_least_squares_problem_of_the_best_baseline_must_fit(monkeypatch):
    problem, policy = random_problem()
    paths, module = mdp.trajectories(problem, policy), sys.modules[mdp.Trajectories.__module__]
    monkeypatch.setattr(module, "MOST_NUMBERS", paths.scores.size * 3)
    assert paths.optimal_baseline().shape == (3, 3)
    monkeypatch.setattr(module, "MOST_NUMBERS", paths.scores.size * 3 - 1)
    with pytest.raises(ValueError, match="must be few enough for a least-squares problem"):
        paths.optimal_baseline()


@pytest.mark.parametrize("function", [reinforce, sample_trajectories])
@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"rng": 7}, TypeError, "rng must be a numpy.random.Generator"),
        ({"n_steps": 0}, ValueError, "n_steps must be at least 1, got 0"),
        ({"n_trajectories": 0}, ValueError, "n_trajectories must be at least"),
        ({"n_trajectories": 1e3}, TypeError, "n_trajectories must be an integer"),
        ({"policy": np.ones((2, 2)) / 2}, ValueError, r"policy must have shape \(3, 2\)"),
    ],
)
def test_bad_rollouts_are_refused(function, change, error, message):
    problem, policy = random_problem(horizon=None)
    good = {"policy": policy, "n_trajectories": 200, "n_steps": 2, "rng": np.random.default_rng(0)}
    with pytest.raises(error, match=message):
        function(problem, **(good | change))


@pytest.mark.parametrize(("n", "rule"), [(100, "at least 200"), (250, "a multiple of 100")])
def test_reinforce_needs_whole_groups_of_trajectories(n, rule):
    problem, policy = random_problem(horizon=None)
    with pytest.raises(ValueError, match=f"n_trajectories must be {rule}, got {n}"):
        reinforce(problem, policy, n_trajectories=n, n_steps=2, rng=np.random.default_rng(0))


# Gymnasium.


@pytest.mark.parametrize(
    ("name", "options", "n_draws"),
    [
        ("FrozenLake-v1", {"is_slippery": True}, 800),
        ("FrozenLake-v1", {"is_slippery": False}, 1),
        ("CliffWalking-v1", {}, 1),
        ("CliffWalking-v1", {"is_slippery": True}, 300),
        ("Taxi-v4", {}, 1),
        ("Taxi-v4", {"is_rainy": True}, 20),
    ],
)
def test_the_model_steps_as_the_environment_does(name, options, n_draws):
    env = gymnasium.make(name, **options).unwrapped
    env.reset(seed=0)
    model = MDP.from_gymnasium(env, discount=0.9)
    end, law = model.n_states - 1, model.dense()
    assert model.reward.shape == (env.observation_space.n + 1, env.action_space.n)
    assert (model.reward[end] == 0).all() and (law[end, :, end] == 1).all()
    for s, a in np.ndindex(end, model.n_actions):
        seen, rewards = np.zeros(end + 1), []
        for _ in range(n_draws):
            env.s = s
            after, reward, ended, *_ = env.step(a)
            seen[end if ended else after] += 1
            rewards.append(reward)
        assert_as_often(seen / n_draws, law[s, a], n_draws)
        error = np.std(rewards) / np.sqrt(n_draws)
        assert abs(np.mean(rewards) - model.reward[s, a]) <= 5 * error + 1e-12


@pytest.mark.parametrize("name", ["FrozenLake-v1", "CliffWalking-v1", "Taxi-v4"])
def test_the_model_starts_where_the_environment_does(name):
    env = gymnasium.make(name).unwrapped
    env.reset(seed=1)
    model, n = MDP.from_gymnasium(env, discount=0.9), 50_000
    first = np.bincount([env.reset()[0] for _ in range(n)], minlength=model.n_states) / n
    assert_as_often(first, model.start, n)


def test_a_value_in_the_model_is_the_mean_return_of_simulated_episodes():
    env = gymnasium.make("FrozenLake-v1", max_episode_steps=20)
    model = MDP.from_gymnasium(env, discount=0.9, horizon=20)
    policy = model.softmax(np.random.default_rng(0).normal(size=model.reward.shape))
    actions = np.random.default_rng(1).random((50_000, 20))
    chances, returns = policy.cumsum(axis=1), np.zeros(50_000)
    env.reset(seed=2)
    for episode, uniform in enumerate(actions):
        (state, _), over, t = env.reset(), False, 0
        while not over:
            action = int((uniform[t] >= chances[state][:-1]).sum())
            state, reward, ended, stopped, _ = env.step(action)
            returns[episode] += 0.9**t * reward
            over, t = ended or stopped, t + 1
    exact = evaluate_steps(model, policy).objective
    assert largest_z(estimate(returns), exact) < 5
    assert exact > 20 * estimate(returns).standard_error
    long = evaluate(replace(model, horizon=None), policy).objective
    assert exact < long < exact + 0.9**20


@pytest.mark.parametrize("name", ["CartPole-v1", "Blackjack-v1"])
def test_an_environment_without_tables_is_refused(name):
    with pytest.raises(TypeError, match="env must have tables P and initial_state_distrib"):
        MDP.from_gymnasium(gymnasium.make(name), discount=0.9)


def test_an_environment_that_does_not_keep_to_its_tables_is_refused():
    env = gymnasium.make("Taxi-v4", fickle_passenger=True)
    with pytest.raises(ValueError, match="env must follow its table P"):
        MDP.from_gymnasium(env, discount=0.9)


def changed(s, a, entry):
    """FrozenLake with another first entry in one place of its table."""
    env = gymnasium.make("FrozenLake-v1").unwrapped
    env.P[s][a][0] = entry(*env.P[s][a][0])
    return env


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        (lambda p, after, r, ended: (p, 0.7, r, ended), r"env\.P\[3\]\[1\]\[0\].* 0\.7"),
        (lambda p, after, r, ended: (p, 16, r, ended), r"env\.P\[3\]\[1\]\[0\].* 16"),
        (lambda p, after, r, ended: (p, after, np.nan, ended), r"env\.P\[3\]\[1\]\[0\].* nan"),
        (lambda p, after, r, ended: (2 * p, after, r, ended), r"env\.P\[3\]\[1\] must hold prob"),
    ],
)
def test_a_wrong_entry_of_a_table_is_refused_with_its_place(entry, message):
    with pytest.raises((TypeError, ValueError), match=message):
        MDP.from_gymnasium(changed(3, 1, entry), discount=0.9)


@pytest.mark.parametrize("change", [lambda row: row.update({4: row[0]}), lambda row: row.pop(0)])
def test_an_action_more_or_less_in_one_state_is_refused(change):
    env = gymnasium.make("FrozenLake-v1").unwrapped
    change(env.P[5])
    with pytest.raises(ValueError, match=r"env\.P\[5\] must"):
        MDP.from_gymnasium(env, discount=0.9)


def test_a_wrapper_that_may_change_rewards_is_refused():
    env = gymnasium.wrappers.TransformReward(gymnasium.make("FrozenLake-v1"), lambda r: 10 * r - 1)
    with pytest.raises(ValueError, match=r"env must not be in a wrapper .* got TransformReward"):
        MDP.from_gymnasium(env, discount=0.9)
    counted = gymnasium.wrappers.RecordEpisodeStatistics(env.env)
    assert MDP.from_gymnasium(counted, discount=0.9).n_states == 17


def test_an_old_environment_is_told_the_assignment_that_helps():
    env = gymnasium.make("FrozenLake-v1").unwrapped
    env.isd = env.initial_state_distrib
    del env.initial_state_distrib
    with pytest.raises(TypeError, match=r"set env\.unwrapped\.initial_state_distrib = .*\.isd"):
        MDP.from_gymnasium(env, discount=0.9)


def test_sampled_rewards_are_those_of_the_transitions():
    """On the way to the goal of FrozenLake the mean reward of a step is a third of what it pays."""
    model = MDP.from_gymnasium(gymnasium.make("FrozenLake-v1"), discount=1.0, horizon=1)
    model = replace(model, start=np.eye(17)[14])
    policy = np.tile(np.eye(4)[2], (17, 1))
    rollouts = mdp.sample_trajectories(
        model, policy, n_trajectories=20_000, rng=np.random.default_rng(0)
    )
    assert model.reward[14, 2] == pytest.approx(1 / 3)
    assert set(np.unique(rollouts.rewards)) == {0.0, 1.0}
    assert largest_z(estimate(rollouts.rewards[:, 0]), 1 / 3) < 5
    with pytest.raises(ValueError, match="transition_reward"):
        mdp.trajectories(model, policy)


def test_taxi_is_solved_near_a_discount_of_one():
    model = MDP.from_gymnasium(gymnasium.make("Taxi-v4"), discount=0.999999)
    best = guarantees.optimal_evaluation(model)
    assert best.action_values.max(axis=1) == pytest.approx(best.state_values, abs=1e-6)


def test_results_cannot_be_overwritten():
    result = evaluate(mdp.ring(0.5), np.full((3, 2), 0.5))
    steps = evaluate_steps(mdp.coin(0.5, 3), [[0.5, 0.5]])
    far = guarantees.Comparison(result, np.eye(2)[[0, 1, 0]])
    arrays = [
        *(result.gradient, result.advantages, result.occupancy, result.policy),
        *(steps.gradient, steps.advantages, steps.state_laws),
        *(result.state_values, steps.state_values),
        *(far.new_policy, far.mean_advantages),
    ]
    for array in arrays:
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 99.0
