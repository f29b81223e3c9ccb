"""Exercises of the page *Leibniz*: hard limits, and a dominating function."""

import numpy as np

from pgbook.differences import central_differences
from pgbook.exercises import Choice, Number, exercise, mistake


def _mean_action(mu: float, theta: float) -> float:
    """The mean of N(mu, 1), redrawn until it lies in [0, theta], by a midpoint sum."""
    x, density = _law(mu, theta, theta)
    return float(np.sum(x * density) * (x[1] - x[0]))


def _law(mu: float, theta: float, end: float) -> tuple[np.ndarray, np.ndarray]:
    """Points in (0, end), and there the density of the law with these parameters."""
    points = (np.arange(4_000) + 0.5) / 4_000
    x, inside = end * points, theta * points
    mass = np.exp(-((inside - mu) ** 2) / 2).sum() * theta / len(points)
    return x, np.exp(-((x - mu) ** 2) / 2) / mass


def _unbiased() -> np.ndarray:
    """Of mu and theta, whether the mean of action times score is the slope of the mean action."""
    mu, theta = at = 0.3, 1.5
    x, density = _law(mu, theta, theta)
    scores = central_differences(lambda moved: np.log(_law(*moved, theta)[1]), at)
    estimates = (x * density) @ scores * (x[1] - x[0])
    slopes = central_differences(lambda moved: _mean_action(*moved), at)
    return np.abs(estimates - slopes) < 1e-4


@exercise(
    "hard-limits",
    "Which of the two parameters moves an end of the set of legal actions?",
    "What is the density just below the end, and just above?",
    estimate="which of the two estimates is unbiased",
)
@mistake("Its density jumps at the end, and the end moves with it", estimate="theta")
@mistake("In one of them an end moves at which the density is positive", estimate="both")
@mistake("For a fixed θ the ends stand still, and the density is smooth in μ", estimate="neither")
def hard_limits() -> dict:
    """Both estimates against the slope by differences, for the mean action."""
    names = {
        (True, False): "mu",
        (False, True): "theta",
        (True, True): "both",
        (False, False): "neither",
    }
    return {"estimate": Choice(names[tuple(_unbiased().tolist())], *names.values())}


def _scaled(s: float) -> float:
    return float((3 * s - 2 * s**2) * np.exp(-s))


@exercise(
    "dominate",
    "Put $x = \\sqrt{ts}$: then $t\\,\\partial_x f$ is a function of $s$ alone.",
    "Look for the maximum of $(3s - 2s^2)\\,e^{-s}$ over $s \\le 1$, the exponential included.",
    c="the largest c that the substitution gives",
)
@mistake("That is its value at s = 1; it is larger before", c=_scaled(1.0))
@mistake("That is where the polynomial alone is largest; the exponential falls", c=_scaled(0.75))
@mistake("That is the largest value of the polynomial alone", c=9 / 8)
def dominate() -> dict:
    """The largest constant for which the argument works."""
    return {"c": Number(max(map(_scaled, np.linspace(0, 1, 10_001))))}
