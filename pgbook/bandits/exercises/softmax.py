"""Exercises of the page *Softmax*: what an assertion sees, and a temperature."""

import numpy as np

from pgbook import policies
from pgbook.bandits import numeric
from pgbook.exercises import Array, Function, Number, exercise, mistake

# The rows of preferences of the page.
ROWS = np.array([(710, 0), (709.5, 709.5), (-746, -746), (-744, -744.5), (0, -800)], dtype=float)


def _errors() -> tuple[np.ndarray, np.ndarray]:
    """Of each row, how far the typed formula is off, and how far its sum is from one."""
    typed = np.array([numeric.naive_softmax(h) for h in ROWS])
    return np.abs(typed - policies.softmax(ROWS)).max(axis=1), np.abs(typed.sum(axis=1) - 1)


@exercise(
    "isnan",
    "Compute the typed formula for each row, and its sum. Which rows hold no NaN?",
    "A policy must sum to one. Is each policy that does the policy of *these* preferences?",
    by_sum="the row that an assertion on the sum catches",
    unseen="the wrong row that no assertion on the policy catches",
)
@mistake("This row gives NaN, which the guard does see", by_sum=ROWS[0])
@mistake("Its sum is one: an assertion on the policy sees nothing", by_sum=ROWS[3])
@mistake("Its sum is zero, which an assertion on the sum sees", unseen=ROWS[1])
@mistake("This policy is right to all digits of a float", unseen=ROWS[4])
def isnan() -> dict:
    """One wrong row shows in the sum, another one is a policy, only not the right one."""
    wrong, off = _errors()
    with np.errstate(invalid="ignore"):
        by_sum, unseen = (wrong > 0.01) & (off > 0.01), (wrong > 0.01) & (off < 0.01)
    return {"by_sum": Array(ROWS[by_sum][0]), "unseen": Array(ROWS[unseen][0])}


@exercise(
    "temperature",
    "Write the ratio of two probabilities; the sum in the denominator cancels.",
    "$\\pi(a)/\\pi(b) = e^{H(a) - H(b)}$. What does a factor in the exponent do to it?",
    ratio="π(a)/π(b) with the factor c, from what it is without",
    c="the factor that leads to (1/5, 4/5)",
)
@mistake(
    "The factor stands in the exponent, so the ratio is not multiplied by it",
    ratio=lambda odds, c: c * odds,
)
@mistake(
    "That is the ratio for a temperature, which divides", ratio=lambda odds, c: odds ** (1 / c)
)
@mistake("The odds double in the logarithm: from log 2 to log 4", c=4)
@mistake("That is the way back, from one fifth to one third", c=0.5)
def temperature() -> dict:
    """A factor before the preferences is a power of the odds."""

    def ratio(odds: float, c: float) -> float:
        policy = policies.softmax(c * np.log([odds, 1.0]))
        return policy[0] / policy[1]

    def draw(rng: np.random.Generator) -> tuple:
        return rng.uniform(0.5, 3), rng.uniform(0.3, 3)

    grid = np.linspace(0.1, 5, 49_001)
    better = policies.softmax(grid[:, None] * np.log([1, 2]))[:, 1]
    c = grid[np.abs(better - 4 / 5).argmin()]
    return {"ratio": Function(ratio, draw), "c": Number(c)}
