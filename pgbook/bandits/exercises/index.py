"""Exercises of the page *Goal*: ties, and where the objective is steep."""

import numpy as np

from pgbook import policies
from pgbook.bandits import numeric
from pgbook.exercises import Function, Number, exercise, mistake, yes_or_no


@exercise(
    "ties",
    "Write $J$ with the probability of the third arm alone.",
    "$J = 1 - g\\,\\pi(2)$. Which values can $\\pi(2)$ take, and which can it not?",
    attained="whether the supremum is attained",
    third="the largest probability of the third arm",
)
@mistake("The third arm keeps a positive probability, so J stays below 1", attained="yes")
@mistake("This forgets by how much the third arm is worse", third=lambda gap, eta: eta)
@mistake("This is the loss if the third arm has probability η", third=lambda gap, eta: gap * eta)
def ties() -> dict:
    """The supremum is not attained, and the loss is the gap times the third probability."""

    def third(gap: float, eta: float) -> float:
        # Along p (1, 1, 0) / 2 + ... the objective is linear: one division finds the place.
        ends = (numeric.expected_reward(p, [1, 1, 1 - gap]) for p in ([1, 0, 0], [0, 0, 1]))
        best, worst = map(float, ends)
        return eta / (best - worst)

    def draw(rng: np.random.Generator) -> tuple:
        return rng.uniform(0.5, 2), rng.uniform(0.01, 0.4)

    longer = [np.array([h, h, 0.0]) for h in (1.0, 10.0, 30.0)]
    losses = [1 - numeric.expected_reward(policies.softmax(h), [1, 1, 0.5]) for h in longer]
    return {"attained": yes_or_no(min(losses) <= 0), "third": Function(third, draw)}


def _on_a_grid(order: int) -> tuple[float, float]:
    """The place and the size of the largest derivative of p in the logit, by differences."""
    logits = np.linspace(-6, 6, 120_001)
    slope = p = 1 / (1 + np.exp(-logits))
    for _ in range(order):
        slope = np.gradient(slope, logits)
    best = slope.argmax()
    return float(p[best]), float(slope[best])


@exercise(
    "steep",
    "With $J = p$ the slope in the logit is $p(1-p)$.",
    "Differentiate once more with the chain rule: $\\frac{d}{d\\ell} = p(1-p)\\,\\frac{d}{dp}$.",
    "Set the derivative of $p(1-p)(1-2p)$ in $p$ to zero: a quadratic equation.",
    p="where the slope is largest",
    bend="where the curvature is largest",
    curvature="the largest curvature, in the logit",
)
@mistake("There the curvature is most negative; by symmetry", bend=1 - _on_a_grid(2)[0])
@mistake("That is where the slope is largest; there the curvature is zero", bend=0.5)
@mistake("That is the largest slope, not the largest curvature", curvature=_on_a_grid(1)[1])
@mistake("That is in the two preferences; in the logit it is half", curvature=2 * _on_a_grid(2)[1])
@mistake("That is where the curvature is largest", p=_on_a_grid(2)[0])
def steep() -> dict:
    """Slope and curvature of the logistic function are largest at these probabilities."""
    bend, curvature = _on_a_grid(2)
    return {"p": Number(_on_a_grid(1)[0]), "bend": Number(bend), "curvature": Number(curvature)}
