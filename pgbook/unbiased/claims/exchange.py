"""The exchange of derivative and integral: claims U8 and U18."""

from collections.abc import Callable
from functools import partial

import numpy as np
import sympy as sp

from pgbook import ledger
from pgbook.ledger import Check, Evidence
from pgbook.unbiased import symbolic
from pgbook.unbiased.numeric import leibniz
from pgbook.unbiased.symbolic.families import mu, theta
from pgbook.unbiased.symbolic.leibniz import t, x, x0

POINT = {x: 2, x0: 1, theta: 3, mu: 2}
GRID = np.concatenate([-np.geomspace(3, 1e-3, 20), np.geomspace(1e-3, 3, 20)])


def surface(right: Callable[[], sp.Expr], claimed: sp.Expr) -> Evidence:
    """An integral of the surface, by SymPy, for positive x."""
    return ledger.symbolic(right(), claimed, "all x > 0", point=POINT)


def quadrature(formula: Callable, *, derivative: bool) -> Evidence:
    """An integral of the surface by quadrature, on both sides of zero."""
    errors = leibniz.by_quadrature(GRID, derivative=derivative) - formula(GRID)
    return ledger.exact(errors, "40 values of x on both sides of 0")


def slope_at_zero(claimed: float = 1.0) -> Evidence:
    """The slope of the integral at zero, from both sides, against the integral of the slope."""
    steps = np.array([-1e-7, 1e-7])
    slopes = leibniz.integral(steps) / steps
    inside = leibniz.integral_of_slope(0.0)
    return ledger.exact(
        np.append(slopes - claimed, inside), "x = 0: slope outside, zero inside", tolerance=1e-10
    )


def no_domination(power: float = 1.0) -> Evidence:
    """The largest slope over x is a constant divided by t, which has no integral down to zero."""
    s = np.linspace(0.0, 6.0, 601)
    largest = [
        time**power * np.abs(leibniz.slope(np.sqrt(time * s), time)).max()
        for time in np.geomspace(1e-6, 1, 13)
    ]
    errors = np.array(largest) / largest[-1] - 1  # NaN if there were no slope at all
    return ledger.exact(errors, "13 values of t, 601 of x each, relative")


def accumulated(*, at_zero: bool = False) -> Evidence:
    """The integral of h from -1 to x gives the integral of the surface, also across zero."""
    nodes, weights = np.polynomial.legendre.leggauss(40)
    errors = []
    for end in np.linspace(-0.9, 1.0, 20):
        u = -1 + (nodes + 1) * (end + 1) / 2
        area = weights @ leibniz.integral_of_slope(u) * (end + 1) / 2
        errors.append(leibniz.integral(end) - leibniz.integral(-1.0) - area)
    if at_zero:  # the slope of the integral there, instead
        errors.append(1.0 - float(leibniz.integral_of_slope(0.0)))
    return ledger.exact(np.array(errors), "20 end points")


def keeps_function(f: sp.Expr, x_free: sp.Expr = sp.S.Zero) -> Evidence:
    """What is left of f if it is replaced by an indefinite integral of its slope in x."""
    return ledger.symbolic(
        symbolic.circular_proof(f + x_free), f, "all x, t", point={**POINT, t: 3}
    )


def _proves(chain: Callable, claimed: sp.Expr | None = None) -> Evidence:
    return ledger.proves(chain, claimed, generality="all parameters", point=POINT)


F = t * sp.exp(-x * t)

EXCHANGE = {
    "U8": (
        Check(
            "a moving end: the boundary term repairs it",
            partial(_proves, symbolic.boundary_term),
            {"without the boundary term": partial(_proves, symbolic.boundary_term, -sp.S.Half)},
        ),
        Check(
            "the surface: its integral",
            partial(surface, symbolic.surface_integral, x * sp.exp(-(x**2))),
            {"without the factor x": partial(surface, symbolic.surface_integral, sp.exp(-(x**2)))},
        ),
        Check(
            "the surface: the integral of its slope",
            partial(surface, symbolic.surface_slope_integral, (1 - 2 * x**2) * sp.exp(-(x**2))),
            {"constant": partial(surface, symbolic.surface_slope_integral, sp.S.One)},
        ),
        Check(
            "the integral of the slope, by quadrature",
            partial(quadrature, leibniz.integral_of_slope, derivative=True),
            {
                "of the surface itself": partial(
                    quadrature, leibniz.integral_of_slope, derivative=False
                )
            },
        ),
        Check(
            "at zero: slope 1 outside, 0 inside",
            slope_at_zero,
            {"slope 0 on both sides": partial(slope_at_zero, 0.0)},
        ),
        Check(
            "no integrable function dominates the slope",
            no_domination,
            {"a root of 1/t does": partial(no_domination, 0.5)},
        ),
    ),
    "U18": (
        Check(
            "the quick proof with definite integrals",
            partial(_proves, symbolic.repaired_proof),
            {
                "without the start": partial(
                    _proves,
                    symbolic.repaired_proof,
                    sp.Integral(-(t**2) * sp.exp(-x * t), (t, 0, 1), (x, x0, x)),
                )
            },
        ),
        Check(
            "an indefinite integral of the slope is the function",
            partial(keeps_function, F),
            {"of a function that contains more of t": partial(keeps_function, F + t)},
        ),
        Check(
            "the surface: Fubini holds, also across zero",
            accumulated,
            {"so the slope at zero is h(0)": partial(accumulated, at_zero=True)},
        ),
    ),
}
