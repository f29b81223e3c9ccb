"""The exchange of derivative and integral: a moving end, the quick proof, a smooth failure."""

from functools import partial

import sympy as sp

from pgbook import ledger
from pgbook.derivation import Derivation, Partial
from pgbook.ledger import wrong
from pgbook.unbiased.proofs.generalization import mu, p, theta
from pgbook.unbiased.proofs.generalization import x as drawn

#: Symbols of the integrals.
x, x0, t, u = sp.symbols("x x_0 t u", positive=True)

POINT = {x: 2, x0: 1, theta: 3, mu: 2}
proves = partial(ledger.proves, generality="all parameters", point=POINT)

SURFACE = x**3 / t**2 * sp.exp(-(x**2) / t)


def _up_to_theta(term: sp.Expr) -> sp.Integral:
    return sp.Integral(term, (drawn, 0, theta))


@proves("U8", "a moving end: the boundary term repairs it")
@wrong("without the boundary term", claimed=-sp.S.Half)
def boundary_term() -> Derivation:
    """What repairs the identity for the end of a uniform law: a term from the moving boundary."""
    return Derivation(
        (Partial(_up_to_theta(drawn * p), theta), "gradient of an expectation"),
        (_up_to_theta(drawn * Partial(p, theta)) + theta * p, "inside, and the boundary f p"),
        (_up_to_theta(drawn * p * (-1 / theta)) + 1, "the score is -1/θ; f p = θ · 1/θ"),
        (-sp.Rational(1, 2) + 1, "score estimate and boundary"),
        definitions={p: 1 / theta},
    )


def _unit(term: sp.Expr) -> sp.Integral:
    return sp.Integral(term, (t, 0, 1))


WITHOUT_START = sp.Integral(-(t**2) * sp.exp(-x * t), (t, 0, 1), (x, x0, x))


@proves("U18", "the quick proof with definite integrals")
@wrong("without the start", claimed=WITHOUT_START)
def repaired_proof() -> Derivation:
    r"""The quick proof with definite integrals, on :math:`f(x, t) = t e^{-xt}`.

    The last line is an integral of h from a fixed point to x, so the fundamental theorem of
    calculus gives :math:`F' = h` wherever h is continuous.
    """
    f = t * sp.exp(-x * t)
    start, slope = f.subs(x, x0), sp.diff(f, x).subs(x, u)
    return Derivation(
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
