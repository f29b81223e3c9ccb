"""Exercises of the page *Distribution shift*: 2εt in three steps, and the size of a region."""

from itertools import product

import numpy as np

from pgbook.exercises import Choice, Function, exercise, mistake
from pgbook.guarantees import numeric


def _slack(epsilon: float) -> float:
    """By how much 2εt is too large on the cliff at t = 2."""
    shift = numeric.state_shift(*numeric.drifting_pair("cliff", epsilon), 3)
    return float(shift.linear[2] - shift.exact[2])


def _strict() -> str:
    """Which of the three steps is strict on the cliff at t = 2."""
    shift = numeric.state_shift(*numeric.drifting_pair("cliff", 0.1), 3)
    exact, geometric, linear = shift.exact[2], shift.geometric[2], shift.linear[2]
    if linear - geometric > 1e-9:
        return "the third"
    return "the second" if geometric - exact > 1e-9 else "none"


@exercise(
    "two-eps-t",
    "Compute both sides of each step on the cliff, at $t = 1$ and at $t = 2$.",
    "$1 - (1-\\varepsilon)^2 = 2\\varepsilon - \\varepsilon^2$. In $L_1$ it is twice that.",
    strict="which step is strict on the cliff at t = 2",
    slack="by how much 2εt is too large there, in L₁",
)
@mistake(
    "On the cliff the laws of a mistake and of none have no state in common: an equality",
    strict="the second",
)
@mistake("Bernoulli's inequality is strict from t = 2 on", strict="none")
@mistake("That is in total variation; in L1 it is twice as much", slack=lambda epsilon: epsilon**2)
@mistake("The terms of first order are equal", slack=lambda epsilon: 2 * epsilon)
def two_eps_t() -> dict:
    """Which step is strict, and what is lost in it."""
    return {
        "strict": Choice(_strict(), "the second", "the third", "none"),
        "slack": Function(_slack, lambda rng: (rng.uniform(0.01, 0.5),)),
    }


def _largest(new_policy: np.ndarray, old_policy: np.ndarray) -> float:
    """The largest difference in the probability of any event, in any state."""
    differences = new_policy - old_policy
    events = np.array([*product((0, 1), repeat=differences.shape[1])])
    return float((differences @ events.T).max())


def _two(rng: np.random.Generator) -> tuple:
    states, actions = rng.integers(2, 5, size=2)
    return tuple(rng.dirichlet(np.ones(actions), size=states) for _ in range(2))


def _l1(new: np.ndarray, old: np.ndarray) -> np.ndarray:
    return np.abs(new - old).sum(axis=1)


@exercise(
    "l1-tv",
    "Which distance is the sum of the absolute differences, and which one does the bound need?",
    "The bound needs a distance that no state exceeds.",
    epsilon="the mended first line",
    careful="what makes the bound too careful",
    false="what makes it false",
)
@mistake("This is the line as printed", epsilon=lambda new, old: _l1(new, old).mean())
@mistake(
    "The maximum is right; the sum is twice the total variation",
    epsilon=lambda new, old: _l1(new, old).max(),
)
@mistake(
    "The half is right; a mean over the states hides the worst one",
    epsilon=lambda new, old: _l1(new, old).mean() / 2,
)
@mistake(
    "A single probability may change less than an event",
    epsilon=lambda new, old: np.abs(new - old).max(),
)
@mistake("A mean is smaller than the largest: the bound says too much", careful="the mean")
@mistake("The sum is too large, which costs, and is not false", false="the sum")
def l1_tv() -> dict:
    """The largest total variation, as a difference of events; and which mistake does what."""
    new, old = _two(np.random.default_rng(0))
    sizes = {"the sum": _l1(new, old).max(), "the mean": _l1(new, old).mean() / 2}
    (careful,) = (name for name, size in sizes.items() if size > _largest(new, old))
    (false,) = (name for name, size in sizes.items() if size < _largest(new, old))
    return {
        "epsilon": Function(_largest, _two),
        "careful": Choice(careful, false),
        "false": Choice(false, careful),
    }
