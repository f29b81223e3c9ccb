"""The Markov chain that a policy makes of a problem, and what a candidate solution may be off.

The errors are bounds for any candidate, whatever it comes from, rounding included.
"""

import numpy as np

from pgbook import validation
from pgbook.mdp.problem import MDP
from pgbook.validation import FloatArray

UNIT = np.finfo(float).eps / 2  # largest relative error of one rounded operation


class PolicyChain:
    """The Markov chain of a policy in a problem: mean rewards, and the two products with P.

    For the bounds on rounding it knows how many terms the sums have: `terms` at most for a state
    now, `incoming` for each next state.
    """

    def __init__(self, problem: MDP, policy: FloatArray, name: str = "policy") -> None:
        validation.instance("problem", problem, MDP)
        self.policy = policy = problem.check_policy(policy, name)
        self.start, self.discount, self.n_states = problem.start, problem.discount, problem.n_states
        self.reward = np.einsum("sa,sa->s", policy, problem.reward)
        # Rewards that cancel in the mean leave rounding that the mean does not show.
        self.reward_size = np.einsum("sa,sa->s", policy, np.abs(problem.reward)).max()
        if problem.successors is None:
            self.rows = np.einsum("sa,saz->sz", policy, problem.transition)
            self.columns = None
            self.terms = self.incoming = self.n_states + problem.n_actions
        else:
            self.rows = (policy[:, :, None] * problem.transition).reshape(self.n_states, -1)
            self.columns = problem.successors.reshape(self.n_states, -1)
            self.terms = self.rows.shape[1]
            self.incoming = np.bincount(self.columns.ravel(), minlength=self.n_states)
            self._products = np.empty_like(self.rows)  # a new one for each sweep takes longer
        # The checks let a row sum to one and a billionth; rounding must not hide it.
        largest = self.rows.sum(axis=1).max() * (1 + (self.terms + 4) * UNIT)
        self.contraction = self.discount * largest

    def ahead(self, values: FloatArray) -> FloatArray:
        """The mean of a function of the next state, given each state; shape (S,)."""
        if self.columns is None:
            return self.rows @ values
        next_values = np.take(values, self.columns, out=self._products, mode="clip")
        return np.einsum("si,si->s", self.rows, next_values)

    def onward(self, law: FloatArray) -> FloatArray:
        """The law of the next state; shape (S,)."""
        if self.columns is None:
            return law @ self.rows
        weights = np.multiply(law[:, None], self.rows, out=self._products)
        return np.bincount(self.columns.ravel(), weights.ravel(), minlength=self.n_states)

    def laws(self, n_steps: int) -> FloatArray:
        """The law of the state at the times 0, ..., n_steps - 1; shape (n_steps, S)."""
        laws = [self.start]
        for _ in range(validation.count("n_steps", n_steps) - 1):
            laws.append(self.onward(laws[-1]))
        return np.array(laws)

    def matrix(self) -> FloatArray:
        """The matrix of the chain; shape (S, S)."""
        if self.columns is None:
            return self.rows
        dense = np.zeros((self.n_states, self.n_states))
        np.add.at(dense, (np.arange(self.n_states)[:, None], self.columns), self.rows)
        return dense


def value_error(chain: PolicyChain, values: FloatArray) -> float:
    r"""A bound on :math:`\max_s |v(s) - V(s)|` for any candidate v.

    :math:`\lVert r_\pi + \gamma P_\pi v - v \rVert_\infty / (1 - \gamma)`, with the largest
    error that rounding may add to the computed residual.
    """
    residual = np.abs(chain.reward + chain.discount * chain.ahead(values) - values).max()
    size = chain.reward_size + 2 * np.abs(values).max()
    return _certified(chain, residual + (chain.terms + 8) * UNIT * size)


def occupancy_error(chain: PolicyChain, occupancy: FloatArray) -> float:
    r"""A bound on :math:`\sum_s |c(s) - d(s)|` for any candidate c, in the same way.

    The residual is measured by its sum, in which :math:`P_\pi^\top` is no expansion.
    """
    residual = np.abs(chain.start + chain.discount * chain.onward(occupancy) - occupancy).sum()
    size = chain.start + chain.discount * chain.onward(np.abs(occupancy)) + np.abs(occupancy)
    return _certified(chain, residual + UNIT * ((chain.incoming + 8) * size).sum())


def _certified(chain: PolicyChain, residual: float) -> float:
    """The error that a residual allows; any, if the chain is no contraction."""
    return float(residual / (1 - chain.contraction)) if chain.contraction < 1 else float("inf")
