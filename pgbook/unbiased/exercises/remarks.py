"""Exercises of the page *Remarks*: a forgotten stop-gradient, and where programs come to rest."""

import numpy as np

from pgbook.differences import central_differences
from pgbook.exercises import Choice, Function, exercise, mistake, sign_change
from pgbook.unbiased import numeric


def _push(policy: np.ndarray) -> float:
    """Minus the slope of the mean loss in the value, by differences; the rewards drop out."""
    rewards = np.arange(len(policy))
    (slope,) = central_differences(lambda v: -policy @ ((rewards - v) * np.log(policy)), 2.0)
    return -slope


@exercise(
    "stop-gradient",
    "Differentiate $-(R - v)\\log\\pi(a)$ in $v$, and average over the action.",
    "Descent takes *minus* the slope. What is $-\\mathbb E[\\log\\pi]$ called?",
    push="the mean of the extra step in v",
    value="where the value ends",
)
@mistake(
    "That is the slope of the loss; a program that minimises goes the other way",
    push=lambda policy: policy @ np.log(policy),
)
@mistake("The mean is weighted with the policy", push=lambda policy: -np.log(policy).sum())
@mistake("The entropy is not negative, whatever the rewards are", value="too small")
@mistake("A separate loss for the value balances the push, and does not undo it", value="right")
def stop_gradient() -> dict:
    """The mean of the extra term, by differences."""
    up = min(_push(np.array([p, 1 - p])) for p in (0.01, 0.5, 0.99)) > 0
    return {
        "push": Function(_push, lambda rng: (rng.dirichlet(np.ones(rng.integers(2, 5))),)),
        "value": Choice("too large" if up else "too small", "too large", "too small", "right"),
    }


def _rest(which: int, gap: float, tau: float) -> float:
    """The logit where one of the three mean steps of the page vanishes; infinite, if none does."""
    return sign_change(lambda z: numeric.entropy_steps(z, tau, gap)[which], -60.0, 60.0)


def _place(which: int) -> str:
    same = abs(_rest(which, 1.0, 0.5) - _rest(0, 1.0, 0.5)) < 1e-6
    return "at the same logit" if same else "nowhere"


@exercise(
    "rest",
    "The slope of $J$ in the logit is $p(1-p)\\,g$; that of the entropy is $-z\\,p(1-p)$.",
    "Which of the two programs has the whole entropy as a constant factor of the score?",
    "A constant is a baseline: what is left of its mean step?",
    logit="the logit of the maximum",
    sampled="where the program with the sampled bonus rests",
    whole="where the one with the whole entropy rests",
)
@mistake(
    "That is the probability there; its logit is asked for",
    logit=lambda gap, tau: 1 / (1 + np.exp(-gap / tau)),
)
@mistake("The higher the temperature, the nearer to even odds", logit=lambda gap, tau: gap * tau)
@mistake(
    "That is the preference of each action, up to its sign; the logit is twice that",
    logit=lambda gap, tau: gap / (2 * tau),
)
@mistake("Its mean step is the gradient, which vanishes there", sampled="nowhere")
@mistake("The constant bonus is a baseline: its step never vanishes", whole="at the same logit")
def rest() -> dict:
    """Where the gradient vanishes, and which of the two programs stops there."""
    return {
        "logit": Function(
            lambda gap, tau: _rest(0, gap, tau),
            lambda rng: (rng.uniform(0.1, 2), rng.uniform(0.3, 2)),
        ),
        "sampled": Choice(_place(2), "at the same logit", "nowhere"),
        "whole": Choice(_place(1), "at the same logit", "nowhere"),
    }
