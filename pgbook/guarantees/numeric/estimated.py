"""Policy iteration with advantages estimated from rollouts, for many runs at once."""

import numpy as np

from pgbook import mdp, validation
from pgbook.guarantees.numeric.steps import Rule
from pgbook.mdp import MDP
from pgbook.mdp.rollouts import discounted_returns
from pgbook.policies import sample_actions
from pgbook.validation import FloatArray


def learn(
    problem: MDP,
    rule: Rule,
    *,
    n_runs: int,
    n_trajectories: int,
    n_steps: int,
    n_iterations: int,
    rng: np.random.Generator,
) -> FloatArray:
    """The true objective along independent runs of a step rule; shape (n_iterations + 1, n_runs).

    Each run starts with the uniform policy. In each iteration it estimates advantages and
    occupancy from its own rollouts, and takes the step that the rule makes of them.

    Parameters
    ----------
    problem : MDP
        Without a horizon.
    rule : callable
        Takes policies (R, S, A), advantages (R, S, A) and occupancies (R, S) of R runs, and
        returns the new policies.
    n_runs, n_trajectories, n_steps, n_iterations : int
        A run draws `n_trajectories` of `n_steps` steps in each iteration.
    rng : numpy.random.Generator
    """
    rng, policy = validation.generator("rng", rng), _uniform(problem, rule, n_runs)
    path = [_objectives(problem, policy)]
    for _ in range(validation.count("n_iterations", n_iterations)):
        rollouts = _sample(problem, policy, n_trajectories, n_steps, rng)
        policy = rule(policy, *estimated_advantages(problem.discount, policy, *rollouts))
        policy = np.maximum(policy, 0) / policy.sum(axis=-1, keepdims=True)
        path.append(_objectives(problem, policy))
    return np.array(path)


def optimism(
    problem: MDP,
    rule: Rule,
    *,
    n_runs: int,
    n_trajectories: int,
    n_steps: int,
    rng: np.random.Generator,
) -> dict[str, FloatArray]:
    r"""Three values of the surrogate of one step from the uniform policy, each (n_runs,).

    ``same rollouts``
        From the estimates that the step maximised.
    ``fresh rollouts``
        From as many new ones, :math:`\sum_t \gamma^t (\rho_t - 1) R_t` with one ratio a step:
        unbiased but for what comes after the last step.
    ``exactly``
        With the exact advantages and visits.

    Parameters as for `learn`.
    """
    rng, policy = validation.generator("rng", rng), _uniform(problem, rule, n_runs)
    rollouts = _sample(problem, policy, n_trajectories, n_steps, rng)
    advantages, visits = estimated_advantages(problem.discount, policy, *rollouts)
    new = rule(policy, advantages, visits)
    pairs, rewards = _sample(problem, policy, n_trajectories, n_steps, rng)
    ratio = (new / policy).reshape(n_runs, -1)[np.arange(n_runs)[:, None], pairs]
    returns = discounted_returns(rewards.reshape(len(rewards), -1).T, problem.discount)
    weights = problem.discount ** np.arange(len(rewards))
    fresh = np.einsum("t,trn,trn->r", weights, ratio - 1, returns.T.reshape(rewards.shape))
    exact = mdp.evaluate(problem, policy[0])
    return {
        "same rollouts": np.einsum("rs,rsa,rsa->r", visits, new, advantages),
        "fresh rollouts": fresh / n_trajectories,
        "exactly": np.einsum("s,rsa,sa->r", exact.occupancy, new, exact.advantages),
    }


def estimated_advantages(
    discount: float, policy: FloatArray, pairs: np.ndarray, rewards: FloatArray
) -> tuple[FloatArray, FloatArray]:
    r"""Advantages (R, S, A) and occupancies (R, S) from the rollouts of R policies.

    The action value is the mean of all returns from a pair of state and action, each weighted with
    :math:`\gamma^t`; that of the state its mean under the policy. What was never tried gets zero.

    Parameters
    ----------
    discount : float
    policy : array_like, shape (R, S, A)
    pairs : array_like of int, shape (T, R, N)
        Of state and action, that N rollouts met, numbered :math:`s A + a`.
    rewards : array_like, the same shape
    """
    policy = validation.probabilities("policy", policy, ndim=3)
    rewards = validation.real_array("rewards", rewards, ndim=3)
    pairs = validation.indices("pairs", pairs, policy[0].size, "pairs")
    validation.shaped("pairs", pairs, (len(rewards), len(policy), rewards.shape[2]))
    discount, later = validation.fraction("discount", discount), np.zeros(rewards.shape[1:])
    offset = policy[0].size * np.arange(len(policy))[:, None]
    weight, total = np.zeros(policy.size), np.zeros(policy.size)
    for t in range(len(rewards) - 1, -1, -1):
        later = rewards[t] + discount * later
        at, share = (pairs[t] + offset).ravel(), discount**t
        weight += share * np.bincount(at, minlength=policy.size)
        total += share * np.bincount(at, later.ravel(), minlength=policy.size)
    weight, total = weight.reshape(policy.shape), total.reshape(policy.shape)
    tried, q = weight > 0, total / np.where(weight > 0, weight, 1.0)
    mass = (policy * tried).sum(axis=-1, keepdims=True)
    value = (policy * tried * q).sum(axis=-1, keepdims=True) / np.where(mass > 0, mass, 1.0)
    return np.where(tried, q - value, 0.0), weight.sum(axis=-1) / rewards.shape[2]


def _uniform(problem, rule, n_runs):
    """The uniform policy once for each run, (R, S, A), if a rule can start with it."""
    validation.function("rule", rule)
    shape = validation.instance("problem", problem, MDP).reward.shape
    if problem.horizon is not None:
        raise ValueError(f"problem must have no horizon, got {problem.horizon}")
    return np.full((validation.count("n_runs", n_runs), *shape), 1 / shape[1])


def _sample(problem, policy, n_trajectories, n_steps, rng):
    """Rollouts of R policies (R, S, A): pairs and rewards, both (T, R, N)."""
    shape = n_runs, n = len(policy), validation.count("n_trajectories", n_trajectories)
    n_states, n_actions = problem.reward.shape
    law = policy.cumsum(axis=-1)[..., :-1].reshape(-1, n_actions - 1)
    of_pairs = problem.transition, problem.next_states(), problem.paid()
    moves, after, paid = (table.reshape(n_states * n_actions, -1) for table in of_pairs)
    moves = moves.cumsum(axis=-1)[:, :-1]
    states = sample_actions(problem.start, n_runs * n, rng=rng).reshape(shape)
    first, pairs, rewards = n_states * np.arange(n_runs)[:, None], [], []
    for _ in range(validation.count("n_steps", n_steps)):
        u, v = rng.random((2, *shape))
        action = (u[..., None] >= law[first + states]).sum(axis=-1)
        pairs.append(states * n_actions + action)
        move = (v[..., None] >= moves[pairs[-1]]).sum(axis=-1)
        states = after[pairs[-1], move]
        rewards.append(paid[pairs[-1], move])
    return np.array(pairs), np.array(rewards)


def _objectives(problem, policy):
    """The true objective of R policies (R, S, A), by one batch of linear systems; (R,)."""
    onward = np.einsum("rsa,saz->rsz", policy, problem.dense())
    reward = np.einsum("rsa,sa->rs", policy, problem.reward)
    system = np.eye(onward.shape[-1]) - problem.discount * onward
    return np.linalg.solve(system, reward[..., None])[..., 0] @ problem.start
