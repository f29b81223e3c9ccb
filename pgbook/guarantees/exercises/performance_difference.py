"""The exercise of the page *Performance difference*: a gain that is always zero."""

import numpy as np

from pgbook import mdp
from pgbook.exercises import Function, exercise, mistake
from pgbook.mdp import Evaluation


def _gain(old: Evaluation, new: Evaluation) -> float:
    """The truth, without the lemma."""
    return new.objective - old.objective


def _pair(rng: np.random.Generator) -> tuple:
    problem = mdp.garnet(3, 2, 2, 0.8, rng=rng)
    return tuple(mdp.evaluate(problem, rng.dirichlet(np.ones(2), size=3)) for _ in range(2))


def _sum(visits: Evaluation, actions: Evaluation, advantages: Evaluation) -> float:
    """Visits of one policy, actions of another, advantages of a third."""
    return float(np.einsum("s,sa,sa->", visits.occupancy, actions.policy, advantages.advantages))


@exercise(
    "zero-gain",
    "What is the mean of a policy's own advantages under its own actions?",
    "Whose visits, whose actions and whose advantages are in the lemma?",
    "Visits and actions of the new policy, advantages of the old one.",
    gain="the gain by the lemma, from two evaluations",
)
@mistake(
    "This is the program as printed: the old policy does not occur in it",
    gain=lambda old, new: _sum(new, new, new),
)
@mistake(
    "This is the surrogate: its visits are those of the old policy",
    gain=lambda old, new: _sum(old, new, old),
)
@mistake(
    "Old and new are exchanged: this is the gain of going back",
    gain=lambda old, new: _sum(old, old, new),
)
def zero_gain() -> dict:
    """The gain, from the evaluations of an old and of a new policy."""
    return {"gain": Function(_gain, _pair)}
