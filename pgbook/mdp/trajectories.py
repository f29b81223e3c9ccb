r"""All trajectories of a problem with a short horizon, and estimators of the gradient along them.

Gradients are with respect to the preferences of a softmax policy, state by state: component
:math:`s A + a` belongs to action a in state s.
"""

from dataclasses import dataclass

import numpy as np

from pgbook import validation
from pgbook.mdp.problem import MDP
from pgbook.mdp.rollouts import discounted_returns
from pgbook.outcomes import OneStep, Outcomes
from pgbook.validation import FloatArray, shaped

MOST_NUMBERS = 50_000_000  # of all scores together, 400 MB


@dataclass(frozen=True, eq=False)
class Trajectories:
    """All trajectories of a problem under a policy, M of them with T steps."""

    weights: FloatArray  # (M,)
    states: np.ndarray  # (M, T)
    actions: np.ndarray  # (M, T)
    rewards: FloatArray  # (M, T)
    scores: FloatArray  # (M, T, D), of the action at each time
    discount: float
    n_states: int = 1

    def __post_init__(self) -> None:
        weights = validation.probabilities("weights", self.weights, ndim=1)
        rewards = validation.real_array("rewards", self.rewards, ndim=2)
        shape = (len(weights), rewards.shape[1])
        shaped("rewards", rewards, shape)
        shaped("states", self.states, shape)
        shaped("actions", self.actions, shape)
        shaped("scores", self.scores, (*shape, *self.scores.shape[2:][:1]))
        validation.freeze(self, weights=weights, rewards=rewards)

    def returns(self) -> FloatArray:
        r"""The return from each time on, :math:`R_t = \sum_i \gamma^i r_{t+i}`; (M, T)."""
        return discounted_returns(self.rewards, self.discount)

    def single_time(self, t: int = 0) -> Outcomes:
        r"""The estimator that document 002 prints, :math:`R_t \psi_t`, at one time."""
        t = validation.index("t", t, self.rewards.shape[1])
        return Outcomes(self.weights, self.returns()[:, t, None] * self.scores[:, t])

    def full_score(self) -> Outcomes:
        r"""The return times the sum of all scores, :math:`R_0 \sum_t \psi_t`."""
        return self.episode().estimates()

    def episode(self) -> OneStep:
        """A whole trajectory as one draw: its return, and the score of all its actions."""
        return OneStep(self.weights, self.returns()[:, 0], self.scores.sum(axis=1))

    def reward_to_go(self, baseline: FloatArray = 0.0, *, discounted: bool = True) -> Outcomes:
        r"""Each score with the return that follows it, :math:`\sum_t \gamma^t (R_t - b_t) \psi_t`.

        Parameters
        ----------
        baseline : float, or array_like of shape (M, T)
            Unbiased if the entry at time t depends on nothing but the time and the states and
            actions before `t`, and the state at t: ``values[times, states]`` for a table.
        discounted : bool
            Whether :math:`\gamma^t` is there. Without it the mean is in general no gradient.
        """
        b = validation.real_array("baseline", baseline)
        if b.shape not in ((), self.rewards.shape):
            raise ValueError(
                f"baseline must be a number or have shape {self.rewards.shape}, got {b.shape}"
            )
        return self.scaled_scores(self.returns() - b, discounted=discounted)

    def scaled_scores(self, factors: FloatArray, *, discounted: bool = True) -> Outcomes:
        r"""Each score times a factor of its own, (M, T): :math:`\sum_t \gamma^t c_t \psi_t`."""
        factors = validation.real_array("factors", factors, ndim=2)
        shaped("factors", factors, self.rewards.shape)
        discount = self.discount if validation.flag("discounted", discounted) else 1.0
        weighted = discount ** np.arange(factors.shape[1]) * factors
        return Outcomes(self.weights, np.einsum("mt,mtd->md", weighted, self.scores))

    def action_entries(self, table: FloatArray) -> FloatArray:
        """The entries of a table (T, S, A) along each trajectory; shape (M, T)."""
        n_times, table = self.rewards.shape[1], validation.real_array("table", table, ndim=3)
        n_actions = self.scores.shape[2] // self.n_states
        shaped("table", table, (n_times, self.n_states, n_actions))
        return table[np.arange(n_times), self.states, self.actions]

    def generalized_advantages(self, table: FloatArray, decay: float) -> FloatArray:
        r"""GAE (Schulman et al. 2016) with a critic of the states; shape (M, T).

        .. math:: \hat A_t = \sum_i (\gamma\lambda)^i \delta_{t+i}, \qquad
                  \delta_t = r_t + \gamma \hat V_{t+1}(s_{t+1}) - \hat V_t(s_t)

        Parameters
        ----------
        table : array_like, shape (T, S)
            The critic; at the horizon it is zero.
        decay : float
            :math:`\lambda`, from 0 to 1.
        """
        now, decay = self.state_baseline(table), validation.fraction("decay", decay)
        following = np.pad(now[:, 1:], ((0, 0), (0, 1)))
        errors = self.rewards + self.discount * following - now
        return discounted_returns(errors, self.discount * decay)

    def state_baseline(self, table: FloatArray) -> FloatArray:
        """The entries of a table (T, S) along each trajectory; shape (M, T)."""
        n_times = self.rewards.shape[1]
        table = validation.real_array("table", table, ndim=2)
        return shaped("table", table, (n_times, self.n_states))[np.arange(n_times), self.states]

    def optimal_baseline(self) -> FloatArray:
        r"""The table (T, S) of least variance for `reward_to_go`; zero where a state is not met.

        The variance is a quadratic function of all entries together, cross terms between times
        included: a least-squares problem.

        Raises
        ------
        ValueError
            If its matrix would need more than fifty million numbers.
        """
        n_times = self.rewards.shape[1]
        if (numbers := self.scores.size * self.n_states) > MOST_NUMBERS:
            raise ValueError(
                f"trajectories must be few enough for a least-squares problem of {MOST_NUMBERS} "
                f"numbers, got {numbers}"
            )
        met = np.eye(self.n_states)[self.states]  # (M, T, S)
        discounts = self.discount ** np.arange(n_times)
        features = np.einsum("t,mts,mtd->mtsd", discounts, met, self.scores)
        root = np.sqrt(self.weights)
        design = np.einsum("m,mtsd->mdts", root, features).reshape(-1, n_times * self.n_states)
        target = (root[:, None] * self.reward_to_go().values).ravel()
        solution, *_ = np.linalg.lstsq(design, target, rcond=None)
        return solution.reshape(n_times, self.n_states)


def trajectories(problem: MDP, policy: FloatArray) -> Trajectories:
    """All trajectories of positive probability.

    Parameters
    ----------
    problem : MDP
        With a horizon, and with rewards that do not depend on the next state.
    policy : array_like, shape (S, A)

    Raises
    ------
    TypeError, ValueError
        If there is no horizon, if rewards depend on the next state, so that the mean rewards
        would not say how much a return varies, or if the scores would need more than fifty
        million numbers.
    """
    policy, horizon = _listable(problem).check_policy(policy), problem.horizon
    n_states, n_actions = policy.shape
    states = np.arange(n_states)[:, None]
    weights, actions = problem.start, np.empty((n_states, 0), dtype=int)
    for t in range(horizon):
        most = len(weights) * n_actions * (n_states if t < horizon - 1 else 1)
        numbers = most * horizon * n_states * n_actions
        if numbers > MOST_NUMBERS:
            raise ValueError(
                f"horizon must be small enough to hold the scores of all trajectories in "
                f"{MOST_NUMBERS} numbers, got {numbers} after {t + 1} of {horizon} steps"
            )
        last = states[:, -1]
        weights = (weights[:, None] * policy[last]).ravel()
        actions = _extended(actions, n_actions)
        states = np.repeat(states, n_actions, axis=0)
        if t < horizon - 1:
            onward = problem.dense()[states[:, -1], actions[:, -1]]
            weights = (weights[:, None] * onward).ravel()
            actions, states = np.repeat(actions, n_states, axis=0), _extended(states, n_states)
        possible = weights > 0
        weights, actions, states = weights[possible], actions[possible], states[possible]
    return _along(problem, policy, weights, states, actions)


def _listable(problem: MDP) -> MDP:
    if validation.instance("problem", problem, MDP).horizon is None:
        raise ValueError("problem must have a horizon, got None")
    if problem.transition_reward is not None:
        raise ValueError(
            "problem must have rewards that do not depend on the next state, got transition_reward"
        )
    return problem


def _along(
    problem: MDP, policy: FloatArray, weights: FloatArray, states: np.ndarray, actions: np.ndarray
) -> Trajectories:
    n_states, n_actions = policy.shape
    scores = np.zeros((*states.shape, n_states, n_actions))
    rows, times = np.indices(states.shape)
    scores[rows, times, states] = np.eye(n_actions)[actions] - policy[states]
    flat = scores.reshape(*states.shape, n_states * n_actions)
    rewards = problem.reward[states, actions]
    return Trajectories(weights, states, actions, rewards, flat, problem.discount, n_states)


def _extended(table: np.ndarray, n_choices: int) -> np.ndarray:
    """Each row of a table once for each choice, which becomes a new last column."""
    new = np.tile(np.arange(n_choices), len(table))[:, None]
    return np.concatenate([np.repeat(table, n_choices, axis=0), new], axis=1)
