"""The exchange of derivative and integral."""

import numpy as np
import sympy as sp

from pgbook import evidence
from pgbook.differences import central_differences
from pgbook.ledger import Cases, check, wrong
from pgbook.unbiased.cases import NODES, WEIGHTS
from pgbook.unbiased.numeric import leibniz
from pgbook.unbiased.proofs import leibniz as proofs
from pgbook.unbiased.proofs.leibniz import POINT, t, x, x0


@check(
    "U8", "the surface: its integral", integral=proofs.surface_integral, claimed=x * sp.exp(-(x**2))
)
@wrong("without the factor x", claimed=sp.exp(-(x**2)))
@check(
    "U8",
    "the surface: the integral of its slope",
    integral=proofs.surface_slope_integral,
    claimed=(1 - 2 * x**2) * sp.exp(-(x**2)),
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


STEPS = Cases(
    "ten steps on both sides", [s * d for d in np.geomspace(1e-2, 1e-6, 5) for s in (-1, 1)]
)


def _outside(step):
    """A difference quotient of the integral at zero, by quadrature."""
    return leibniz.by_quadrature(np.array([step]), derivative=False)[0] / step


def _inside(_):
    """The integral over t of the slope in x at zero."""
    return WEIGHTS / 2 @ leibniz.slope(0.0, (NODES + 1) / 2)


@check("U8", "at zero: the integral has the slope 1", STEPS, of=_outside, slope=1.0, tolerance=2e-4)
@wrong("the derivative taken inside", of=_inside)
@check("U8", "at zero: the slope has the integral 0", STEPS, of=_inside, slope=0.0)
@wrong("the derivative taken outside", of=_outside)
def at_zero(step, of, slope):
    return of(step) - slope


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


def _from_start(f):
    """The definite integral of the slope from x₀, and f there."""
    return f.subs(x, x0) + sp.integrate(sp.diff(f, x).subs(x, proofs.u), (proofs.u, x0, x))


def _same(left, right):
    return evidence.symbolic(left, right, "all x and t", point={**POINT, t: 3})


@check("U18", "what an indefinite integral forgets has no slope in x", f=F + t)
@wrong("integrated over t", of=lambda f: sp.integrate(sp.diff(f, x), t))
def forgets_no_slope(f, of=proofs.circular_proof):
    return _same(sp.diff(of(f), x), sp.diff(f, x))


@check("U18", "an indefinite integral cannot tell f from f + t", of=proofs.circular_proof)
@wrong("a definite one from x₀, with its start", of=_from_start)
def cannot_tell(of):
    return _same(of(F + t), of(F))


@check("U18", "a definite integral with its start is the function", f=F + t)
@wrong("an indefinite one", of=proofs.circular_proof)
def keeps_function(f, of=_from_start):
    return _same(of(f), f)


ENDS = Cases("20 end points", np.linspace(-0.9, 1.0, 20))


@check("U18", "the surface: Fubini holds, also across zero", ENDS)
@wrong("from zero, without the start", start=0.0)
def accumulated(end, start=-1.0):
    u = -1 + (NODES + 1) * (end + 1) / 2
    area = WEIGHTS @ leibniz.integral_of_slope(u) * (end + 1) / 2
    return leibniz.integral(end) - leibniz.integral(start) - area


POINTS = Cases("21 points", np.linspace(-1, 1, 21).round(12))


@check("U18", "the last line fails where h jumps, and nowhere else", POINTS)
@wrong("with the hole filled", h=lambda at: (1 - 2 * at**2) * np.exp(-(at**2)))
def last_line(at, h=leibniz.integral_of_slope):
    slope = central_differences(leibniz.integral, np.array([at])).item()
    return bool(abs(slope - h(at)) < 1e-8) == bool(at != 0)
