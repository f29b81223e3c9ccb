r"""Exact values, occupancies and gradients of a policy, each with a bound on its error.

For one policy :math:`\pi` let :math:`P_\pi` be the matrix of its Markov chain and :math:`r_\pi`
its mean reward. Then :math:`V = r_\pi + \gamma P_\pi V` and :math:`d = \mu + \gamma P_\pi^\top d`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from pgbook import validation
from pgbook.mdp.chain import UNIT, PolicyChain, occupancy_error, value_error
from pgbook.mdp.problem import MDP
from pgbook.validation import FloatArray, read_only

MOST_DENSE = 500  # states, up to which two linear systems are solved at once
MOST_MATRIX = 5000  # states, up to which they may be solved after sweeps have taken too long
LONGEST = 1e12  # nanoseconds of sweeps to come, beyond which there is no point in going on


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
        validation.freeze(self)

    @cached_property
    def advantages(self) -> FloatArray:
        """How much better an action is than the policy, :math:`A = Q - V`; shape (S, A)."""
        return read_only(self.action_values - self.state_values[:, None])

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
        return read_only(self.occupancy[:, None] * self.policy * self.advantages)

    @property
    def gradient_error(self) -> float:
        """A bound on the sum of the errors of all entries of `gradient`."""
        of_advantages = 2 * self.value_error + 8 * UNIT * np.abs(self.action_values).max()
        mass = self.occupancy.sum() + self.occupancy_error
        return float(self.occupancy_error * np.abs(self.advantages).max() + mass * of_advantages)


def evaluate(problem: MDP, policy: FloatArray, *, tolerance: float = 1e-10) -> Evaluation:
    """Values, occupancy and gradient of a stationary policy, with certified errors.

    Up to 500 states two linear systems are solved. Beyond, sweeps are repeated until what all
    further sweeps could change is known to within the tolerance: soon in a chain that mixes, and
    after about 30 / (1 - discount) of them in one that is periodic. Up to 5,000 states the systems
    are solved after all, once the sweeps have taken as long as that would.

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
    TypeError, ValueError
        If the problem has a horizon, `policy` is none of this problem, or the discount is so
        near to one that sweeps through very many states would take hours.
    """
    if validation.instance("problem", problem, MDP).horizon is not None:
        raise ValueError(f"problem must have no horizon, got {problem.horizon}: `evaluate_steps`")
    tolerance = validation.real("tolerance", tolerance)
    if not 1e-15 <= tolerance <= 1:
        raise ValueError(f"tolerance must lie in [1e-15, 1], got {tolerance}")
    chain = PolicyChain(problem, policy)
    solutions = _swept(chain, tolerance) if chain.n_states > MOST_DENSE else None
    values, occupancy = solutions or _solved(chain)
    return Evaluation(
        problem,
        chain.policy,
        values,
        problem.reward + problem.discount * problem.expected_next(values),
        occupancy,
        value_error(chain, values),
        occupancy_error(chain, occupancy),
    )


def _solved(chain: PolicyChain) -> tuple[FloatArray, FloatArray]:
    """Values and occupancy from two linear systems."""
    system = np.eye(chain.n_states) - chain.discount * chain.matrix()
    return np.linalg.solve(system, chain.reward), np.linalg.solve(system.T, chain.start)


def _swept(chain: PolicyChain, tolerance: float) -> tuple[FloatArray, FloatArray] | None:
    """Values and occupancy by sweeps; nothing, if linear systems are the shorter way."""
    kinds = (
        (_value_sweeps(chain), tolerance / 4 * np.abs(chain.reward).max()),
        (_occupancy_sweeps(chain), tolerance / 4),
    )
    solutions = [_last(sweeps, target, chain, tolerance) for sweeps, target in kinds]
    return None if any(solution is None for solution in solutions) else tuple(solutions)


def _last(
    sweeps: Iterator[tuple[float, FloatArray]], target: float, chain: PolicyChain, tolerance: float
) -> FloatArray | None:
    """The first result that no further sweep could change by more than the target."""
    cost = chain.rows.size + 20_000  # of a sweep; about nanoseconds, like that of a linear system
    most, enough = _most_sweeps(chain.discount, tolerance), chain.n_states**3 / 50 / cost
    first = 0.0
    for n, (left, result) in enumerate(sweeps, start=1):
        first = left if n == 1 else first
        if left <= target or n == most:
            return result
        if chain.n_states <= MOST_MATRIX and n >= enough:
            return None
        if n % 1000 == 0:  # how fast it has become smaller so far says how many are to come
            to_come = min(most - n, n * np.log(left / target) / np.log(first / left))
            if to_come * cost > LONGEST:
                raise ValueError(
                    f"discount must be farther from one for {chain.n_states} states, got "
                    f"{chain.discount!r}: about {to_come:.0e} sweeps would be needed"
                )
    return None


def _value_sweeps(chain: PolicyChain) -> Iterator[tuple[float, FloatArray]]:
    """Values after each sweep; all sweeps to come add a constant and half the span at most."""
    values, tail = np.zeros(chain.n_states), chain.discount / (1 - chain.discount)
    while True:
        change = chain.reward + chain.discount * chain.ahead(values) - values
        values = values + change
        low, high = change.min(), change.max()
        rounding = (chain.terms + 8) * UNIT * np.abs(values).max()  # nothing gets below it
        left = tail * (high - low) / 2 if high - low > rounding else 0.0
        yield left, values + tail * (low + high) / 2


def _occupancy_sweeps(chain: PolicyChain) -> Iterator[tuple[float, FloatArray]]:
    """Sums of the discounted laws; once the law hardly moves, all laws to come are this one."""
    discount, law, weight = chain.discount, chain.start, 1.0
    total = np.zeros(chain.n_states)
    while True:
        total, weight = total + weight * law, weight * discount
        before, law = law, chain.onward(law)
        moved = np.abs(law - before).sum()
        left = weight * moved / (1 - discount) ** 2 if moved > chain.terms * UNIT else 0.0
        yield left, total + weight / (1 - discount) * law


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
        validation.freeze(self)

    @cached_property
    def advantages(self) -> FloatArray:
        """How much better an action is than the policy at a time; shape (T, S, A)."""
        return read_only(self.action_values - self.state_values[:, :, None])

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
        factors = discounts, self.state_laws, self.policy, self.advantages
        return read_only(np.einsum("t,ts,sa,tsa->sa", *factors))


def evaluate_steps(problem: MDP, policy: FloatArray) -> StepEvaluation:
    """Values and gradient of a policy in a problem with a horizon, from the end backwards.

    Raises
    ------
    ValueError
        If the problem has no horizon, or `policy` is none of this problem.
    """
    if validation.instance("problem", problem, MDP).horizon is None:
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
