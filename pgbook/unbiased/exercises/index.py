"""Exercises of the page *Objective and loss*: a loss that skips, and one that is read otherwise."""

import numpy as np

from pgbook import outcomes, policies
from pgbook.differences import central_differences
from pgbook.exercises import Choice, Function, exercise, mistake, sign_change, yes_or_no
from pgbook.unbiased import numeric

READING = "-(log R) π"


def _step(policy: np.ndarray, action: int, reward: float) -> np.ndarray:
    """One step down the loss -R log π with step size one, by differences."""
    return reward * central_differences(policies.log_softmax, np.log(policy))[action]


def _step_case(rng: np.random.Generator) -> tuple:
    actions = int(rng.integers(2, 4))
    return rng.dirichlet(np.ones(actions)), int(rng.integers(actions)), rng.normal()


def _as_printed(policy: np.ndarray, action: int, reward: float) -> np.ndarray:
    return (reward > 0) * policies.score(policy)[action]


def _skipping(policy: np.ndarray, action: int, reward: float) -> np.ndarray:
    return max(reward, 0) * policies.score(policy)[action]


def _distances() -> dict[str, float]:
    """How far the mean step of the program is from three gradients, where these differ."""
    policy, chance = np.array([0.4, 0.6]), np.array([0.4, 1.0])
    prizes, losses = np.array([10.0, 0.1]), np.array([-1.0, 0.0])
    payoffs = {
        "the chance of a positive reward": chance,
        "the expected reward": chance * prizes + (1 - chance) * losses,
        "the mean of the positive rewards": chance * prizes,
    }
    step = chance * policy @ policies.score(policy)
    slopes = {text: outcomes.bandit(policy, q).estimates().mean() for text, q in payoffs.items()}
    return {text: np.abs(slope - step).max() for text, slope in slopes.items()}


@exercise(
    "printed-loss",
    "$\\log(R\\,\\pi) = \\log R + \\log\\pi$. What is left of $R$ in the gradient?",
    "A kept sample moves by its score, a skipped one not at all. Write that with an indicator.",
    "The reward belongs before the logarithm, and no sample needs to be skipped.",
    climbs="what the program climbs",
    step="the step up of one sample in the preferences, mended",
)
@mistake(
    "This is the program as printed: the reward only decides whether there is a step",
    step=_as_printed,
)
@mistake(
    "The reward drops out: this is the printed loss without the guard",
    step=lambda policy, action, reward: policies.score(policy)[action],
)
@mistake("A negative reward is a reason to go the other way, not to stand still", step=_skipping)
@mistake("That is so for rewards 0 and 1 only", climbs="the expected reward")
@mistake(
    "The size of a positive reward does not matter to it", climbs="the mean of the positive rewards"
)
def printed_loss() -> dict:
    """What the program climbs, and the step of the loss that was meant."""
    off = _distances()
    return {"climbs": Choice(min(off, key=off.get), *off), "step": Function(_step, _step_case)}


def _slope(p: float, r0: float, r1: float) -> float:
    """The mean step of the other reading towards the second action."""
    rewards = np.array([r0, r1])
    return numeric.mean_step([1 - p, p], rewards, np.log(rewards), READING)[1]


def _threshold(r0: float, r1: float) -> float:
    """Where the mean step changes its sign."""
    return sign_change(lambda p: _slope(p, r0, r1), 1e-9, 1 - 1e-9)


@exercise(
    "other-reading",
    "Let the better action have probability $p$, and differentiate "
    "$\\frac12\\sum_a\\pi(a)^2\\log r_a$ in the logit.",
    "The slope in the logit is $p(1-p)$ times a difference that is linear in $p$.",
    threshold="the probability of the better action from which on it is learned",
    from_uniform="whether it is learned from the uniform policy",
)
@mistake(
    "From there the worse action would be left: the two are exchanged",
    threshold=lambda r0, r1: np.log(r1) / np.log(r0 * r1),
)
@mistake("The reading takes the logarithms of the rewards", threshold=lambda r0, r1: r0 / (r0 + r1))
@mistake(
    "The squared probabilities have slopes that grow with p: solve for p, not for its square",
    threshold=lambda r0, r1: 1 / (1 + np.sqrt(np.log(r1) / np.log(r0))),
)
@mistake(
    "The threshold is below one half, since the better action has the larger logarithm",
    from_uniform="no",
)
def other_reading() -> dict:
    """Where the other reading starts to move towards the better action."""
    return {
        "threshold": Function(_threshold, lambda rng: (rng.uniform(1.1, 3), rng.uniform(3.5, 9))),
        "from_uniform": yes_or_no(_slope(0.5, 2.0, 3.0) > 0),
    }
