r"""A problem with a horizon as a function of the preferences of a softmax policy.

There is a preference for each state and action. Gradients are with respect to all of them, state
by state: component :math:`s A + a` belongs to action a in state s.
"""

from dataclasses import dataclass, fields

import numpy as np

from pgbook import mdp, validation
from pgbook.mdp import MDP, StepEvaluation, Trajectories
from pgbook.outcomes import Outcomes
from pgbook.validation import FloatArray


@dataclass(frozen=True, eq=False)
class Chain(MDP):
    """A decision problem that ends after `horizon` steps, seen through preferences (S, A).

    Raises
    ------
    TypeError, ValueError
        As `MDP`; and if there is no horizon.
    """

    def __post_init__(self) -> None:
        validation.count("horizon", self.horizon)
        super().__post_init__()

    @classmethod
    def of(cls, problem: MDP) -> "Chain":
        """The same problem, seen through preferences."""
        return cls(**{field.name: getattr(problem, field.name) for field in fields(problem)})

    def at(self, preferences: FloatArray) -> StepEvaluation:
        """Values by time, laws of the state and the gradient array at these preferences."""
        return mdp.evaluate_steps(self, self.softmax(preferences))

    def objective(self, preferences: FloatArray) -> float:
        r"""The expected discounted return :math:`J = \mathbb E[R_0]`."""
        return self.at(preferences).objective

    def gradient(self, preferences: FloatArray) -> FloatArray:
        """The exact gradient of the objective; shape (S * A,). No trajectory is listed."""
        return self.at(preferences).gradient.ravel()

    def trajectories(self, preferences: FloatArray) -> Trajectories:
        """All trajectories of positive probability; see `pgbook.mdp.trajectories`."""
        return mdp.trajectories(self, self.softmax(preferences))


def compare_estimators(chain: Chain, preferences: FloatArray) -> dict[str, Outcomes]:
    """All estimators of the chapter on one problem, by name.

    The first two and the last are biased; `Outcomes.mean` and `Outcomes.variance` say what each
    costs. In the last the baseline is the action value, which depends on the action.
    """
    paths = chain.trajectories(preferences)
    times = np.arange(chain.horizon)
    q = chain.at(preferences).action_values[times, paths.states, paths.actions]
    values = paths.state_baseline(chain.at(preferences).state_values)
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
    return Chain.of(mdp.coin(discount, horizon))


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
