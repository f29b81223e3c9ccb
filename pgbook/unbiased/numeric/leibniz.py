r"""A smooth integrand whose derivative cannot be taken inside the integral.

.. math:: f(x, t) = \frac{x^3}{t^2} e^{-x^2/t}, \qquad
          F(x) = \int_0^1 f(x, t)\, dt = x\, e^{-x^2}

For every t the function is smooth in x, and still :math:`F'(0) = 1` while
:math:`\int_0^1 \partial_x f(0, t)\, dt = 0`. Gelbaum & Olmsted 2003 collect similar examples.
"""

import numpy as np
from numpy.polynomial import laguerre

from pgbook import validation
from pgbook.validation import FloatArray

GONE = 800.0


def integrand(x: FloatArray, t: FloatArray) -> FloatArray:
    """f(x, t); broadcasts. `t` is positive."""
    x, t = _points(x, t)
    s = _ratio(x, t)
    return x * s * np.exp(-s) / t


def slope(x: FloatArray, t: FloatArray) -> FloatArray:
    r"""The derivative of f in x; broadcasts.

    .. math:: \partial_x f = \Big(\frac{3 x^2}{t^2} - \frac{2 x^4}{t^3}\Big) e^{-x^2/t}
    """
    x, t = _points(x, t)
    s = _ratio(x, t)
    with np.errstate(over="ignore"):
        return validation.representable("x and t", (3 - 2 * s) * s * np.exp(-s) / t)


def integral(x: FloatArray) -> FloatArray:
    r"""The integral of f over t in (0, 1), by its formula :math:`x e^{-x^2}`."""
    x = validation.real_array("x", x)
    return x * np.exp(-(x**2))


def integral_of_slope(x: FloatArray) -> FloatArray:
    r"""The integral h of the derivative over t in (0, 1), by its formula.

    :math:`(1 - 2x^2) e^{-x^2}` for every x but 0, where it is 0: not continuous there.
    """
    return slope_below(x, 1.0)


def slope_below(x: FloatArray, end: FloatArray) -> FloatArray:
    r"""The integral of the slope over t in (0, `end`), by its formula; broadcasts.

    :math:`(1 - 2x^2/T) e^{-x^2/T}` for the end T: near x = 0 almost all of it lies at small t.
    """
    x, end = _points(x, end, "end")
    s = _ratio(x, end)
    return np.where(x == 0, 0.0, (1 - 2 * s) * np.exp(-s))


def by_quadrature(x: FloatArray, *, derivative: bool) -> FloatArray:
    r"""Both integrals by quadrature instead of by formula, for x other than 0.

    With :math:`t = x^2/(x^2 + u)` the integrals become polynomials in u times :math:`e^{-u}`,
    for which Gauss-Laguerre is exact.
    """
    x = validation.real_array("x", x)
    if (x == 0).any():
        raise ValueError(f"x must not be 0, where the substitution fails, got {x}")
    u, weights = laguerre.laggauss(8)
    square = x[..., None] ** 2
    t = square / (square + u)
    values = slope(x[..., None], t) if derivative else integrand(x[..., None], t)
    # dt = t^2 / x^2 du up to sign; the rule contains the factor exp(-u).
    return np.sum(weights * np.exp(u) * values * t**2 / square, axis=-1)


def _points(x: FloatArray, t: FloatArray, name: str = "t") -> tuple[FloatArray, FloatArray]:
    x, t = validation.real_array("x", x), validation.real_array(name, t)
    if (t <= 0).any():
        raise ValueError(f"{name} must be positive, got {validation.shown(t)}")
    validation.together(**{"x": x.shape, name: t.shape})
    return x, t


def _ratio(x: FloatArray, t: FloatArray) -> FloatArray:
    """X squared over t; beyond 800 its negative exponential is zero."""
    with np.errstate(over="ignore"):
        return np.minimum((x / np.sqrt(t)) ** 2, GONE)
