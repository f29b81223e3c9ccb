"""Exercises of the page *Trust region*: two inequalities, and a clip on the wrong side."""

from collections.abc import Callable

import numpy as np

from pgbook.exercises import Choice, Function, Number, exercise, mistake, sign_change


def _pinsker(kl: float) -> float:
    return np.sqrt(kl / 2)


def _other(kl: float) -> float:
    return np.sqrt(-np.expm1(-kl))


@exercise(
    "pinsker",
    "Pinsker: $\\mathrm{TV} \\le \\sqrt{\\mathrm{KL}/2}$. Bretagnolle–Huber: "
    "$\\mathrm{TV} \\le \\sqrt{1 - e^{-\\mathrm{KL}}}$.",
    "A distance of one says nothing. When does each bound get there?",
    "For small $x$, $1 - e^{-x} \\approx x$.",
    vacuous="the KL from which on Pinsker says nothing",
    cross="the KL where both bounds agree",
    ratio="Bretagnolle–Huber over Pinsker, for small steps",
)
@mistake("There the bound is √½: solve √(KL / 2) = 1", vacuous=1)
@mistake("There Pinsker says nothing any more; the two cross before", cross=2)
@mistake("That is the ratio of the squares", ratio=2)
@mistake("Pinsker is the smaller one for small steps", ratio=np.sqrt(0.5))
def pinsker() -> dict:
    """Where Pinsker says nothing, where the two cross, and their ratio for small steps."""
    small = 1e-6
    return {
        "vacuous": Number(sign_change(lambda kl: _pinsker(kl) - 1, 0.1, 50.0)),
        "cross": Number(sign_change(lambda kl: _pinsker(kl) - _other(kl), 0.1, 50.0)),
        "ratio": Number(_other(small) / _pinsker(small)),
    }


def _objective(ratio: float, advantage: float, c: float) -> float:
    """What PPO maximises, case by case."""
    if advantage >= 0:
        return advantage * (ratio if ratio <= 1 + c else 1 + c)
    return advantage * (ratio if ratio >= 1 - c else 1 - c)


def _as_printed(ratio: float, advantage: float, c: float) -> float:
    return np.clip(ratio, 1 - c, 1 + c) * advantage


def _sample(rng: np.random.Generator) -> tuple:
    return rng.uniform(0.3, 2), rng.normal(), 0.2


def _slope(objective: Callable, ratio: float, advantage: float) -> str:
    """Where gradient ascent moves the ratio."""
    high, low = (objective(ratio + e, advantage, 0.2) for e in (1e-6, -1e-6))
    return "nowhere" if high == low else "down" if high < low else "up"


@exercise(
    "clip",
    "Draw the objective against the ratio, once for $A > 0$ and once for $A < 0$.",
    "Take the smaller of the clipped and the unclipped product.",
    printed="where the printed objective moves ρ = 2 at a bad action",
    mended="where the one with the minimum moves it",
    objective="the objective of one sample, mended",
)
@mistake(
    "This is the program as printed: outside the interval it has no slope at all",
    objective=_as_printed,
)
@mistake(
    "The larger of the two would reward a stray step",
    objective=lambda r, a, c: max(r * a, _as_printed(r, a, c)),
)
@mistake(
    "The minimum is taken of the products with the advantage, not of the ratios",
    objective=lambda r, a, c: min(r, 1 + c) * a,
)
@mistake("The clipped ratio is constant there", printed="down")
@mistake("The clipped ratio is constant there", printed="up")
@mistake("A bad action whose ratio has grown has to come back", mended="nowhere")
@mistake("The advantage is negative: ascent makes the ratio smaller", mended="up")
def clip() -> dict:
    """The objective with its minimum, and where a bad action at ratio two goes."""
    return {
        "printed": Choice(_slope(_as_printed, 2.0, -1.0), "up", "down", "nowhere"),
        "mended": Choice(_slope(_objective, 2.0, -1.0), "up", "down", "nowhere"),
        "objective": Function(_objective, _sample),
    }
