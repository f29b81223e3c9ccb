r"""A T-step decision problem, all its trajectories, and estimators of the gradient along them.

The policy is a softmax with a preference for each state and action. Gradients are with respect
to all preferences, state by state: component :math:`s A + a` belongs to action a in state s.
"""

from dataclasses import dataclass

import numpy as np

from pgbook import policies, validation
from pgbook.unbiased.numeric.outcomes import OneStep, Outcomes
from pgbook.validation import FloatArray

MOST_NUMBERS = 50_000_000  # of all scores together, 400 MB


@dataclass(frozen=True, eq=False)
class Chain:
    """A decision problem that ends after `horizon` steps; its arrays are read-only copies.

    Raises
    ------
    TypeError, ValueError
        For an array of the wrong shape or kind, rows that are not probabilities, or a discount
        outside [0, 1].
    """

    transition: FloatArray  # (S, A, S)
    reward: FloatArray  # (S, A), the reward of an action in a state
    start: FloatArray  # (S,)
    discount: float  # in [0, 1]
    horizon: int

    def __post_init__(self) -> None:
        reward = validation.real_array("reward", self.reward, ndim=2)
        transition = validation.probabilities("transition", self.transition, ndim=3)
        start = validation.probabilities("start", self.start, ndim=1)
        n_states, n_actions = reward.shape
        for name, array, shape in (
            ("transition", transition, (n_states, n_actions, n_states)),
            ("start", start, (n_states,)),
        ):
            if array.shape != shape:
                raise ValueError(f"{name} must have shape {shape}, got {array.shape}")
        if not 0 <= validation.real("discount", self.discount) <= 1:
            raise ValueError(f"discount must lie in [0, 1], got {self.discount!r}")
        for name, array in (("transition", transition), ("reward", reward), ("start", start)):
            array.setflags(write=False)
            object.__setattr__(self, name, array)
        validation.count("horizon", self.horizon)

    def policy(self, preferences: FloatArray) -> FloatArray:
        """The softmax policy of preferences (S, A); the same shape."""
        h = validation.real_array("preferences", preferences, ndim=2)
        if h.shape != self.reward.shape:
            raise ValueError(f"preferences must have shape {self.reward.shape}, got {h.shape}")
        return policies.softmax(h)

    def action_values(self, preferences: FloatArray) -> FloatArray:
        r"""Expected return from each time, state and action on, :math:`Q_t(s, a)`; (T, S, A).

        By the recursion from the end, :math:`Q_t = r + \gamma P V_{t+1}`.
        """
        policy, later = self.policy(preferences), np.zeros(len(self.start))
        found = []
        for _ in range(self.horizon):
            expected = np.einsum("saz,z->sa", self.transition, later)
            found.append(self.reward + self.discount * expected)
            later = np.einsum("sa,sa->s", policy, found[-1])
        return np.array(found[::-1])

    def state_values(self, preferences: FloatArray) -> FloatArray:
        r"""Expected return from each time and state on, :math:`V_t(s)`; shape (T, S)."""
        policy = self.policy(preferences)
        return np.einsum("sa,tsa->ts", policy, self.action_values(preferences))

    def objective(self, preferences: FloatArray) -> float:
        r"""The expected discounted return :math:`J = \mathbb E[R_0]`."""
        return float(self.start @ self.state_values(preferences)[0])

    def state_laws(self, preferences: FloatArray) -> FloatArray:
        """The law of the state at each time; shape (T, S)."""
        policy, laws = self.policy(preferences), [self.start]
        for _ in range(self.horizon - 1):
            laws.append(np.einsum("s,sa,saz->z", laws[-1], policy, self.transition))
        return np.array(laws)

    def gradient(self, preferences: FloatArray) -> FloatArray:
        r"""The exact gradient of the objective; shape (S * A,). No trajectory is listed.

        .. math:: \frac{\partial J}{\partial h(s, a)} = \sum_t \gamma^t\, \Pr(s_t = s)\,
                  \pi(a|s) \big(Q_t(s, a) - V_t(s)\big)

        The policy gradient theorem (Sutton et al. 1999, Theorem 1) for a finite horizon.
        """
        policy, q = self.policy(preferences), self.action_values(preferences)
        advantages = q - self.state_values(preferences)[:, :, None]
        discounts = self.discount ** np.arange(self.horizon)
        slope = np.einsum(
            "t,ts,sa,tsa->sa", discounts, self.state_laws(preferences), policy, advantages
        )
        return slope.ravel()

    def trajectories(self, preferences: FloatArray) -> "Trajectories":
        """All trajectories of positive probability.

        Raises
        ------
        ValueError
            If their scores would need more than fifty million numbers.
        """
        policy = self.policy(preferences)
        n_states, n_actions = policy.shape
        states = np.arange(n_states)[:, None]
        weights, actions = self.start, np.empty((n_states, 0), dtype=int)
        for t in range(self.horizon):
            most = len(weights) * n_actions * (n_states if t < self.horizon - 1 else 1)
            numbers = most * self.horizon * n_states * n_actions
            if numbers > MOST_NUMBERS:
                raise ValueError(
                    f"horizon must be small enough to hold the scores of all trajectories in "
                    f"{MOST_NUMBERS} numbers, got {numbers} after {t + 1} of {self.horizon} steps"
                )
            last = states[:, -1]
            weights = (weights[:, None] * policy[last]).ravel()
            actions = _extended(actions, n_actions)
            states = np.repeat(states, n_actions, axis=0)
            if t < self.horizon - 1:
                onward = self.transition[states[:, -1], actions[:, -1]]
                weights = (weights[:, None] * onward).ravel()
                actions, states = np.repeat(actions, n_states, axis=0), _extended(states, n_states)
            possible = weights > 0
            weights, actions, states = weights[possible], actions[possible], states[possible]
        return self._along(policy, weights, states, actions)

    def _along(
        self, policy: FloatArray, weights: FloatArray, states: np.ndarray, actions: np.ndarray
    ) -> "Trajectories":
        n_states, n_actions = policy.shape
        scores = np.zeros((*states.shape, n_states, n_actions))
        rows, times = np.indices(states.shape)
        scores[rows, times, states] = np.eye(n_actions)[actions] - policy[states]
        flat = scores.reshape(*states.shape, n_states * n_actions)
        rewards = self.reward[states, actions]
        return Trajectories(weights, states, actions, rewards, flat, self.discount, n_states)


def _extended(table: np.ndarray, n_choices: int) -> np.ndarray:
    """Each row of a table once for each choice, which becomes a new last column."""
    new = np.tile(np.arange(n_choices), len(table))[:, None]
    return np.concatenate([np.repeat(table, n_choices, axis=0), new], axis=1)


@dataclass(frozen=True, eq=False)
class Trajectories:
    """All trajectories of a chain under a policy, M of them with T steps."""

    weights: FloatArray  # (M,)
    states: np.ndarray  # (M, T)
    actions: np.ndarray  # (M, T)
    rewards: FloatArray  # (M, T)
    scores: FloatArray  # (M, T, D), of the action at each time
    discount: float
    n_states: int = 1

    def returns(self) -> FloatArray:
        r"""The return from each time on, :math:`R_t = \sum_i \gamma^i r_{t+i}`; (M, T)."""
        found = self.rewards.copy()
        for t in range(found.shape[1] - 2, -1, -1):
            found[:, t] += self.discount * found[:, t + 1]
        return found

    def single_time(self, t: int = 0) -> Outcomes:
        r"""The estimator that document 002 prints, :math:`R_t \psi_t`, at one time."""
        t = validation.arm_index("t", t, self.rewards.shape[1])
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
        factor = self.discount ** np.arange(self.rewards.shape[1]) if discounted else 1.0
        weighted = factor * (self.returns() - b)
        return Outcomes(self.weights, np.einsum("mt,mtd->md", weighted, self.scores))

    def state_baseline(self, table: FloatArray) -> FloatArray:
        """The entries of a table (T, S) along each trajectory; shape (M, T)."""
        table = validation.real_array("table", table, ndim=2)
        shape = (self.rewards.shape[1], self.n_states)
        if table.shape != shape:
            raise ValueError(f"table must have shape {shape}, got {table.shape}")
        return table[np.arange(self.rewards.shape[1]), self.states]

    def optimal_baseline(self) -> FloatArray:
        r"""The table (T, S) of least variance for `reward_to_go`; zero where a state is not met.

        The variance is a quadratic function of all entries together, cross terms between times
        included: a least-squares problem.
        """
        n_times = self.rewards.shape[1]
        met = np.eye(self.n_states)[self.states]  # (M, T, S)
        discounts = self.discount ** np.arange(n_times)
        features = np.einsum("t,mts,mtd->mtsd", discounts, met, self.scores)
        root = np.sqrt(self.weights)
        design = np.einsum("m,mtsd->mdts", root, features).reshape(-1, n_times * self.n_states)
        target = (root[:, None] * self.reward_to_go().values).ravel()
        solution, *_ = np.linalg.lstsq(design, target, rcond=None)
        return solution.reshape(n_times, self.n_states)


def compare_estimators(chain: Chain, preferences: FloatArray) -> dict[str, Outcomes]:
    """All estimators of the chapter on one problem, by name.

    The first two and the last are biased; `Outcomes.mean` and `Outcomes.variance` say what each
    costs. In the last the baseline is the action value, which depends on the action.
    """
    paths = chain.trajectories(preferences)
    times = np.arange(chain.horizon)
    q = chain.action_values(preferences)[times, paths.states, paths.actions]
    values = paths.state_baseline(chain.state_values(preferences))
    best = paths.state_baseline(paths.optimal_baseline())
    episode = paths.episode()
    return {
        "single time": paths.single_time(),
        "reward to go, no γᵗ": paths.reward_to_go(discounted=False),
        "full score": paths.full_score(),
        "full score, best constant": episode.estimates(episode.optimal_baseline()),
        "reward to go": paths.reward_to_go(),
        "reward to go, value V": paths.reward_to_go(values),
        "reward to go, best table": paths.reward_to_go(best),
        "reward to go, action value Q": paths.reward_to_go(q),
    }


def coin(discount: float, horizon: int) -> Chain:
    """One state, two actions that pay 0 and 1, T steps: the smallest multi-step problem."""
    return Chain(np.ones((1, 2, 1)), np.array([[0.0, 1.0]]), np.ones(1), discount, horizon)


def coin_means(p: float, discount: float, horizon: int) -> FloatArray:
    r"""Means of four estimators of the slope in the logit for a coin, by formula; shape (4,).

    In the order single time, no :math:`\gamma^t`, full score, reward to go; all are multiples
    of :math:`p(1-p)`: by 1, by T, and the last two by :math:`\sum_{t<T} \gamma^t`, which is
    right.
    """
    p, discount = validation.real("p", p), validation.real("discount", discount)
    horizon = validation.count("horizon", horizon)
    if not 0 < p < 1:
        raise ValueError(f"p must lie strictly between 0 and 1, got {p}")
    if not 0 <= discount <= 1:
        raise ValueError(f"discount must lie in [0, 1], got {discount}")
    steps = np.sum(discount ** np.arange(horizon))
    return p * (1 - p) * np.array([1.0, horizon, steps, steps])


def echo(rewards: FloatArray) -> Chain:
    """Two steps; the first action is the next state, and only that state pays.

    Parameters
    ----------
    rewards : array_like, shape (2,)
        What the second step pays after action 0 and after action 1, whatever it does.
    """
    rewards = validation.real_array("rewards", rewards, ndim=1)
    if rewards.shape != (2,):
        raise ValueError(f"rewards must have shape (2,), got {rewards.shape}")
    transition = np.tile(np.eye(3)[1:], (3, 1, 1))
    reward = np.array([[0.0, 0.0], [rewards[0]] * 2, [rewards[1]] * 2])
    return Chain(transition, reward, np.array([1.0, 0.0, 0.0]), 1.0, 2)
