"""A finite Markov decision problem, checked once when it is made."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pgbook import policies, validation
from pgbook.mdp.gymnasium_tables import read_tables
from pgbook.validation import FloatArray, indices, shaped

if TYPE_CHECKING:
    import gymnasium


@dataclass(frozen=True, eq=False, repr=False)
class MDP:
    r"""States, actions, rewards, a first state and a discount; arrays are read-only copies.

    Parameters
    ----------
    transition : array_like, shape (S, A, S), or (S, A, b) with `successors`
        The law of the next state, :math:`P(z \mid s, a)`: states first. Arrays in the order
        (A, S, S) of other packages are another problem, which no shape can tell if A = S.
    reward : array_like, shape (S, A)
        The mean reward of an action in a state.
    start : array_like, shape (S,)
        The law of the first state.
    discount : float
        In [0, 1); a problem with a horizon may have 1.
    horizon : int, optional
        Number of steps. Without it the problem does not end.
    successors : array_like of int, shape (S, A, b), optional
        For many states: ``transition[s, a, i]`` is then the probability of the state
        ``successors[s, a, i]``. A state may be listed twice.
    transition_reward : array_like, the shape of `transition`, optional
        The reward of each transition, if it depends on the next state, with `reward` as its mean.
        What is drawn pays it, so that variances and standard errors are right.

    Raises
    ------
    TypeError, ValueError
        For an array of the wrong kind or shape, for what is not finite, for rows that do not
        sum to one, or a discount outside its interval; the message names the argument.
    """

    transition: FloatArray
    reward: FloatArray
    start: FloatArray
    discount: float
    horizon: int | None = None
    successors: np.ndarray | None = None
    transition_reward: FloatArray | None = None

    def __post_init__(self) -> None:
        reward = validation.real_array("reward", self.reward, ndim=2)
        transition = validation.probabilities("transition", self.transition, ndim=3)
        start = validation.probabilities("start", self.start, ndim=1)
        last = len(reward) if self.successors is None else transition.shape[2]
        checked = {
            "transition": shaped("transition", transition, (*reward.shape, last)),
            "reward": reward,
            "start": shaped("start", start, reward.shape[:1]),
        }
        if self.successors is not None:
            listed = indices("successors", self.successors, len(reward), "states")
            checked["successors"] = shaped("successors", listed, transition.shape)
        if self.transition_reward is not None:
            paid = validation.real_array("transition_reward", self.transition_reward)
            checked["transition_reward"] = shaped("transition_reward", paid, transition.shape)
            off = np.abs((transition * paid).sum(axis=2) - reward).max()
            if off > 1e-12 * np.abs(paid).max():
                raise ValueError(f"transition_reward must have the mean `reward`, got {off} off it")
        validation.freeze(self, **checked)
        self._check_time()

    def _check_time(self) -> None:
        if self.horizon is not None:
            object.__setattr__(self, "horizon", validation.count("horizon", self.horizon))
        discount = validation.real("discount", self.discount)
        if self.horizon is None and not 0 <= discount < 1:
            raise ValueError(f"discount must lie in [0, 1) without a horizon, got {discount}")
        object.__setattr__(self, "discount", validation.fraction("discount", discount))

    def __repr__(self) -> str:
        horizon = "" if self.horizon is None else f", {self.horizon} steps"
        sizes = f"{self.n_states} states, {self.n_actions} actions"
        return f"MDP({sizes}, discount {self.discount:g}{horizon})"

    @property
    def n_states(self) -> int:
        """S, the number of states."""
        return self.reward.shape[0]

    @property
    def n_actions(self) -> int:
        """A, the number of actions."""
        return self.reward.shape[1]

    def check_policy(self, policy: FloatArray, name: str = "policy") -> FloatArray:
        """A stationary stochastic policy (S, A) for this problem, or an error that names it."""
        return shaped(name, validation.probabilities(name, policy, ndim=2), self.reward.shape)

    def softmax(self, preferences: FloatArray) -> FloatArray:
        """The softmax policy of preferences (S, A), one for each state; the same shape."""
        return shaped("preferences", policies.softmax(preferences), self.reward.shape)

    def expected_next(self, values: FloatArray) -> FloatArray:
        r"""Mean of a function of the next state, :math:`\sum_z P(z \mid s, a) v(z)`; (S, A)."""
        values = validation.real_array("values", values, ndim=1)
        shaped("values", values, self.start.shape)
        if self.successors is None:
            return np.einsum("saz,z->sa", self.transition, values)
        return np.einsum("sai,sai->sa", self.transition, values[self.successors])

    def dense(self) -> FloatArray:
        """The law of the next state as an array (S, A, S)."""
        if self.successors is None:
            return self.transition
        dense = np.zeros((*self.reward.shape, self.n_states))
        states, actions = np.indices(self.reward.shape)
        where = (states[..., None], actions[..., None], self.successors)
        np.add.at(dense, where, self.transition)
        return dense

    def next_states(self) -> np.ndarray:
        """The next state that comes with each entry of `transition`; the same shape."""
        listed = np.arange(self.n_states) if self.successors is None else self.successors
        return np.broadcast_to(listed, self.transition.shape)

    def paid(self) -> FloatArray:
        """The reward that comes with each entry of `transition`; the same shape."""
        paid = self.reward[:, :, None] if self.transition_reward is None else self.transition_reward
        return np.broadcast_to(paid, self.transition.shape)

    @classmethod
    def from_gymnasium(
        cls, env: "gymnasium.Env", *, discount: float, horizon: int | None = None
    ) -> "MDP":
        """The model of a toy-text environment of Gymnasium, as successor lists.

        A last state is added in which an episode stays after it has ended, with reward zero. The
        limit on the number of steps that `gymnasium.make` wraps around an environment is not
        part of the model; give a `horizon` instead.

        Parameters
        ----------
        env : gymnasium.Env
            With the tables ``P`` and ``initial_state_distrib``: FrozenLake, CliffWalking, Taxi.
        discount : float
        horizon : int, optional

        Raises
        ------
        TypeError, ValueError
            If the environment does not publish its tables or does not keep to them, for a wrapper
            that may change what it does, or for an entry that is none.
        """
        return cls(discount=discount, horizon=horizon, **read_tables(env))
