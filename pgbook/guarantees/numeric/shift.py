"""How far the laws of the state drift apart, and what bounds it."""

from dataclasses import dataclass

import numpy as np

from pgbook import mdp, policies, validation
from pgbook.mdp import MDP
from pgbook.mdp.chain import PolicyChain
from pgbook.validation import FloatArray


@dataclass(frozen=True, eq=False)
class Shift:
    r"""The L1 distance of the laws of the state under two policies at t = 0, 1, ...; all (T,).

    Attributes
    ----------
    exact : ndarray
        :math:`\lVert p_{\theta',t} - p_{\theta,t} \rVert_1`, between 0 and 2.
    geometric : ndarray
        :math:`2 (1 - (1 - \varepsilon)^t)`.
    linear : ndarray
        :math:`2 \varepsilon t`, vacuous from :math:`t = 1/\varepsilon` on.
    met : ndarray
        Twice the total variation met so far, :math:`2 \sum_{i<t} \mathbb E_{p_{\theta,i}}
        \mathrm{TV}(s_i)`.
    epsilon : float
        The largest total variation over all states.
    """

    exact: FloatArray
    geometric: FloatArray
    linear: FloatArray
    met: FloatArray
    epsilon: float

    def __post_init__(self) -> None:
        validation.freeze(self)

    @property
    def upper_bounds(self) -> dict[str, FloatArray]:
        """The three bounds by the names that figures and texts give them."""
        return {"2(1 − (1 − ε)ᵗ)": self.geometric, "2εt": self.linear, "distance met": self.met}


def state_shift(problem: MDP, policy: FloatArray, new_policy: FloatArray, n_steps: int) -> Shift:
    """The drift at the times 0, ..., n_steps - 1, exactly and as three bounds."""
    old, new = PolicyChain(problem, policy), PolicyChain(problem, new_policy, "new_policy")
    laws, new_laws = old.laws(n_steps), new.laws(n_steps)
    distances = policies.total_variation(new.policy, old.policy)
    met = 2 * np.cumsum(laws @ distances)
    times, epsilon = np.arange(n_steps), min(float(distances.max()), 1.0)
    return Shift(
        np.abs(new_laws - laws).sum(axis=1),
        2 * (1 - (1 - epsilon) ** times),
        2 * epsilon * times,
        np.concatenate([[0.0], met[:-1]]),
        epsilon,
    )


def agreeing_laws(
    problem: MDP, policy: FloatArray, new_policy: FloatArray, n_steps: int
) -> FloatArray:
    """The part of the law of the state at each time in which no action has differed yet; (T, S).

    Both policies draw their actions from the maximal coupling of each state, and share the next
    state as long as the actions agree. Row t sums to the probability that they agreed before t.
    """
    validation.instance("problem", problem, MDP)
    new_policy = problem.check_policy(new_policy, "new_policy")
    common = np.minimum(problem.check_policy(policy), new_policy)
    moves, laws = problem.dense(), [problem.start]
    for _ in range(validation.count("n_steps", n_steps) - 1):
        laws.append(np.einsum("s,sa,saz->z", laws[-1], common, moves))
    return np.array(laws)


def drifting_pair(name: str, epsilon: float) -> tuple[MDP, FloatArray, FloatArray]:
    """A problem of the chapter with two policies that differ by at most `epsilon` in a state.

    Parameters
    ----------
    name : str
        ``cliff``: nothing leads back. ``mixing``: a ring of 4 that forgets a fifth of the time.
        ``random``: 20 states, 3 actions, 4 successors, seed 0.
    epsilon : float
        In [0, 1]. The old policy takes action 0, the new one action 1 with this probability; in
        the random problem with a random share of it, from state to state.
    """
    epsilon = validation.fraction("epsilon", epsilon)
    problems = {
        "cliff": lambda: mdp.cliff(0.9),
        "mixing": lambda: mdp.mixing_ring(0.9, mixing=0.2),
        "random": lambda: mdp.garnet(20, 3, 4, 0.9, rng=np.random.default_rng(0)),
    }
    problem = problems[validation.choice("name", name, problems)]()
    first, second = (np.eye(problem.n_actions)[[a] * problem.n_states] for a in (0, 1))
    share = np.ones((problem.n_states, 1))
    if name == "random":
        share = np.random.default_rng(1).uniform(size=share.shape)
        share /= share.max()
    return problem, first, first + epsilon * share * (second - first)


def horizon_losses(horizons: np.ndarray, epsilon: float) -> tuple[FloatArray, FloatArray]:
    """What mistakes cost on the cliff over T steps, each paying 1 while safe: exact, and bound.

    The bound is the penalty of document 001 with the constant 1, ``epsilon * T * (T - 1)``.

    Returns
    -------
    losses, penalties : ndarray, shape (len(horizons),)
        The sum over t < T of the probability to have fallen, from the law of the state.
    """
    problem, _, new_policy = drifting_pair("cliff", epsilon)
    horizons = validation.indices("horizons", horizons, validation.MOST, "whole numbers")
    if horizons.ndim != 1 or horizons.size == 0 or horizons.min() < 1:
        raise ValueError(
            f"horizons must hold whole numbers from 1 on, got {validation.shown(horizons)}"
        )
    fallen = mdp.state_laws(problem, new_policy, int(horizons.max()))[:, 1]
    losses = np.cumsum(fallen)[horizons - 1]
    return losses, epsilon * horizons * (horizons - 1.0)
