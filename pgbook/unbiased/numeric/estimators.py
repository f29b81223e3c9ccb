"""Estimators of the gradient along trajectories: all of them on one problem, and two small ones."""

import numpy as np

from pgbook import mdp, validation
from pgbook.mdp import MDP
from pgbook.outcomes import Outcomes
from pgbook.validation import FloatArray


def compare_estimators(problem: MDP, policy: FloatArray) -> dict[str, Outcomes]:
    """All estimators of the chapter for a softmax policy (S, A) of a problem with a horizon.

    The first two and the last are biased; `Outcomes.mean` and `Outcomes.variance` say what each
    costs. In the last the baseline is the action value, which depends on the action.
    """
    paths, values = mdp.trajectories(problem, policy), mdp.evaluate_steps(problem, policy)
    q = paths.action_entries(values.action_values)
    v = paths.state_baseline(values.state_values)
    best = paths.state_baseline(paths.optimal_baseline())
    episode = paths.episode()
    return {
        "single time": paths.single_time(),
        "reward to go, no γᵗ": paths.reward_to_go(discounted=False),
        "full score": paths.full_score(),
        "full score, best constant": episode.estimates(episode.optimal_baseline()),
        "reward to go": paths.reward_to_go(),
        "reward to go, value V": paths.reward_to_go(v),
        "reward to go, best table": paths.reward_to_go(best),
        "reward to go, action value Q": paths.reward_to_go(q),
    }


def coin_means(p: float, discount: float, horizon: int) -> FloatArray:
    r"""Means of four estimators of the slope in the logit for a coin, by formula; shape (4,).

    In the order single time, no :math:`\gamma^t`, full score, reward to go; all are multiples
    of :math:`p(1-p)`: by 1, by T, and the last two by :math:`\sum_{t<T} \gamma^t`, which is
    right.
    """
    p, discount = validation.real("p", p), validation.fraction("discount", discount)
    horizon = validation.count("horizon", horizon)
    if not 0 < p < 1:
        raise ValueError(f"p must lie strictly between 0 and 1, got {p}")
    steps = np.sum(discount ** np.arange(horizon))
    return p * (1 - p) * np.array([1.0, horizon, steps, steps])


def echo(rewards: FloatArray) -> MDP:
    """Two steps; the first action is the next state, and only that state pays.

    Parameters
    ----------
    rewards : array_like, shape (2,)
        What the second step pays after action 0 and after action 1, whatever it does.
    """
    rewards = validation.shaped("rewards", validation.real_array("rewards", rewards), (2,))
    transition = np.tile(np.eye(3)[1:], (3, 1, 1))
    reward = np.array([[0.0, 0.0], [rewards[0]] * 2, [rewards[1]] * 2])
    return MDP(transition, reward, np.array([1.0, 0.0, 0.0]), 1.0, 2)
