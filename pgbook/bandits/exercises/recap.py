"""Exercises of the page *Recap*: two silent bugs, and a program that is none."""

from collections.abc import Callable

import numpy as np

from pgbook import policies
from pgbook.bandits import numeric
from pgbook.differences import central_differences
from pgbook.exercises import Choice, Function, exercise, mistake, sign_change


def _update_case(rng: np.random.Generator) -> tuple:
    arms = int(rng.integers(2, 5))
    return rng.normal(size=arms), int(rng.integers(arms)), rng.normal(), rng.uniform(0.1, 1)


def _updated(preferences: np.ndarray, arm: int, reward: float, step_size: float) -> np.ndarray:
    """All preferences at once, with the score by differences."""
    score = central_differences(policies.log_softmax, preferences)[arm]
    return preferences + step_size * reward * score


def _only_the_pulled_arm(h: np.ndarray, arm: int, reward: float, step: float) -> np.ndarray:
    return h + step * reward * (1 - policies.softmax(h)[arm]) * np.eye(len(h))[arm]


def _without_the_policy(h: np.ndarray, arm: int, reward: float, step: float) -> np.ndarray:
    return h + step * reward * np.eye(len(h))[arm]


@exercise(
    "bug-sequential",
    "How often is the softmax computed in one call of `update`, and from which preferences?",
    "Add up the preferences before and after one update by hand, with two arms.",
    "Compute the policy once, before the loop.",
    update="the mended update; it returns the new preferences",
)
@mistake(
    "This is the program as printed: later arms see a policy that has changed already",
    update=numeric.sequential_update,
)
@mistake("Only the pulled arm changes, so the sum is not conserved", update=_only_the_pulled_arm)
@mistake("The score has a second part: the policy is subtracted", update=_without_the_policy)
def bug_sequential() -> dict:
    """The mended update: one policy for all arms."""
    return {"update": Function(_updated, _update_case)}


def _mean(estimate: Callable, policy: np.ndarray, q: np.ndarray, least: float) -> np.ndarray:
    """The mean of an estimate whose arm comes from the policy with a floor."""
    drawn = numeric.clipped_policy(policy, least)
    return sum(drawn[a] * np.asarray(estimate(policy, a, q[a], least)) for a in range(len(q)))


def _gradient(policy: np.ndarray, q: np.ndarray, least: float) -> np.ndarray:
    """The gradient of the objective by differences; the floor does not occur in it."""
    return central_differences(lambda h: policies.softmax(h) @ q, np.log(policy))


def _floor_case(rng: np.random.Generator) -> tuple:
    arms = int(rng.integers(2, 4))
    policy = rng.dirichlet(np.ones(arms))
    return policy, rng.normal(1, 1, arms), rng.uniform(0.05, 0.3)


def _as_printed(policy: np.ndarray, arm: int, reward: float, least: float) -> np.ndarray:
    return reward * policies.score(policy)[arm]


def _score_of_drawn(policy: np.ndarray, arm: int, reward: float, least: float) -> np.ndarray:
    return reward * policies.score(numeric.clipped_policy(policy, least))[arm]


def _inverse_weight(policy: np.ndarray, arm: int, reward: float, least: float) -> np.ndarray:
    return (
        reward
        * policies.score(policy)[arm]
        * numeric.clipped_policy(policy, least)[arm]
        / policy[arm]
    )


def _end(epsilon: float, pays: float, best: float) -> float:
    """Where the mean update of the program vanishes, by bisection in the logit."""

    def rise(logit: float) -> float:
        policy = policies.softmax([logit, 0.0])
        return numeric.clipped_estimator_mean(policy, [pays, best], epsilon)[0]

    return float(policies.softmax([sign_change(rise, -30.0, 0.0), 0.0])[0])


def _end_case(rng: np.random.Generator) -> tuple:
    return rng.uniform(0.01, 0.2), rng.uniform(0.5, 1), rng.uniform(1.5, 3)


@exercise(
    "bug-clipped",
    "From which policy does the arm come, and of which policy is the score?",
    "An arm that is drawn too often must count less: weight it with $\\pi(a)/\\tilde\\pi(a)$.",
    "The mean update is $\\tilde\\pi(j)q(j) - \\pi(j)\\,\\tilde\\pi^\\top q$. When is it zero?",
    estimate="an estimate with the mean ∇J(π), from an arm of the policy with the floor `least`",
    end="π(0) where the program ends, from the floor and the rewards of both arms",
)
@mistake(
    "This is the program as printed: arm and score belong to different policies",
    estimate=_as_printed,
)
@mistake(
    "A softmax score of the lifted probabilities is not their slope: they are no softmax",
    estimate=_score_of_drawn,
)
@mistake("The weight is upside down", estimate=_inverse_weight)
@mistake(
    "That is the floor; the worse arm is drawn as often, but its own probability is smaller",
    end=lambda epsilon, pays, best: epsilon,
)
@mistake(
    "The ratio of the rewards is upside down", end=lambda epsilon, pays, best: epsilon * best / pays
)
def bug_clipped() -> dict:
    """Any estimate whose mean is the gradient will do."""
    takes = "policy, arm, reward, least"
    return {
        "estimate": Function(_gradient, _floor_case, of=_mean, takes=takes),
        "end": Function(_end, _end_case),
    }


def _shrunk(t: int) -> float:
    """What is left of a step if the mean holds the reward at t, from two means of rewards."""
    rewards = np.random.default_rng(t).normal(size=t + 1)
    before, after = rewards[:-1].mean(), rewards.mean()
    return (rewards[-1] - after) / (rewards[-1] - before)


def _shrunk_case(rng: np.random.Generator) -> tuple:
    return (int(rng.integers(1, 50)),)


@exercise(
    "bug-or-not",
    "Write the mean with the reward as a mixture of the mean before and the reward.",
    "$\\bar R^{\\text{incl}} = \\frac t{t+1}\\bar R + \\frac1{t+1}R$. Subtract it from $R$.",
    who="who is right",
    factor="what multiplies R − R̄ at step t, with R̄ the mean before",
)
@mistake("The direction of the mean is right: compare R − R̄ with both means", who="the reviewer")
@mistake(
    "Steps are counted from zero, so t + 1 rewards are in the mean", factor=lambda t: (t - 1) / t
)
@mistake("That is the weight of the current reward in the mean", factor=lambda t: 1 / (t + 1))
def bug_or_not() -> dict:
    """The inclusive mean only shortens the step, by the same factor whatever the arm."""
    positive = min(map(_shrunk, range(1, 20))) > 0
    return {
        "who": Choice("the program" if positive else "the reviewer", "the program", "the reviewer"),
        "factor": Function(_shrunk, _shrunk_case),
    }
