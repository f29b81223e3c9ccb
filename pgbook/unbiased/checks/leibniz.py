"""The exchange of derivative and integral."""

import numpy as np
import sympy as sp

from pgbook import evidence
from pgbook.ledger import Cases, check, wrong
from pgbook.unbiased.numeric import leibniz
from pgbook.unbiased.proofs import leibniz as proofs
from pgbook.unbiased.proofs.leibniz import POINT, t, x

SLOPE_INTEGRAL = (1 - 2 * x**2) * sp.exp(-(x**2))


@check(
    "U8", "the surface: its integral", integral=proofs.surface_integral, claimed=x * sp.exp(-(x**2))
)
@wrong("without the factor x", claimed=sp.exp(-(x**2)))
@check(
    "U8",
    "the surface: the integral of its slope",
    integral=proofs.surface_slope_integral,
    claimed=SLOPE_INTEGRAL,
)
@wrong("constant", claimed=sp.S.One)
def surface(integral, claimed):
    return evidence.symbolic(integral(), claimed, "all x > 0", point=POINT)


@check("U8", "the integral of the slope, by quadrature", "40 values of x on both sides of 0")
@wrong("of the surface itself", derivative=False)
def quadrature(derivative=True):
    ends = np.geomspace(3, 1e-3, 20)
    grid = np.concatenate([-ends, np.geomspace(1e-3, 3, 20)])
    return leibniz.by_quadrature(grid, derivative=derivative) - leibniz.integral_of_slope(grid)


@check(
    "U8", "at zero: slope 1 outside, 0 inside", "x = 0: slope outside, zero inside", tolerance=1e-10
)
@wrong("slope 0 on both sides", claimed=0.0)
def slope_at_zero(claimed=1.0):
    steps = np.array([-1e-7, 1e-7])
    slopes = leibniz.integral(steps) / steps
    return np.append(slopes - claimed, leibniz.integral_of_slope(0.0))


@check(
    "U8", "no integrable function dominates the slope", "13 values of t, 601 of x each, relative"
)
@wrong("a root of 1/t does", power=0.5)
def no_domination(power=1.0):
    """The largest slope over x is a constant divided by t, which has no integral down to zero."""
    s = np.linspace(0.0, 6.0, 601)
    largest = [
        time**power * np.abs(leibniz.slope(np.sqrt(time * s), time)).max()
        for time in np.geomspace(1e-6, 1, 13)
    ]
    return np.array(largest) / largest[-1] - 1  # NaN if there were no slope at all


F = t * sp.exp(-x * t)


@check("U18", "an indefinite integral of the slope is the function")
@wrong("of a function that contains more of t", f=F + t)
def keeps_function(f=F):
    return evidence.symbolic(proofs.circular_proof(f), f, "all x, t", point={**POINT, t: 3})


NODES, WEIGHTS = np.polynomial.legendre.leggauss(40)


@check(
    "U18",
    "the surface: Fubini holds, also across zero",
    Cases("20 end points", np.linspace(-0.9, 1.0, 20)),
)
@wrong("so the slope at zero is h(0)", at_zero=True)
def accumulated(end, at_zero=False):
    if at_zero:  # the slope of the integral there, instead
        return 1.0 - float(leibniz.integral_of_slope(0.0))
    u = -1 + (NODES + 1) * (end + 1) / 2
    area = WEIGHTS @ leibniz.integral_of_slope(u) * (end + 1) / 2
    return leibniz.integral(end) - leibniz.integral(-1.0) - area
