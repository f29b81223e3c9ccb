"""A finite Markov decision problem, checked once when it is made."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pgbook import policies, validation
from pgbook.validation import FloatArray

if TYPE_CHECKING:
    import gymnasium


@dataclass(frozen=True, eq=False)
class MDP:
    r"""States, actions, rewards, a first state and a discount; arrays are read-only copies.

    Parameters
    ----------
    transition : array_like, shape (S, A, S), or (S, A, b) with `successors`
        The law of the next state, :math:`P(z \mid s, a)`.
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

    def __post_init__(self) -> None:
        reward = validation.real_array("reward", self.reward, ndim=2)
        transition = validation.probabilities("transition", self.transition, ndim=3)
        start = validation.probabilities("start", self.start, ndim=1)
        n_states, n_actions = reward.shape
        last = n_states if self.successors is None else transition.shape[2]
        for name, array, shape in (
            ("transition", transition, (n_states, n_actions, last)),
            ("start", start, (n_states,)),
        ):
            if array.shape != shape:
                raise ValueError(f"{name} must have shape {shape}, got {array.shape}")
        checked = {"transition": transition, "reward": reward, "start": start}
        if self.successors is not None:
            listed = validation.arm_indices("successors", self.successors, n_states, "states")
            if listed.shape != transition.shape:
                raise ValueError(
                    f"successors must have shape {transition.shape}, got {listed.shape}"
                )
            checked["successors"] = listed.astype(np.intp)
        for name, array in checked.items():
            array.setflags(write=False)
            object.__setattr__(self, name, array)
        self._check_time()

    def _check_time(self) -> None:
        discount = validation.real("discount", self.discount)
        object.__setattr__(self, "discount", discount)
        if self.horizon is None:
            if not 0 <= discount < 1:
                raise ValueError(f"discount must lie in [0, 1) without a horizon, got {discount}")
        else:
            object.__setattr__(self, "horizon", validation.count("horizon", self.horizon))
            if not 0 <= discount <= 1:
                raise ValueError(f"discount must lie in [0, 1], got {discount}")

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
        policy = validation.probabilities(name, policy, ndim=2)
        if policy.shape != self.reward.shape:
            raise ValueError(f"{name} must have shape {self.reward.shape}, got {policy.shape}")
        return policy

    def check_values(self, values: FloatArray, name: str = "values") -> FloatArray:
        """A function of the state (S,), or an error that names it."""
        values = validation.real_array(name, values, ndim=1)
        if values.shape != self.start.shape:
            raise ValueError(f"{name} must have shape {self.start.shape}, got {values.shape}")
        return values

    def softmax(self, preferences: FloatArray) -> FloatArray:
        """The softmax policy of preferences (S, A), one for each state; the same shape."""
        policy = policies.softmax(preferences)
        if policy.shape != self.reward.shape:
            raise ValueError(f"preferences must have shape {self.reward.shape}, got {policy.shape}")
        return policy

    def expected_next(self, values: FloatArray) -> FloatArray:
        r"""Mean of a function of the next state, :math:`\sum_z P(z \mid s, a) v(z)`; (S, A)."""
        values = self.check_values(values)
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
            If the environment does not publish its tables, or does not keep to them.
        """
        tables = getattr(env, "unwrapped", env)
        if not all(hasattr(tables, name) for name in ("P", "initial_state_distrib")):
            raise TypeError(f"env must have tables P and initial_state_distrib, got {env!r}")
        if getattr(tables, "fickle_passenger", False):
            raise ValueError(f"env must follow its table P, got {env!r} with fickle_passenger")
        n_states, n_actions = len(tables.P), len(tables.P[0])
        width = max(len(tables.P[s][a]) for s in range(n_states) for a in range(n_actions))
        transition = np.zeros((n_states + 1, n_actions, width))
        successors = np.full(transition.shape, n_states)
        reward = np.zeros((n_states + 1, n_actions))
        for s, a in np.ndindex(n_states, n_actions):
            for i, (probability, next_state, paid, ended) in enumerate(tables.P[s][a]):
                transition[s, a, i] = probability
                successors[s, a, i] = n_states if ended else next_state
                reward[s, a] += probability * paid
        transition[n_states, :, 0] = 1.0
        start = np.append(np.asarray(tables.initial_state_distrib, dtype=float), 0.0)
        return cls(transition, reward, start, discount, horizon, successors)
