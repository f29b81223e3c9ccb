"""The exchange of derivative and integral: the quick proof repaired, and a smooth failure."""

import sympy as sp

from pgbook.derivation import Derivation, chain

x, x0, t, u = sp.symbols("x x_0 t u", positive=True)

SURFACE = x**3 / t**2 * sp.exp(-(x**2) / t)


def repaired_proof() -> Derivation:
    r"""The quick proof with definite integrals, on :math:`f(x, t) = t e^{-xt}`.

    The last line is an integral of h from a fixed point to x, so the fundamental theorem of
    calculus gives :math:`F' = h` wherever h is continuous.
    """
    f = t * sp.exp(-x * t)
    start, slope = f.subs(x, x0), sp.diff(f, x).subs(x, u)
    return chain(
        (_unit(f), "F(x), with f = t exp(-xt)"),
        (_unit(start - sp.Integral(-slope, (u, x0, x))), "f is the integral of its slope from x₀"),
        (_unit(start) - _unit(sp.Integral(-slope, (u, x0, x))), "sum of two integrals"),
        (_unit(start) - sp.Integral(_unit(-slope), (u, x0, x)), "Fubini: the slope is integrable"),
    )


def circular_proof(f: sp.Expr) -> sp.Expr:
    """What stands for f once it is replaced by an indefinite integral of its slope in x."""
    return sp.integrate(sp.diff(f, x), x)


def surface_integral() -> sp.Expr:
    """The integral of the surface over t, for positive x."""
    return sp.simplify(sp.integrate(SURFACE, (t, 0, 1)))


def surface_slope_integral() -> sp.Expr:
    """The integral of the slope of the surface in x over t, for positive x."""
    return sp.simplify(sp.integrate(sp.diff(SURFACE, x), (t, 0, 1)))


def _unit(term: sp.Expr) -> sp.Integral:
    return sp.Integral(term, (t, 0, 1))
