"""Exercises of the page *Baselines*: a critic, negative rewards, two samples, a boundary."""

import numpy as np

from pgbook import outcomes
from pgbook.exercises import Choice, Function, Number, exercise, mistake, yes_or_no
from pgbook.unbiased import numeric


def _advantage(policy: np.ndarray, critic: np.ndarray, action: int, reward: float) -> float:
    """The reward minus what the critic says of the state, as a sum over the actions."""
    return reward - sum(p * q for p, q in zip(policy, critic, strict=True))


def _state(rng: np.random.Generator) -> tuple:
    actions = int(rng.integers(2, 5))
    policy = rng.dirichlet(np.ones(actions))
    return policy, rng.normal(size=actions), int(rng.integers(actions)), rng.normal()


def _climbed(constant: float) -> str:
    """What the mean of the printed program is if the critic is right up to a constant."""
    policy, q = np.array([0.2, 0.5, 0.3]), np.array([1.0, 3.0, 2.0])
    mean = outcomes.bandit(policy, q).estimates(q + constant).mean()
    return "zero" if np.abs(mean).max() < 1e-12 else "the gradient"


@exercise(
    "critic",
    "What is the mean of `returns - q(states, actions)` given state and action?",
    "A constant times the score has mean zero.",
    "A baseline may know the state. Make a number of the state out of `q` and the policy.",
    perfect="the mean of the program with a perfect critic",
    constant="the same with a critic that is right up to a constant",
    advantage="the mended advantage; policy and critic are those of the state",
)
@mistake(
    "This is the program as printed: its baseline knows the action",
    advantage=lambda policy, critic, action, reward: reward - critic[action],
)
@mistake(
    "That is unbiased, and the critic is not used",
    advantage=lambda policy, critic, action, reward: reward,
)
@mistake(
    "That is a legal baseline, but not the value of the state: weight with the policy",
    advantage=lambda policy, critic, action, reward: reward - critic.mean(),
)
@mistake(
    "That is unbiased, but the value of another policy, the greedy one",
    advantage=lambda policy, critic, action, reward: reward - critic.max(),
)
@mistake("Given state and action, nothing is left on average", perfect="the gradient")
@mistake("A constant is a legal baseline: it changes no mean", constant="the gradient")
def critic() -> dict:
    """The mean of the program, and the repair."""
    return {
        "perfect": Choice(_climbed(0.0), "zero", "the gradient"),
        "constant": Choice(_climbed(0.7), "zero", "the gradient"),
        "advantage": Function(_advantage, _state),
    }


def _best(p: float) -> float:
    """The best baseline of two arms that pay −2 and −1, the second with probability p."""
    return outcomes.bandit([1 - p, p], [-2.0, -1.0]).optimal_baseline()


@exercise(
    "negative",
    "The variance falls between zero and $2b^*$. Where does $b^*$ lie?",
    "$b^*$ is a weighted mean of the rewards. For which $b^*$ is the interval shortest?",
    low="the lower end of the constants that are safe for every policy",
    high="their upper end",
    zero_is_best="whether no baseline can be best",
)
@mistake("That is safe only if b* is −2; it may be nearly −1", low=-4)
@mistake("That is a bound on b* itself: the variance falls as far as twice b*", low=-1)
@mistake("The variance falls on both sides of b*, up to zero", high=-1)
@mistake("A weighted mean of negative numbers is not zero", zero_is_best="yes")
def negative() -> dict:
    """The constants for which the variance falls whatever the policy is."""
    best = np.array([_best(p) for p in np.linspace(0.001, 0.999, 999)])
    return {
        "low": Number(2 * best.max(), tolerance=0.01),
        "high": Number(0.0, tolerance=0.01),
        "zero_is_best": yes_or_no(best.max() >= 0),
    }


def _not_zero(epsilon: float) -> float:
    """The weight of all pairs of samples whose estimate is not zero."""
    pairs = outcomes.bandit([1 - epsilon, epsilon], [1.0, 2.0]).batches(2, "leave one out")
    return float(pairs.weights[np.abs(pairs.values).max(axis=1) > 0].sum())


@exercise(
    "own-mean",
    "When are the two scores equal?",
    "The estimate is zero unless the two samples chose different actions.",
    not_zero="the probability that the estimate is not zero, if no reward is a tie",
)
@mistake("Either of the two samples may be the rare one", not_zero=lambda e: e * (1 - e))
@mistake(
    "That is what it is about; both samples may choose the rare action", not_zero=lambda e: 2 * e
)
@mistake(
    "If both samples choose the rare action, the scores are equal",
    not_zero=lambda e: 1 - (1 - e) ** 2,
)
@mistake("That is the chance that it is zero", not_zero=lambda e: 1 - 2 * e * (1 - e))
def own_mean() -> dict:
    """How often two samples of a nearly deterministic policy say anything."""
    return {"not_zero": Function(_not_zero, lambda rng: (rng.uniform(0.01, 0.4),))}


def _ratio(m: int) -> float:
    """The variance of the pathwise estimate over that with the boundary as the baseline."""
    law = numeric.FAMILIES["Uniform(0, θ)"]
    return law.pathwise(1.7, m).variance() / law.one_step(1.7, m).estimates(1.7**m).variance()


@exercise(
    "boundary-baseline",
    "The score is $-1/\\theta$. Write the estimate with the baseline.",
    "The pathwise estimate is $f'(z)\\,z/\\theta$. What is $f'(z)\\,z$ for a power?",
    ratio="the variance of the pathwise estimate over that with the baseline",
)
@mistake("That is the ratio of the standard deviations", ratio=lambda m: m)
@mistake("That is the ratio the other way round", ratio=lambda m: 1 / m**2)
@mistake(
    "Without the baseline the score estimate has this mean, and it is biased", ratio=lambda m: 1
)
def boundary_baseline() -> dict:
    """Both variances are that of the payoff, up to a factor."""
    return {"ratio": Function(_ratio, lambda rng: (int(rng.integers(1, 4)),))}
