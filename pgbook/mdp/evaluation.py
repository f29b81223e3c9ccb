r"""Exact values, occupancies and gradients of a policy, each with a bound on its error.

For one policy :math:`\pi` let :math:`P_\pi` be the matrix of its Markov chain and :math:`r_\pi`
its mean reward. Then :math:`V = r_\pi + \gamma P_\pi V` and :math:`d = \mu + \gamma P_\pi^\top d`.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from pgbook import validation
from pgbook.mdp.chain import UNIT, PolicyChain, occupancy_error, value_error
from pgbook.mdp.problem import MDP
from pgbook.validation import FloatArray

MOST_DENSE = 500  # states, up to which two linear systems are solved instead of swept
LARGEST = 1e300  # values beyond are near the end of what a float can hold


@dataclass(frozen=True, eq=False)
class Evaluation:
    r"""What a stationary policy is worth in a discounted problem that does not end.

    Attributes
    ----------
    state_values : ndarray, shape (S,)
        :math:`V(s)`, the expected discounted return from a state.
    action_values : ndarray, shape (S, A)
        :math:`Q(s, a) = r(s, a) + \gamma \sum_z P(z \mid s, a) V(z)`.
    occupancy : ndarray, shape (S,)
        :math:`d(s) = \sum_t \gamma^t \Pr(s_t = s)`, of mass :math:`1/(1 - \gamma)`.
    value_error : float
        No entry of `state_values` is farther than this from the truth: the largest residual of
        the Bellman equation, and what rounding may hide of it, over :math:`1 - \gamma`.
    occupancy_error : float
        The same for the sum of all errors of `occupancy`. In the maximum norm it is false.
    """

    problem: MDP
    policy: FloatArray
    state_values: FloatArray
    action_values: FloatArray
    occupancy: FloatArray
    value_error: float
    occupancy_error: float

    def __post_init__(self) -> None:
        _freeze(self)

    @cached_property
    def advantages(self) -> FloatArray:
        """How much better an action is than the policy, :math:`A = Q - V`; shape (S, A)."""
        return self.action_values - self.state_values[:, None]

    @property
    def objective(self) -> float:
        r"""The expected return, :math:`J = \sum_s \mu(s) V(s)`; its error is `objective_error`."""
        return float(self.problem.start @ self.state_values)

    @property
    def objective_error(self) -> float:
        """A bound on the error of `objective`: that of the values, and of adding them up."""
        start, terms = self.problem.start, self.problem.n_states + 2
        return float(
            self.value_error * start.sum() + terms * UNIT * (start @ np.abs(self.state_values))
        )

    @cached_property
    def gradient(self) -> FloatArray:
        r"""The slope of the objective in the preferences of a softmax policy; shape (S, A).

        .. math:: \frac{\partial J}{\partial h(s, a)} = d(s)\, \pi(a \mid s)\, A(s, a)

        The policy gradient theorem (Sutton et al. 1999, Theorem 1).
        """
        return self.occupancy[:, None] * self.policy * self.advantages

    @property
    def gradient_error(self) -> float:
        """A bound on the sum of the errors of all entries of `gradient`."""
        of_advantages = 2 * self.value_error + 8 * UNIT * np.abs(self.action_values).max()
        mass = self.occupancy.sum() + self.occupancy_error
        return float(self.occupancy_error * np.abs(self.advantages).max() + mass * of_advantages)


def _freeze(evaluation: object) -> None:
    """Make the arrays read-only: what is derived from them is computed once and kept."""
    for array in vars(evaluation).values():
        if isinstance(array, np.ndarray):
            array.setflags(write=False)


def evaluate(problem: MDP, policy: FloatArray, *, tolerance: float = 1e-10) -> Evaluation:
    """Values, occupancy and gradient of a stationary policy, with certified errors.

    Up to 500 states two linear systems are solved. Beyond, sweeps are repeated until what all
    further sweeps could change is known to within the tolerance: soon in a chain that mixes, and
    after about 30 / (1 - discount) of them in one that is periodic.

    Parameters
    ----------
    problem : MDP
        Without a horizon.
    policy : array_like, shape (S, A)
    tolerance : float
        Where sweeps stop: relative to the largest reward for values, absolute for the
        occupancy; from 1e-15 to 1. The errors in the result are bounds for what was reached,
        rounding included.

    Raises
    ------
    ValueError
        If the problem has a horizon, `policy` is none of this problem, or values as large as
        the rewards allow would be no finite numbers.
    """
    if problem.horizon is not None:
        raise ValueError(f"problem must have no horizon, got {problem.horizon}: `evaluate_steps`")
    tolerance = validation.real("tolerance", tolerance)
    if not 1e-15 <= tolerance <= 1:
        raise ValueError(f"tolerance must lie in [1e-15, 1], got {tolerance}")
    if (largest := np.abs(problem.reward).max()) > LARGEST * (1 - problem.discount):
        raise ValueError(f"reward must be at most {LARGEST:g} (1 − discount), got {largest}")
    chain = PolicyChain(problem, policy)
    if problem.n_states <= MOST_DENSE:
        system = np.eye(problem.n_states) - problem.discount * chain.matrix()
        values = np.linalg.solve(system, chain.reward)
        occupancy = np.linalg.solve(system.T, chain.start)
    else:
        values = _swept_values(chain, tolerance)
        occupancy = _swept_occupancy(chain, tolerance)
    return Evaluation(
        problem,
        chain.policy,
        values,
        problem.reward + problem.discount * problem.expected_next(values),
        occupancy,
        value_error(chain, values),
        occupancy_error(chain, occupancy),
    )


def _swept_values(chain: PolicyChain, tolerance: float) -> FloatArray:
    """Values by sweeps; all sweeps to come would add a constant and half the span at most.

    The tolerance is relative to the largest reward.
    """
    discount, values = chain.discount, np.zeros(chain.n_states)
    if not chain.reward.any():
        return values
    tail, n_sweeps = discount / (1 - discount), _most_sweeps(discount, tolerance)
    tolerance *= np.abs(chain.reward).max()
    for _ in range(n_sweeps):
        change = chain.reward + discount * chain.ahead(values) - values
        values = values + change
        low, high = change.min(), change.max()
        if tail * (high - low) / 2 <= tolerance / 4:
            break
    return values + tail * (low + high) / 2


def _swept_occupancy(chain: PolicyChain, tolerance: float) -> FloatArray:
    """The sum of the discounted laws; once the law hardly moves, all laws to come are this one."""
    discount, law, weight = chain.discount, chain.start, 1.0
    total = np.zeros(chain.n_states)
    for _ in range(_most_sweeps(discount, tolerance)):
        total, weight = total + weight * law, weight * discount
        before, law = law, chain.onward(law)
        if weight * np.abs(law - before).sum() / (1 - discount) ** 2 <= tolerance / 4:
            break
    return total + weight / (1 - discount) * law


def _most_sweeps(discount: float, tolerance: float) -> int:
    """After so many sweeps the tolerance is met however slowly the chain mixes."""
    if discount == 0:
        return 1
    return int(np.ceil(np.log(tolerance * (1 - discount) ** 2 / 8) / np.log(discount))) + 1


def state_laws(problem: MDP, policy: FloatArray, n_steps: int) -> FloatArray:
    """The law of the state at the times 0, ..., n_steps - 1; shape (n_steps, S)."""
    return PolicyChain(problem, policy).laws(n_steps)


@dataclass(frozen=True, eq=False)
class StepEvaluation:
    r"""What a stationary policy is worth in a problem with a horizon T, step by step.

    Attributes
    ----------
    state_values : ndarray, shape (T, S)
        :math:`V_t(s)`, the expected return from time t on, discounted from t on.
    action_values : ndarray, shape (T, S, A)
    state_laws : ndarray, shape (T, S)
    value_error : float
        What rounding may have changed in `state_values`; nothing else is approximated.
    """

    problem: MDP
    policy: FloatArray
    state_values: FloatArray
    action_values: FloatArray
    state_laws: FloatArray
    value_error: float

    def __post_init__(self) -> None:
        _freeze(self)

    @cached_property
    def advantages(self) -> FloatArray:
        """How much better an action is than the policy at a time; shape (T, S, A)."""
        return self.action_values - self.state_values[:, :, None]

    @property
    def objective(self) -> float:
        r"""The expected return, :math:`J = \sum_s \mu(s) V_0(s)`."""
        return float(self.problem.start @ self.state_values[0])

    @cached_property
    def gradient(self) -> FloatArray:
        r"""The slope of the objective in the preferences of a softmax policy; shape (S, A).

        .. math:: \frac{\partial J}{\partial h(s, a)} = \sum_t \gamma^t \Pr(s_t = s)\,
                  \pi(a \mid s)\, A_t(s, a)

        The policy gradient theorem (Sutton et al. 1999, Theorem 1) for a finite horizon.
        """
        discounts = self.problem.discount ** np.arange(self.problem.horizon)
        return np.einsum(
            "t,ts,sa,tsa->sa", discounts, self.state_laws, self.policy, self.advantages
        )


def evaluate_steps(problem: MDP, policy: FloatArray) -> StepEvaluation:
    """Values and gradient of a policy in a problem with a horizon, from the end backwards.

    Raises
    ------
    ValueError
        If the problem has no horizon, or `policy` is none of this problem.
    """
    if problem.horizon is None:
        raise ValueError("problem must have a horizon, got None: `evaluate` or `replace` it")
    chain, later = PolicyChain(problem, policy), np.zeros(problem.n_states)
    values, action_values, error = [], [], 0.0
    rounding = (problem.transition.shape[2] + problem.n_actions + 4) * UNIT
    for _ in range(problem.horizon):
        q = problem.reward + problem.discount * problem.expected_next(later)
        error = problem.discount * error + rounding * np.abs(q).max()
        error += rounding * (np.abs(problem.reward).max() + np.abs(later).max())
        later = np.einsum("sa,sa->s", chain.policy, q)
        action_values.append(q)
        values.append(later)
    return StepEvaluation(
        problem,
        chain.policy,
        np.array(values[::-1]),
        np.array(action_values[::-1]),
        chain.laws(problem.horizon),
        error,
    )
