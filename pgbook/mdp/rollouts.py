r"""Trajectories drawn in batches, and the REINFORCE estimate of the gradient along them.

Each state has one table over the pairs (action, next state), so that a step needs one uniform
number: the alias method of Walker (1977). What a trajectory needs is one column of a few arrays;
`reinforce` works through batches, so its memory does not grow with their number.
"""

from dataclasses import dataclass

import numpy as np

from pgbook import validation
from pgbook.mdp.problem import MDP
from pgbook.montecarlo import Estimate, estimate
from pgbook.policies import sample_actions
from pgbook.validation import FloatArray

BATCH = 10_000  # trajectories at a time: the arrays of a step fit into the cache
GROUPS = 100  # of trajectories, whose means make the standard error


@dataclass(frozen=True, eq=False)
class Rollouts:
    """N trajectories of T steps; read-only arrays.

    Rewards are those of the transitions if the problem knows them, else the mean rewards of the
    pairs of state and action that were met.
    """

    states: np.ndarray  # (N, T)
    actions: np.ndarray  # (N, T)
    rewards: FloatArray  # (N, T)
    discount: float

    def __post_init__(self) -> None:
        validation.freeze(self)

    def returns(self) -> FloatArray:
        r"""The discounted return from each time on, :math:`\sum_i \gamma^i r_{t+i}`; (N, T)."""
        return discounted_returns(self.rewards, self.discount)


def discounted_returns(rewards: FloatArray, discount: float) -> FloatArray:
    """The return from each time on, for each row of rewards (N, T); the same shape."""
    returns = validation.real_array("rewards", rewards, ndim=2)
    discount = validation.fraction("discount", discount)
    for t in range(returns.shape[1] - 2, -1, -1):
        returns[:, t] += discount * returns[:, t + 1]
    return returns


def sample_trajectories(
    problem: MDP,
    policy: FloatArray,
    *,
    n_trajectories: int,
    n_steps: int | None = None,
    rng: np.random.Generator,
) -> Rollouts:
    """Independent trajectories of a policy, all kept.

    Parameters
    ----------
    problem : MDP
    policy : array_like, shape (S, A)
    n_trajectories : int
    n_steps : int
        T; to be left out, or the same, for a problem with a horizon.
    rng : numpy.random.Generator
    """
    sampler = _Sampler(problem, policy)
    n = validation.count("n_trajectories", n_trajectories)
    rng = validation.generator("rng", rng)
    cells = sampler.draw(n, _steps(problem, n_steps), rng).T
    states, actions = np.divmod(sampler.pairs[cells], problem.n_actions)
    return Rollouts(states, actions, sampler.rewards[cells], problem.discount)


def _steps(problem: MDP, n_steps: int | None) -> int:
    """How many steps to go: the horizon, or for a problem without one what is given."""
    if problem.horizon is not None and n_steps not in (None, problem.horizon):
        raise ValueError(
            f"n_steps must be the horizon of the problem, {problem.horizon}, or left out, "
            f"got {validation.shown(n_steps)}"
        )
    return validation.count("n_steps", n_steps if problem.horizon is None else problem.horizon)


def reinforce(
    problem: MDP,
    policy: FloatArray,
    *,
    n_trajectories: int,
    n_steps: int | None = None,
    rng: np.random.Generator,
    discounted: bool = True,
) -> Estimate:
    r"""The REINFORCE estimate of the gradient in the preferences of a softmax policy.

    .. math:: \frac1N \sum_n \sum_{t<T} \gamma^t \psi_t \sum_{i \ge t} \gamma^{i-t} r_i

    Parameters
    ----------
    problem : MDP
    policy : array_like, shape (S, A)
    n_trajectories : int
        A multiple of 100, at least 200.
    n_steps : int
        T, as for `sample_trajectories`. The estimate is unbiased for the return of T steps.
    rng : numpy.random.Generator
    discounted : bool
        Whether :math:`\gamma^t` is there. Without it the mean is in general no gradient.

    Returns
    -------
    Estimate
        Mean and standard error, both (S, A); the error comes from the means of 100 groups of
        trajectories, and has 99 degrees of freedom. The memory does not depend on `n_trajectories`.
    """
    sampler = _Sampler(problem, policy)
    n = validation.count("n_trajectories", n_trajectories, least=2 * GROUPS)
    if n % GROUPS:
        raise ValueError(f"n_trajectories must be a multiple of {GROUPS}, got {n}")
    n_steps, rng = _steps(problem, n_steps), validation.generator("rng", rng)
    discounted = validation.flag("discounted", discounted)
    totals = np.zeros((GROUPS, *problem.reward.shape))
    for first in range(0, n, BATCH):
        # Without a name, so that a batch is gone before the next is drawn.
        totals += sampler.weights(sampler.draw(min(BATCH, n - first), n_steps, rng), discounted)
    # The score of action a in state s is one minus the policy there: the sum over all scores is
    # the weight of the pair minus the policy times the weight of the state.
    gradients = totals - sampler.policy * totals.sum(axis=2, keepdims=True)
    return estimate(gradients * (GROUPS / n))


class _Sampler:
    """Tables of a policy in a problem: a cell is a state with an action and a next state.

    State s owns the cells s K, ..., s K + K - 1. A uniform number in [0, 1) chooses one of them
    and, by its digits beyond, whether to keep it or to take its alias.
    """

    def __init__(self, problem: MDP, policy: FloatArray) -> None:
        self.problem = validation.instance("problem", problem, MDP)
        self.policy = problem.check_policy(policy)
        n_states, n_actions, width = problem.transition.shape
        self.width = n_actions * width
        weights = (self.policy[:, :, None] * problem.transition).reshape(n_states, self.width)
        keep, alias = _alias_tables(weights)
        offset = self.width * np.arange(n_states)[:, None]
        self.keep, self.alias = keep.ravel(), (alias + offset).ravel()
        self.first_cells = problem.next_states().ravel() * self.width  # of the next state
        self.pairs = np.repeat(np.arange(n_states * n_actions), width)
        self.rewards = problem.paid().ravel()

    def draw(self, n: int, n_steps: int, rng: np.random.Generator) -> np.ndarray:
        """Cells of n independent trajectories; ints of shape (n_steps, n)."""
        cells = np.empty((n_steps, n), dtype=np.intp)
        place, kept = np.empty(n), np.empty(n)  # made once: new arrays would take longer
        chosen, other = np.empty(n, dtype=np.intp), np.empty(n, dtype=np.intp)
        first = self.width * sample_actions(self.problem.start, n, rng=rng)
        for row in cells:
            rng.random(out=place)
            place *= self.width
            np.copyto(chosen, place, casting="unsafe")
            place -= chosen
            chosen += first
            np.take(self.keep, chosen, out=kept, mode="clip")
            np.take(self.alias, chosen, out=other, mode="clip")
            row[:] = np.where(place < kept, chosen, other)
            np.take(self.first_cells, row, out=first, mode="clip")
        return cells

    def weights(self, cells: np.ndarray, discounted: bool) -> FloatArray:
        """Sum of the weights of the scores by group, state and action; (GROUPS, S, A)."""
        discount, size = self.problem.discount, GROUPS * self.policy.size
        group = np.arange(cells.shape[1]) % GROUPS * self.policy.size
        later, sums = np.zeros(cells.shape[1]), np.zeros(size)
        for t in range(len(cells) - 1, -1, -1):
            later *= discount
            later += self.rewards[cells[t]]
            pairs = self.pairs[cells[t]]
            pairs += group
            sums += (discount**t if discounted else 1.0) * np.bincount(pairs, later, size)
        return sums.reshape(GROUPS, *self.problem.reward.shape)


def _alias_tables(weights: FloatArray) -> tuple[FloatArray, np.ndarray]:
    """Walker's tables for rows of probabilities (R, K): how much of a cell it keeps, and its alias.

    In each round the emptiest cell of a row is filled up by the fullest; the time grows with the
    square of K, so a problem with many states should have lists of successors.
    """
    left = weights * weights.shape[1]
    keep, alias = np.ones_like(left), np.tile(np.arange(left.shape[1]), (len(left), 1))
    rows, open_cells = np.arange(len(left)), np.ones(left.shape, dtype=bool)
    for _ in range(left.shape[1] - 1):
        least = np.where(open_cells, left, np.inf).argmin(axis=1)
        most = np.where(open_cells, left, -np.inf).argmax(axis=1)
        keep[rows, least], alias[rows, least] = left[rows, least], most
        left[rows, most] -= 1 - left[rows, least]
        open_cells[rows, least] = False
    return keep, alias
