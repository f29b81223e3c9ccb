"""Small problems on which a step of the slides fails."""

from dataclasses import replace

import numpy as np

from pgbook import mdp, validation
from pgbook.mdp import MDP
from pgbook.validation import FloatArray


def blind(cost: float, discount: float) -> MDP:
    """A state that the old policy never sees, and where the new one pays dearly.

    In the first state action 0 ends with 0 and action 1 leads to the second. There action 0 pays
    1, action 1 pays minus `cost`, and both end. The third state is the end.
    """
    return replace(mdp.aliased(cost), discount=discount, horizon=None)


def turn_back() -> MDP:
    """Two steps without a discount, where one stationary policy has to serve both.

    In the first state action 1 pays 1 and leads to the second, which pays −1; action 0 pays 0 and
    stays. With the probability p of action 1 the objective is p (1 − p) for two steps.
    """
    return mdp.deterministic([[0, 1], [1, 1]], [[0.0, 1.0], [-1.0, -1.0]], 1.0, horizon=2)


def two_stage(discount: float) -> MDP:
    """Action 1 leads from the first state to the second, whose action 1 pays 1; all else ends."""
    reward = [[0.0, 0.0], [0.0, 1.0], [0.0, 0.0]]
    return mdp.deterministic([[2, 1], [2, 2], [2, 2]], reward, discount, horizon=2)


def aliased_policy(p: float) -> FloatArray:
    """The policy that takes action 1 with probability p, whatever the state; shape (3, 2)."""
    p = validation.fraction("p", p)
    return np.tile([1 - p, p], (3, 1))


def aliased_objective(p: FloatArray, cost: float) -> FloatArray:
    """The expected return of `mdp.aliased` if both states share the probability p; same shape."""
    p = validation.fractions("p", p)
    return p - (1 + validation.real("cost", cost)) * p**2


def one_state(rewards: FloatArray, discount: float) -> MDP:
    """One state that stays, with one reward for each action."""
    rewards = validation.real_array("rewards", rewards, ndim=1)
    return MDP(np.ones((1, rewards.size, 1)), rewards[None], [1.0], discount)


def one_way(discount: float, horizon: int | None = None) -> MDP:
    """Two states and no way back, on which the bounds that hold for all problems are attained.

    In the first state action 0 pays 1, action 1 pays −1, and both stay; action 2 pays 1 and leads
    to the second. There they pay 1, −1 and −1, and all stay.
    """
    reward = [[1.0, -1.0, 1.0], [1.0, -1.0, -1.0]]
    return mdp.deterministic([[0, 0, 1], [1, 1, 1]], reward, discount, horizon)


def one_choice(discount: float) -> MDP:
    """The action of the first step decides for ever; in the third state action 1 pays −1."""
    reward = [[0.0, 0.0], [0.0, 0.0], [0.0, -1.0]]
    return mdp.deterministic([[1, 2], [1, 1], [2, 2]], reward, discount)


def falling(discount: float) -> MDP:
    """Safe, edge, dead: action 1 leads on, action 0 stays, and being dead pays −1 a step."""
    reward = [[0.0, 0.0], [0.0, 0.0], [-1.0, -1.0]]
    return mdp.deterministic([[0, 1], [1, 2], [2, 2]], reward, discount)


def fork(discount: float) -> MDP:
    """The first action leads to one of two states that last; there action 0 pays 1, 1 pays −1."""
    reward = [[0.0, 0.0], [1.0, -1.0], [1.0, -1.0]]
    return mdp.deterministic([[1, 2], [1, 1], [2, 2]], reward, discount)


def past_rewards(first: float, second: float, p: float) -> tuple[float, float]:
    """Variances of two estimators of the slope in the logit of a coin that is tossed twice.

    Whatever it shows, the first toss pays `first` and the second `second`; `p` is the
    probability of action 1.

    Returns
    -------
    full, to_go : float
        Of the full return times the sum of the scores, and of reward to go; both have mean zero.
    """
    p, reward = validation.fraction("p", p), [[first] * 2, [second] * 2]
    problem = mdp.deterministic([[1, 1], [1, 1]], reward, 1.0, horizon=2)
    paths = mdp.trajectories(problem, np.tile([1 - p, p], (2, 1)))
    # One logit for both states: its score is the sum over the states of that of action 1.
    logit = np.array([0.0, 1.0, 0.0, 1.0])
    pair = paths.full_score(), paths.reward_to_go()
    return tuple(float(logit @ outcomes.covariance() @ logit) for outcomes in pair)
